"""The JSON API, version 1: search, documents, suggestions, taxonomy, and its description; GET only."""

from __future__ import annotations

import json

from flask import Blueprint, Response, render_template, request, url_for

from kb import serialising
from kb.content.documents import Document
from kb.content.slugs import slugify
from kb.errors import QueryError
from kb.search.query import MAX_TEXT
from kb.search.suggestions import GLOSSARY, QUESTION
from web.addresses import absolute, base_url, link, value_page
from web.addresses import page as page_of
from web.context import NATURE_LABELS
from web.documents import whole
from web.files import json_answer
from web.front.limits import answer_to
from web.openapi import description
from web.params import query_from, refuse_unknown
from web.state import Snapshot, current

blueprint = Blueprint("api", __name__)
#: documents in one answer; past it, pages with a `Link` header
DOCUMENTS_PER_PAGE = 1000
MAX_SUGGESTIONS = 8


@blueprint.get("/api/v1/search")
def search() -> Response:
    """The answer to a search, with the parameters of the search page."""
    kb = current()
    refuse_unknown(request.args, kb.corpus.taxonomy)
    query = query_from(request.args, kb.corpus.taxonomy, strict=True)
    return json_answer(serialising.results(answer_to(query), kb.corpus, base_url()))


@blueprint.get("/api/v1/documents")
def documents() -> Response:
    """All documents in short, or those of one nature; past 1,000, page by page."""
    kb = current()
    nature, page = request.args.get("nature"), _page()
    if nature is not None and nature not in NATURE_LABELS:
        raise QueryError(f"nature vaut {', '.join(sorted(NATURE_LABELS))}")
    found = [d for d in kb.corpus.documents if nature in (None, d.nature)]
    start = (page - 1) * DOCUMENTS_PER_PAGE
    response = json_answer(
        [serialising.document_row(d, base_url()) for d in found[start : start + DOCUMENTS_PER_PAGE]]
    )
    if len(found) > start + DOCUMENTS_PER_PAGE:
        following = absolute(url_for("api.documents", nature=nature, page=page + 1))
        response.headers["Link"] = f'<{following}>; rel="next"'
    return response


@blueprint.get("/api/v1/documents/<slug:document>")
def document(document: Document) -> Response:
    """All fields of a document, sections as text and HTML."""
    return json_answer(whole(document))


@blueprint.get("/api/v1/suggest")
def suggest() -> Response:
    """Completions for the letters typed so far."""
    kb = current()
    offered = kb.index.suggest(request.args.get("q", "")[:MAX_TEXT], MAX_SUGGESTIONS)
    return json_answer(
        [
            {
                "text": s.text,
                "type": s.type,
                "label": _kind(kb, s.type),
                "url": _suggested_url(kb, s.type, s.target),
            }
            for s in offered
        ]
    )


@blueprint.get("/api/v1/taxonomy")
def taxonomy() -> Response:
    """The vocabulary."""
    return json_answer(serialising.taxonomy_whole(current().corpus.taxonomy))


@blueprint.get("/api")
def guide() -> str:
    """The API with examples."""
    kb = current()
    return render_template("api.html", described=description(kb.corpus, base_url()))


@blueprint.get("/api/openapi.json")
def described() -> Response:
    """The API in OpenAPI 3.1."""
    text = json.dumps(description(current().corpus, base_url()), ensure_ascii=False, indent=1)
    return Response(text, mimetype="application/json")


def _kind(kb: Snapshot, kind: str) -> str:
    """What a suggestion is, in words: a kind of document, the label of a facet…"""
    facet = kb.corpus.taxonomy.facet(kind)
    others = {QUESTION: "Question", GLOSSARY: "Glossaire"}
    return NATURE_LABELS.get(kind) or (facet.label if facet else others.get(kind, "Recherche"))


def _suggested_url(kb: Snapshot, kind: str, target: str) -> str:
    slug, _, anchor = target.partition("#")
    if slug in kb.corpus.by_slug and kind in (QUESTION, kb.corpus.by_slug[slug].nature):
        return page_of(kb.corpus.by_slug[slug], anchor)
    if kind == GLOSSARY:
        return url_for("pages.glossary", _anchor=target)
    if kb.corpus.taxonomy.facet(kind):
        return value_page(kind, slugify(target))
    return link(query_from(request.args, kb.corpus.taxonomy).with_text(target))


def _page() -> int:
    text = request.args.get("page", "1")
    if not (text.isascii() and text.isdigit() and 1 <= len(text) <= 4 and int(text) >= 1):
        raise QueryError("page doit être un nombre de 1 à 9999")
    return int(text)
