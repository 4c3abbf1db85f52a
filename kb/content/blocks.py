"""A Markdown body cut into blocks and sentences, each with its line in the file.

Cuts as much Markdown as content files use: headings, paragraphs, list items, tables, code,
quotes. It serves the rules; rendering is Python-Markdown's work. `veil` hides what is not prose
(code, link targets, addresses, footnote calls) under signs of the same length, so that a place
found in the veiled text is a place in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

Kind = Literal["heading", "paragraph", "item", "table", "code", "quote", "definition"]

FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r"(#{1,6})(?!#)\s*(.*?)\s*#*\s*$")
_ITEM = re.compile(r"\s*([-*+]|\d{1,3}[.)])\s+")
_DEFINITION = re.compile(r" {0,3}\[\^[^\]\s]+\]:")

#: stands for every sign of a footnote call in veiled text
CALL = "\ue001"
#: stands for every sign of what is not prose
HIDDEN = "\ue002"

CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL)
FOOTNOTE_CALL = re.compile(r"\[\^[^\]\n]+\](?!:)")
_ASIDE = re.compile(
    # a link target and its title
    r"(?<=\])\((?:<[^>\n]*>|[^()\s]|\([^()\s]*\))*(?:\s+(?:\"[^\"]*\"|'[^']*'))?\s*\)"
    r"|<(?:https?:|mailto:)[^>\s]*>|https?://[^\s)\]>]+"  # addresses
    r"|(?<![\w.-])[\w-]+(?:\.[\w-]+)*\.(?:fr|com|org|eu|net|io|info|cat|science)\b(?:/[\w./-]*\w)?"  # domains
    r"|</?[a-zA-Z][^>\n]*>"
)
#: without any of these nothing is aside
_HAS_ASIDE = re.compile(r"\]\(|<|://|\.(?:fr|com|org|eu|net|io|info|cat|science)\b")


@dataclass(frozen=True)
class Block:
    """A heading, paragraph, list item, table… of a body."""

    kind: Kind
    #: the Markdown, list and quote marks taken off, lines joined by newlines
    text: str
    #: line of its first line in the file
    line: int
    #: 1-6 for a heading, 0 for the others
    level: int = 0

    def line_at(self, offset: int) -> int:
        """Line in the file of a place in `text`."""
        return self.line + self.text.count("\n", 0, offset)

    @cached_property
    def veiled(self) -> str:
        """`text` with what is not prose hidden, of the same length."""
        return veil(self.text) if self.kind != "code" else HIDDEN * len(self.text)


def veil(text: str) -> str:
    """Markdown with code, link targets and addresses hidden and calls marked, of the same length."""
    if "`" in text:
        text = _hide(CODE, HIDDEN, text)
    if "[^" in text:
        text = _hide(FOOTNOTE_CALL, CALL, text)
    return _hide(_ASIDE, HIDDEN, text) if _HAS_ASIDE.search(text) else text


def _hide(pattern: re.Pattern[str], sign: str, text: str) -> str:
    return pattern.sub(lambda match: re.sub(r"[^\n]", sign, match[0]), text)


def blocks(body: str, first_line: int) -> tuple[Block, ...]:
    """The blocks of a body whose first line is `first_line` of its file, in order."""
    return tuple(_cut(body.split("\n"), first_line))


def _cut(lines: list[str], first_line: int) -> Iterator[Block]:
    kind: Kind | None = None
    held: list[str] = []
    start, fence, listed = first_line, "", False
    for number, line in enumerate([*lines, ""], first_line):
        opening = FENCE.match(line)
        if fence:
            held.append(line)
            if opening and opening[1].startswith(fence) and not line.strip().strip(fence[0]):
                yield Block("code", "\n".join(held), start)
                kind, held, fence = None, [], ""
            continue
        found = "code" if opening else _kind_of(line, kind, listed)
        begins = found in ("heading", "item", "definition") and _begins(line, found)
        if kind and (found != kind or begins) and held:
            yield Block(kind or "paragraph", "\n".join(held), start)
            kind, held = None, []
        if found is None:
            continue
        if found == "heading":
            match = _HEADING.match(line)
            assert match  # noqa: S101 - what made it a heading
            yield Block("heading", match[2], number, len(match[1]))
            kind, listed = None, False
            continue
        if not held:
            start = number
        if opening:
            fence = opening[1]
        kind = found
        listed = found == "item" or (listed and line.startswith((" ", "\t")))
        held.append(_bare(line, kind, first=not held))
    if held:
        yield Block(kind or "paragraph", "\n".join(held), start)


def _begins(line: str, kind: Kind) -> bool:
    """Whether a line of a block of this kind is the first of it."""
    return bool({"heading": _HEADING, "item": _ITEM, "definition": _DEFINITION}[kind].match(line))


def _kind_of(line: str, before: Kind | None, listed: bool) -> Kind | None:
    """Kind of the block that a line belongs to, after a line of kind `before`; None for a blank."""
    if not line.strip():
        return None
    if line.startswith("#") and _HEADING.match(line):
        return "heading"
    if _DEFINITION.match(line):
        return "definition"
    if re.match(r"\s*\|", line) and before != "paragraph":
        return "table"
    if re.match(r" {0,3}>", line):
        return "quote"
    if _ITEM.match(line) and before not in ("code", "paragraph"):
        return "item"
    if re.match(r" {4}|\t", line) and not listed and before in (None, "code"):
        return "code"
    return before if before in ("item", "quote", "definition", "paragraph") else "paragraph"


def _bare(line: str, kind: Kind, first: bool) -> str:
    if kind == "item" and first:
        return _ITEM.sub("", line, count=1)
    if kind == "quote":
        return re.sub(r"^ {0,3}> ?", "", line)
    return line.strip() if kind in ("paragraph", "item", "table") else line


_END = re.compile(rf"[.!?…]+(?:[\s ]?»|[)*_\]]|{CALL})*(?=\s|$)")
_SHORT = re.compile(
    r"\b(?:M|MM|Mme|Mmes|p|pp|art|n|no|nos|cf|ex|env|vol|chap|fig|al|av|apr|hab|St|Ste|[A-Z])\.$"
)


def sentences(veiled: str) -> Iterator[tuple[int, int]]:
    """(start, end) of each sentence of a veiled text.

    A call right after the final point still belongs to the sentence; « quotations » and
    parentheses are never cut; an abbreviation ends nothing.
    """
    start = 0
    for match in _END.finditer(veiled):
        rest = veiled[match.end() :].lstrip()
        before = veiled[start : match.end()]
        if rest and (
            rest[0].islower()
            or _SHORT.search(veiled[start : match.start() + 1])
            or before.count("«") > before.count("»")
            or before.count("(") > before.count(")")
        ):
            continue
        end = match.end()
        while after := re.match(rf"\s?{CALL}+", veiled[end:]):
            end += after.end()
        yield start, end
        start = end
    if veiled[start:].strip():
        yield start, len(veiled)


def cells(row: str) -> list[str]:
    """The cells of a table row."""
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", row.strip().strip("|"))]
