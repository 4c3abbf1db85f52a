"""A document and all its twins: its page, `.json .md .bib .ris .csl.json`, history, card, `/id/`."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from kb import serialising
from kb.content.documents import Document
from web.addresses import base_url, mounted_html
from web.addresses import page as page_of
from web.citations import citation, cited_file
from web.compare import near_cases
from web.files import json_answer
from web.state import current

blueprint = Blueprint("documents", __name__)
#: what follows the address of a document, each another form of it
TWINS = ("json", "md", "bib", "ris", "csl.json")


@blueprint.get("/<document:document>")
def page(document: Document) -> str:
    """A case study or a practice note."""
    kb = current()
    template = "case.html" if document.case else "practice.html"
    shown = document.practice.illustrated_by if document.practice else ()
    links = [(kb.corpus.by_slug[i.case], i) for i in shown if i.case in kb.corpus.by_slug]
    links = links or list(kb.corpus.practices_of(document.slug))
    near = near_cases(kb, document) if document.case else []
    rendering = kb.rendering(document)
    return render_template(template, document=document, rendering=rendering, links=links, near=near)


@blueprint.get(f"/<document:document>.<any{TWINS}:ending>")
def twin(document: Document, ending: str) -> Response:
    """The document for machines: all its fields, its file as written, or its citation."""
    if ending == "json":
        return json_answer(whole(document))
    if ending == "md":
        return Response(document.text, mimetype="text/markdown")  # as it was read and checked
    return cited_file([citation(document, request.args.get("section", ""))], ending, document.slug)


@blueprint.get("/<document:document>/historique")
def history(document: Document) -> str:
    """What changed in the document, commit by commit."""
    changes = current().links.history.changes.get(document.path, ())
    return render_template("history.html", document=document, changes=changes)


@blueprint.get("/<document:document>/carte")
def card(document: Document) -> str:
    """A citation card that other sites may frame: static, no script, its headers in `web.front.headers`."""
    return render_template("card.html", document=document)


@blueprint.get("/id/<identifier:document>")
def permalink(document: Document) -> BaseResponse:
    """The document of an id, for ever."""
    return redirect(page_of(document), 301)


def whole(document: Document) -> dict[str, Any]:
    """All fields of a document, its sections as text and HTML, as the API gives them."""
    kb = current()
    found = serialising.document_whole(document, kb.rendering(document), kb.corpus, base_url())
    for section in found["sections"]:
        section["html"] = mounted_html(section["html"])
    return found
