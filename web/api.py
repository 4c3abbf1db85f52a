"""The JSON API, version 1: search, documents, suggestions, taxonomy. GET only, CORS for all."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, current_app, request

from kb import serialising
from kb.content.slugs import slugify
from kb.errors import QueryError, UnknownDocumentError
from kb.search.query import MAX_TEXT
from web.context import NATURES
from web.limits import answer_to
from web.params import address_of_query, query_from
from web.state import Snapshot, current

api = Blueprint("api", __name__)
#: documents in one answer; past it, pages with a `Link` header
DOCUMENTS_PER_PAGE = 1000
MAX_SUGGESTIONS = 8


@api.after_request
def open_to_all(response: Response) -> Response:
    """Any site may read the API with its headers, and no page."""
    if response.mimetype != "text/html":
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Expose-Headers"] = "ETag, Link"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@api.get("/api/v1/search")
def search() -> Response:
    """The answer to a search, with the parameters of the search page."""
    kb = current()
    query = query_from(request.args, kb.corpus.taxonomy, strict=True)
    return _json(serialising.results(answer_to(query), kb.corpus, base_url()))


@api.get("/api/v1/documents")
def documents() -> Response:
    """All documents in short, or those of one nature; past 1,000, page by page."""
    kb = current()
    nature, page = request.args.get("nature"), _page()
    natures = {
        term.slug for facet in kb.corpus.taxonomy.facets if facet.name == "nature" for term in facet.terms
    }
    if nature is not None and nature not in natures:
        raise QueryError(f"nature vaut {', '.join(sorted(natures))}")
    found = [d for d in kb.corpus.documents if nature in (None, d.nature)]
    start = (page - 1) * DOCUMENTS_PER_PAGE
    response = _json(
        [serialising.document_row(d, base_url()) for d in found[start : start + DOCUMENTS_PER_PAGE]]
    )
    if len(found) > start + DOCUMENTS_PER_PAGE:
        kept = f"nature={nature}&" if nature else ""
        response.headers["Link"] = f'<{base_url()}/api/v1/documents?{kept}page={page + 1}>; rel="next"'
    return response


@api.get("/api/v1/documents/<slug>")
def document(slug: str) -> Response:
    """All fields of a document, sections as text and HTML."""
    return _document(current(), slug)


@api.get("/<any(cas, pratiques):folder>/<slug>.json")
def twin(folder: str, slug: str) -> Response:
    """The machine twin of a page."""
    kb = current()
    found = kb.corpus.by_slug.get(slug)
    if found is None or found.permalink != f"/{folder}/{slug}":
        raise UnknownDocumentError(slug)
    return _document(kb, slug)


@api.get("/api/v1/suggest")
def suggest() -> Response:
    """Completions for the letters typed so far."""
    kb = current()
    offered = kb.index.suggest(request.args.get("q", "")[:MAX_TEXT], MAX_SUGGESTIONS)
    return _json(
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


@api.get("/api/v1/taxonomy")
def taxonomy() -> Response:
    """The vocabulary."""
    return _json(serialising.taxonomy_whole(current().corpus.taxonomy))


def base_url() -> str:
    """Start of absolute addresses, from the configuration and never from the request."""
    return str(current_app.config["BASE_URL"]).rstrip("/")


def _document(kb: Snapshot, slug: str) -> Response:
    found = kb.corpus.by_slug.get(slug)
    if found is None:
        raise UnknownDocumentError(slug)
    return _json(serialising.document_whole(found, kb.rendering(found), kb.corpus, base_url()))


def _kind(kb: Snapshot, kind: str) -> str:
    """What a suggestion is, in words: a kind of document, the label of a facet, else a search."""
    facet = kb.corpus.taxonomy.facet(kind)
    return NATURES.get(kind) or (facet.label if facet else "Recherche")


def _suggested_url(kb: Snapshot, kind: str, target: str) -> str:
    found = kb.corpus.by_slug.get(target)
    if found and found.nature == kind:
        return found.permalink
    facet = kb.corpus.taxonomy.facet(kind)
    if facet and facet.path:
        return f"/{facet.path}/{target}"
    query = query_from(request.args, kb.corpus.taxonomy)
    if facet:
        return address_of_query(
            query.with_text("").with_filter(facet.name, slugify(target)), kb.corpus.taxonomy
        )
    return address_of_query(query.with_text(target), kb.corpus.taxonomy)


def _page() -> int:
    text = request.args.get("page", "1")
    if not (text.isascii() and text.isdigit() and 1 <= len(text) <= 4 and int(text) >= 1):
        raise QueryError("page doit être un nombre de 1 à 9999")
    return int(text)


def _json(value: Any) -> Response:
    return Response(json.dumps(value, ensure_ascii=False, separators=(",", ":")), mimetype="application/json")
