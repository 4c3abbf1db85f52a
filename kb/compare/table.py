"""Cases side by side: one row for each field, the same for the page and its CSV.

A blank is told as such and never guessed. A row of money holds amounts of one role, each with its label,
year and period. Amounts per inhabitant are computed only where the cost is yearly and the population
known, from the figures shown, and say so; those of citizens' projects never are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kb.compare.profile import per_inhabitant, profile_of
from kb.content.documents import Document
from kb.content.model import Cost, Role
from kb.content.taxonomy import Taxonomy
from kb.content.typography import WIDE, french
from kb.formatting import cost, date, headcount, number

UNKNOWN = "non renseigné"


@dataclass(frozen=True)
class ComparedRow:
    """One field over all cases; a cell is its lines, () where nothing documents it."""

    label: str
    cells: tuple[tuple[str, ...], ...]
    #: True where the cells are computed from other cells
    computed: bool = False


#: label of a row, how its cells are read, whether they are computed
_Reading = tuple[str, Callable[[Document], Sequence[str]], bool]


def comparison(documents: Sequence[Document], taxonomy: Taxonomy) -> tuple[ComparedRow, ...]:
    """The rows of a comparison of cases, in a fixed order."""
    fields: tuple[_Reading, ...] = (
        *_of_facet(taxonomy, "collectivity.type"),
        ("Habitants", _inhabitants, False),
        *_of_facet(taxonomy, "collectivity.region"),
        *_of_facet(taxonomy, "themes", many=True),
        *_of_facet(taxonomy, "tool_types", many=True),
        ("Plateformes", _platforms, False),
        *_of_facet(taxonomy, "platforms.software", many=True),
        *_of_facet(taxonomy, "platforms.vendor", many=True),
        ("Équipe", _team, False),
        ("Équivalents temps plein pour 100\u202f000 habitants", _team_density, True),
        ("Budget de la participation", _costs("budget"), False),
        ("Budget par habitant et par an", _density("budget"), True),
        ("Outil numérique", _costs("outil"), False),
        ("Outil par habitant et par an", _density("outil"), True),
        ("Salaires", _costs("personnel"), False),
        ("Prestations achetées une fois", _costs("prestation"), False),
        ("Enveloppes de projets d’habitants", _costs("enveloppe"), False),
        ("Évaluation", _evaluation, False),
        ("Chiffres à retenir", _figures, False),
    )
    return tuple(
        ComparedRow(label, tuple(tuple(map(french, read(d))) for d in documents), computed)
        for label, read, computed in fields
    )


def _of_facet(taxonomy: Taxonomy, field: str, *, many: bool = False) -> tuple[_Reading, ...]:
    """The row of what a facet reads, under its label; none where no facet reads the field."""
    facet = taxonomy.facet_of(field)
    if facet is None:
        return ()

    def read(document: Document) -> Sequence[str]:
        return [label for _, label in facet.values_for(document.values_of(field))]

    return ((facet.title if many else facet.label, read, False),)


def _inhabitants(document: Document) -> Sequence[str]:
    population = document.case.collectivity.population if document.case else None
    if population is None:
        return []
    return [number(population.value) + (f" ({date(population.year)})" if population.year else "")]


def _platforms(document: Document) -> Sequence[str]:
    platforms = document.case.platforms if document.case else ()
    return [f"{p.name}{_since(p.since, p.until)}" for p in platforms]


def _since(since: str | None, until: str | None) -> str:
    told = [f"depuis {date(since)}" if since else "", f"jusqu’en {date(until)}" if until else ""]
    return f" ({', '.join(filter(None, told))})" if any(told) else ""


def _team(document: Document) -> Sequence[str]:
    team = document.case.team if document.case else None
    return [" : ".join(filter(None, (headcount(team), team.label)))] if team else []


def _team_density(document: Document) -> Sequence[str]:
    case, fte = document.case, profile_of(document).fte
    if case is None or case.team is None or case.collectivity.population is None:
        return []
    if fte is None:
        return ["non calculé, la source compte des agents"] if case.team.unit == "agents" else []
    return [number(round(fte / case.collectivity.population.value * 100_000, 1))]


def _evaluation(document: Document) -> Sequence[str]:
    found = document.case.evaluation if document.case else None
    return [found.by] if found else []


def _costs(*roles: Role) -> Callable[[Document], Sequence[str]]:
    """What the cell of these roles holds: « Plateforme : 20 000 € par an (2019), maintenance »."""

    def read(document: Document) -> Sequence[str]:
        costs = document.case.costs_of(*roles) if document.case else ()
        return [f"{c.label} : {cost(c)}" + (f", {c.scope}" if c.scope else "") for c in costs]

    return read


def _density(*roles: Role) -> Callable[[Document], Sequence[str]]:
    """What the computed cell of these roles holds: « Plateforme : 0,13 € », or why there is none."""

    def read(document: Document) -> Sequence[str]:
        costs = document.case.costs_of(*roles) if document.case else ()
        return [f"{c.label} : {_per_inhabitant(c, document)}" for c in costs]

    return read


def _per_inhabitant(cost: Cost, document: Document) -> str:
    computed = per_inhabitant(cost, document)
    if computed is not None:
        return f"{number(round(computed, 3 if computed < 0.01 else 2))}{WIDE}€"
    reason = {"an": "population inconnue", None: "période non précisée"}.get(cost.per, "pas un coût annuel")
    return f"non calculé, {reason}"


def _figures(document: Document) -> Sequence[str]:
    figures = document.case.key_figures if document.case else ()
    return [
        f"{f.label} : {'environ ' if f.approx else ''}{number(f.value)}{WIDE + '€' if f.unit == '€' else ''}"
        + (f" ({date(f.year)})" if f.year else "")
        for f in figures
    ]
