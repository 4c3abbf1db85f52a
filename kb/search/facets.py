"""Facets as rows of bits: filters and counts without touching the index.

Values of one facet are OR, facets are AND, an excluded value goes whatever else is chosen. The
count of a value is what one would get by adding it: its facet's own wanted values are set aside,
everything else holds. A chosen value stays visible at zero.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kb.content.taxonomy import UNKNOWN, Facet, Taxonomy
from kb.search.engine import Mask, Row
from kb.search.query import FacetCounts, FacetValue, Filter

UNKNOWN_LABEL = "Non renseigné"


class Facets:
    """Which documents hold which value, for every facet."""

    def __init__(self, taxonomy: Taxonomy, rows: Sequence[Row]) -> None:
        """Read the values of every row."""
        self.columns = {facet.name: _Column(facet, rows) for facet in taxonomy.facets}
        self._size = len(rows)

    def filtered(self, answers: Mask, filters: Sequence[Filter]) -> Mask:
        """The answers that pass all filters; an unknown facet or value lets nothing pass."""
        for facet in dict.fromkeys(f.facet for f in filters):
            answers = answers & self._passing(facet, filters)
        return answers

    def counts(self, answers: Mask, answering: Mask, filters: Sequence[Filter]) -> tuple[FacetCounts, ...]:
        """Every facet with its values, over the documents found, filters not yet applied."""
        passing = {name: self._passing(name, filters) for name in dict.fromkeys(f.facet for f in filters)}
        counted = []
        for name, column in self.columns.items():
            others = np.ones_like(answers)
            for other, mask in passing.items():
                if other != name:
                    others = others & mask
            own = [f for f in filters if f.facet == name]
            counted.append(column.counts(answers & others, answering & others, own))
        return tuple(counted)

    def label(self, filter_: Filter) -> str:
        """The label of a filter's value; the value itself where it is unknown."""
        column = self.columns.get(filter_.facet)
        return column.labels.get(filter_.value, filter_.value) if column else filter_.value

    def _passing(self, name: str, filters: Sequence[Filter]) -> Mask:
        own = [f for f in filters if f.facet == name]
        column = self.columns.get(name)
        if column is None:
            return np.zeros(self._size, np.bool_) | all(f.exclude for f in own)
        return column.passing(own)


class _Column:
    """One facet over all documents."""

    def __init__(self, facet: Facet, rows: Sequence[Row]) -> None:
        self.facet = facet
        self.labels: dict[str, str] = {term.slug: term.label for term in facet.terms}
        held: dict[str, list[int]] = {}
        for number, row in enumerate(rows):
            values = row.facets.get(facet.name, ())
            for slug, label in values:
                self.labels.setdefault(slug, label)
                held.setdefault(slug, []).append(number)
            if not values:
                held.setdefault(UNKNOWN, []).append(number)
        self.labels[UNKNOWN] = UNKNOWN_LABEL
        self.values = [slug for slug in self.labels if slug in held]
        self.bits: Mask = np.zeros((len(self.values), len(rows)), np.bool_)
        for index, slug in enumerate(self.values):
            self.bits[index, held[slug]] = True
        self._index = {slug: index for index, slug in enumerate(self.values)}
        self._none: Mask = np.zeros(len(rows), np.bool_)

    def row(self, value: str) -> Mask:
        """The documents that hold a value."""
        index = self._index.get(value)
        return self._none if index is None else self.bits[index]

    def passing(self, filters: Sequence[Filter]) -> Mask:
        """The documents that this facet's filters let pass."""
        wanted = [self.row(f.value) for f in filters if not f.exclude]
        passing: Mask = np.logical_or.reduce(wanted) if wanted else ~self._none
        for f in filters:
            if f.exclude:
                passing = passing & ~self.row(f.value)
        return passing

    def counts(self, answers: Mask, answering: Mask, filters: Sequence[Filter]) -> FacetCounts:
        """The values of this facet that documents hold or that are chosen."""
        chosen = {f.value: f.exclude for f in filters}
        excluded = [value for value, out in chosen.items() if out]
        numbers, best = (self._numbers(mask, excluded) for mask in (answers, answering))
        found = [
            FacetValue(
                value,
                self.labels.get(value, value),
                numbers.get(value, 0),
                best.get(value, 0),
                chosen.get(value) is False,
                chosen.get(value, False),
            )
            for value in dict.fromkeys([*self.values, *chosen])
            if numbers.get(value) or value in chosen
        ]
        if not self.facet.terms:
            found.sort(key=lambda v: (v.value == UNKNOWN, -v.count, v.label))
        return FacetCounts(self.facet.name, self.facet.label, tuple(found))

    def _numbers(self, answers: Mask, excluded: Sequence[str]) -> dict[str, int]:
        """How many of these documents hold each value."""
        left = answers
        for value in excluded:
            left = left & ~self.row(value)
        numbers: dict[str, int] = dict(zip(self.values, (self.bits & left).sum(axis=1).tolist(), strict=True))
        for value in excluded:  # adding an excluded value lifts its exclusion
            numbers[value] = self._without(value, answers, excluded)
        return numbers

    def _without(self, value: str, answers: Mask, excluded: Sequence[str]) -> int:
        left = answers & self.row(value)
        for other in excluded:
            if other != value:
                left = left & ~self.row(other)
        return int(left.sum())
