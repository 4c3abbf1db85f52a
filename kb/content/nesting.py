"""Lists in lists as forges read them, by two or three spaces, for Python-Markdown, which wants four."""

from __future__ import annotations

import re

from kb.content.blocks import FENCE

_ITEM = re.compile(r"( *)([-*+]|\d{1,3}[.)])( +)\S")
#: deeper than this a list is left as it is
DEEPEST = 8


def nested(text: str) -> str:
    """The text with each list item four spaces deeper than the item that it belongs to.

    Left alone where no item is indented by another number of spaces.
    """
    lines = text.split("\n")
    if not any((item := _ITEM.match(line)) and len(item[1]) % 4 for line in lines):
        return text
    open_items: list[int] = []  # column at which the text of each open item begins
    fenced = blank = False
    for number, line in enumerate(lines):
        fenced ^= bool(FENCE.match(line))
        if fenced or not line.strip():
            blank = True
            continue
        indent = len(line) - len(line.lstrip(" "))
        if indent == 0 and blank and not _ITEM.match(line):
            open_items = []
        blank = False
        while open_items and indent < open_items[-1]:
            open_items.pop()
        item = _ITEM.match(line)
        depth = min(len(open_items), DEEPEST)
        if item or (open_items and indent):
            lines[number] = " " * 4 * depth + line.lstrip(" ")
        if item:
            open_items.append(item.end() - 1)
    return "\n".join(lines)
