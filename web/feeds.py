"""Feeds and files for crawlers: Atom, sitemap, robots, the browser's search box."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement, tostring

from flask import Blueprint, Response

from kb.content.documents import Document
from kb.content.typography import french
from kb.links.citations import COLLECTION, LICENCE, SITE
from web.addresses import base_url
from web.state import Snapshot, current

blueprint = Blueprint("feeds", __name__)
_ATOM = "http://www.w3.org/2005/Atom"
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_OPENSEARCH = "http://a9.com/-/spec/opensearch/1.1/"
#: pages that are neither documents nor terms
PAGES = (
    "/",
    "/cas/",
    "/pratiques/",
    "/carte",
    "/reperes",
    "/panorama",
    "/chiffres-discutes",
    "/comparer",
    "/comme-ma-collectivite",
    "/donnees/",
    "/api",
    "/aide",
    "/a-propos",
    "/plan-du-site",
    "/accessibilite",
    "/mentions-legales",
)


@blueprint.get("/flux.atom")
def everything() -> Response:
    """All documents, those changed last first."""
    return feed(COLLECTION, "/flux.atom", "/", current().corpus.documents)


@blueprint.get("/sitemap.xml")
def sitemap() -> Response:
    """Every page, with the date of its last change."""
    kb = current()
    root = Element("urlset", xmlns=_SITEMAP)
    for address, day in addresses(kb):
        entry = SubElement(root, "url")
        SubElement(entry, "loc").text = base_url() + address
        if len(day) == 10:
            SubElement(entry, "lastmod").text = day
    return _xml(root, "application/xml")


@blueprint.get("/robots.txt")
def robots() -> Response:
    """What crawlers need not read: a search with a filter and more, for the combinations have no end."""
    lines = [
        "User-agent: *",
        "Disallow: /recherche?*&",
        "Disallow: /recherche.",
        f"Sitemap: {base_url()}/sitemap.xml",
    ]
    return Response("\n".join(lines) + "\n", mimetype="text/plain")


@blueprint.get("/opensearch.xml")
def opensearch() -> Response:
    """The site as a search engine of the browser."""
    root = Element("OpenSearchDescription", xmlns=_OPENSEARCH)
    SubElement(root, "ShortName").text = "Base de cas"
    SubElement(root, "Description").text = COLLECTION
    SubElement(root, "InputEncoding").text = "UTF-8"
    SubElement(root, "Language").text = "fr"
    SubElement(root, "Url", type="text/html", template=f"{base_url()}/recherche?q={{searchTerms}}")
    atom = f"{base_url()}/recherche.atom?q={{searchTerms}}"
    SubElement(root, "Url", type="application/atom+xml", template=atom)
    return _xml(root, "application/opensearchdescription+xml")


def feed(title: str, path: str, page: str, documents: Iterable[Document]) -> Response:
    """An Atom feed at `path` of what `page` shows: documents, those changed last first."""
    newest = sorted(documents, key=lambda d: (d.updated, d.id), reverse=True)
    root = Element("feed", {"xmlns": _ATOM, "xml:lang": "fr"})
    SubElement(root, "id").text = base_url() + path
    SubElement(root, "title").text = title
    SubElement(root, "updated").text = _moment(newest[0].updated if newest else "1970-01-01")
    SubElement(root, "link", rel="self", type="application/atom+xml", href=base_url() + path)
    SubElement(root, "link", rel="alternate", type="text/html", href=base_url() + page)
    SubElement(SubElement(root, "author"), "name").text = SITE
    SubElement(root, "rights").text = f"CC BY-SA 4.0 ({LICENCE})"
    for document in newest:
        entry = SubElement(root, "entry")
        SubElement(entry, "id").text = f"{base_url()}/id/{document.id}"
        SubElement(entry, "title").text = french(document.title)
        SubElement(entry, "updated").text = _moment(document.updated)
        SubElement(entry, "link", rel="alternate", type="text/html", href=base_url() + document.permalink)
        SubElement(entry, "summary").text = french(document.summary)
        for theme in document.fields.themes:
            SubElement(entry, "category", term=theme)
    return _xml(root, "application/atom+xml")


def addresses(kb: Snapshot) -> Iterable[tuple[str, str]]:
    """(path, date of the last change) of every page of the site."""
    latest = max((d.updated for d in kb.corpus.documents), default="")
    yield from ((page, latest) for page in PAGES)
    for document in kb.corpus.documents:
        yield document.permalink, document.updated
    for facet in kb.corpus.taxonomy.facets:
        if facet.path:
            yield f"/{facet.path}/", latest
            yield from ((f"/{facet.path}/{found.slug}", latest) for found in facet.terms)


def _moment(day: str) -> str:
    """A date of any grain as the moment that Atom wants."""
    parts = [int(part) for part in day.split("-")[:3]]
    year, month, number = (*parts, 1, 1)[:3]
    return datetime.datetime(year, month if month <= 12 else 1, number, tzinfo=datetime.UTC).strftime(
        "%Y-%m-%dT%H:%M:%SZ"
    )


def _xml(root: Element, kind: str) -> Response:
    body = tostring(root, encoding="utf-8", xml_declaration=True)
    return Response(body, content_type=f"{kind}; charset=utf-8")
