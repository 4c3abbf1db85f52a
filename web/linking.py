"""Pages and files for who links and cites: citations, selections, history, card, former addresses."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable
from dataclasses import replace

from flask import Blueprint, Flask, Response, current_app, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from kb import serialising
from kb.content.model import Document
from kb.errors import QueryError, RemovedDocumentError, UnknownDocumentError
from kb.links import metadata
from kb.links.citations import Citation, parts_of
from kb.links.exchange import FORMATS
from kb.links.styles import STYLES, formatted
from kb.links.tables import cell, markdown_table
from kb.search.query import MAX_PER_PAGE, Hit
from web.api import base_url
from web.errors import answer
from web.limits import answer_to
from web.params import query_from
from web.state import Snapshot, current

linking = Blueprint("linking", __name__)
#: documents in one selection or one list of results
MAX_SELECTED, MAX_RESULTS = 100, 500
_CITED = "any(bib, ris, 'csl.json')"


@linking.after_request
def open_to_all(response: Response) -> Response:
    """Any site may read citations and tables, not pages."""
    if response.mimetype != "text/html":
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@linking.get("/<any(cas, pratiques):folder>/<slug>.<any(bib, ris):ending>")
@linking.get("/<any(cas, pratiques):folder>/<slug>.csl.json", defaults={"ending": "csl.json"})
def cited(folder: str, slug: str, ending: str) -> Response:
    """The citation of a document, or of the section or figure that `section` names."""
    document = _document(current(), slug, folder)
    return _file([citation(document, request.args.get("section", ""))], ending, slug)


@linking.get(f"/selection.<{_CITED}:ending>")
def selection(ending: str) -> Response:
    """The citations of the documents that `doc` names: slugs or ids, with `#section` where wanted."""
    kb = current()
    wanted = list(dict.fromkeys(request.args.getlist("doc")))
    if not wanted:
        raise QueryError("doc manque : écrivez doc=angers, autant de fois qu’il faut")
    if len(wanted) > MAX_SELECTED:
        raise QueryError(f"{MAX_SELECTED} fiches au plus")
    chosen = []
    for text in wanted:
        name, _, anchor = text.partition("#")
        found = kb.corpus.by_slug.get(name) or kb.links.by_id(name) or kb.links.by_former_slug(name)
        if found is None:
            raise UnknownDocumentError(name)
        chosen.append(citation(found, anchor))
    return _file(chosen, ending, "selection")


@linking.get(f"/recherche.<{_CITED}:ending>")
def results_cited(ending: str) -> Response:
    """The citations of all documents that a search finds."""
    kb = current()
    return _file((citation(kb.corpus.by_slug[hit.slug]) for hit in _all_hits(kb)), ending, "recherche")


@linking.get("/recherche.<any(csv, json, md):ending>")
def results_table(ending: str) -> Response:
    """All documents that a search finds, with addresses that last, as a table."""
    kb = current()
    rows = [
        {
            **serialising.document_row(kb.corpus.by_slug[hit.slug], base_url()),
            "permalink": f"{base_url()}/id/{kb.corpus.by_slug[hit.slug].id}",
            "version": str(kb.links.version(kb.corpus.by_slug[hit.slug])),
            "score": round(hit.score, 4),
            "missing": list(hit.missing),
        }
        for hit in _all_hits(kb)
    ]
    if ending == "json":
        return _download(json.dumps(rows, ensure_ascii=False, indent=1), "application/json", "recherche.json")
    names = ("id", "slug", "nature", "title", "summary", "permalink", "url", "updated", "version", "score")
    table = [list(names), *([cell(row[name]) for name in names] for row in rows)]
    if ending == "md":
        return _download(markdown_table(table), "text/markdown", "recherche.md")
    return csv_file(table, "recherche")


@linking.get("/<any(cas, pratiques):folder>/<slug>/historique")
def history(folder: str, slug: str) -> str:
    """What changed in a document, commit by commit."""
    kb = current()
    document = _document(kb, slug, folder)
    changes = kb.links.history.changes.get(document.path, ())
    return render_template("history.html", kb=kb, document=document, changes=changes)


@linking.get("/<any(cas, pratiques):folder>/<slug>/carte")
def card(folder: str, slug: str) -> Response:
    """A citation card that other sites may frame: static, no script, its headers in `web.headers`."""
    kb = current()
    document = _document(kb, slug, folder)
    return Response(render_template("card.html", kb=kb, document=document), mimetype="text/html")


def citation(document: Document, anchor: str = "") -> Citation:
    """The citation of a document or of a part of it; raises QueryError for an unknown part."""
    kb = current()
    publisher = str(current_app.config["PUBLISHER"] or "")
    whole = Citation(document, kb.links.version(document), base_url(), publisher)
    if not anchor:
        return whole
    parts = parts_of(document)
    moved = {place.anchor: place.here for place in kb.links.moved(document)}
    anchor = moved.get(anchor, anchor)
    if anchor not in parts:
        raise QueryError(f"section vaut {', '.join(parts)}")
    return replace(whole, anchor=anchor, part=parts[anchor])


def csv_file(rows: Iterable[Iterable[object]], name: str) -> Response:
    """A CSV file (RFC 4180) in UTF-8 with the mark that spreadsheets need to see it."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return _download("\ufeff" + text.getvalue(), "text/csv", f"{name}.csv")


def init_app(app: Flask) -> None:
    """What templates need to cite, and the answer to addresses of the past."""
    app.jinja_env.globals.update(
        citation=citation,
        citation_styles=STYLES,
        cite=cite,
        json_ld=metadata.json_ld,
        meta_tags=metadata.tags,
        coins=metadata.coins,
        former_anchors=former_anchors,
        with_former=with_former,
    )
    app.register_error_handler(UnknownDocumentError, _former)
    app.register_error_handler(RemovedDocumentError, _removed)


def cite(found: Citation, style: str) -> str:
    """A citation as people write it."""
    return formatted(found.item(), style)


def former_anchors(document: Document, anchors: Iterable[str]) -> list[str]:
    """Former anchors of a document that now stand at one of `anchors`."""
    here = set(anchors)
    return [place.anchor for place in current().links.moved(document) if place.here in here]


def with_former(document: Document, html: str) -> str:
    """Safe HTML of a section, with an element for each former anchor before the sub-heading it became."""
    for place in current().links.moved(document):
        if place.here:
            heading = re.compile(rf'<h[34] id="{re.escape(place.here)}"')
            html = heading.sub(rf'<span id="{place.anchor}"></span>\g<0>', html)
    return html


def _document(kb: Snapshot, slug: str, folder: str) -> Document:
    found = kb.corpus.by_slug.get(slug)
    if found is None or found.permalink != f"/{folder}/{slug}":
        raise UnknownDocumentError(slug)
    return found


def _all_hits(kb: Snapshot) -> list[Hit]:
    query = replace(query_from(request.args, kb.corpus.taxonomy, strict=True), page=1, per_page=MAX_PER_PAGE)
    found = answer_to(query)
    hits = list(found.hits)
    for page in range(2, min(found.pages, MAX_RESULTS // MAX_PER_PAGE) + 1):
        hits += answer_to(query.on_page(page)).hits
    return hits


def _file(citations: Iterable[Citation], ending: str, name: str) -> Response:
    kind, write = FORMATS[ending]
    return _download(write(citations), kind, f"{name}.{ending}")


def _download(text: str, kind: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, content_type=f"{kind}; charset=utf-8", headers=headers)


def _former(error: UnknownDocumentError) -> BaseResponse:
    """301 to the same page of the document that had this slug; 410 where it was taken away; else 404."""
    try:
        found = current().links.by_former_slug(error.slug)
    except RemovedDocumentError as removed:
        return _removed(removed)
    address = f"/{error.slug}"
    if found is None or (found.slug == error.slug and request.path.startswith(found.permalink)):
        return answer(404, str(error))
    start, _, rest = request.path.rpartition(address)
    if start in ("/cas", "/pratiques"):
        return redirect(f"{found.permalink}{rest}{_query()}", 301)
    if start == "/api/v1/documents" and not rest:
        return redirect(f"{start}/{found.slug}{_query()}", 301)
    return answer(404, str(error))


def _query() -> str:
    return f"?{request.query_string.decode('latin-1')}" if request.query_string else ""


def _removed(error: RemovedDocumentError) -> Response:
    return answer(410, str(error), successor=error.successor)
