"""What a collectivity is like: the few values by which cases are found near."""

from __future__ import annotations

from dataclasses import dataclass

from kb.content.documents import Document
from kb.content.model import Cost


@dataclass(frozen=True)
class Profile:
    """A collectivity in five values; None or empty where unknown, and then left out of comparisons."""

    #: slug of the facet `collectivite`
    type: str | None = None
    inhabitants: float | None = None
    #: euros a year for participation
    budget: float | None = None
    #: full-time equivalents
    fte: float | None = None
    tool_types: frozenset[str] = frozenset()


def profile_of(document: Document) -> Profile:
    """The profile of a case; an empty one for a practice note.

    Ranges count by their middle. The budget is the largest yearly cost told, because it is the one
    whose perimeter comes nearest to a whole budget; a case without yearly cost has none.
    """
    case = document.case
    if case is None:
        return Profile()
    yearly = [middle(cost.amount) for cost in case.costs if cost.per == "an"]
    team = case.team.fte if case.team else None
    return Profile(
        type=case.collectivity.type,
        inhabitants=float(case.collectivity.population.value) if case.collectivity.population else None,
        budget=max(yearly, default=None),
        fte=None if team is None else middle(team),
        tool_types=frozenset(case.tool_types),
    )


def middle(amount: float | tuple[float, float]) -> float:
    """An amount, or the middle of a range."""
    return float(sum(amount) / 2) if isinstance(amount, tuple) else float(amount)


def per_inhabitant(cost: Cost, document: Document) -> float | None:
    """Euros per inhabitant and year, where the cost is yearly and the population known; else None."""
    case = document.case
    if case is None or case.collectivity.population is None or cost.per != "an":
        return None
    return middle(cost.amount) / case.collectivity.population.value
