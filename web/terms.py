"""The terms of facets that have pages: `/themes/`, `/outils/…`, each with a feed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from flask import Blueprint, abort, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from kb.content.documents import Document
from kb.content.kinds import NATURES
from kb.content.rendering import render_fragment
from kb.content.taxonomy import Facet, Term
from kb.links.citations import COLLECTION
from kb.search.query import SearchQuery
from web.feeds import feed
from web.state import Snapshot, current

blueprint = Blueprint("terms", __name__)


@dataclass(frozen=True)
class TermCount:
    """A term with the number of documents that carry it."""

    term: Term
    count: int


@blueprint.get("/<path>/", strict_slashes=False)
def all_of(path: str) -> str | BaseResponse:
    """All terms of a facet."""
    kb = current()
    facet = kb.corpus.taxonomy.facet_of_path(path) or abort(404)
    if not request.path.endswith("/"):
        return redirect(f"/{path}/", 308)
    return render_template("terms.html", kb=kb, facet=facet, counts=counts(kb, facet))


@blueprint.get("/<path>/<slug>")
def page(path: str, slug: str) -> str | BaseResponse:
    """A term: definition, introduction, its documents."""
    kb = current()
    facet = kb.corpus.taxonomy.facet_of_path(path) or abort(404)
    found = facet.by_slug.get(slug) or abort(404)
    if found.slug != slug:
        return redirect(f"/{path}/{found.slug}", 301)
    query = SearchQuery(per_page=50).with_filter(facet.name, found.slug)
    return render_template(
        "term.html",
        kb=kb,
        facet=facet,
        term=found,
        query=replace(query, per_page=20),
        introduction=render_fragment(found.introduction) if found.introduction else "",
        groups=_by_nature(_carrying(kb, facet, found)),
    )


@blueprint.get("/<path>/<slug>.atom")
def atom(path: str, slug: str) -> BaseResponse:
    """The documents that carry a term, those changed last first."""
    kb = current()
    facet = kb.corpus.taxonomy.facet_of_path(path) or abort(404)
    found = facet.by_slug.get(slug) or abort(404)
    if found.slug != slug:
        return redirect(f"/{path}/{found.slug}.atom", 301)
    address = f"/{path}/{slug}"
    return feed(f"{found.label} – {COLLECTION}", f"{address}.atom", address, _carrying(kb, facet, found))


def counts(kb: Snapshot, facet: Facet) -> list[TermCount]:
    """Each term of a facet with the number of documents that carry it."""
    carried: dict[str, int] = {}
    for found in kb.corpus.documents:
        for value, _ in facet.values_for(found.values_of(facet.field)):
            carried[value] = carried.get(value, 0) + 1
    return [TermCount(term, carried.get(term.slug, 0)) for term in facet.terms]


def _carrying(kb: Snapshot, facet: Facet, term: Term) -> list[Document]:
    return [
        document
        for document in kb.corpus.documents
        if any(value == term.slug for value, _ in facet.values_for(document.values_of(facet.field)))
    ]


def _by_nature(documents: Iterable[Document]) -> list[tuple[str, list[Document]]]:
    found = sorted(documents, key=lambda d: d.title)
    groups = [(nature, [d for d in found if d.nature == nature]) for nature in NATURES]
    return [(nature, group) for nature, group in groups if group]
