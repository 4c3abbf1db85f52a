"""The plain text of safe HTML, as it is read aloud, indexed and held against quotations."""

from __future__ import annotations

import re
from html.parser import HTMLParser


def plain_text(html: str) -> str:
    """The text of safe HTML without footnote calls; one line for each block, cells joined by « · ».

    A blank line stands before each heading: there another matter begins.
    """
    parser = _TextOf()
    parser.feed(html)
    parser.close()
    lines = (re.sub(r"[ \t\n]+", " ", line).strip(" ·") for line in "".join(parser.parts).split("\x00"))
    return re.sub(r"\n*\x01", "\n\n", "\n".join(line for line in lines if line.strip("\x01"))).strip()


class _TextOf(HTMLParser):
    """Collects text; NUL ends a block and \\x01 begins a heading, so that no text of a page can forge one.

    A row of a table is read as one reads it aloud, each cell after the name of its column: the head of the
    table is no line of its own.
    """

    _BLOCKS = frozenset(
        {"p", "li", "tr", "h2", "h3", "h4", "blockquote", "pre", "div", "figcaption", "br", "table"}
    )

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._in_note = 0
        self._heads: list[str] = []
        self._in_head = False
        self._cell = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "sup" and str(dict(attrs).get("id", "")).startswith("fnref"):
            self._in_note += 1
        if tag in self._BLOCKS:
            self.parts.append("\x00\x01" if tag in ("h2", "h3", "h4") else "\x00")
        if tag == "table":
            self._heads = []
        elif tag == "thead":
            self._in_head = True
        elif tag == "tr":
            self._cell = 0
        elif tag == "th" and self._in_head:
            self._heads.append("")
        elif tag == "td" and 0 < self._cell < len(self._heads) and self._heads[self._cell].strip():
            self.parts.append(f"{self._heads[self._cell].strip()}\u00a0: ")

    def handle_endtag(self, tag: str) -> None:
        if tag == "sup" and self._in_note:
            self._in_note -= 1
        elif tag == "thead":
            self._in_head = False
        elif tag in self._BLOCKS:
            self.parts.append("\x00")
        elif tag in ("td", "th") and not self._in_head:
            self._cell += 1
            self.parts.append(" · ")

    def handle_data(self, data: str) -> None:
        data = "" if self._in_note else data.replace("\x00", "").replace("\x01", "")
        if self._in_head:
            if self._heads:
                self._heads[-1] += data
        else:
            self.parts.append(data)
