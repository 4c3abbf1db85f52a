"""A manuscript taken apart: paragraphs with their links, whatever the file it comes in.

A paragraph is the span within which a link and a quotation belong together: a list item, a cell or a
heading too. Readers (`markup`, `web`, `office`, `latex`) hand over text in which each link is wrapped in
private signs; here the signs become places, so that what stands beside a link can be told.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

OPEN, CLOSE = "\ue000", "\ue001"
#: number of the link after OPEN, as one sign
_FIRST = 0xE100
#: links of one paragraph that are told apart
MOST_LINKS = 4_000


@dataclass(frozen=True)
class Hyperlink:
    """A link of a report."""

    line: int
    href: str
    text: str
    #: half-open range of the characters of its text in the paragraph
    start: int = 0
    end: int = 0
    #: the line of the note that holds it, where it was joined to its call; else 0
    note: int = 0


@dataclass(frozen=True)
class Paragraph:
    """A run of text that belongs together."""

    line: int
    text: str
    links: tuple[Hyperlink, ...]
    #: range of the characters of a block quotation: somebody's words, and where they come from
    quoted: tuple[int, int] = (0, 0)

    @property
    def is_quote(self) -> bool:
        """True where it holds a block quotation."""
        return self.quoted[1] > 0

    def line_at(self, place: int) -> int:
        """The line of a character of the text; near enough where lines were joined."""
        return self.line + self.text.count("\n", 0, max(place, 0))

    def followed_by(self, other: Paragraph) -> Paragraph:
        """Both as one: a quotation and the line under it that tells where it comes from."""
        gap = "\n" * max(1, other.line - self.line - self.text.count("\n"))
        by = len(self.text) + len(gap)
        links = tuple(_moved(link, by) for link in other.links)
        start, end = other.quoted
        quoted = (start + by, end + by) if end and not self.is_quote else self.quoted
        return Paragraph(self.line, f"{self.text}{gap}{other.text}", (*self.links, *links), quoted)

    def line_of(self, passage: str) -> int:
        """The line on which a passage of the block begins."""
        return self.line_at(self.text.find(passage))


class Draft:
    """A paragraph in the making: links are wrapped while the text is still being cleaned."""

    def __init__(self) -> None:
        """No link yet."""
        self.hrefs: list[tuple[str, int]] = []

    def link(self, href: str, text: str, line: int) -> str:
        """The text of a link, wrapped; beyond MOST_LINKS of one paragraph a link is text."""
        if len(self.hrefs) >= MOST_LINKS:
            return text
        self.hrefs.append((href, line))
        return f"{OPEN}{chr(_FIRST + len(self.hrefs) - 1)}{text}{CLOSE}"

    def done(self, text: str, line: int, *, is_quote: bool = False) -> Paragraph:
        """The paragraph, its links in the order of the text."""
        plain: list[str] = []
        size = 0
        opened: list[tuple[int, int]] = []
        links: list[Hyperlink] = []
        signs = iter(re.split(f"({OPEN}[{chr(_FIRST)}-\uf8ff]|{CLOSE})", text))
        for part in signs:
            if part[:1] == OPEN and len(part) == 2:
                opened.append((ord(part[1]) - _FIRST, size))
            elif part == CLOSE:
                if opened:
                    number, start = opened.pop()
                    href, at = self.hrefs[number] if number < len(self.hrefs) else ("", line)
                    links.append(Hyperlink(at, href, "".join(plain)[start:], start, size))
            else:
                plain.append(part)
                size += len(part)
        quoted = (0, size) if is_quote else (0, 0)
        return Paragraph(line, "".join(plain), tuple(link for link in links if link.href), quoted)


def without_private_signs(text: str) -> str:
    """The text without the signs that readers use, so that no report can forge a link."""
    return re.sub("[\ue000-\uf8ff]", "", text)


def unescaped(text: str) -> str:
    """Entities of HTML and escapes of Markdown as the signs they stand for."""
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", html.unescape(text))


def with_notes(paragraphs: Sequence[Paragraph], notes: dict[str, Paragraph]) -> tuple[Paragraph, ...]:
    """The paragraphs, the text and links of each note put where it is called (`[^1]`)."""
    used: set[str] = set()
    found = [_with_notes(paragraph, notes, used) for paragraph in paragraphs]
    return (*found, *(note for name, note in notes.items() if name not in used))


_CALL = re.compile(r"\[\^([^\]\s\[]{1,100})\]")


def _with_notes(paragraph: Paragraph, notes: dict[str, Paragraph], used: set[str]) -> Paragraph:
    links, text, grown = list(paragraph.links), paragraph.text, 0
    for call in _CALL.finditer(paragraph.text):
        note = notes.get(call[1])
        if note is None:
            continue
        used.add(call[1])
        at = call.end() + grown
        said = f" ({note.text.strip().replace(chr(10), ' ')})"
        lead = len(note.text) - len(note.text.lstrip())
        text = text[:at] + said + text[at:]
        links = [_moved(link, len(said)) if link.start >= at else link for link in links]
        here = paragraph.line_at(call.start())
        links += [replace(_moved(link, at + 2 - lead), line=here, note=link.line) for link in note.links]
        grown += len(said)
    return Paragraph(
        paragraph.line, text, tuple(sorted(links, key=lambda link: link.start)), paragraph.quoted
    )


def _moved(link: Hyperlink, by: int) -> Hyperlink:
    return replace(link, start=link.start + by, end=link.end + by)
