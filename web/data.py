"""All the data and what they mean: `/donnees/`, with `cas.csv` and `documents.json`."""

from __future__ import annotations

from flask import Blueprint, Response, render_template

from kb.content.kinds import KINDS
from kb.content.rendering import render_fragment
from kb.content.schema import field_table
from kb.links.tables import COLUMNS, case_table
from web.addresses import base_url
from web.documents import whole
from web.files import csv_file, json_answer
from web.state import current

blueprint = Blueprint("data", __name__)


@blueprint.get("/donnees/")
def page() -> str:
    """What each file and each field holds."""
    tables = [
        (f"{kind.address}-champs", f"Champs d’une {kind.label}", render_fragment(field_table(kind.model)))
        for kind in KINDS
    ]
    return render_template("data.html", columns=COLUMNS, tables=tables)


@blueprint.get("/donnees/cas.csv")
def cases() -> Response:
    """All cases, one a line."""
    return csv_file(case_table(current().corpus, base_url()), "cas")


@blueprint.get("/donnees/documents.json")
def documents() -> Response:
    """All documents with all their fields and sections."""
    return json_answer([whole(document) for document in current().corpus.documents])
