"""The figures: `/reperes` (the survey, drawn), each chart as CSV, and `/chiffres-discutes`."""

from __future__ import annotations

from flask import Blueprint, Response, abort, render_template

from kb.content.documents import Document
from kb.content.survey import Chart
from web.files import SPREADSHEET, csv_file
from web.state import current

blueprint = Blueprint("figures", __name__)


@blueprint.get("/reperes")
def page() -> str:
    """The survey's figures, drawn, each with its table, its source and a citable address."""
    kb = current()
    notes = [d for d in kb.corpus.practices if d.practice and d.practice.charts]
    natures = {note.nature for note in notes}
    others = [d for d in kb.corpus.practices if d.nature in natures and d not in notes]
    return render_template("figures.html", notes=notes, others=others)


@blueprint.get("/<document:document>/<chart>.csv")
def chart_csv(document: Document, chart: str) -> Response:
    """The values of one chart."""
    charts = document.practice.charts if document.practice else ()
    found: Chart = next((c for c in charts if c.id == chart), None) or abort(404)
    return csv_file(
        [
            ["libellé", f"valeur ({found.unit})" if found.unit else "valeur"],
            *([value.label, value.value] for value in found.values),
        ],
        f"{document.slug}-{chart}",
        SPREADSHEET,
    )


@blueprint.get("/chiffres-discutes")
def disagreements() -> str:
    """Every fact on which sources differ, the value kept and why."""
    kb = current()
    found = [d for d in kb.corpus.documents if d.fields.disagreements]
    count = sum(len(d.fields.disagreements) for d in found)
    return render_template("disagreements.html", documents=found, count=count)
