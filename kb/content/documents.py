"""The documents of the knowledge base, as frozen values: no file, no Whoosh and no Flask.

A Document is one content file, taken apart; a Corpus is all of a folder with its vocabulary.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from kb.content.kinds import Kind, kind_of
from kb.content.model import CaseFields, DocumentFields, Illustration, PracticeFields
from kb.content.site import NEUTRAL, SiteFields
from kb.content.sources import Source
from kb.content.taxonomy import Taxonomy


@dataclass(frozen=True)
class Section:
    """A `##` part of a body."""

    #: permanent address inside the page
    anchor: str
    title: str
    #: Markdown below the heading, without it
    markdown: str
    #: line of the heading in the file, from 1
    line: int


@dataclass(frozen=True)
class Document:
    """One file: its fields, its sections and where it stands."""

    #: file name without ending, last part of the address
    slug: str
    #: path relative to the content folder: `cases/angers.md`
    path: str
    fields: DocumentFields
    sections: tuple[Section, ...]
    #: the file as it was read and checked: what is served of it
    text: str = field(default="", repr=False)
    #: sha256 of the file's bytes, in hexadecimal
    digest: str = ""
    #: last change, as the front matter, else git, else the review says: 2026-11-23
    updated: str = ""

    @property
    def kind(self) -> Kind:
        """What kind of document the folder makes it."""
        return kind_of(self.path)

    @property
    def nature(self) -> str:
        """Value of the facet `nature`, such as cas or bonne-pratique."""
        return self.kind.nature(getattr(self.fields, "kind", None)).slug

    @property
    def id(self) -> str:
        """Permanent identifier."""
        return self.fields.id

    @property
    def title(self) -> str:
        """Title of the page."""
        return self.fields.title

    @property
    def summary(self) -> str:
        """Summary, at most 300 characters."""
        return self.fields.summary

    @property
    def case(self) -> CaseFields | None:
        """The fields of a case, or None for a practice note."""
        return self.fields if isinstance(self.fields, CaseFields) else None

    @property
    def practice(self) -> PracticeFields | None:
        """The fields of a practice note, or None for a case."""
        return self.fields if isinstance(self.fields, PracticeFields) else None

    @property
    def permalink(self) -> str:
        """Path of the page on the site."""
        return f"/{self.kind.address}/{self.slug}"

    def section(self, anchor: str) -> Section | None:
        """The section of this anchor, or None."""
        return next((section for section in self.sections if section.anchor == anchor), None)

    def source(self, reference: str) -> tuple[Source, str] | None:
        """The source and pages that `fiche-p4` or `fiche-p4-6` names: (source, "4-6"), or None.

        Pages are "" where the reference names none.
        """
        sources = {source.id: source for source in self.fields.sources}
        if reference in sources:
            return sources[reference], ""
        match = re.fullmatch(r"(.+)-p(\d+(?:-\d+)?)", reference)
        if match and match[1] in sources:
            return sources[match[1]], match[2]
        return None

    def values_of(self, field: str) -> tuple[Any, ...]:
        """Values at a dotted path such as `platforms.software`, absent ones left out, in order."""
        values: tuple[Any, ...] = (self if field == "nature" else self.fields,)
        for name in field.split("."):
            found = (getattr(value, name, None) for value in values)
            values = tuple(
                item
                for value in found
                for item in (value if isinstance(value, tuple) else (value,))
                if item is not None
            )
        return tuple(dict.fromkeys(values))


@dataclass(frozen=True)
class Corpus:
    """All documents of one content folder with their taxonomy; never changed, only replaced."""

    documents: tuple[Document, ...]
    taxonomy: Taxonomy
    #: changes whenever a file or the taxonomy changes: 16 hexadecimal digits
    version: str
    site: SiteFields = NEUTRAL

    @cached_property
    def by_slug(self) -> Mapping[str, Document]:
        """Documents by slug."""
        return {document.slug: document for document in self.documents}

    def of_kind(self, kind: Kind) -> tuple[Document, ...]:
        """The documents of a kind, by slug."""
        return tuple(document for document in self.documents if document.kind is kind)

    @cached_property
    def cases(self) -> tuple[Document, ...]:
        """The case studies, by slug."""
        return tuple(document for document in self.documents if document.case)

    @cached_property
    def practices(self) -> tuple[Document, ...]:
        """The practice notes, by slug."""
        return tuple(document for document in self.documents if document.practice)

    def practices_of(self, case: str) -> Iterator[tuple[Document, Illustration]]:
        """The practice notes that a case illustrates, with the passage."""
        for document in self.practices:
            assert document.practice  # noqa: S101 - tells the type checker what `practices` means
            for illustration in document.practice.illustrated_by:
                if illustration.case == case:
                    yield document, illustration
