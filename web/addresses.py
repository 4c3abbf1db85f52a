"""Addresses, made and read in one place: `url_for` gives them, converters turn them into what they name.

A rule such as `/<document:document>/historique` hands its view a document. What an address names is
looked up here, once: a former name leads to the present one by 301, what was taken away answers 410, what
never was 404. The site works under any prefix: that of BASE_URL, which `web.front.prefix` gives to Flask.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Flask, current_app, redirect, request, url_for
from markupsafe import Markup
from werkzeug.exceptions import Gone, HTTPException, NotFound
from werkzeug.routing import BaseConverter, RoutingException, ValidationError
from werkzeug.wrappers import Response

from kb.content.documents import Document
from kb.content.kinds import KINDS, Kind, kind_at
from kb.content.taxonomy import Facet, Term
from kb.errors import RemovedDocumentError
from kb.search.query import SearchQuery
from web.params import arguments_of
from web.state import current

_INSIDE = re.compile(r'(<(?:a|img)\s(?:[^<>"]|"[^"]*")*?\b(?:href|src)=")(?=/(?!/))')


@dataclass(frozen=True)
class TermPlace:
    """A term where it has a page: within its facet."""

    facet: Facet
    term: Term


class Moved(HTTPException, RoutingException):
    """301 to the address asked for with `new` in the place of `old`, parameters kept."""

    code = 301

    def __init__(self, old: str, new: str) -> None:
        """Keep both parts of the path."""
        super().__init__()
        self.old, self.new = old, new

    def get_response(self, *args: Any, **kwargs: Any) -> Response:
        """The redirect."""
        before, _, after = request.path.rpartition(self.old)
        query = f"?{request.query_string.decode('latin-1')}" if request.query_string else ""
        return redirect(mounted(f"{before}{self.new}{after}{query}"), 301)


class Removed(Gone):
    """410 for a document that was taken away, with the address of what replaces it, or ""."""

    def __init__(self, error: RemovedDocumentError) -> None:
        """Keep what the core tells."""
        super().__init__(str(error))
        self.successor = error.successor


class SlugConverter(BaseConverter):
    """`angers` ↔ the document."""

    def to_python(self, value: str) -> Document:
        """The document that has this slug; raises Moved, Removed, NotFound."""
        found = _document(value)
        if found.slug != value:
            raise Moved(value, found.slug)
        return found

    def to_url(self, value: Document) -> str:
        """Its slug."""
        return value.slug


class DocumentConverter(BaseConverter):
    """`cas/angers` ↔ the document."""

    regex = rf"(?:{'|'.join(kind.address for kind in KINDS)})/[^/.]+"
    weight = 90

    def to_python(self, value: str) -> Document:
        """The document whose page this is; raises Moved, Removed, NotFound."""
        found = _document(value.rpartition("/")[2])
        if found.permalink != f"/{value}":
            raise Moved(f"/{value}", found.permalink)
        return found

    def to_url(self, value: Document) -> str:
        """Its path."""
        return value.permalink.removeprefix("/")


class IdentifierConverter(BaseConverter):
    """`cas-01` ↔ the document."""

    def to_python(self, value: str) -> Document:
        """The document of this id; raises Removed."""
        try:
            found = current().links.by_id(value)
        except RemovedDocumentError as error:
            raise Removed(error) from error
        if found is None:
            raise ValidationError
        return found

    def to_url(self, value: Document) -> str:
        """Its id."""
        return value.id


class DayConverter(BaseConverter):
    """`2026-11-23`, a day that exists."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> str:
        """The day; raises ValidationError for the 31st of February."""
        try:
            return datetime.date.fromisoformat(value).isoformat()
        except ValueError as error:
            raise ValidationError from error


class KindConverter(BaseConverter):
    """`cas` ↔ the kind of documents that lie there."""

    regex = "|".join(kind.address for kind in KINDS)

    def to_python(self, value: str) -> Kind:
        """The kind."""
        if (kind := kind_at(value)) is None:
            raise ValidationError
        return kind

    def to_url(self, value: Kind) -> str:
        """Its address."""
        return value.address


class FacetConverter(BaseConverter):
    """`themes` ↔ the facet whose terms have pages there."""

    weight = 200

    def to_python(self, value: str) -> Facet:
        """The facet."""
        found = current().corpus.taxonomy.facet_of_path(value)
        if found is None:
            raise ValidationError
        return found

    def to_url(self, value: Facet) -> str:
        """Its path."""
        return value.path


class TermConverter(BaseConverter):
    """`themes/evaluation` ↔ the term in its facet."""

    regex = "[^/]+/[^/.]+"
    weight = 200

    def to_python(self, value: str) -> TermPlace:
        """The term; raises Moved for a former slug."""
        path, _, slug = value.partition("/")
        facet = current().corpus.taxonomy.facet_of_path(path)
        term = facet.by_slug.get(slug) if facet else None
        if facet is None or term is None:
            raise ValidationError
        if term.slug != slug:
            raise Moved(f"/{value}", f"/{path}/{term.slug}")
        return TermPlace(facet, term)

    def to_url(self, value: TermPlace) -> str:
        """Path of the facet, slug of the term."""
        return f"{value.facet.path}/{value.term.slug}"


def base_url() -> str:
    """Start of absolute addresses, from the configuration and never from the request."""
    return str(current_app.config["BASE_URL"]).rstrip("/")


def prefix_of(base: str) -> str:
    """The path under which a site of this base lives: `/kb`, or ""."""
    return urlsplit(base).path.rstrip("/")


def mounted(path: str) -> str:
    """The address under which a path of the core, such as `/cas/angers`, answers."""
    return request.script_root + path


def mounted_html(html: str) -> Markup:
    """Safe HTML of the core as markup, its links to paths of the site under the prefix."""
    root = request.script_root
    return Markup(_INSIDE.sub(rf"\g<1>{root}", html) if root else html)  # noqa: S704 - the core's, made safe


def absolute(url: str) -> str:
    """An address of this site, as `url_for` gives it, from BASE_URL on."""
    return base_url() + url.removeprefix(request.script_root)


def page(document: Document, anchor: str | None = None) -> str:
    """The page of a document, at a section where one is named."""
    return url_for("documents.page", document=document, _anchor=anchor or None)


def twin(document: Document, ending: str) -> str:
    """A twin of a document: json, md, bib, ris, csl.json."""
    return url_for("documents.twin", document=document, ending=ending)


def value_page(name: str, value: str) -> str:
    """Where a facet value is shown: the page of its term, or the search for it where it has none."""
    facet = current().corpus.taxonomy.facet(name)
    term = facet.by_slug.get(value) if facet and facet.path else None
    if facet and term:
        return url_for("terms.page", place=TermPlace(facet, term))
    return link(SearchQuery().with_filter(name, value))


def link(query: SearchQuery, endpoint: str = "search.page", **values: Any) -> str:
    """The address of a search: one search, one address."""
    pairs = arguments_of(query, current().corpus.taxonomy)
    return url_for(endpoint, **values) + (f"?{urlencode(pairs)}" if pairs else "")


def init_app(app: Flask) -> None:
    """The converters, and for templates the functions above."""
    app.config["APPLICATION_ROOT"] = prefix_of(app.config["BASE_URL"]) or "/"
    app.url_map.converters |= {
        "document": DocumentConverter,
        "slug": SlugConverter,
        "identifier": IdentifierConverter,
        "day": DayConverter,
        "kind": KindConverter,
        "facet": FacetConverter,
        "term": TermConverter,
    }
    app.jinja_env.filters |= {"page": page, "twin": twin, "absolute": absolute, "mounted": mounted}
    app.jinja_env.filters |= {"markup": mounted_html}
    app.jinja_env.globals |= {"link": link, "value_page": value_page, "TermPlace": TermPlace}


def _document(slug: str) -> Document:
    try:
        found = current().links.by_former_slug(slug)
    except RemovedDocumentError as error:
        raise Removed(error) from error
    if found is None:
        raise NotFound(f"aucune fiche « {slug} »")
    return found
