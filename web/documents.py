"""A document and all its twins: its page, `.json .md .bib .ris .csl.json`, history, card, `/id/`."""

from __future__ import annotations

import datetime
from itertools import pairwise
from typing import Any

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.http import http_date
from werkzeug.wrappers import Response as BaseResponse

from kb import serialising
from kb.content.documents import Document
from kb.formatting import date
from kb.links.versions import changes_between, days_of, version_on, versions_of
from web.addresses import absolute, base_url, mounted_html
from web.addresses import page as page_of
from web.citations import citation, cited_file
from web.compare import near_cases
from web.files import json_answer
from web.state import current, site_of

blueprint = Blueprint("documents", __name__)
#: what follows the address of a document, each another form of it
TWINS = ("json", "md", "bib", "ris", "csl.json")


@blueprint.get("/<document:document>")
def page(document: Document) -> str:
    """A document, in the template of its kind."""
    kb = current()
    shown = document.practice.illustrated_by if document.practice else ()
    links = [(kb.corpus.by_slug[i.case], i) for i in shown if i.case in kb.corpus.by_slug]
    links = links or list(kb.corpus.practices_of(document.slug))
    near = near_cases(kb, document) if document.case else []
    rendering = kb.rendering(document)
    return render_template(
        f"{document.kind.name}.html", document=document, rendering=rendering, links=links, near=near
    )


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
    """What changed in the text, day by day, section by section; days that left it as it was are not told."""
    known = current().links.history
    versions = versions_of(site_of(current_app).root, known, document)
    is_whole = len(days_of(known, document)) == len(versions)
    told = [(after, changes_between(before, after)) for after, before in pairwise(versions)]
    told = [(version, changes) for version, changes in told if changes]
    return render_template("history.html", document=document, versions=versions, told=told, is_whole=is_whole)


@blueprint.get("/id/<identifier:document>/v/<day:day>")
def version(document: Document, day: str) -> Response:
    """The document as of a day, for ever (a memento, RFC 7089)."""
    kb = current()
    past = version_on(site_of(current_app).root, kb.links.history, document, day)
    if past is None:
        raise NotFound(f"Aucune version de cette fiche n’est connue au {date(day)}.")
    response = Response(render_template("version.html", document=document, version=past))
    response.headers["Memento-Datetime"] = _http_date(past.day)
    links = {"original": page_of(document), "timemap": url_for("documents.timemap", document=document)}
    response.headers["Link"] = ", ".join(f'<{absolute(to)}>; rel="{rel}"' for rel, to in links.items())
    return response


@blueprint.get("/id/<identifier:document>/timemap")
def timemap(document: Document) -> Response:
    """The versions of a document, in the link format of RFC 7089, oldest first."""
    days = days_of(current().links.history, document)[::-1]
    here = absolute(url_for("documents.timemap", document=document))
    span = f'; from="{_http_date(days[0])}"; until="{_http_date(days[-1])}"'
    lines = [
        f'<{absolute(page_of(document))}>; rel="original"',
        f'<{here}>; rel="self"; type="application/link-format"{span}',
    ]
    for number, day in enumerate(days):
        ends = [name for name, at in (("first", 0), ("last", len(days) - 1)) if number == at]
        address = absolute(url_for("documents.version", document=document, day=day))
        lines.append(f'<{address}>; rel="{" ".join((*ends, "memento"))}"; datetime="{_http_date(day)}"')
    return Response(",\n".join(lines) + "\n", mimetype="application/link-format")


def _http_date(day: str) -> str:
    return http_date(datetime.datetime.fromisoformat(f"{day}T00:00:00+00:00"))


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
