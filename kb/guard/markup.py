"""A report in Markdown, or in LaTeX read as such, as paragraphs; code and comments are passed over."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.guard.manuscript import Draft, Paragraph, unescaped, with_notes, without_private_signs

_FENCE = re.compile(r"^(`{3,}|~{3,})")
#: an address typed as such; a closing bracket belongs to it where it opened one
BARE = re.compile(r"(?:https?://|www\.)[^\s<>\"«»)\]\ue000-\uf8ff]+", re.IGNORECASE)
_DEFINITION = re.compile(
    r"^ {0,3}\[([^\]^][^\]]{0,200})\]:[ \t]*<?(\S+?)>?(?:[ \t]+[\"'(].*)?$", re.MULTILINE
)
_NOTE = re.compile(r"^ {0,3}\[\^([^\]\s]{1,100})\]:[ \t]*", re.MULTILINE)
_INLINE = re.compile(
    r"!?\[((?:[^\[\]]|\[[^\[\]]{0,500}\]){0,2000})\]"
    r"(?:\(\s*<?([^()\s>]*(?:\([^()\s]*\)[^()\s>]*)*)>?(?:\s+[\"'][^)]*)?\s*\)|\[([^\]\n]{0,200})\])"
)
_SHORT = re.compile(r"(?<![\]!])\[([^\[\]^]{1,200})\](?![(\[:])")
_SPLIT = re.compile(
    r"\n[ \t]*\n|\n(?=[ \t]*(?:[-*+]|\d+[.)])[ \t])|\n(?=#{1,6}[ \t])|(?<=\|)\n(?=\|)"
    r"|\n(?=\[\^[^\]\s\[]{1,100}\]:)"
)
_TAG = re.compile(r"<br\s*/?>|</?(?:sup|sub|em|strong|b|i|u|span|p)\b[^<>]{0,200}>", re.IGNORECASE)
#: HTML in Markdown
_ANCHOR = re.compile(
    r"<a\s[^<>]{0,300}?href=[\"']([^\"'<>\s]{1,2000})[\"'][^<>]{0,300}>([^<>]{0,1000})</a>", re.IGNORECASE
)
_BLOCKQUOTE = re.compile(
    r"<blockquote\b[^<>]{0,200}>\s*((?:(?!</?blockquote).){1,3000}?)\s*</blockquote>", re.I | re.S
)
_CALL_IN_TAG = re.compile(r"<sup\b[^<>]{0,200}>\s*\[?\d{1,3}\]?\s*</sup>", re.IGNORECASE)


def paragraphs_of(text: str) -> tuple[Paragraph, ...]:
    """The paragraphs of a report in Markdown, notes joined to their calls."""
    text = without_private_signs(text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _ANCHOR.sub(r"[\2](\1)", _without_code(without_comments(text)))
    text = _BLOCKQUOTE.sub(lambda found: "\n".join(f"> {row}" for row in found[1].split("\n")), text)
    targets = {found[1].strip().lower(): found[2] for found in _DEFINITION.finditer(text)}
    text = _DEFINITION.sub("", text)
    blocks: list[Paragraph] = []
    notes: dict[str, Paragraph] = {}
    start = 0
    ends = {found.start() for found in _SPLIT.finditer(text)}
    ends |= set(_quotes_begin(text))
    for end in (*sorted(ends), len(text)):
        part = text[start:end]
        lead = len(part) - len(part.lstrip("\n"))
        if part.strip():
            line = text.count("\n", 0, start + lead) + 1
            named = _NOTE.match(part[lead:])
            if named:
                notes[named[1]] = _block(part[lead + named.end() :], line, targets)
            else:
                blocks.append(_block(part[lead:], line, targets))
        start = end
    return with_notes(blocks, notes)


def _block(part: str, line: int, targets: dict[str, str]) -> Paragraph:
    draft = Draft()
    lines = part.split("\n")
    is_quote = all(row.lstrip().startswith(">") for row in lines if row.strip())
    part = "\n".join(re.sub(r"^\s*(?:>\s?)+", "", row) for row in lines)

    def keep(found: re.Match[str]) -> str:
        here = line + found.string.count("\n", 0, found.start())
        href = found[2] if found[2] is not None else targets.get((found[3] or found[1]).strip().lower(), "")
        if not href:
            return found[1]
        return draft.link(href, found[1], here)

    def keep_short(found: re.Match[str]) -> str:
        href = targets.get(found[1].strip().lower(), "")
        return (
            draft.link(href, found[1], line + found.string.count("\n", 0, found.start()))
            if href
            else found[0]
        )

    def keep_bare(found: re.Match[str]) -> str:
        href = found[0].rstrip(".,;:!?…'’*_")
        here = line + found.string.count("\n", 0, found.start())
        return draft.link(href, href, here) + found[0][len(href) :]

    part = _SHORT.sub(keep_short, _INLINE.sub(keep, part))
    part = BARE.sub(keep_bare, part)
    part = _TAG.sub(lambda tag: " " if tag[0][:3].lower() == "<br" else "", _CALL_IN_TAG.sub("", part))
    part = re.sub(r"(\*\*|__|~~|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w))", "", part)
    return draft.done(unescaped(part), line, is_quote=is_quote)


def _quotes_begin(text: str) -> Iterator[int]:
    """Where a block quotation begins right under a line of text."""
    at, before = 0, ">"
    for line in text.split("\n"):
        first = line.lstrip()[:1]
        if first == ">" and before not in ("", ">"):
            yield at - 1
        at, before = at + len(line) + 1, first


def without_comments(text: str) -> str:
    """Comments blanked; one that nothing closes is text. Read once from left to right."""
    parts, at = [], 0
    while (start := text.find("<!--", at)) >= 0:
        end = text.find("-->", start)
        if end < 0:
            break
        parts += [text[at:start], _blank(text[start : end + 3])]
        at = end + 3
    return "".join((*parts, text[at:]))


def _without_code(text: str) -> str:
    """Fenced blocks and code between backticks, blanked."""
    lines, fence = text.split("\n"), ""
    for number, line in enumerate(lines):
        mark = _FENCE.match(line)
        if fence:
            lines[number] = ""
            if mark and mark[1][:3] == fence[:3] and len(mark[1]) >= len(fence):
                fence = ""
        elif mark:
            fence, lines[number] = mark[1], ""
    return re.sub(
        r"(?<!`)(`{1,3})(?!`)[^`\n]{1,2000}\1(?!`)", lambda found: _blank(found[0]), "\n".join(lines)
    )


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)
