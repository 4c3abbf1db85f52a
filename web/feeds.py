"""Feeds and files for machines that come by: Atom, robots, the browser's search box."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement, tostring

from flask import Blueprint, Response, url_for

from kb.content.documents import Document
from kb.content.typography import french
from web.addresses import absolute
from web.addresses import page as page_of
from web.state import current

blueprint = Blueprint("feeds", __name__)
_ATOM = "http://www.w3.org/2005/Atom"
_OPENSEARCH = "http://a9.com/-/spec/opensearch/1.1/"


@blueprint.get("/flux.atom")
def everything() -> Response:
    """All documents, those changed last first."""
    corpus = current().corpus
    return feed(corpus.site.title, url_for("feeds.everything"), url_for("pages.home"), corpus.documents)


@blueprint.get("/robots.txt")
def robots() -> Response:
    """What crawlers need not read: a search with a filter and more, for the combinations have no end."""
    search = url_for("search.page")
    lines = [
        "User-agent: *",
        f"Disallow: {search}?*&",
        f"Disallow: {search}.",
        f"Sitemap: {absolute(url_for('site_map.sitemap'))}",
    ]
    return Response("\n".join(lines) + "\n", mimetype="text/plain")


@blueprint.get("/opensearch.xml")
def opensearch() -> Response:
    """The site as a search engine of the browser."""
    root = Element("OpenSearchDescription", xmlns=_OPENSEARCH)
    SubElement(root, "ShortName").text = "Base de cas"
    SubElement(root, "Description").text = current().corpus.site.title
    SubElement(root, "InputEncoding").text = "UTF-8"
    SubElement(root, "Language").text = "fr"
    for kind, endpoint in (("text/html", "search.page"), ("application/atom+xml", "search.atom")):
        SubElement(root, "Url", type=kind, template=f"{absolute(url_for(endpoint))}?q={{searchTerms}}")
    return xml_answer(root, "application/opensearchdescription+xml")


def feed(title: str, address: str, page: str, documents: Iterable[Document]) -> Response:
    """An Atom feed at `address` of what `page` shows: documents, those changed last first."""
    newest = sorted(documents, key=lambda d: (d.updated, d.id), reverse=True)
    root = Element("feed", {"xmlns": _ATOM, "xml:lang": "fr"})
    SubElement(root, "id").text = absolute(address)
    SubElement(root, "title").text = title
    SubElement(root, "updated").text = _moment(newest[0].updated if newest else "1970-01-01")
    SubElement(root, "link", rel="self", type="application/atom+xml", href=absolute(address))
    SubElement(root, "link", rel="alternate", type="text/html", href=absolute(page))
    site = current().corpus.site
    SubElement(SubElement(root, "author"), "name").text = site.name
    if site.licence:
        SubElement(root, "rights").text = f"{site.licence.short} ({site.licence.url})"
    for document in newest:
        entry = SubElement(root, "entry")
        SubElement(entry, "id").text = absolute(url_for("documents.permalink", document=document))
        SubElement(entry, "title").text = french(document.title)
        SubElement(entry, "updated").text = _moment(document.updated)
        SubElement(entry, "link", rel="alternate", type="text/html", href=absolute(page_of(document)))
        SubElement(entry, "summary").text = french(document.summary)
        for theme in document.fields.themes:
            SubElement(entry, "category", term=theme)
    return xml_answer(root, "application/atom+xml")


def _moment(day: str) -> str:
    """A date of any grain as the moment that Atom wants."""
    parts = [int(part) for part in day.split("-")[:3]]
    year, month, number = (*parts, 1, 1)[:3]
    return datetime.datetime(year, month if month <= 12 else 1, number, tzinfo=datetime.UTC).strftime(
        "%Y-%m-%dT%H:%M:%SZ"
    )


def xml_answer(root: Element, kind: str) -> Response:
    """A tree as a file of this media type."""
    body = tostring(root, encoding="utf-8", xml_declaration=True)
    return Response(body, content_type=f"{kind}; charset=utf-8")
