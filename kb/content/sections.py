"""Cuts a body into its `##` sections and finds the anchor of every heading."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.content.blocks import FENCE
from kb.content.documents import Section
from kb.content.slugs import slugify

_FOOTNOTE = re.compile(r"\[\^[^\]\s]+\]")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")


def split_sections(body: str, first_line: int) -> tuple[Section, ...]:
    """The `##` sections of a body whose first line is `first_line` of its file, in order."""
    sections: list[Section] = []
    title, start, held = "", first_line, []  # type: ignore[var-annotated]
    for number, level, text in _lines(body, first_line):
        if level == 2:
            if title:
                sections.append(Section(slugify(title), title, "\n".join(held).strip("\n"), start))
            title, start, held = text, number, []
        else:
            held.append(text)
    if title:
        sections.append(Section(slugify(title), title, "\n".join(held).strip("\n"), start))
    return tuple(sections)


def heading_anchors(body: str) -> tuple[str, ...]:
    """The anchors of the `###` and `####` headings, numbered from the second of a name: `bilan-2`."""
    counts: dict[str, int] = {}
    anchors = []
    for _, level, text in _lines(body, 1):
        if level in (3, 4):
            title = _LINK.sub(r"\1", _FOOTNOTE.sub("", re.sub(r"^#+\s*|\s*#*\s*$", "", text)))
            anchor = slugify(title)
            counts[anchor] = counts.get(anchor, 0) + 1
            anchors.append(anchor if counts[anchor] == 1 else f"{anchor}-{counts[anchor]}")
    return tuple(anchors)


def _lines(body: str, first_line: int) -> Iterator[tuple[int, int, str]]:
    """(line number, heading level or 0, the line; for a `##` its title alone)."""
    fence = ""
    for number, line in enumerate(body.split("\n"), first_line):
        mark = FENCE.match(line) if "```" in line or "~~~" in line else None
        if mark and not fence:
            fence = mark[1]
        elif mark and mark[1].startswith(fence) and not line.strip().strip(fence[0]):
            fence = ""
        heading = re.match(r"(#{1,6})(?!#)\s*", line) if line.startswith("#") and not fence else None
        level = len(heading[1]) if heading else 0
        yield number, level, line[2:].strip().rstrip("#").strip() if level == 2 else line
