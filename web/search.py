"""The search and all its twins: the page, `.csv .json .md`, citations, and a feed of any search."""

from __future__ import annotations

import json
from dataclasses import replace

from flask import Blueprint, Response, render_template, request, url_for

from kb import serialising
from kb.links.exchange import FORMATS
from kb.links.tables import cell, markdown_table
from kb.search.query import MAX_PER_PAGE, Hit, SearchQuery
from web.addresses import absolute, base_url, link
from web.citations import citation, cited_file
from web.feeds import feed
from web.files import csv_file, download
from web.front.limits import answer_to
from web.params import query_from
from web.state import Snapshot, current

blueprint = Blueprint("search", __name__)
#: documents in one list of results
MAX_RESULTS = 500
#: what follows the address of a search, each another form of it
TWINS = ("csv", "json", "md", "bib", "ris", "csl.json")
COLUMNS = ("id", "slug", "nature", "title", "summary", "permalink", "url", "updated", "version", "score")


@blueprint.get("/recherche")
def page() -> str:
    """Search and facets; a plain GET form."""
    kb = current()
    query = query_from(request.args, kb.corpus.taxonomy)
    return render_template("search.html", query=query, results=answer_to(query))


@blueprint.get(f"/recherche.<any{TWINS}:ending>")
def twin(ending: str) -> Response:
    """All documents that a search finds: their citations, or a table with addresses that last."""
    kb = current()
    hits = _all_hits(kb)
    found = [kb.corpus.by_slug[hit.slug] for hit in hits]
    if ending in FORMATS:
        return cited_file(map(citation, found), ending, "recherche")
    rows = [
        {
            **serialising.document_row(document, base_url()),
            "permalink": absolute(url_for("documents.permalink", document=document)),
            "version": str(kb.links.version(document)),
            "score": round(hit.score, 4),
            "missing": list(hit.missing),
        }
        for document, hit in zip(found, hits, strict=True)
    ]
    if ending == "json":
        return download(json.dumps(rows, ensure_ascii=False, indent=1), "application/json", "recherche.json")
    lines = [list(COLUMNS), *([cell(row[name]) for name in COLUMNS] for row in rows)]
    if ending == "md":
        return download(markdown_table(lines), "text/markdown", "recherche.md")
    return csv_file(lines, "recherche")


@blueprint.get("/recherche.atom")
def atom() -> Response:
    """The documents that a search finds, those changed last first."""
    kb = current()
    query = query_from(request.args, kb.corpus.taxonomy, strict=True)
    query = replace(query, page=1, per_page=MAX_PER_PAGE, sort="date")
    hits = answer_to(query).hits
    shown = replace(query, per_page=SearchQuery().per_page)
    title = f"Recherche{f' « {query.text} »' if query.text else ''} – {kb.corpus.site.title}"
    return feed(
        title,
        link(shown, "search.atom"),
        link(shown),
        [kb.corpus.by_slug[hit.slug] for hit in hits],
    )


def _all_hits(kb: Snapshot) -> list[Hit]:
    query = replace(query_from(request.args, kb.corpus.taxonomy, strict=True), page=1, per_page=MAX_PER_PAGE)
    found = answer_to(query)
    hits = list(found.hits)
    for page in range(2, min(found.pages, MAX_RESULTS // MAX_PER_PAGE) + 1):
        hits += answer_to(query.on_page(page)).hits
    return hits
