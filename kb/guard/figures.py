"""The figures that a report gives beside a link, held against those of the document.

A figure is a number of two digits or more, a decimal, a percentage or an amount. « Près de 10 000 » is
right for 9 498. What reports count for themselves (dates of reading, notes, years of their own) is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_NUMBER = re.compile(
    r"(?<![\w.,/#-])(\d{1,3}(?:[\s\xa0\u202f.]\d{3})+(?:,\d+)?|\d+(?:[.,]\d+)?)"
    r"(?:[\s\xa0\u202f]?(k€|K€|M€|millions?|milliards?|milliers?))?(?![\w/-]|[.,]\d)"
)
_SCALES = {"k€": 1e3, "m€": 1e6, "millier": 1e3, "million": 1e6, "milliard": 1e9}
_ABOUT = re.compile(
    r"(?:environ|près|proche|autour|quelque|presque|plus|moins|quasi|ordre|dépass\w+|jusqu\w*)\W+(?:\w+\W+){0,2}$",
    re.IGNORECASE,
)
#: numbers that are no figures of the base: notes, pages, articles, ids, days of a month
_OWN = re.compile(
    r"(?:\bnote|\bp|\bpp|\bpage|\bpages|\bart|\barticle|\bchapitre|\bfigure|\btableau|n°|\bcas|\bannexe|\bencadré|\bfiche|\bno)\.?[\s\xa0]*$",
    re.IGNORECASE,
)
_OF_DAY = re.compile(
    r"^(?:er)?[\s\xa0]+(?:janv|févr|mars|avr|mai|juin|juil|août|sept|oct|nov|déc)", re.IGNORECASE
)
#: how far a rounded figure may be from that of the document
ROUNDED = 0.12
YEARS = range(1990, 2101)


class Figure(NamedTuple):
    """A number as a report gives it."""

    text: str
    value: float
    start: int
    #: True where it is said to be rounded
    about: bool
    #: True for a percentage, which is held against percentages only
    percent: bool = False


def figures_of(text: str) -> Iterator[Figure]:
    """The figures of a text, those that a report counts for itself left out."""
    for match in _NUMBER.finditer(text):
        digits, scale = match[1], (match[2] or "").lower().rstrip("s")
        value = _value(digits) * _SCALES.get(scale, 1)
        before, after = text[max(0, match.start() - 40) : match.start()], text[match.end() : match.end() + 12]
        small = value < 10 and "," not in digits and not re.match(r"[\s\xa0\u202f]?[%€]", after) and not scale
        if small or _OWN.search(before) or (value <= 31 and _OF_DAY.match(after)):
            continue
        percent = bool(re.match(r"[\s\xa0\u202f]?%", after))
        yield Figure(match[0].strip(), value, match.start(), bool(_ABOUT.search(before)), percent)


def is_told(figure: Figure, known: set[float]) -> bool:
    """Whether a document gives the figure, or one that it rounds."""
    if figure.value in known:
        return True
    return figure.about and any(abs(other - figure.value) <= ROUNDED * figure.value for other in known)


def is_year(figure: Figure) -> bool:
    """Whether a number is a year rather than a figure."""
    return figure.value in YEARS and figure.text.isdigit()


def percentages_of(text: str) -> set[float]:
    """Every percentage of a text, « 20 à 30 % » both."""
    found = re.finditer(
        r"(\d+(?:,\d+)?)(?:[\s\xa0\u202f]?(?:à|et|ou|–|-)[\s\xa0\u202f]?(\d+(?:,\d+)?))?[\s\xa0\u202f]?%",
        text,
    )
    return {_value(group) for match in found for group in match.groups() if group}


def numbers_of(text: str) -> set[float]:
    """Every number of a text."""
    found = set()
    for match in _NUMBER.finditer(re.sub(r"(?<=\d)[–-](?=\d)", " ", text)):
        value = _value(match[1])
        scale = _SCALES.get((match[2] or "").lower().rstrip("s"), 1)
        found |= {value, value * scale}
    return found


def _value(digits: str) -> float:
    whole, _, decimals = digits.partition(",")
    if not decimals and re.fullmatch(r"\d+\.\d{1,2}", whole):
        return float(whole)
    return float(f"{re.sub(r'[^0-9]', '', whole)[:15] or 0}.{decimals[:6] or 0}")
