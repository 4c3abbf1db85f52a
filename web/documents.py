"""A document and all its twins: its page, `.json .md .bib .ris .csl.json`, history, card, `/id/`."""

from __future__ import annotations

from flask import Blueprint, Response, abort, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from kb import serialising
from kb.content.documents import Document
from kb.errors import RemovedDocumentError, UnknownDocumentError
from web.addresses import base_url
from web.citations import citation, cited_file
from web.compare import near_cases
from web.errors import answer
from web.files import json_answer
from web.state import Snapshot, current

blueprint = Blueprint("documents", __name__)


@blueprint.get("/<any(cas, pratiques):folder>/<slug>")
def page(folder: str, slug: str) -> str:
    """A case study or a practice note."""
    kb = current()
    found = _document(kb, folder, slug)
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


@blueprint.get("/<any(cas, pratiques):folder>/<slug>.json")
def fields(folder: str, slug: str) -> Response:
    """All fields of the document, its sections as text and HTML."""
    kb = current()
    found = _document(kb, folder, slug)
    return json_answer(serialising.document_whole(found, kb.rendering(found), kb.corpus, base_url()))


@blueprint.get("/<any(cas, pratiques):folder>/<slug>.md")
def markdown(folder: str, slug: str) -> Response:
    """The document as it was read and checked, front matter included; the disk is not looked at again."""
    found = _document(current(), folder, slug)
    return Response(found.text, mimetype="text/markdown")


@blueprint.get("/<any(cas, pratiques):folder>/<slug>.<any(bib, ris):ending>")
@blueprint.get("/<any(cas, pratiques):folder>/<slug>.csl.json", defaults={"ending": "csl.json"})
def cited(folder: str, slug: str, ending: str) -> Response:
    """The citation of the document, or of the section or figure that `section` names."""
    document = _document(current(), folder, slug)
    return cited_file([citation(document, request.args.get("section", ""))], ending, slug)


@blueprint.get("/<any(cas, pratiques):folder>/<slug>/historique")
def history(folder: str, slug: str) -> str:
    """What changed in the document, commit by commit."""
    kb = current()
    document = _document(kb, folder, slug)
    changes = kb.links.history.changes.get(document.path, ())
    return render_template("history.html", kb=kb, document=document, changes=changes)


@blueprint.get("/<any(cas, pratiques):folder>/<slug>/carte")
def card(folder: str, slug: str) -> str:
    """A citation card that other sites may frame: static, no script, its headers in `web.front.headers`."""
    kb = current()
    return render_template("card.html", kb=kb, document=_document(kb, folder, slug))


@blueprint.get("/id/<identifier>")
def permalink(identifier: str) -> BaseResponse:
    """The document of an id, for ever."""
    found = current().links.by_id(identifier) or abort(404)
    return redirect(found.permalink, 301)


@blueprint.app_errorhandler(UnknownDocumentError)
def former(error: UnknownDocumentError) -> BaseResponse:
    """301 to the same page of the document that had this slug; 410 where it was taken away; else 404."""
    try:
        found = current().links.by_former_slug(error.slug)
    except RemovedDocumentError as gone:
        return removed(gone)
    address = f"/{error.slug}"
    if found is None or (found.slug == error.slug and request.path.startswith(found.permalink)):
        return answer(404, str(error))
    start, _, rest = request.path.rpartition(address)
    if start in ("/cas", "/pratiques"):
        return redirect(f"{found.permalink}{rest}{_query()}", 301)
    if start == "/api/v1/documents" and not rest:
        return redirect(f"{start}/{found.slug}{_query()}", 301)
    return answer(404, str(error))


@blueprint.app_errorhandler(RemovedDocumentError)
def removed(error: RemovedDocumentError) -> Response:
    """410, with what replaces the document."""
    return answer(410, str(error), successor=error.successor)


def _document(kb: Snapshot, folder: str, slug: str) -> Document:
    found = kb.corpus.by_slug.get(slug)
    if found is None or found.permalink != f"/{folder}/{slug}":
        raise UnknownDocumentError(slug)
    return found


def _query() -> str:
    return f"?{request.query_string.decode('latin-1')}" if request.query_string else ""
