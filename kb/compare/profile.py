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
    #: euros for participation, wages apart, of a year where the source says one
    budget: float | None = None
    #: full-time equivalents; people are not counted as such
    fte: float | None = None
    tool_types: frozenset[str] = frozenset()


def profile_of(document: Document) -> Profile:
    """The profile of a case; an empty one for a practice note.

    Ranges count by their middle. The budget is the first amount of that role (the file holds the one to
    compare first); one spent once or over a contract is not one. A team counted in people has no
    full-time equivalents.
    """
    case = document.case
    if case is None:
        return Profile()
    told = budget(document)
    team = case.team.size if case.team and case.team.unit == "ETP" else None
    return Profile(
        type=case.collectivity.type,
        inhabitants=float(case.collectivity.population.value) if case.collectivity.population else None,
        budget=None if told is None else middle(told.amount),
        fte=None if team is None else middle(team),
        tool_types=frozenset(case.tool_types),
    )


def budget(document: Document) -> Cost | None:
    """The amount that tells what an authority gives to participation, or None."""
    told = document.case.costs_of("budget") if document.case else ()
    return next((cost for cost in told if cost.per not in ("unique", "marché")), None)


def middle(amount: float | tuple[float, float]) -> float:
    """An amount, or the middle of a range."""
    return float(sum(amount) / 2) if isinstance(amount, tuple) else float(amount)


def per_inhabitant(cost: Cost, document: Document) -> float | None:
    """Euros per inhabitant and year, where the cost is yearly and the population known; else None.

    An envelope pays for citizens' projects: it is never divided by inhabitants.
    """
    case = document.case
    if case is None or case.collectivity.population is None or cost.per != "an" or cost.role == "enveloppe":
        return None
    return middle(cost.amount) / case.collectivity.population.value
