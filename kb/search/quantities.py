"""Quantities of a query: « moins de 10 000 € », « entre 30 000 et 50 000 habitants », « 2 ETP », « gratuit ».

A number with a unit is never met by the same number with another: « 50 000 habitants » is not « 50 000 € ».
It is also read against the fields of the cases, as a range: what « moins de », « entre », « au moins » say,
else a fifth more or less, since nobody types the exact figure of somebody else's town.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from kb.content.documents import Document
from kb.content.model import CaseFields
from kb.content.taxonomy import Taxonomy
from kb.formatting import number
from kb.search.analysis import Token
from kb.search.query import Filter
from kb.search.tree import Reading, Word, any_of
from kb.search.units import UNITS, counted, units_of

_AT_MOST = (("moins", "de"), ("moins", "d"), ("jusqu", "a"), ("au", "plus"), ("maximum",), ("inferieur", "a"))
_AT_LEAST = (
    ("plus", "de"),
    ("plus", "d"),
    ("au", "moins"),
    ("minimum",),
    ("a", "partir", "de"),
    ("superieur", "a"),
)
_FREE = frozenset(("gratuit", "gratuite", "gratuits", "gratuites", "gratuitement"))
#: how far from the number that is typed a figure may be
AROUND = 0.2


@dataclass(frozen=True)
class Quantity:
    """A range of a unit, and the words that say it."""

    #: habitants, euros, ETP or agents
    unit: str
    least: float
    most: float
    #: index in the request's words of each number, and of the unit after it
    numbers: tuple[tuple[int, int], ...]
    #: indices of the words that bound it: « moins »
    bounds: tuple[int, ...] = ()

    def holds(self, amount: float | tuple[float, float]) -> bool:
        """Whether a figure meets the range; a range of figures by its middle, « gratuit » by its low end."""
        low, high = amount if isinstance(amount, tuple) else (amount, amount)
        return self.least <= (low + high) / 2 <= self.most or low == self.most == 0


def quantities(words: Sequence[Token]) -> tuple[Quantity, ...]:
    """The quantities that the words of a request say, in order."""
    found = []
    unit_of = dict(units_of([word.form for word in words]))
    taken: set[int] = set()
    for (first, _), (second, at) in pairwise([*((n, u) for n, u in unit_of.items()), (len(words), 0)]):
        if first in taken:
            continue
        unit = UNITS[words[unit_of[first]].form] if first in unit_of else ""
        if second in unit_of and at == unit_of[first] and second - first <= 4:
            low, high = sorted((_value(words[first], words[second]), _value(words[second])))
            found.append(Quantity(unit, low, high, ((first, at), (second, at))))
            taken.add(second)
        else:
            found.append(_single(words, first, unit_of[first], unit))
    free = (Quantity("euros", 0, 0, ()) for word in words if word.form in _FREE)
    return (*found, *free)


def words_of(asked: Sequence[Quantity], words: Sequence[Token], text: str) -> list[Word]:
    """A word of the tree for each number: it is met with its unit or where none is told, not with another."""
    found = []
    for quantity in asked:
        for index, at in quantity.numbers:
            word = words[index]
            forms = tuple(dict.fromkeys((word.form, word.amount or word.form)))
            own = Reading("exact", any_of(*(counted(form, quantity.unit) for form in forms)))
            bare = Reading(
                "forme", any_of(*(counted(form, unit) for form in forms for unit in (quantity.unit, "")))
            )
            typed = text[word.start : words[at].end if at == index + 1 else word.end]
            found.append(Word(typed, word.form, index, (own, bare)))
    return found


def cases_within(asked: Sequence[Quantity], cases: Sequence[Document]) -> list[Document]:
    """The cases whose fields meet every range asked; [] where none is asked.

    A figure that some field holds exactly (« 155 000 habitants ») is that figure, not a size like it.
    """
    ranges = ranges_of(asked, cases)
    return [document for document in cases if ranges and all(_meets(document.case, q) for q in ranges)]


def ranges_of(asked: Sequence[Quantity], cases: Sequence[Document]) -> list[Quantity]:
    """The quantities that are ranges or sizes, those that are a figure of some case left out."""
    return [q for q in asked if q.bounds or len(q.numbers) != 1 or not _is_held(q, cases)]


def told(asked: Sequence[Quantity]) -> tuple[str, ...]:
    """How each range was read, in French."""
    return tuple(f"Cherché aussi dans les champs des cas\u00a0: {_range(each)}." for each in asked)


def _range(asked: Quantity) -> str:
    unit = f"\u00a0{'€' if asked.unit == 'euros' else asked.unit}"
    if asked.most == 0:
        return "ce qui ne coûte rien, ou presque"
    if asked.most == float("inf"):
        return f"au moins {number(asked.least)}{unit}"
    if not asked.least:
        return f"au plus {number(asked.most)}{unit}"
    return f"de {number(round(asked.least, 1))} à {number(round(asked.most, 1))}{unit}"


def bands(asked: Sequence[Quantity], taxonomy: Taxonomy) -> list[tuple[Filter, str]]:
    """The values of the facet of sizes that meet the inhabitants asked, each with its label."""
    facet = taxonomy.facet_of("collectivity.population.value")
    if facet is None:
        return []
    return [
        (Filter(facet.name, term.slug), term.label)
        for quantity in asked
        for term in facet.terms
        if quantity.unit == "habitants"
        and quantity.least < (term.upper or float("inf"))
        and quantity.most >= (term.lower or 0)
    ]


def _meets(case: CaseFields | None, asked: Quantity) -> bool:
    return any(asked.holds(figure) for figure, is_cost in _figures(case, asked.unit) if is_cost)


def _is_held(asked: Quantity, cases: Sequence[Document]) -> bool:
    exact = asked.most / (1 + AROUND)
    figures = (figure for document in cases for figure, _ in _figures(document.case, asked.unit))
    return any(abs(figure - exact) < 0.01 * exact for figure in figures if not isinstance(figure, tuple))


def _figures(case: CaseFields | None, unit: str) -> Iterator[tuple[float | tuple[float, float], bool]]:
    """(figure of a case in this unit, False for an envelope of projects, which is no cost of the case)."""
    if case is None:
        return
    if unit == "habitants" and case.collectivity.population:
        yield case.collectivity.population.value, True
    if unit == "euros":
        yield from ((cost.amount, cost.role != "enveloppe") for cost in case.costs)
    if case.team and case.team.unit == unit and case.team.size is not None:
        yield case.team.size, True


def _single(words: Sequence[Token], index: int, unit_at: int, unit: str) -> Quantity:
    value, numbers = _value(words[index]), ((index, unit_at),)
    if bounds := _bounds(words, index, unit_at, _AT_MOST):
        return Quantity(unit, 0, value, numbers, bounds)
    if bounds := _bounds(words, index, unit_at, _AT_LEAST):
        return Quantity(unit, value, float("inf"), numbers, bounds)
    return Quantity(unit, value * (1 - AROUND), value * (1 + AROUND), numbers)


def _bounds(
    words: Sequence[Token], index: int, unit_at: int, sayings: Sequence[tuple[str, ...]]
) -> tuple[int, ...]:
    """Indices of the words before a number, or after its unit, that bound it."""
    for said in sayings:
        for start in (index - len(said), unit_at + 1):
            run = range(max(start, 0), start + len(said))
            if tuple(word.form for word in words[max(start, 0) : start + len(said)]) == said:
                return tuple(run)
    return ()


def _value(word: Token, scaled: Token | None = None) -> float:
    """The number, in the scale of the one that it goes to: « de 10 à 20 k€ »."""
    value = float((word.amount or word.form)[:15])
    if scaled and scaled.amount and not word.amount and value <= float(scaled.form[:15]):
        return value * float(scaled.amount) / float(scaled.form[:15])
    return value
