"""Citations of documents, sections and figures: for templates, as files, and of a selection."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from flask import Blueprint, Flask, Response, current_app, render_template, request

from kb.compare.strip import strip_of
from kb.content.documents import Document
from kb.errors import QueryError, RemovedDocumentError, UnknownDocumentError
from kb.links import metadata
from kb.links.citations import Citation, parts_of
from kb.links.dossier import Dossier, Told, gather
from kb.links.exchange import FORMATS
from kb.links.styles import STYLES, USUAL, formatted
from web.addresses import base_url
from web.files import download
from web.state import current

blueprint = Blueprint("citations", __name__)
#: documents in one selection
MAX_SELECTED = 100


@blueprint.get("/selection")
def dossier() -> str:
    """The documents and sections that the address names, one after the other, to print or to copy."""
    chosen, unknown = _chosen(forgiving=True)
    return render_template("selection.html", chosen=chosen, unknown=unknown, dossier=_gathered(chosen))


@blueprint.get("/selection.<any(bib, ris, 'csl.json', md, docx):ending>")
def selection(ending: str) -> Response:
    """The citations of the documents that `doc` names, or the dossier in Markdown or as a Word file."""
    chosen, _ = _chosen()
    if ending == "md":
        text = render_template("selection.md", dossier=_gathered(chosen))
        return download(text.strip() + "\n", "text/markdown", "dossier.md")
    if ending == "docx":
        return _word(_gathered(chosen))
    return cited_file(chosen, ending, "selection")


def _word(gathered: Dossier) -> Response:
    from kb.links.word import KIND, word

    style = request.args.get("style", USUAL)
    if style not in STYLES:
        raise QueryError(f"style vaut {', '.join(STYLES)}")
    return download(word(gathered, base_url(), style), KIND, "dossier.docx")


def _gathered(chosen: Sequence[Citation]) -> Dossier:
    kb = current()
    return gather(chosen, kb.corpus, kb.rendering, told_of)


def told_of(document: Document) -> list[Told]:
    """The facts of a document, each with all that it covers."""
    return [
        Told(fact.label, f"{fact.value} ({fact.note})" if fact.note else fact.value, fact.source)
        for fact in strip_of(document)
    ]


def _chosen(*, forgiving: bool = False) -> tuple[list[Citation], list[str]]:
    """What the address names, slugs or ids, with `#section` where wanted; each once, in its order.

    With `forgiving`, what names nothing is given beside; else raises QueryError or UnknownDocumentError.
    """
    kb = current()
    wanted = list(dict.fromkeys(request.args.getlist("doc") + request.args.getlist("cas")))
    if not wanted and not forgiving:
        raise QueryError("doc manque : écrivez doc=angers, autant de fois qu’il faut")
    if len(wanted) > MAX_SELECTED and not forgiving:
        raise QueryError(f"{MAX_SELECTED} fiches au plus")
    chosen: dict[tuple[str, str], Citation] = {}
    unknown = wanted[MAX_SELECTED:]
    for text in wanted[:MAX_SELECTED]:
        name, _, anchor = text.partition("#")
        try:
            found = kb.corpus.by_slug.get(name) or kb.links.by_id(name) or kb.links.by_former_slug(name)
            if found is None:
                raise UnknownDocumentError(name)
            cited = citation(found, anchor)
        except (UnknownDocumentError, RemovedDocumentError, QueryError):
            if not forgiving:
                raise
            unknown.append(text)
            continue
        chosen.setdefault((found.id, cited.anchor), cited)
    return list(chosen.values()), unknown


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


def cite(found: Citation, style: str = USUAL) -> str:
    """A citation as people write it, in the usual style where none is named."""
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
