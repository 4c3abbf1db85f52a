"""« Quel budget pour ma taille ? »: what the survey and the cases tell of one role of money, by size.

A point is an amount of a case whose inhabitants are known; a range is an estimate of the survey, open
where the source is. Nothing is averaged or predicted: the page shows what is documented near a size.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kb.compare.profile import middle
from kb.content.documents import Corpus, Document
from kb.content.forms import Role
from kb.content.model import Cost
from kb.content.survey import Bounds, Estimate

#: what one wants to pay, in the words of the page; an envelope pays for projects and has no place here
NEEDS: Mapping[Role, str] = {
    "budget": "Faire vivre la participation (hors salaires)",
    "outil": "Construire ou louer un outil numérique",
    "prestation": "Acheter une animation ou une étude",
    "personnel": "Payer une équipe (salaires)",
}


@dataclass(frozen=True)
class Point:
    """An amount of a case, with the size of the case."""

    document: Document
    cost: Cost
    inhabitants: int
    #: the type that was asked for
    same_type: bool
    #: the size asked for is within a factor of three
    near: bool

    @property
    def middle(self) -> float:
        """The amount in euros, or the middle of its range."""
        return middle(self.cost.amount)


@dataclass(frozen=True)
class SurveyRange:
    """An estimate of the survey, and the note that holds it."""

    document: Document
    estimate: Estimate
    #: the size asked for lies within it
    near: bool


@dataclass(frozen=True)
class Budgets:
    """All that is documented for one role, what is nearest to the size asked for first."""

    points: tuple[Point, ...]
    ranges: tuple[SurveyRange, ...]


def budgets(corpus: Corpus, role: Role, inhabitants: float | None = None, kind: str | None = None) -> Budgets:
    """The amounts of `role`: of the type `kind` first, then by nearness to `inhabitants`, then by slug."""
    points = [point for document in corpus.cases for point in _points(document, role, inhabitants, kind)]
    points.sort(
        key=lambda p: (bool(kind) and not p.same_type, _distance(p.inhabitants, inhabitants), p.document.slug)
    )
    ranges = [
        SurveyRange(document, estimate, _within(estimate.inhabitants, inhabitants))
        for document in corpus.practices
        if document.practice
        for estimate in document.practice.estimates
        if estimate.role == role
    ]
    ranges.sort(key=lambda r: not r.near)
    return Budgets(tuple(points), tuple(ranges))


def _points(document: Document, role: Role, inhabitants: float | None, kind: str | None) -> Iterable[Point]:
    case = document.case
    if case is None or case.collectivity.population is None:
        return
    size = case.collectivity.population.value
    for cost in case.costs_of(role):
        near = inhabitants is not None and _distance(size, inhabitants) <= math.log10(3)
        yield Point(document, cost, size, case.collectivity.type == kind, near)


def _distance(size: float, inhabitants: float | None) -> float:
    """How many powers of ten lie between two sizes; 0 where none is asked for."""
    return abs(math.log10(size / inhabitants)) if inhabitants else 0.0


def _within(bounds: Bounds | None, inhabitants: float | None) -> bool:
    if bounds is None or inhabitants is None:
        return False
    return (bounds.least or 0) <= inhabitants <= (bounds.most or math.inf)
