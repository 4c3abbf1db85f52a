"""A report in HTML as paragraphs; scripts, styles and code are passed over."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from kb.guard.manuscript import Draft, Paragraph, without_private_signs
from kb.guard.markup import BARE, without_comments

_BREAKS = frozenset(
    (
        *("p", "li", "td", "th", "dd", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote"),
        *("figcaption", "div", "section", "article", "body", "tr", "table", "ul", "ol"),
    )
)
_SILENT = frozenset(("script", "style", "code", "pre", "head", "template"))


def paragraphs_of(text: str) -> tuple[Paragraph, ...]:
    """The paragraphs of a report in HTML."""
    parser = _Blocks()
    text = without_comments(without_private_signs(text.replace("\r\n", "\n")))
    parser.feed(text.replace("<!--", "&lt;!--"))  # what nothing closes is text
    parser.close()
    parser.flush()
    return tuple(parser.blocks)


class _Blocks(HTMLParser):
    """Collects the blocks of an HTML report."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Paragraph] = []
        self._draft, self._text = Draft(), list[str]()
        self._line, self._silent, self._quotes = 1, 0, 0
        self._open: tuple[int, str, int] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        if tag in _BREAKS:
            self.flush()
        if tag == "blockquote":
            self._quotes += 1
        if tag == "br":
            self._text.append(" ")
        if tag in ("q", "a") and not self._text:
            self._line = self.getpos()[0]
        if tag == "q":
            self._text.append("« ")
        href = dict(attrs).get("href")
        if tag == "a" and href:
            self._open = (self.getpos()[0], href, len(self._text))

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT and self._silent:
            self._silent -= 1
        if tag == "q":
            self._text.append(" »")
        if tag == "a" and self._open:
            line, href, start = self._open
            self._text[start:] = [self._draft.link(href, "".join(self._text[start:]), line)]
            self._open = None
        if tag in _BREAKS:
            self.flush()
        if tag == "blockquote" and self._quotes:
            self._quotes -= 1

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        if not self._text:
            rest = data.lstrip()
            self._line = self.getpos()[0] + data.count("\n", 0, len(data) - len(rest))
            data = rest
        if data:
            self._text.append(data if self._open else BARE.sub(self._bare, data))

    def _bare(self, found: re.Match[str]) -> str:
        href = found[0].rstrip(".,;:!?…'’")
        return self._draft.link(href, href, self.getpos()[0]) + found[0][len(href) :]

    def flush(self) -> None:
        """End the block that is open."""
        text = "".join(self._text)
        if text.strip() or self._draft.hrefs:
            self.blocks.append(self._draft.done(text, self._line, is_quote=self._quotes > 0))
        self._draft, self._text, self._open = Draft(), [], None
