"""Markdown → safe HTML, section by section, and plain text for the index.

Python-Markdown renders; footnotes are made from the document's `sources`; links between files
become addresses; nh3 keeps only the tags and attributes listed here; French typography last.
A raw tag in a content file never reaches a page unless it stands in `_TAGS`.
"""

from __future__ import annotations

import posixpath
import re
import xml.etree.ElementTree as etree  # noqa: S405 - builds elements only, parses nothing
from dataclasses import dataclass
from html.parser import HTMLParser

import markdown
import nh3
from markdown.extensions.footnotes import FootnoteExtension
from markdown.treeprocessors import Treeprocessor

from kb.content.model import Document, Source
from kb.content.slugs import slugify
from kb.content.typography import french, french_html

#: folder of the content → first part of the address
ADDRESSES = {"cases": "cas", "practices": "pratiques"}

FOOTNOTE = re.compile(r"\[\^([^\]\s]+)\]")

_TAGS = {"a", "abbr", "blockquote", "br", "caption", "code", "div", "em", "h2", "h3", "h4", "hr", "img", "li", "ol", "p",
         "pre", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul", "figure", "figcaption"}
_ATTRIBUTES = {"a": {"href", "title", "class", "rel"}, "abbr": {"title"}, "div": {"class", "tabindex", "role", "aria-label"}, "h2": {"id"}, "h3": {"id"},
               "h4": {"id"}, "img": {"src", "alt", "width", "height"}, "li": {"id"}, "ol": {"start"}, "sup": {"id"},
               "td": {"colspan", "rowspan", "class"}, "th": {"scope", "colspan", "rowspan", "class"}}


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
class Rendering:
    """A body ready for a page."""

    sections: tuple[RenderedSection, ...]
    #: safe HTML of the list of notes, or ""
    notes: str


def render(document: Document) -> Rendering:
    """The body of a document as safe HTML and plain text, section by section."""
    body = "\n\n".join(f"## {section.title}\n\n{section.markdown}" for section in document.sections)
    calls = dict.fromkeys(FOOTNOTE.findall(body))
    notes = "\n".join(f"[^{call}]: {_note(document, call)}" for call in calls)
    html = _sanitise(_converter(document.path).convert(f"{body}\n\n{notes}\n"))
    main, _, footnotes = html.partition('<div class="footnote">')
    sections = []
    for section, part in zip(document.sections, re.split(r"<h2[^>]*>.*?</h2>", main)[1:], strict=True):
        part = part.strip()
        sections.append(RenderedSection(section.anchor, french(section.title), part, plain_text(part)))
    return Rendering(tuple(sections), f'<div class="footnote">{footnotes}'.strip() if footnotes else "")


def render_fragment(text: str, path: str = "taxonomy.yaml") -> str:
    """Safe HTML of a short Markdown text, such as a term's introduction."""
    return _sanitise(_converter(path).convert(text))


def describe_source(source: Source, pages: str = "") -> str:
    """A source in one line of plain text: publisher, title, date, pages."""
    parts = [source.publisher, f"« {source.title} »", source.date]
    if pages:
        parts.append(f"p. {pages.replace('-', '–')}")
    return french(", ".join(part for part in parts if part))


def plain_text(html: str) -> str:
    """The text of safe HTML without footnote calls; one line for each block, cells joined by « · »."""
    parser = _TextOf()
    parser.feed(html)
    parser.close()
    lines = (re.sub(r"[ \t\n]+", " ", line).strip(" ·") for line in "".join(parser.parts).split("\x00"))
    return "\n".join(line for line in lines if line)


def _converter(path: str) -> markdown.Markdown:
    notes = FootnoteExtension(BACKLINK_TITLE="Revenir à l’appel de la note {}", BACKLINK_TEXT="↩", SEPARATOR="-")
    converter = markdown.Markdown(extensions=["tables", "sane_lists", notes], output_format="html")
    converter.treeprocessors.register(_Finish(converter, path), "kb-finish", 0)
    return converter


def _note(document: Document, call: str) -> str:
    """The Markdown of one note: the source that the call names, linked where it has an address."""
    found = document.source(call)
    if found is None:
        return _escape(f"source inconnue : {call}")
    source, pages = found
    text = _escape(describe_source(source, pages))
    return f"[{text}](<{source.url}>)" if source.url else text


def _escape(text: str) -> str:
    text = re.sub(r"([\\`*_{}\[\]()#+.!|-])", r"\\\1", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _sanitise(html: str) -> str:
    clean = nh3.clean(html, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes={"https", "http", "mailto"},
                      link_rel=None)
    return french_html(clean)


class _Finish(Treeprocessor):
    """Links between files → addresses, ids of sub-headings, scope of header cells, tables that scroll."""

    def __init__(self, md: markdown.Markdown, path: str) -> None:
        super().__init__(md)
        self.path = path

    def run(self, root: etree.Element) -> None:
        seen: dict[str, int] = {}
        for element in root.iter():
            if element.tag == "a":
                element.set("href", address_of(element.get("href", ""), self.path))
                if "://" in element.get("href", ""):
                    element.set("rel", "noopener noreferrer")
            elif element.tag in ("h3", "h4"):
                anchor = slugify("".join(element.itertext()))
                seen[anchor] = seen.get(anchor, 0) + 1
                element.set("id", anchor if seen[anchor] == 1 else f"{anchor}-{seen[anchor]}")
            elif element.tag == "thead":
                for cell in element.iter("th"):
                    cell.set("scope", "col")
        for parent in list(root.iter()):
            for number, child in enumerate(list(parent)):
                if child.tag == "table":
                    wrapper = etree.Element("div", {"class": "table", "tabindex": "0", "role": "group", "aria-label": "Tableau"})
                    wrapper.append(child)
                    wrapper.tail, child.tail = child.tail, None
                    parent[number] = wrapper


def address_of(href: str, path: str) -> str:
    """The address on the site of a link written in the file `path`; other links as they are."""
    target, hash_, anchor = href.partition("#")
    if "://" in target or target.startswith(("/", "mailto:")) or not target.endswith(".md"):
        return href
    resolved = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
    folder, _, name = resolved.partition("/")
    if folder not in ADDRESSES or "/" in name:
        return href
    return f"/{ADDRESSES[folder]}/{name.removesuffix('.md')}{hash_}{anchor}"


class _TextOf(HTMLParser):
    """Collects text; NUL ends a block, so that no text of a page can forge one."""

    _BLOCKS = frozenset({"p", "li", "tr", "h2", "h3", "h4", "blockquote", "pre", "div", "figcaption", "br", "table"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._in_note = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "sup" and str(dict(attrs).get("id", "")).startswith("fnref"):
            self._in_note += 1
        if tag in self._BLOCKS:
            self.parts.append("\x00")

    def handle_endtag(self, tag: str) -> None:
        if tag == "sup" and self._in_note:
            self._in_note -= 1
        elif tag in self._BLOCKS:
            self.parts.append("\x00")
        elif tag in ("td", "th"):
            self.parts.append(" · ")

    def handle_data(self, data: str) -> None:
        if not self._in_note:
            self.parts.append(data.replace("\x00", ""))


def markdown_links(text: str) -> list[tuple[str, int]]:
    """(target, line offset from 0) of every inline link of a Markdown text, code left out."""
    found: list[tuple[str, int]] = []
    bare = re.sub(r"`[^`\n]*`", lambda m: " " * len(m[0]), text)
    for match in re.finditer(r"(?<!\!)\[[^\]]*\]\(<?([^)\s>]+)>?[^)]*\)", bare):
        found.append((match[1], text.count("\n", 0, match.start())))
    return found


