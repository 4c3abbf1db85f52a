"""The facts that a case's fields hold, field by field: what a question about one of them is answered with.

Unlike the strip, which chooses one fact of each kind, these are all of them, each with its perimeter, its
year and its source. `NEEDS` names the fields that a question may ask for; the words that ask for each stand
in the taxonomy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from kb.compare.strip import IN_HOUSE
from kb.content.documents import Document
from kb.content.model import CaseFields, Cost
from kb.content.taxonomy import NeedField
from kb.formatting import cost_amount, cost_asides, date, headcount, number


@dataclass(frozen=True)
class FieldFact:
    """One fact of one field: « Plateforme numérique » · « environ 20 000 € par an » · its perimeter."""

    label: str
    value: str
    #: what it covers, in the words of the source; "" where there is no more to say
    scope: str
    #: in French; "" where the source does not say
    year: str
    #: name of the source in the document
    source: str
    #: role of an amount of money, unit of a team, who evaluated, else ""
    role: str = ""
    #: the figure itself, or a range of figures; None for what is no number
    amount: float | tuple[float, float] | None = None


def facts_of(document: Document, field: NeedField) -> tuple[FieldFact, ...]:
    """The facts that a field of a case holds, in the order of the file; () for a practice."""
    read = NEEDS[field]
    return tuple(read(document.case)) if document.case else ()


def _costs(case: CaseFields) -> Iterator[FieldFact]:
    for cost in case.costs:
        yield _cost(cost)


def _cost(cost: Cost) -> FieldFact:
    asides = [aside for aside in cost_asides(cost) if aside != date(cost.year)]
    scope = ", ".join(filter(None, (*asides, cost.scope)))
    return FieldFact(
        cost.label, cost_amount(cost), scope, date(cost.year), cost.source, cost.role, cost.amount
    )


def _team(case: CaseFields) -> Iterator[FieldFact]:
    if team := case.team:
        size = headcount(team)
        about = team.label if size else ""
        yield FieldFact("Équipe", size or team.label, about, "", team.source, team.unit or "", team.size)


def _vendor(case: CaseFields) -> Iterator[FieldFact]:
    for platform in case.platforms:
        if platform.vendor:
            vendor = IN_HOUSE if platform.vendor == "interne" else platform.vendor
            software = f"logiciel {platform.software}" if platform.software else ""
            yield FieldFact(f"Prestataire de {platform.name}", vendor, software, "", platform.source)


def _tool(case: CaseFields) -> Iterator[FieldFact]:
    for platform in case.platforms:
        vendor = "" if platform.vendor in (None, "interne") else f"prestataire {platform.vendor}"
        made = IN_HOUSE if platform.vendor == "interne" else vendor
        software = f"logiciel {platform.software}" if platform.software else ""
        yield FieldFact(
            "Outil", platform.name, ", ".join(filter(None, (software, made))), "", platform.source
        )


def _since(case: CaseFields) -> Iterator[FieldFact]:
    for platform in case.platforms:
        if platform.since:
            until = f"jusqu’en {date(platform.until)}" if platform.until else ""
            yield FieldFact(f"Ouverture de {platform.name}", date(platform.since), until, "", platform.source)


def _evaluation(case: CaseFields) -> Iterator[FieldFact]:
    if evaluation := case.evaluation:
        yield FieldFact("Évaluation", evaluation.by, "", "", evaluation.source, evaluation.kind)


def _population(case: CaseFields) -> Iterator[FieldFact]:
    if population := case.collectivity.population:
        told = number(population.value)
        year = date(population.year)
        yield FieldFact("Habitants", told, "", year, population.source, amount=population.value)


def _figures(case: CaseFields) -> Iterator[FieldFact]:
    for figure in case.key_figures:
        about = figure.unit if figure.unit and figure.unit.lower() not in figure.label.lower() else ""
        value = f"{'environ ' if figure.approx else ''}{number(figure.value)} {about}".strip()
        yield FieldFact(figure.label, value, "", date(figure.year), figure.source)


#: fields that a question may ask for, and how each is read
NEEDS: Mapping[NeedField, Callable[[CaseFields], Iterator[FieldFact]]] = {
    "costs": _costs,
    "team": _team,
    "vendor": _vendor,
    "tool": _tool,
    "since": _since,
    "evaluation": _evaluation,
    "population": _population,
    "key_figures": _figures,
}
