"""Every page of the site, named once: the map for people and the one for crawlers."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement

from flask import Blueprint, Response, render_template, url_for

from kb.content.kinds import KINDS
from web.addresses import TermPlace, absolute
from web.addresses import page as page_of
from web.feeds import xml_answer
from web.state import Snapshot, current

blueprint = Blueprint("site_map", __name__)
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
#: pages that list no document: (endpoint, what they are called, their entry in site.yaml)
PAGES = (
    ("pages.home", "Accueil", ""),
    ("search.page", "Recherche", ""),
    ("map.page", "Carte", ""),
    ("figures.page", "Repères chiffrés", ""),
    ("figures.disagreements", "Chiffres discutés", ""),
    ("compare.page", "Comparer des cas", ""),
    ("compare.phases", "Panorama", ""),
    ("compare.like_mine", "Les cas les plus proches", "comme-ma-collectivite"),
    ("compare.budget_for_size", "Quel budget pour ma taille ?", "quel-budget"),
    ("data.page", "Données", ""),
    ("api.guide", "Interface de programmation", ""),
    ("pages.help_page", "Aide", ""),
    ("pages.glossary", "Glossaire", ""),
    ("site_map.page", "Plan du site", ""),
    ("pages.accessibility", "Accessibilité", ""),
    ("pages.legal", "Mentions légales", ""),
    ("pages.about", "À propos", ""),
)


@blueprint.get("/plan-du-site")
def page() -> str:
    """Every page of the site."""
    return render_template("site_map.html", pages=PAGES)


@blueprint.get("/sitemap.xml")
def sitemap() -> Response:
    """Every page, with the date of its last change."""
    kb = current()
    root = Element("urlset", xmlns=_SITEMAP)
    for address, day in addresses(kb):
        entry = SubElement(root, "url")
        SubElement(entry, "loc").text = absolute(address)
        if len(day) == 10:
            SubElement(entry, "lastmod").text = day
    return xml_answer(root, "application/xml")


def fixed() -> Iterable[str]:
    """The address of every page that is no document and no term, but for the search, which has no end."""
    yield from (url_for(endpoint) for endpoint, *_ in PAGES if endpoint != "search.page")
    yield from (url_for("pages.all_of", kind=kind) for kind in KINDS)


def addresses(kb: Snapshot) -> Iterable[tuple[str, str]]:
    """(address, date of the last change) of every page of the site."""
    latest = max((d.updated for d in kb.corpus.documents), default="")
    yield from ((address, latest) for address in fixed())
    yield from ((page_of(document), document.updated) for document in kb.corpus.documents)
    for facet in kb.corpus.taxonomy.facets:
        if facet.path:
            yield url_for("terms.all_of", facet=facet), latest
            for term in facet.terms:
                yield url_for("terms.page", place=TermPlace(facet, term)), latest
