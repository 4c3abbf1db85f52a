"""Citations of documents, sections and figures: for templates, as files, and of a selection."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from flask import Blueprint, Flask, Response, current_app, request

from kb.content.documents import Document
from kb.errors import QueryError, UnknownDocumentError
from kb.links import metadata
from kb.links.citations import Citation, parts_of
from kb.links.exchange import FORMATS
from kb.links.styles import STYLES, formatted
from web.addresses import base_url
from web.files import download
from web.state import current

blueprint = Blueprint("citations", __name__)
#: documents in one selection
MAX_SELECTED = 100


@blueprint.get("/selection.<any(bib, ris, 'csl.json'):ending>")
def selection(ending: str) -> Response:
    """The citations of the documents that `doc` names: slugs or ids, with `#section` where wanted."""
    kb = current()
    wanted = list(dict.fromkeys(request.args.getlist("doc")))
    if not wanted:
        raise QueryError("doc manque : écrivez doc=angers, autant de fois qu’il faut")
    if len(wanted) > MAX_SELECTED:
        raise QueryError(f"{MAX_SELECTED} fiches au plus")
    chosen: dict[tuple[str, str], Citation] = {}
    for text in wanted:
        name, _, anchor = text.partition("#")
        found = kb.corpus.by_slug.get(name) or kb.links.by_id(name) or kb.links.by_former_slug(name)
        if found is None:
            raise UnknownDocumentError(name)
        cited = citation(found, anchor)
        chosen.setdefault((found.id, cited.anchor), cited)
    return cited_file(chosen.values(), ending, "selection")


def citation(document: Document, anchor: str = "") -> Citation:
    """The citation of a document or of a part of it; raises QueryError for an unknown part."""
    kb = current()
    publisher = str(current_app.config["PUBLISHER"] or kb.corpus.site.publisher or "")
    whole = Citation(document, kb.links.version(document), base_url(), kb.corpus.site, publisher)
    if not anchor:
        return whole
    parts = parts_of(document)
    moved = {place.anchor: place.here for place in kb.links.moved(document)}
    anchor = moved.get(anchor, anchor)
    if anchor not in parts:
        raise QueryError(f"section vaut {', '.join(parts)}")
    return replace(whole, anchor=anchor, part=parts[anchor])


def cited_file(citations: Iterable[Citation], ending: str, name: str) -> Response:
    """Citations for a reference manager, in the format that the ending names."""
    kind, write = FORMATS[ending]
    return download(write(citations), kind, f"{name}.{ending}")


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


def init_app(app: Flask) -> None:
    """Give templates what they need to cite."""
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
