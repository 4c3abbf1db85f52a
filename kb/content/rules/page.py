"""What a rule sees: one file taken apart (Page) and the folder that it stands in (Folder)."""

from __future__ import annotations

import datetime
import posixpath
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from kb.content.blocks import CODE, HIDDEN, Block, blocks
from kb.content.documents import Section
from kb.content.fields import KeyPath, Leaf, leaves
from kb.content.forms import SourceRef
from kb.content.kinds import Kind, kind_of
from kb.content.loading import Loaded
from kb.content.model import CaseFields
from kb.content.parsing import Parsed
from kb.content.sections import heading_anchors, split_sections
from kb.content.site import FRANCE
from kb.content.slugs import slugify
from kb.content.taxonomy import Taxonomy


class Finding(NamedTuple):
    """What a rule yields; the file and the rule's slug are added by `check`."""

    #: line of the file, or path of a front-matter key
    where: int | KeyPath
    message: str
    hint: str


class Reference(NamedTuple):
    """A place that names a source, in the body or in a field."""

    where: int | KeyPath
    #: `fiche-p4-6`
    text: str
    #: the field that holds it; "" for a footnote call of the body
    field: str


@dataclass(frozen=True)
class Page:
    """A content file, readable as a document or not."""

    #: path relative to the content folder: `cases/angers.md`
    name: str
    parsed: Parsed
    folder: Folder = field(repr=False)

    @property
    def slug(self) -> str:
        """File name without ending."""
        return posixpath.basename(self.name).removesuffix(".md")

    @property
    def kind(self) -> Kind:
        """What kind of document the folder makes it."""
        return kind_of(self.name)

    @property
    def data(self) -> Mapping[str, Any]:
        """The front matter as read, {} where it cannot be."""
        return self.parsed.data

    @property
    def titles(self) -> tuple[str, ...]:
        """Sections that the document may have, in order; none where its kind is not known."""
        return self.kind.titles(self.data.get("kind"))

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """The body in blocks; none where the front matter has no end."""
        return blocks(self.parsed.body, self.parsed.body_line) if self.parsed.body_line > 1 else ()

    @cached_property
    def without_code(self) -> str:
        """The body with `HIDDEN` in the place of code, line for line; "" where the header has no end."""
        if not self.blocks:
            return ""
        hide = re.compile(r"[^\n]")
        lines = CODE.sub(lambda found: hide.sub(HIDDEN, found[0]), self.parsed.body).split("\n")
        for block in self.blocks:
            if block.kind == "code":
                first = block.line - self.parsed.body_line
                for at in range(first, first + block.text.count("\n") + 1):
                    lines[at] = HIDDEN * len(lines[at])
        return "\n".join(lines)

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """The `##` parts of the body."""
        return split_sections(self.parsed.body, self.parsed.body_line)

    @cached_property
    def anchors(self) -> frozenset[str]:
        """Every anchor of the page: sections, sub-headings, charts."""
        charts = {str(chart.get("id")) for chart in self.items("charts")}
        return frozenset(
            {section.anchor for section in self.sections} | set(heading_anchors(self.parsed.body)) | charts
        )

    @cached_property
    def leaves(self) -> tuple[Leaf, ...]:
        """Every scalar of the front matter that the model knows."""
        return tuple(leaves(self.kind.model, self.data))

    @cached_property
    def sources(self) -> Mapping[str, Mapping[str, Any]]:
        """Declared sources by id; of two with one id, the first."""
        found: dict[str, Mapping[str, Any]] = {}
        for source in self.items("sources"):
            if "id" in source:
                found.setdefault(str(source["id"]), source)
        return found

    def items(self, name: str) -> tuple[Mapping[str, Any], ...]:
        """The entries of a list field, those that are not fields left out."""
        value = self.data.get(name)
        return tuple(item for item in value if isinstance(item, Mapping)) if isinstance(value, list) else ()

    def values(self, dotted: str) -> Iterator[Leaf]:
        """The scalars at a path such as `platforms.software`."""
        return iter(self._leaves_by_name.get(dotted, ()))

    @cached_property
    def _leaves_by_name(self) -> Mapping[str, list[Leaf]]:
        found: defaultdict[str, list[Leaf]] = defaultdict(list)
        for leaf in self.leaves:
            found[".".join(part for part in leaf.path if isinstance(part, str))].append(leaf)
        return found

    @cached_property
    def references(self) -> tuple[Reference, ...]:
        """Every place that names a source, fields first."""
        fields = [
            Reference(leaf.path, str(leaf.value), leaf.name) for leaf in self.leaves if leaf.mark(SourceRef)
        ]
        calls = [
            Reference(block.line_at(match.start()), match[1], "")
            for block in self.blocks
            if block.kind != "code" and "[^" in block.text
            for match in re.finditer(r"\[\^([^\]\n]+)\](?!:)", block.text)
            if block.veiled[match.start()] == "\ue001"
        ]
        return (*fields, *calls)

    def resolve(self, reference: str) -> tuple[Mapping[str, Any], str] | None:
        """(source, pages) that `fiche-p4-6` names, or None."""
        if reference in self.sources:
            return self.sources[reference], ""
        match = re.fullmatch(r"(.+)-p(\d+(?:-\d+)?)", reference)
        return (self.sources[match[1]], match[2]) if match and match[1] in self.sources else None

    def prose(self) -> Iterator[tuple[int | KeyPath, str, str]]:
        """(place, veiled text, field name or "") of all text for people, line by line in the body."""
        return iter(self._prose)

    def forget(self) -> None:
        """Let go of what only the rules of this page need: a large folder has many pages."""
        for name in ("blocks", "leaves", "references", "_leaves_by_name", "_prose"):
            self.__dict__.pop(name, None)

    @cached_property
    def _prose(self) -> tuple[tuple[int | KeyPath, str, str], ...]:
        return tuple(self._find_prose())

    def _find_prose(self) -> Iterator[tuple[int | KeyPath, str, str]]:
        for leaf in self.leaves:
            if leaf.is_prose:
                yield leaf.path, leaf.value, leaf.name
        for block in self.blocks:
            if block.kind != "code":
                for number, line in enumerate(block.veiled.split("\n"), block.line):
                    yield number, line, ""


@dataclass(frozen=True)
class Folder:
    """All files of a content folder, as rules see them."""

    loaded: Loaded
    #: the latest day that a date may name
    latest: datetime.date
    #: {missing file: (the file it differs from in form only, the file it may be)}, as they are met
    stand_ins: dict[str, tuple[str | None, str | None]] = field(default_factory=dict, repr=False)

    @cached_property
    def pages(self) -> Mapping[str, Page]:
        """Pages by path relative to the folder."""
        return {name: Page(name, parsed, self) for name, parsed in self.loaded.files.items()}

    def prepare(self) -> None:
        """Work out what every page needs of the others, before the pages are shared out."""
        for name in ("by_id", "by_slug", "by_alias", "cases", "acronyms", "spellings"):
            getattr(self, name)

    @cached_property
    def cases(self) -> Mapping[str, Page]:
        """The case studies by file name."""
        return {page.slug: page for page in self.pages.values() if page.kind.model is CaseFields}

    @property
    def taxonomy(self) -> Taxonomy:
        """The vocabulary."""
        return self.loaded.corpus.taxonomy

    @property
    def is_french(self) -> bool:
        """Whether places, codes and numbers of inhabitants are those of France."""
        return self.loaded.corpus.site.country == FRANCE

    @cached_property
    def by_id(self) -> Mapping[str, tuple[Page, ...]]:
        """Pages by the id they claim."""
        return self._grouped(
            (str(page.data["id"]), page) for page in self.pages.values() if "id" in page.data
        )

    @cached_property
    def by_slug(self) -> Mapping[str, tuple[Page, ...]]:
        """Pages by file name, both folders together."""
        return self._grouped((page.slug, page) for page in self.pages.values())

    @cached_property
    def by_alias(self) -> Mapping[str, tuple[Page, ...]]:
        """Pages by former slug."""
        return self._grouped(
            (str(leaf.value), page) for page in self.pages.values() for leaf in page.values("aliases")
        )

    @cached_property
    def acronyms(self) -> Mapping[str, tuple[str, ...]]:
        """What each acronym of the vocabulary may stand for."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for term in self.taxonomy.terms:
            for acronym in term.acronyms:
                found[acronym] += [term.label, *term.synonyms]
        return {acronym: tuple(meanings) for acronym, meanings in found.items()}

    @cached_property
    def spellings(self) -> Mapping[tuple[str, str], Counter[str]]:
        """How often each text is written, by (field, slug), for the open facets."""
        found: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        for page in self.pages.values():
            for facet in self.taxonomy.facets:
                if not facet.terms:
                    for leaf in page.values(facet.field):
                        found[facet.field, slugify(str(leaf.value))][str(leaf.value)] += 1
        return found

    def _grouped(self, pairs: Iterator[tuple[str, Page]]) -> Mapping[str, tuple[Page, ...]]:
        found: defaultdict[str, tuple[Page, ...]] = defaultdict(tuple)
        for key, page in pairs:
            found[key] += (page,)
        return found
