"""The terms of facets that have pages: `/themes/`, `/outils/…`, each with a feed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from kb.content.documents import Document
from kb.content.kinds import NATURES
from kb.content.rendering import render_fragment
from kb.content.taxonomy import Facet, Term
from kb.search.query import SearchQuery
from web.addresses import TermPlace
from web.feeds import feed
from web.state import current

blueprint = Blueprint("terms", __name__)


@dataclass(frozen=True)
class TermCount:
    """A term with the number of documents that carry it."""

    term: Term
    count: int


@blueprint.get("/<facet:facet>/", strict_slashes=False)
def all_of(facet: Facet) -> str | BaseResponse:
    """All terms of a facet."""
    if not request.path.endswith("/"):
        return redirect(url_for("terms.all_of", facet=facet), 308)
    return render_template("terms.html", facet=facet, counts=counts(facet))


@blueprint.get("/<term:place>")
def page(place: TermPlace) -> str:
    """A term: definition, introduction, its documents."""
    term = place.term
    return render_template(
        "term.html",
        place=place,
        query=SearchQuery().with_filter(place.facet.name, term.slug),
        introduction=render_fragment(term.introduction) if term.introduction else "",
        groups=_by_nature(_carrying(place)),
    )


@blueprint.get("/<term:place>.atom")
def atom(place: TermPlace) -> Response:
    """The documents that carry a term, those changed last first."""
    return feed(
        f"{place.term.label} – {current().corpus.site.title}",
        url_for("terms.atom", place=place),
        url_for("terms.page", place=place),
        _carrying(place),
    )


def counts(facet: Facet) -> list[TermCount]:
    """Each term of a facet with the number of documents that carry it."""
    carried = Counter(
        value
        for document in current().corpus.documents
        for value, _ in facet.values_for(document.values_of(facet.field))
    )
    return [TermCount(term, carried[term.slug]) for term in facet.terms]


def _carrying(place: TermPlace) -> list[Document]:
    facet, slug = place.facet, place.term.slug
    return [
        document
        for document in current().corpus.documents
        if any(value == slug for value, _ in facet.values_for(document.values_of(facet.field)))
    ]


def _by_nature(documents: Iterable[Document]) -> list[tuple[str, list[Document]]]:
    found = sorted(documents, key=lambda d: d.title)
    groups = [(nature, [d for d in found if d.nature == nature]) for nature in NATURES]
    return [(nature, group) for nature, group in groups if group]
