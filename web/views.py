"""The HTML pages. A view is get, call, render; each page names its machine twins."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from flask import Blueprint, Response, abort, current_app, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from kb.content.model import Document
from kb.content.rendering import render_fragment
from kb.content.taxonomy import Facet, Term
from kb.errors import UnknownDocumentError
from kb.search.query import SearchQuery
from web.exploring import near_cases, points
from web.limits import answer_to
from web.params import query_from
from web.state import Snapshot, current, site_of

pages = Blueprint("pages", __name__)
KINDS = {"cas": True, "pratiques": False}
NATURES = ("bonne-pratique", "piste", "repere")
LATEST = 5


@dataclass(frozen=True)
class TermCount:
    """A term with the number of documents that carry it."""

    term: Term
    count: int


@pages.get("/")
def home() -> str:
    """Promise, search, entries by facet, latest changes."""
    kb = current()
    facets = [(facet, _counts(kb, facet)) for facet in kb.corpus.taxonomy.facets if facet.path]
    latest = sorted(kb.corpus.documents, key=lambda d: (d.updated, d.title), reverse=True)[:LATEST]
    return render_template("home.html", kb=kb, facets=facets, latest=latest, points=points(kb.corpus.cases))


@pages.get("/recherche")
def search() -> str:
    """Search and facets; a plain GET form."""
    kb = current()
    query = query_from(request.args, kb.corpus.taxonomy)
    return render_template("search.html", kb=kb, query=query, results=answer_to(query))


@pages.get("/cas/")
def cases() -> str:
    """All case studies, by name of collectivity."""
    kb = current()
    return render_template("cases.html", kb=kb, cases=sorted(kb.corpus.cases, key=lambda d: d.slug))


@pages.get("/pratiques/")
def practices() -> str:
    """All practice notes, by kind."""
    kb = current()
    groups = [(nature, [d for d in kb.corpus.practices if d.nature == nature]) for nature in NATURES]
    return render_template("practices.html", kb=kb, groups=groups)


@pages.get("/<any(cas, pratiques):folder>/<slug>")
def document(folder: str, slug: str) -> str | BaseResponse:
    """A case study or a practice note; a former slug leads to the present one."""
    kb = current()
    found = kb.corpus.by_slug.get(slug)
    if found is None or bool(found.case) != KINDS[folder]:
        return _former(kb, slug, folder)
    template = "case.html" if found.case else "practice.html"
    links = (
        [(kb.corpus.by_slug[i.case], i) for i in found.practice.illustrated_by if i.case in kb.corpus.by_slug]
        if found.practice
        else list(kb.corpus.practices_of(slug))
    )
    near = near_cases(kb, found) if found.case else []
    return render_template(
        template, kb=kb, document=found, rendering=kb.rendering(found), links=links, near=near
    )


@pages.get("/<any(cas, pratiques):folder>/<slug>.md")
def markdown(folder: str, slug: str) -> Response:
    """The document as it is written, front matter included."""
    kb = current()
    found = _document(kb, folder, slug)
    text = (site_of(current_app).root / found.path).read_text(encoding="utf-8")
    return Response(text, mimetype="text/markdown")


@pages.get("/id/<identifier>")
def permalink(identifier: str) -> BaseResponse:
    """The document of an id, for ever."""
    found = current().links.by_id(identifier) or abort(404)
    return redirect(found.permalink, 301)


@pages.get("/<path>/", strict_slashes=False)
def terms(path: str) -> str | BaseResponse:
    """All terms of a facet that has pages: themes, outils, collectivites."""
    kb = current()
    facet = kb.corpus.taxonomy.facet_of_path(path) or abort(404)
    if not request.path.endswith("/"):
        return redirect(f"/{path}/", 308)
    return render_template("terms.html", kb=kb, facet=facet, counts=_counts(kb, facet))


@pages.get("/<path>/<slug>")
def term(path: str, slug: str) -> str | BaseResponse:
    """A term: definition, introduction, its documents."""
    kb = current()
    facet = kb.corpus.taxonomy.facet_of_path(path) or abort(404)
    found = facet.by_slug.get(slug) or abort(404)
    if found.slug != slug:
        return redirect(f"/{path}/{found.slug}", 301)
    query = SearchQuery(per_page=50).with_filter(facet.name, found.slug)
    carrying = [
        d
        for d in kb.corpus.documents
        if any(v == found.slug for v, _ in facet.values_for(d.values_of(facet.field)))
    ]
    return render_template(
        "term.html",
        kb=kb,
        facet=facet,
        term=found,
        query=replace(query, per_page=20),
        introduction=render_fragment(found.introduction) if found.introduction else "",
        groups=_by_nature(carrying),
    )


@pages.get("/chiffres-discutes")
def disagreements() -> str:
    """Every fact on which sources differ, the value kept and why."""
    kb = current()
    found = [d for d in (*kb.corpus.cases, *kb.corpus.practices) if d.fields.disagreements]
    count = sum(len(d.fields.disagreements) for d in found)
    return render_template("disagreements.html", kb=kb, documents=found, count=count)


@pages.get("/a-propos")
def about() -> str:
    """Who, what, method, limits, licence."""
    return render_template("about.html", kb=current())


@pages.get("/aide")
def help_page() -> str:
    """How to search, cite and contribute."""
    return render_template("help.html", kb=current())


@pages.get("/accessibilite")
def accessibility() -> str:
    """The accessibility statement: what was really tested, and what was not."""
    return render_template("accessibility.html", kb=current())


@pages.get("/mentions-legales")
def legal() -> str:
    """Who publishes and hosts; slots of the configuration, no invented name."""
    return render_template("legal.html", kb=current())


@pages.get("/plan-du-site")
def site_map() -> str:
    """Every page of the site."""
    return render_template("site_map.html", kb=current())


def _document(kb: Snapshot, folder: str, slug: str) -> Document:
    found = kb.corpus.by_slug.get(slug)
    if found is None or bool(found.case) != KINDS[folder]:
        raise UnknownDocumentError(slug)
    return found


def _former(kb: Snapshot, slug: str, folder: str) -> BaseResponse:
    """A redirect to the document that once had this slug, or that lives in the other folder; else 404."""
    for found in kb.corpus.documents:
        if slug in found.fields.aliases:
            return redirect(found.permalink, 301)
    raise UnknownDocumentError(slug)


def _counts(kb: Snapshot, facet: Facet) -> list[TermCount]:
    carried: dict[str, int] = {}
    for found in kb.corpus.documents:
        for value, _ in facet.values_for(found.values_of(facet.field)):
            carried[value] = carried.get(value, 0) + 1
    return [TermCount(term, carried.get(term.slug, 0)) for term in facet.terms]


def _by_nature(documents: Iterable[Document]) -> list[tuple[str, list[Document]]]:
    found = sorted(documents, key=lambda d: d.title)
    groups = [(nature, [d for d in found if d.nature == nature]) for nature in ("cas", *NATURES)]
    return [(nature, group) for nature, group in groups if group]
