"""A manuscript that cites the base, Markdown or HTML, taken apart: paragraphs with their links.

Code is passed over. A paragraph is the span within which a link and a quotation belong together: a list
item, a cell or a heading too.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from html.parser import HTMLParser


@dataclass(frozen=True)
class Hyperlink:
    """A link of a report."""

    line: int
    href: str
    text: str


@dataclass(frozen=True)
class Paragraph:
    """A run of text that belongs together."""

    line: int
    text: str
    links: tuple[Hyperlink, ...]

    def line_of(self, passage: str) -> int:
        """The line on which a passage of the block begins; near enough where lines were joined."""
        start = self.text.find(passage)
        return self.line + self.text.count("\n", 0, max(start, 0))


_FENCE = re.compile(r"^(`{3,}|~{3,}).*?^\1[`~]*[ \t]*$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_DEFINITION = re.compile(r"^ {0,3}\[([^\]^][^\]]*)\]:[ \t]*<?(\S+?)>?(?:[ \t]+[\"'(].*)?$", re.MULTILINE)
_INLINE = re.compile(
    r"!?\[((?:[^\[\]]|\[[^\[\]]*\])*)\]"
    r"(?:\(\s*<?([^()\s>]*(?:\([^()\s]*\)[^()\s>]*)*)>?(?:\s+[\"'][^)]*)?\s*\)|\[([^\]]*)\])"
)
_BARE = re.compile(r"https?://[^\s<>\"«»)\]]+")
_SPLIT = re.compile(r"\n[ \t]*\n|\n(?=[ \t]*(?:[-*+]|\d+[.)])[ \t])|\n(?=#{1,6}[ \t])|(?<=\|)\n(?=\|)")


def paragraphs_of(text: str, kind: str) -> tuple[Paragraph, ...]:
    """The blocks of a report; `kind` is `md` or `html`."""
    text = text.replace("\r\n", "\n")
    return _html_blocks(text) if kind == "html" else _markdown_blocks(text)


def _markdown_blocks(text: str) -> tuple[Paragraph, ...]:
    for pattern in (_COMMENT, _FENCE, _CODE):
        text = pattern.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)
    targets = {found[1].strip().lower(): found[2] for found in _DEFINITION.finditer(text)}
    text = _DEFINITION.sub("", text)
    blocks, start = [], 0
    for end in (*(found.start() for found in _SPLIT.finditer(text)), len(text)):
        part = text[start:end]
        lead = len(part) - len(part.lstrip("\n"))
        if part.strip():
            blocks.append(_markdown_block(part[lead:], text.count("\n", 0, start + lead) + 1, targets))
        start = end
    return tuple(blocks)


def _markdown_block(part: str, line: int, targets: dict[str, str]) -> Paragraph:
    links: list[Hyperlink] = []

    def keep(found: re.Match[str]) -> str:
        href = found[2] if found[2] is not None else targets.get((found[3] or found[1]).strip().lower(), "")
        here = line + part.count("\n", 0, found.start())
        if href:
            links.append(Hyperlink(here, href, found[1]))
        return found[1] + "\n" * (found[0].count("\n") - found[1].count("\n"))

    left = _INLINE.sub(keep, part)
    for bare in _BARE.finditer(left):
        links.append(
            Hyperlink(line + left.count("\n", 0, bare.start()), bare[0].rstrip(".,;:!?…'’*_"), bare[0])
        )
    plain = re.sub(r"(\*\*|__|(?<!\w)[*_]|[*_](?!\w))", "", left)
    return Paragraph(line, html.unescape(plain), tuple(links))


class _Blocks(HTMLParser):
    """Collects the blocks of an HTML report."""

    _BREAKS = frozenset(
        (
            *("p", "li", "td", "th", "dd", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote"),
            *("figcaption", "div", "section", "article", "body", "tr", "table", "ul", "ol"),
        )
    )
    _SILENT = frozenset(("script", "style", "code", "pre", "head", "template"))

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Paragraph] = []
        self._text: list[str] = []
        self._links: list[Hyperlink] = []
        self._line, self._silent = 1, 0
        self._open: tuple[int, str, int] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self._SILENT:
            self._silent += 1
        if tag in self._BREAKS:
            self.flush()
        if tag in ("q", "a") and not self._text:
            self._line = self.getpos()[0]
        if tag == "q":
            self._text.append("« ")
        href = dict(attrs).get("href")
        if tag == "a" and href:
            self._open = (self.getpos()[0], href, len(self._text))

    def handle_endtag(self, tag: str) -> None:
        if tag in self._SILENT and self._silent:
            self._silent -= 1
        if tag == "q":
            self._text.append(" »")
        if tag == "a" and self._open:
            line, href, start = self._open
            self._links.append(Hyperlink(line, href, "".join(self._text[start:])))
            self._open = None
        if tag in self._BREAKS:
            self.flush()

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        if not self._text:
            rest = data.lstrip()
            self._line = self.getpos()[0] + data.count("\n", 0, len(data) - len(rest))
            data = rest
        if data:
            self._text.append(data)

    def flush(self) -> None:
        """End the block that is open."""
        text = "".join(self._text)
        if text.strip() or self._links:
            self.blocks.append(Paragraph(self._line, text, tuple(self._links)))
        self._text, self._links = [], []


def _html_blocks(text: str) -> tuple[Paragraph, ...]:
    parser = _Blocks()
    parser.feed(text)
    parser.close()
    parser.flush()
    return tuple(parser.blocks)
