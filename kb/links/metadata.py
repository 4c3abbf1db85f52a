"""What machines read in a document page: JSON-LD, Highwire and Dublin Core tags, COinS, Open Graph."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from kb.content.model import CaseFields
from kb.content.sources import Source
from kb.content.typography import french
from kb.links.citations import Citation


def json_ld(citation: Citation) -> str:
    """The document as schema.org `Report`, safe inside a `<script>` element."""
    document, site = citation.document, citation.site
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Report",
        "@id": citation.url,
        "url": citation.base + document.permalink,
        "identifier": document.id,
        "name": citation.title,
        "headline": citation.title,
        "abstract": french(document.summary),
        "inLanguage": site.language,
        "dateModified": document.updated,
        "version": str(citation.version),
        "isAccessibleForFree": True,
        "author": {"@type": "Organization", "name": site.name},
        "publisher": {"@type": "Organization", "name": citation.publisher or site.name},
        "isPartOf": {"@type": "CollectionPage", "name": site.title, "url": f"{citation.base}/"},
        "keywords": [*document.fields.themes, *document.fields.tool_types],
        "citation": [_source(source) for source in document.fields.sources],
        "hasPart": [
            {"@type": "WebPageElement", "name": french(s.title), "url": f"{citation.url}#{s.anchor}"}
            for s in document.sections
        ],
    }
    if site.licence:
        data["license"] = site.licence.url
    if document.case:
        data["spatialCoverage"] = _place(document.case)
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def tags(citation: Citation) -> tuple[tuple[str, str, str], ...]:
    """(attribute, name, content) of the `<meta>` elements: Highwire, Dublin Core, Open Graph."""
    document, site = citation.document, citation.site
    day = citation.version.date.replace("-", "/")
    publisher = citation.publisher or site.name
    return (
        ("name", "citation_title", citation.title),
        ("name", "citation_author", site.name),
        ("name", "citation_publication_date", day),
        ("name", "citation_technical_report_institution", publisher),
        ("name", "citation_technical_report_number", document.id),
        ("name", "citation_language", site.language[:2]),
        ("name", "citation_abstract_html_url", citation.base + document.permalink),
        ("name", "DC.title", citation.title),
        ("name", "DC.creator", site.name),
        ("name", "DC.publisher", publisher),
        ("name", "DC.date", citation.version.date),
        ("name", "DC.type", "Text"),
        ("name", "DC.language", site.language[:2]),
        ("name", "DC.identifier", citation.url),
        *([("name", "DC.rights", site.licence.url)] if site.licence else []),
        ("property", "og:type", "article"),
        ("property", "og:title", citation.title),
        ("property", "og:description", french(document.summary)),
        ("property", "og:url", citation.base + document.permalink),
        ("property", "og:site_name", site.title),
        ("property", "og:locale", site.language.replace("-", "_")),
        ("property", "article:modified_time", document.updated),
    )


def coins(citation: Citation) -> str:
    """The `title` of a COinS `<span class="Z3988">`: an OpenURL for the whole document."""
    return urlencode(
        {
            "ctx_ver": "Z39.88-2004",
            "rft_val_fmt": "info:ofi/fmt:kev:mtx:book",
            "rft.genre": "report",
            "rft.btitle": citation.title,
            "rft.title": citation.title,
            "rft.aucorp": citation.site.name,
            "rft.pub": citation.publisher or citation.site.name,
            "rft.date": citation.version.date,
            "rft.edition": citation.edition,
            "rft.series": citation.site.title,
            "rft.language": citation.site.language[:2],
            "rft_id": citation.url,
        }
    )


def _source(source: Source) -> dict[str, str]:
    found = {"@type": "CreativeWork", "name": french(source.title)}
    if source.publisher:
        found["publisher"] = french(source.publisher)
    if source.url:
        found["url"] = source.url
    if source.date:
        found["datePublished"] = source.date
    return found


def _place(case: CaseFields) -> dict[str, Any]:
    where = case.collectivity
    place: dict[str, Any] = {"@type": "AdministrativeArea", "name": french(where.name)}
    if where.codes.insee:
        place["identifier"] = f"INSEE {where.codes.insee}"
    if where.region:
        place["containedInPlace"] = {"@type": "AdministrativeArea", "name": where.region}
    if where.location:
        place["geo"] = {
            "@type": "GeoCoordinates",
            "latitude": where.location.lat,
            "longitude": where.location.lon,
        }
    return {**place, "@type": ["Place", "AdministrativeArea"]}
