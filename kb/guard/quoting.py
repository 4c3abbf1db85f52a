"""The quotations of a paragraph, and which of its links each one is taken from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from kb.guard.manuscript import Paragraph

MIN_WORDS = 3
_MARKS = re.compile(
    r"«\s*([^«»]{1,5000}?)\s*»|“([^“”]{1,5000}?)”|„([^„“”]{1,5000}?)[“”]|‹\s*([^‹›]{1,5000}?)\s*›"
    r"|(?<![\w\"])\"(?!\s)([^\"\n]{1,5000}?)(?<!\s)\"(?!\w)|(?<!\w)‘([^‘’]{1,2000}?)’(?!\w)"
)
#: what parts a quotation from a link that is not its source
_BREAK = re.compile(r"[;.!?…](?=[\s»”\"]*\s+[^\W\d_(])")
#: words that give what stands beside them to somebody else
_OTHER = re.compile(
    r"\b(?:un autre (?:ouvrage|livre|rapport|auteur)|une autre (?:étude|source)|d’après un autre|ailleurs)\b",
    re.IGNORECASE,
)


class Quotation(NamedTuple):
    """Words that a report gives as somebody's."""

    text: str
    #: half-open range of characters in the paragraph, marks included
    start: int
    end: int


def quotations_of(paragraph: Paragraph) -> Iterator[Quotation]:
    """The quotations of three words or more; a block quotation is one, its source in brackets left out."""
    found = [
        Quotation(next(group for group in match.groups() if group is not None), match.start(), match.end())
        for match in _MARKS.finditer(paragraph.text)
    ]
    if paragraph.is_quote:
        start, end = paragraph.quoted
        if not any(len(one.text) > 0.6 * (end - start) for one in found):
            said = _without_source(paragraph)
            found = [one for one in found if not start <= one.start < end]
            found.append(Quotation(said, start, start + len(said)))
    yield from (one for one in found if len(re.findall(r"\w+", one.text)) >= MIN_WORDS)


def is_attributed(paragraph: Paragraph, quotation: Quotation, start: int, end: int) -> bool:
    """Whether a quotation is taken from what stands at this place (a link, an identifier).

    It is where no clause of its own lies between: « … » ([Angers](…)), [Angers](…) écrit : « … »; not in
    « … » ; Rennes en donne un exemple ([fiche](…)), nor where the words are given to another work.
    """
    if start >= quotation.end:
        between = paragraph.text[quotation.end : start]
    elif end <= quotation.start:
        between = paragraph.text[end : quotation.start]
    else:
        return True
    before = paragraph.text[max(0, quotation.start - 80) : quotation.start]
    if _OTHER.search(before):
        return False
    return not _BREAK.search(between) and len(re.findall(r"\w+", between)) <= 25


def _without_source(paragraph: Paragraph) -> str:
    """The words of a block quotation without the brackets or the dash that tell where they come from."""
    start, end = paragraph.quoted
    text = paragraph.text[start:end]
    first = min(
        (link.start - start for link in paragraph.links if start <= link.start < end), default=len(text)
    )
    if first == len(text):
        return text.rstrip()
    opened = text.rfind("(", 0, first)
    if opened >= 0 and len(text[opened:first].split()) <= 9:
        return text[:opened].rstrip()
    told = re.search(r"(?:^|\s)[—–-]{1,2}\s[^—–]{0,200}$", text[:first])
    return text[: told.start() if told else first].rstrip()
