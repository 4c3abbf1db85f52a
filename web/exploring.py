"""Pages that set documents beside one another: map, figures, comparison, collectivities like mine."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, abort, render_template, request

from kb.compare.nearness import TELLING, Contribution, Near, nearest
from kb.compare.panorama import panorama
from kb.compare.profile import Profile, profile_of
from kb.compare.table import UNKNOWN, comparison
from kb.content.model import Chart, Document
from kb.content.slugs import slugify
from kb.formatting import euros, number
from kb.links.tables import cell
from web.geography import on_map
from web.state import Snapshot, current

exploring = Blueprint("exploring", __name__)
MAX_COMPARED = 4
#: units between two points of the map, so that each can be pressed by a finger
APART = 30.0


@dataclass(frozen=True)
class Point:
    """A case on the map: where it is, and where its mark stands once marks are moved apart."""

    document: Document
    x: float
    y: float
    mark_x: float
    mark_y: float


@exploring.get("/carte")
def france() -> str:
    """The cases on a map of France, and the same as a list by region."""
    kb = current()
    regions: dict[str, list[Document]] = {}
    for document in sorted(kb.corpus.cases, key=lambda d: d.slug):
        regions.setdefault(document.case.collectivity.region or "Sans région", []).append(document)  # type: ignore[union-attr]
    return render_template("map.html", kb=kb, points=points(kb.corpus.cases), regions=sorted(regions.items()))


@exploring.get("/reperes")
def figures() -> str:
    """The survey's figures, drawn, each with its table, its source and a citable address."""
    kb = current()
    notes = [d for d in kb.corpus.practices if d.practice and d.practice.charts]
    others = [d for d in kb.corpus.practices if d.nature == "repere" and d not in notes]
    return render_template("figures.html", kb=kb, notes=notes, others=others)


@exploring.get("/pratiques/<slug>/<chart>.csv")
def chart_csv(slug: str, chart: str) -> Response:
    """The values of one chart."""
    document = current().corpus.by_slug.get(slug)
    charts = document.practice.charts if document and document.practice else ()
    found: Chart = next((c for c in charts if c.id == chart), None) or abort(404)
    return _csv(
        [
            ["libellé", f"valeur ({found.unit})" if found.unit else "valeur"],
            *([value.label, value.value] for value in found.values),
        ],
        f"{slug}-{chart}",
    )


@exploring.get("/panorama")
def phases() -> str:
    """Each phase of the work in each type of collectivity: its passages, or an honest hole."""
    kb = current()
    found = panorama(kb.corpus.cases, kb.corpus.taxonomy, kb.rendering)
    return render_template("panorama.html", kb=kb, phases=found)


@exploring.get("/comparer")
def compare() -> str:
    """Two to four cases side by side, or the form to choose them."""
    kb = current()
    chosen = _chosen(kb)
    rows = comparison(chosen, kb.corpus.taxonomy) if len(chosen) > 1 else ()
    return render_template(
        "compare.html", kb=kb, chosen=chosen, rows=rows, unknown=UNKNOWN, most=MAX_COMPARED
    )


@exploring.get("/comparer.csv")
def compare_csv() -> Response:
    """The comparison as a table, the cells of the page."""
    kb = current()
    chosen = _chosen(kb)
    rows = comparison(chosen, kb.corpus.taxonomy)
    return _csv(
        [
            ["", *(d.case.collectivity.name for d in chosen if d.case)],
            *([row.label, *("\n".join(cell) or UNKNOWN for cell in row.cells)] for row in rows),
        ],
        "comparaison",
    )


@exploring.get("/comme-ma-collectivite")
def like_mine() -> str:
    """Cases ranked by likeness to a collectivity, with reasons."""
    kb = current()
    profile, faults = _profile(kb)
    found = nearest(profile, kb.corpus.cases) if profile != Profile() else ()
    answers = [(near, [reason(kb, near, c) for c in near.contributions]) for near in found[:10]]
    return render_template("like_mine.html", kb=kb, answers=answers, faults=faults, given=request.args)


def near_cases(kb: Snapshot, document: Document, count: int = 3) -> list[tuple[Near, list[str]]]:
    """The cases nearest to a case, with what they share."""
    found = nearest(profile_of(document), kb.corpus.cases, without=document.slug)[:count]
    return [
        (near, [reason(kb, near, c) for c in near.contributions if (c.likeness or 0) >= TELLING])
        for near in found
    ]


def reason(kb: Snapshot, near: Near, contribution: Contribution) -> str:
    """One criterion in words: « 40 000 habitants », « même type de collectivité »."""
    case, other = near.document.case, profile_of(near.document)
    if contribution.likeness is None or case is None:
        return {
            "type": "type",
            "inhabitants": "population",
            "budget": "budget annuel",
            "fte": "équipe",
            "tool_types": "outils",
        }[contribution.criterion] + " : non renseigné"
    if contribution.criterion == "type":
        return "même type de collectivité" if contribution.likeness else "autre type de collectivité"
    if contribution.criterion == "inhabitants":
        return f"{number(other.inhabitants or 0)} habitants"
    if contribution.criterion == "budget":
        return f"{euros(other.budget or 0)} par an"
    if contribution.criterion == "fte":
        return f"{number(other.fte or 0)} ETP"
    return f"{round(contribution.likeness * 100)} % d’outils en commun"


def points(cases: Iterable[Document]) -> list[Point]:
    """The cases that have a place, their marks moved apart where they would touch."""
    placed = [
        (d, *on_map(d.case.collectivity.location.lat, d.case.collectivity.location.lon))
        for d in cases
        if d.case and d.case.collectivity.location
    ]
    marks = [[x, y] for _, x, y in placed]
    for _ in range(60):  # enough for the marks of a dense region to settle
        for i, a in enumerate(marks):
            for b in marks[i + 1 :]:
                dx, dy = b[0] - a[0] or 0.01, b[1] - a[1]
                gap = (dx * dx + dy * dy) ** 0.5
                if gap < APART:
                    push = (APART - gap) / gap / 2
                    a[0], a[1], b[0], b[1] = (
                        a[0] - dx * push,
                        a[1] - dy * push,
                        b[0] + dx * push,
                        b[1] + dy * push,
                    )
    return [
        Point(d, x, y, round(m[0], 1), round(m[1], 1)) for (d, x, y), m in zip(placed, marks, strict=True)
    ]


def _chosen(kb: Snapshot) -> list[Document]:
    slugs = dict.fromkeys(slugify(slug) for slug in request.args.getlist("cas"))
    return [
        kb.corpus.by_slug[slug]
        for slug in slugs
        if slug in kb.corpus.by_slug and kb.corpus.by_slug[slug].case
    ][:MAX_COMPARED]


def _profile(kb: Snapshot) -> tuple[Profile, list[str]]:
    """(profile asked for, what could not be read, in French)."""
    faults: list[str] = []

    def amount(name: str, label: str) -> float | None:
        text = (
            "".join(request.args.get(name, "").split())
            .replace("\u202f", "")
            .replace(",", ".")
            .removesuffix("€")
        )
        if not text:
            return None
        if text.replace(".", "", 1).isdecimal() and text.isascii() and len(text) < 14:
            return float(text)
        faults.append(f"{label} : écrivez un nombre, par exemple 40000")
        return None

    facet = kb.corpus.taxonomy.facet("collectivite")
    kind = slugify(request.args.get("type", ""))
    if kind and (facet is None or kind not in facet.by_slug):
        faults.append("Type : choisissez dans la liste")
        kind = ""
    profile = Profile(
        kind or None, amount("habitants", "Habitants"), amount("budget", "Budget"), amount("etp", "Équipe")
    )
    return profile, faults


def _csv(rows: Iterable[Sequence[object]], name: str) -> Response:
    """A CSV file that spreadsheets open: UTF-8 with its mark, semicolons, no cell read as a formula."""
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows([[cell(value) for value in row] for row in rows])
    return Response(
        "\ufeff" + out.getvalue(),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )
