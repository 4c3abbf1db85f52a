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
from kb.content.forms import Role
from kb.content.model import Cost
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
    #: of each cell its length as a bar in per cent of the longest, or None; () where the row has no bars
    bars: tuple[float | None, ...] = ()
    #: True where each line of a cell is a term, to be read in a row
    terms: bool = False

    @property
    def same(self) -> bool:
        """Whether all cases say the same."""
        return len(self.cells) > 1 and len(set(self.cells)) == 1


@dataclass(frozen=True)
class _Row:
    """How a row is read from a document."""

    label: str
    read: Callable[[Document], Sequence[str]]
    computed: bool = False
    #: the quantity that the cell tells, where it tells one
    quantity: Callable[[Document], float | None] | None = None
    terms: bool = False


def comparison(documents: Sequence[Document], taxonomy: Taxonomy) -> tuple[ComparedRow, ...]:
    """The rows of a comparison of cases: what decides first, then the rest."""
    rows = (
        _Row("Habitants", _inhabitants, quantity=lambda d: profile_of(d).inhabitants),
        _Row("Budget de la participation", _costs("budget")),
        _Row("Budget par habitant et par an", _density("budget"), True, _yearly("budget")),
        _Row("Outil numérique", _costs("outil")),
        _Row("Outil par habitant et par an", _density("outil"), True, _yearly("outil")),
        _Row("Équipe", _team),
        _Row("Équivalents temps plein pour 100\u202f000 habitants", _team_density, True, _density_of_team),
        _Row("Plateformes", _platforms),
        *_of_facet(taxonomy, "platforms.software", many=True),
        *_of_facet(taxonomy, "platforms.vendor", many=True),
        _Row("Évaluation", _evaluation),
        _Row("Chiffres à retenir", _figures),
        _Row("À reprendre", _lesson("keep")),
        _Row("À éviter", _lesson("avoid")),
        _Row("Salaires", _costs("personnel")),
        _Row("Prestations achetées une fois", _costs("prestation")),
        _Row("Enveloppes de projets d’habitants", _costs("enveloppe")),
        *_of_facet(taxonomy, "collectivity.type"),
        *_of_facet(taxonomy, "collectivity.region"),
        *_of_facet(taxonomy, "tool_types", many=True),
        *_of_facet(taxonomy, "themes", many=True),
    )
    return tuple(_compared(row, documents) for row in rows)


def _compared(row: _Row, documents: Sequence[Document]) -> ComparedRow:
    cells = tuple(tuple(map(french, row.read(d))) for d in documents)
    return ComparedRow(row.label, cells, row.computed, _bars(row, documents), row.terms)


def _bars(row: _Row, documents: Sequence[Document]) -> tuple[float | None, ...]:
    """Bars from 0 to the longest; none where fewer than two cases have the quantity."""
    if row.quantity is None:
        return ()
    told = [row.quantity(d) for d in documents]
    longest = max((quantity for quantity in told if quantity), default=0)
    if not longest or sum(quantity is not None for quantity in told) < 2:
        return ()
    return tuple(None if quantity is None else round(100 * quantity / longest, 1) for quantity in told)


def _of_facet(taxonomy: Taxonomy, field: str, *, many: bool = False) -> tuple[_Row, ...]:
    """The row of what a facet reads, under its label; none where no facet reads the field."""
    facet = taxonomy.facet_of(field)
    if facet is None:
        return ()

    def read(document: Document) -> Sequence[str]:
        return [label for _, label in facet.values_for(document.values_of(field))]

    return (_Row(facet.title if many else facet.label, read, terms=many),)


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
    case = document.case
    if case and case.team and case.collectivity.population and case.team.unit == "agents":
        return ["non calculé, la source compte des agents"]
    density = _density_of_team(document)
    return [] if density is None else [number(density)]


def _density_of_team(document: Document) -> float | None:
    told = profile_of(document)
    return round(told.fte / told.inhabitants * 100_000, 1) if told.fte and told.inhabitants else None


def _yearly(role: Role) -> Callable[[Document], float | None]:
    """Euros per inhabitant and year, where the case has one such amount."""

    def read(document: Document) -> float | None:
        costs = document.case.costs_of(role) if document.case else ()
        return per_inhabitant(costs[0], document) if len(costs) == 1 else None

    return read


def _lesson(which: str) -> Callable[[Document], Sequence[str]]:
    def read(document: Document) -> Sequence[str]:
        lessons = document.case.lessons if document.case else None
        return [getattr(lessons, which).text] if lessons else []

    return read


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
