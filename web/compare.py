"""Cases beside one another: `/comparer`, `/comme-ma-collectivite`, `/quel-budget`, `/panorama`."""

from __future__ import annotations

from collections import Counter

from flask import Blueprint, Response, render_template, request

from kb.compare.budgets import NEEDS, budgets
from kb.compare.nearness import TELLING, Contribution, Near, nearest
from kb.compare.panorama import by_type, panorama
from kb.compare.profile import Profile, budget, profile_of
from kb.compare.scatter import scatter
from kb.compare.strip import strip_of
from kb.compare.table import UNKNOWN, comparison
from kb.content.documents import Document
from kb.content.forms import Role
from kb.content.slugs import slugify
from kb.formatting import cost, headcount, number
from web.files import SPREADSHEET, csv_file
from web.state import Snapshot, current

blueprint = Blueprint("compare", __name__)
MAX_COMPARED = 4


@blueprint.get("/panorama")
def phases() -> str:
    """The facts of every case in one table, then each phase of the work: its passages, or an honest hole."""
    kb = current()
    facet = kb.corpus.taxonomy.facet_of("collectivity.type")
    groups, phases = by_type(kb.corpus), panorama(kb.corpus, kb.rendering)
    known = Counter(fact.label for case in kb.corpus.cases for fact in strip_of(case))
    return render_template(
        "panorama.html", facet=facet, groups=groups, phases=phases, known=known, unknown=UNKNOWN
    )


@blueprint.get("/comparer")
def page() -> str:
    """Two to four cases side by side, or the form to choose them."""
    kb = current()
    chosen = _chosen(kb)
    rows = comparison(chosen, kb.corpus.taxonomy) if len(chosen) > 1 else ()
    near = [(n, why) for n, why in near_cases(kb, chosen[0]) if n.document not in chosen] if rows else []
    return render_template(
        "compare.html", chosen=chosen, rows=rows, near=near, unknown=UNKNOWN, most=MAX_COMPARED
    )


@blueprint.get("/comparer.csv")
def table() -> Response:
    """The comparison as a table, the cells of the page."""
    kb = current()
    chosen = _chosen(kb)
    rows = comparison(chosen, kb.corpus.taxonomy)
    return csv_file(
        [
            ["", *(d.case.collectivity.name for d in chosen if d.case)],
            *([row.label, *("\n".join(cell) or UNKNOWN for cell in row.cells)] for row in rows),
        ],
        "comparaison",
        SPREADSHEET,
    )


@blueprint.get("/comme-ma-collectivite")
def like_mine() -> str:
    """Cases ranked by likeness to a collectivity, with reasons."""
    kb = current()
    profile, faults = _profile(kb)
    found = nearest(profile, kb.corpus.cases, weights=kb.corpus.site.near) if profile != Profile() else ()
    answers = [(near, [reason(kb, near, c) for c in near.contributions]) for near in found[:10]]
    return render_template("like_mine.html", answers=answers, faults=faults, given=request.args)


@blueprint.get("/quel-budget")
def budget_for_size() -> str:
    """What the survey and the cases tell of one role of money, on a chart and in tables, by size."""
    kb = current()
    faults: list[str] = []
    kind, inhabitants = _type(kb, faults), _amount("habitants", "Habitants", faults)
    need = request.args.get("besoin") or next(iter(NEEDS))
    role: Role = next((known for known in NEEDS if known == need), "budget")
    if role != need:
        faults.append("Ce que vous voulez payer : choisissez dans la liste")
    found = budgets(kb.corpus, role, inhabitants or None, kind)
    return render_template(
        "budget_for_size.html",
        found=found,
        chart=scatter(found, inhabitants or None),
        role=role,
        needs=NEEDS,
        faults=faults,
        given=request.args,
    )


def near_cases(kb: Snapshot, document: Document, count: int = 3) -> list[tuple[Near, list[str]]]:
    """The cases nearest to a case, with what they share."""
    profile, weights = profile_of(document), kb.corpus.site.near
    found = nearest(profile, kb.corpus.cases, document.slug, weights)[:count]
    return [
        (near, [reason(kb, near, c) for c in near.contributions if (c.likeness or 0) >= TELLING])
        for near in found
    ]


def reason(kb: Snapshot, near: Near, contribution: Contribution) -> str:
    """One criterion in words: « 40 000 habitants », « même type de collectivité »."""
    case, other = near.document.case, profile_of(near.document)
    if contribution.criterion == "fte" and case and case.team and case.team.unit == "agents":
        return f"équipe : {headcount(case.team)}, la source ne donne pas d’ETP"
    if contribution.likeness is None or case is None:
        return {
            "type": "type",
            "inhabitants": "population",
            "budget": "budget",
            "fte": "équipe",
            "tool_types": "outils",
        }[contribution.criterion] + " : non renseigné"
    if contribution.criterion == "type":
        return "même type de collectivité" if contribution.likeness else "autre type de collectivité"
    if contribution.criterion == "inhabitants":
        return f"{number(other.inhabitants or 0)} habitants"
    if contribution.criterion == "budget":
        told = budget(near.document)
        return f"{told.label} : {cost(told)}" if told else ""
    if contribution.criterion == "fte":
        return f"{number(other.fte or 0)} ETP"
    return f"{round(contribution.likeness * 100)} % d’outils en commun"


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
    profile = Profile(
        _type(kb, faults),
        _amount("habitants", "Habitants", faults),
        _amount("budget", "Budget", faults),
        _amount("etp", "Équipe", faults),
    )
    return profile, faults


def _type(kb: Snapshot, faults: list[str]) -> str | None:
    """The type of collectivity asked for, or None; what is not a type is told."""
    facet = kb.corpus.taxonomy.facet_of("collectivity.type")
    kind = slugify(request.args.get("type", ""))
    if kind and (facet is None or kind not in facet.by_slug):
        faults.append("Type : choisissez dans la liste")
        return None
    return kind or None


def _amount(name: str, label: str, faults: list[str]) -> float | None:
    """A quantity asked for, or None; what is not a number is told."""
    text = (
        "".join(request.args.get(name, "").split()).replace("\u202f", "").replace(",", ".").removesuffix("€")
    )
    if not text:
        return None
    if text.replace(".", "", 1).isdecimal() and text.isascii() and len(text) < 14:
        return float(text)
    faults.append(f"{label} : écrivez un nombre, par exemple 40000")
    return None
