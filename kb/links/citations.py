"""One bibliographic item per document, section or figure, in the terms of CSL-JSON.

Everything else is made from it: styles (`kb.links.styles`), BibTeX, RIS and CSL-JSON
(`kb.links.exchange`), the metadata of pages (`kb.links.metadata`). Addresses are permanent ones
(`/id/cas-01#contexte`), the version is a date and a commit. The date of consultation is left to who
cites: the version says more, and an answer must not change from day to day.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from kb.content.documents import Document
from kb.content.site import NEUTRAL, SiteFields
from kb.content.typography import french
from kb.formatting import date
from kb.links.history import Version


@dataclass(frozen=True)
class Citation:
    """What is cited: a document, one of its sections, or one of its figures."""

    document: Document
    version: Version
    #: start of absolute addresses
    base: str
    #: the base that signs, and the collection that every document belongs to
    site: SiteFields = NEUTRAL
    #: who publishes the site, or ""
    publisher: str = ""
    #: anchor and title of the part; "" for the whole document
    anchor: str = ""
    part: str = ""

    @property
    def key(self) -> str:
        """The name of the item in a bibliography: `cas-01`, `cas-01-contexte`."""
        return f"{self.document.id}-{self.anchor}" if self.anchor else self.document.id

    @property
    def url(self) -> str:
        """The permanent address of what is cited."""
        return f"{self.base}/id/{self.document.id}" + (f"#{self.anchor}" if self.anchor else "")

    @property
    def title(self) -> str:
        """Title of the part, or of the document."""
        return french(self.part or self.document.title)

    @property
    def edition(self) -> str:
        """« Version du 23 novembre 2026, 5b00ef2 »."""
        text = str(self.version)
        return text[:1].upper() + text[1:]

    def item(self) -> dict[str, Any]:
        """The item in CSL-JSON."""
        parts = [int(part) for part in re.split(r"\D", self.version.date)[:3]]
        item: dict[str, Any] = {
            "id": self.key,
            "type": "chapter" if self.part else "report",
            "title": self.title,
            "author": [{"literal": self.site.name}],
            "issued": {"date-parts": [parts]},
            "edition": self.edition,
            "URL": self.url,
            "language": self.site.language,
            "abstract": french(self.document.summary),
        }
        if self.part:
            item["container-title"] = french(self.document.title)
            del item["abstract"]
        item["collection-title"] = self.site.title
        if self.publisher:
            item["publisher"] = self.publisher
        return item

    @property
    def day(self) -> str:
        """The date of the version in French."""
        return date(self.version.date)


def parts_of(document: Document) -> dict[str, str]:
    """What can be cited of a document: {anchor: title}, sections then figures."""
    parts = {section.anchor: section.title for section in document.sections}
    charts = document.practice.charts if document.practice else ()
    return parts | {chart.id: chart.title for chart in charts}
