"""The facts of a case at a glance: the strip on hits, on cards and at the top of its page.

What nobody documented is left out of the strip, never filled. Money is the budget that comparisons use
(`kb.compare.profile`) and the digital tool, each with what it covers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kb.compare.profile import budget
from kb.content.documents import Document
from kb.content.model import CaseFields, Cost, PracticeFields, Team
from kb.content.slugs import slugify
from kb.formatting import cost_amount, cost_asides, date, headcount, number

#: what a case proves of a practice, the weakest first
EVIDENCE = {
    "recit": "récit",
    "chiffre-declare": "chiffre déclaré",
    "evaluation": "évaluation",
    "tiers": "observé par un tiers",
}
IN_HOUSE = "fait en interne"


@dataclass(frozen=True)
class StripFact:
    """One fact: « Coût » · « environ 190 000 € » · « fonctionnement, période non précisée »."""

    label: str
    value: str
    #: perimeter, year, composition, beside the page; "" where there is no more to say
    note: str
    #: name of its source in the document; "" for what is counted here
    source: str
    #: what the value cannot be read without, in a list: its software, its year, an untold period
    aside: str = ""

    @property
    def kind(self) -> str:
        """The label as a slug: « cout-de-l-outil »."""
        return slugify(self.label)


def strip_of(document: Document) -> tuple[StripFact, ...]:
    """Of a case: inhabitants, tool, vendor, cost, staff and who evaluated, in this order.

    Of a practice: in how many cases it was seen, and the strongest evidence among them.
    """
    if document.case:
        return tuple(_facts(document, document.case))
    return tuple(_seen(document.practice)) if document.practice else ()


def _seen(practice: PracticeFields) -> Iterator[StripFact]:
    if not practice.illustrated_by:
        return
    cases = {shown.case for shown in practice.illustrated_by}
    limits = {shown.case for shown in practice.illustrated_by if shown.stance == "limite"}
    note = f"dont {len(limits)} en limite" if limits else ""
    yield StripFact("Vu dans", f"{len(cases)} cas", note, "", note)
    best = max((shown.evidence for shown in practice.illustrated_by), key=list(EVIDENCE).index)
    yield StripFact("Preuve la plus forte", EVIDENCE[best], "", "")


def _facts(document: Document, case: CaseFields) -> Iterator[StripFact]:
    if population := case.collectivity.population:
        yield StripFact("Habitants", number(population.value), date(population.year), population.source)
    yield from _tools(case)
    for found in (budget(document), next(iter(case.costs_of("outil")), None)):
        if found:
            yield _money(found, several=len(case.platforms) > 1)
    if case.team:
        yield _staff(case.team)
    if case.evaluation:
        yield StripFact("Évaluation", case.evaluation.by, "", case.evaluation.source)


def _tools(case: CaseFields) -> Iterator[StripFact]:
    """The tools, those in service first."""
    if not case.platforms:
        return
    platforms = sorted(case.platforms, key=lambda one: one.until is not None)
    first = platforms[0]
    software = first.software if first.software and first.software != first.name else ""
    yield StripFact("Outil", _listed([p.name for p in platforms]), software, first.source, software)
    makers = [IN_HOUSE if p.vendor == "interne" else p.vendor for p in platforms if p.vendor]
    if makers:
        source = next(p.source for p in platforms if p.vendor)
        yield StripFact("Prestataire", _listed(list(dict.fromkeys(makers))), "", source)


def _money(found: Cost, *, several: bool) -> StripFact:
    """The price of a tool says which one where the case has several."""
    label = "Budget" if found.role == "budget" else "Coût de l’outil"
    asides = cost_asides(found)
    named = (found.label,) if several and found.role != "budget" else ()
    about = ", ".join(filter(None, (*asides, found.label, found.scope)))
    return StripFact(label, cost_amount(found), about, found.source, ", ".join((*named, *asides)))


def _staff(team: Team) -> StripFact:
    """The size where it is told, else what the label says before its colon: « service communication »."""
    if size := headcount(team):
        return StripFact("Équipe", size, team.label, team.source)
    who, _, made_of = team.label.partition(" : ")
    return StripFact("Équipe", who, made_of, team.source)


def _listed(names: list[str]) -> str:
    """The first, and how many more: « A et 3 autres »."""
    more = len(names) - 1
    return f"{names[0]} et {more} autre{'s' if more > 1 else ''}" if more else names[0]
