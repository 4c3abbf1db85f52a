"""Rules of money and staff: what an amount is for, and in what a team is counted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from kb.content.rules.page import Finding, Page
from kb.formatting import euros, number

#: euros per inhabitant and year above which no participation budget nor tool of the survey stands; an
#: envelope of citizens' projects does (the highest budget of the cases is 1.58 €, the lowest usual
#: envelope 5 €)
MOST_PER_INHABITANT = 5.0

_ENVELOPE = re.compile(r"\b(enveloppes?|dotations?)\b", re.IGNORECASE)
_WORDS = "une? deux trois quatre cinq six sept huit neuf dix onze douze quinze vingt".replace(" ", "|")
_FULL_TIME = re.compile(
    rf"(?:\d|\b(?:{_WORDS}))\s*(?:ETP\b|équivalents?[\s-]+temps[\s-]+plein)", re.IGNORECASE
)
_PEOPLE = re.compile(
    r"\b(agents?|personnes?|postes?|salariée?s?|chargée?s?|permanents?|directrices?|directeurs?)\b",
    re.IGNORECASE,
)


def roles(page: Page) -> Iterator[Finding]:
    """Une enveloppe de projets n’est ni un budget, ni un coût, ni un chiffre à part : `role: enveloppe`.

    Un montant de rôle `budget` ou `outil` fait au plus 5 € par habitant et par an ; au-delà, c’est une
    enveloppe, ou une erreur.
    """
    inhabitants = _inhabitants(page)
    for place, cost in enumerate(page.items("costs")):
        role, label = cost.get("role"), str(cost.get("label"))
        named = _ENVELOPE.match(label)
        if named and role != "enveloppe":
            yield Finding(
                ("costs", place, "role"),
                f"« {label} » est une enveloppe de projets, le rôle dit « {role} »",
                "écrivez role: enveloppe, ou dites dans label ce qui est payé",
            )
        high = _highest(cost.get("amount"))
        if role not in ("budget", "outil") or cost.get("per") in ("unique", "marché") or not inhabitants:
            continue
        if high > MOST_PER_INHABITANT * inhabitants:
            yield Finding(
                ("costs", place, "amount"),
                f"{euros(high)} pour {number(inhabitants)} habitants font plus de 5 € par habitant et par an",
                "vérifiez le montant ; l’argent des projets d’habitants a le rôle « enveloppe »",
            )
    for place, figure in enumerate(page.items("key_figures")):
        if figure.get("unit") == "€" and _ENVELOPE.search(str(figure.get("label"))):
            yield Finding(
                ("key_figures", place),
                f"« {figure['label']} » est une enveloppe en euros parmi les chiffres",
                "écrivez-la dans costs, avec role: enveloppe",
            )


def team(page: Page) -> Iterator[Finding]:
    """Une équipe est comptée comme la source la compte : des ETP si elle donne des ETP, sinon des agents.

    `size` et `unit` vont ensemble. `unit: ETP` veut que `label` cite les ETP de la source ; `unit: agents`,
    qu’il parle de personnes.
    """
    found = page.data.get("team")
    if not isinstance(found, dict):
        return
    size, unit, label = found.get("size"), found.get("unit"), str(found.get("label"))
    if (size is None) != (unit is None):
        missing, given = ("unit", "size") if unit is None else ("size", "unit")
        yield Finding(
            ("team", given),
            f"« team.{given} » est écrit sans « team.{missing} »",
            f"ajoutez {missing}, ou retirez {given}",
        )
    if unit == "ETP" and not _FULL_TIME.search(label):
        yield Finding(
            ("team", "unit"),
            "l’équipe est comptée en ETP, et le libellé n’en cite aucun nombre",
            "écrivez unit: agents si la source compte des personnes, ou citez ses ETP dans label (« 5 ETP »)",
        )
    if unit == "agents" and _FULL_TIME.search(label) and not _PEOPLE.search(label):
        yield Finding(
            ("team", "unit"),
            "l’équipe est comptée en agents, et le libellé ne donne que des ETP",
            "écrivez unit: ETP",
        )


def _inhabitants(page: Page) -> float:
    """Inhabitants of the case, 0 where nothing tells them."""
    collectivity = page.data.get("collectivity")
    population = collectivity.get("population") if isinstance(collectivity, dict) else None
    return _highest(population.get("value")) if isinstance(population, dict) else 0


def _highest(amount: Any) -> float:
    """An amount, or the upper end of a range; 0 where it is neither."""
    values = amount if isinstance(amount, list) else [amount]
    numbers = [value for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
    return max(numbers, default=0)
