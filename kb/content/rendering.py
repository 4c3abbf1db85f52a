"""Markdown → safe HTML, section by section.

Python-Markdown renders; footnotes are made from the document's `sources`; links between files
become addresses; nh3 keeps only the tags and attributes listed here; French typography last.
A raw tag in a content file is shown as text, and a comment is left out: content is Markdown alone.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from xml.etree.ElementTree import Element

import markdown
import nh3
from markdown.extensions.footnotes import FootnoteExtension
from markdown.treeprocessors import Treeprocessor

from kb.content.documents import Document
from kb.content.kinds import kind_in
from kb.content.nesting import nested
from kb.content.plaintext import plain_text
from kb.content.slugs import slugify
from kb.content.sources import Source
from kb.content.typography import french, french_html
from kb.formatting import date

#: marks the place of a section in the text given to Markdown; private use, so no text needs it
_HERE = "\ue004"

_NOTE = re.compile(rf'<li id="fn-([^"]+)">\s*<p>{_HERE}(?:&nbsp;)?(.*?)</p>', re.DOTALL)
FOOTNOTE = re.compile(r"\[\^([^\]\s]+)\]")

_TAGS = {
    "a",
    "abbr",
    "blockquote",
    "br",
    "caption",
    "code",
    "div",
    "em",
    "h2",
    "h3",
    "h4",
    "hr",
    "img",
    "li",
    "ol",
    "p",
    "pre",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
    "figure",
    "figcaption",
}
_ATTRIBUTES = {
    "a": {"href", "title", "class", "rel"},
    "abbr": {"title"},
    "div": {"class", "tabindex", "role", "aria-label"},
    "h2": {"id"},
    "h3": {"id"},
    "h4": {"id"},
    "img": {"src", "alt", "width", "height"},
    "li": {"id"},
    "ol": {"start"},
    "sup": {"id"},
    "td": {"colspan", "rowspan", "class"},
    "th": {"scope", "colspan", "rowspan", "class"},
}


@dataclass(frozen=True)
class RenderedSection:
    """A section ready for a page and for the index."""

    anchor: str
    title: str
    #: safe HTML below the heading
    html: str
    #: plain text, footnote marks left out, blocks separated by a newline
    text: str


@dataclass(frozen=True)
class RenderedNote:
    """A source as the body calls it, once for each place of the source: « fiche-p3 »."""

    call: str
    #: what the calls show, from 1 in the order of the body
    number: int
    #: id of its source; "" where no source has it
    source: str
    #: pages of the source: « 5–6 », or ""
    pages: str
    #: safe HTML: a link back to each call
    backlinks: str


@dataclass(frozen=True)
class Rendering:
    """A body ready for a page."""

    sections: tuple[RenderedSection, ...]
    notes: tuple[RenderedNote, ...]

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """The number of the note of each call."""
        return {note.call: note.number for note in self.notes}

    def notes_of(self, source: str) -> tuple[RenderedNote, ...]:
        """The notes that a source has, "" for those of no known source, in the order of the body."""
        return tuple(note for note in self.notes if note.source == source)


def render(document: Document) -> Rendering:
    """The body of a document as safe HTML and plain text, section by section.

    Any text gives a page: what Markdown would mistake for a section heading stays in its section.
    """
    marked = "\n\n".join(
        f"## {_HERE}{number}\n\n{_clean(section.markdown)}"
        for number, section in enumerate(document.sections)
    )
    calls = dict.fromkeys(FOOTNOTE.findall(marked))
    notes = "\n".join(f"[^{call}]: {_HERE}" for call in calls)  # what a note says is told by its fields
    html = _sanitise(_converter(document.path).convert(f"{marked}\n\n{notes}\n"))
    main, _, footnotes = html.partition('<div class="footnote">')
    parts = dict(zip(*[iter(re.split(rf"<h2>{_HERE}(\d+)</h2>", main)[1:])] * 2, strict=True))
    sections = []
    for number, section in enumerate(document.sections):
        part = parts.get(str(number), "").strip()
        sections.append(RenderedSection(section.anchor, french(section.title), part, plain_text(part)))
    return Rendering(tuple(sections), tuple(_notes(document, footnotes)))


def render_fragment(text: str, path: str = "taxonomy.yaml") -> str:
    """Safe HTML of a short Markdown text, such as a term's introduction."""
    return _sanitise(_converter(path).convert(_clean(text)))


def describe_source(source: Source, pages: str = "") -> str:
    """A source in one line of plain text: publisher, title, date, pages."""
    title = re.sub(r"«\s*(.*?)\s*»", r"“\1”", source.title)  # quotes inside quotes
    parts = [source.publisher, f"« {title} »", date(source.date)]
    if pages:
        parts.append(f"p.\u00a0{pages.replace('-', '–')}")
    return french(", ".join(part for part in parts if part))


def _converter(path: str) -> markdown.Markdown:
    notes = FootnoteExtension(
        BACKLINK_TITLE="Revenir à l’appel de la note {}", BACKLINK_TEXT="↩", SEPARATOR="-"
    )
    converter = markdown.Markdown(
        extensions=["tables", "sane_lists", "fenced_code", notes], output_format="html"
    )
    converter.preprocessors.deregister("html_block")
    converter.inlinePatterns.deregister("html")
    converter.treeprocessors.register(_Finish(converter, path), "kb-finish", 0)
    return converter


def _clean(text: str) -> str:
    """Markdown without comments nor the sign that marks sections; nested lists as people type them."""
    return nested(re.sub(r"<!--.*?(-->|\Z)", "", text.replace(_HERE, ""), flags=re.DOTALL))


def _notes(document: Document, footnotes: str) -> Iterator[RenderedNote]:
    """The notes that Python-Markdown lists, each with the source that its call names."""
    for number, (call, backlinks) in enumerate(_NOTE.findall(footnotes), start=1):
        source, pages = document.source(call) or (None, "")
        yield RenderedNote(call, number, source.id if source else "", pages.replace("-", "–"), backlinks)


def _sanitise(html: str) -> str:
    clean = nh3.clean(
        html, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes={"https", "http", "mailto"}, link_rel=None
    )
    # one call right after another: a class lets the page set a comma between them
    return french_html(clean.replace('</sup><sup id="fnref', '</sup><sup class="next" id="fnref'))


class _Finish(Treeprocessor):
    """Links between files → addresses, ids of sub-headings, scope of header cells, tables that scroll."""

    def __init__(self, md: markdown.Markdown, path: str) -> None:
        super().__init__(md)
        self.path = path

    def run(self, root: Element) -> None:
        seen: dict[str, int] = {}
        for element in root.iter():
            if element.tag == "a":
                element.set("href", address_of(element.get("href", ""), self.path))
                if "://" in element.get("href", ""):
                    element.set("rel", "noopener noreferrer")
            elif element.tag in ("h3", "h4"):
                anchor = slugify(_heading_text(element))
                seen[anchor] = seen.get(anchor, 0) + 1
                element.set("id", anchor if seen[anchor] == 1 else f"{anchor}-{seen[anchor]}")
            elif element.tag == "thead":
                for cell in element.iter("th"):
                    cell.set("scope", "col")
        for parent in list(root.iter()):
            for number, child in enumerate(list(parent)):
                if child.tag == "table":
                    wrapper = Element(
                        "div", {"class": "table", "tabindex": "0", "role": "group", "aria-label": "Tableau"}
                    )
                    wrapper.append(child)
                    wrapper.tail, child.tail = child.tail, None
                    parent[number] = wrapper


def _heading_text(element: Element) -> str:
    """The words of a heading, footnote calls left out."""
    own = "" if element.tag == "sup" else (element.text or "") + "".join(map(_heading_text, element))
    return own + (element.tail or "" if element.tag not in ("h3", "h4") else "")


def address_of(href: str, path: str) -> str:
    """The address on the site of a link written in the file `path`; other links as they are."""
    target, hash_, anchor = href.partition("#")
    if "://" in target or target.startswith(("/", "mailto:")) or not target.endswith(".md"):
        return href
    resolved = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
    folder, _, name = resolved.partition("/")
    kind = kind_in(folder)
    if kind is None or "/" in name:
        return href
    return f"/{kind.address}/{name.removesuffix('.md')}{hash_}{anchor}"
