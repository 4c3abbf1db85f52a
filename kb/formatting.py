"""Dates, numbers, amounts and teams in French, for pages, tables and exports alike. Forms come from Babel."""

from __future__ import annotations

import datetime
import re

from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal

from kb.content.model import Cost, Team
from kb.content.survey import Bounds
from kb.content.typography import WIDE


def date(text: str | None) -> str:
    """A date in French with its own grain: « 3 mars 2019 », « mars 2019 », « 2019 », « 2008–2014 »."""
    if not text:
        return ""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        day = datetime.date.fromisoformat(text)
        written = str(format_date(day, "d MMMM y", locale="fr"))
        return written.replace("1 ", "1er ", 1) if day.day == 1 else written
    if re.fullmatch(r"\d{4}-\d{2}", text):
        return str(format_skeleton("yMMMM", datetime.date.fromisoformat(f"{text}-01"), locale="fr"))
    return text.replace("-", "–")


def number(value: float) -> str:
    """A number in French: « 155 000 », « 2,5 »."""
    return str(format_decimal(value, locale="fr"))


def euros(amount: float | tuple[float, float], approx: bool = False) -> str:
    """An amount in euros, or a range: « environ 20 000 € », « de 5 000 à 10 000 € »."""
    if not isinstance(amount, tuple):
        return f"{'environ ' if approx else ''}{number(amount)}{WIDE}€"
    low, high = amount
    if not low:
        return f"moins de {number(high)}{WIDE}€"
    return f"{'environ' if approx else 'de'} {number(low)} à {number(high)}{WIDE}€"


def plural(count: int, one: str, many: str) -> str:
    """The count with its noun: « 1 fiche », « 12 fiches »; zero is singular in French."""
    return f"{number(count)} {one if count < 2 else many}"


def cost(value: Cost) -> str:
    """An amount with all that it takes to compare it: « environ 20 000 € TTC par an (2019) ».

    Where the source does not say the period, neither do we: « 50 000 € (période non précisée) ». An
    envelope is that of its year or edition.
    """
    asides = cost_asides(value)
    return cost_amount(value) + (f" ({', '.join(asides)})" if asides else "")


def cost_amount(value: Cost) -> str:
    """An amount with its tax and period, where told: « environ 20 000 € TTC par an »."""
    told = euros(value.amount, value.approx) + (f" {value.tax}" if value.tax else "")
    return told + {"an": " par an", "marché": " pour le marché", "unique": " une fois", None: ""}[value.per]


def cost_asides(value: Cost) -> list[str]:
    """What must be known beside an amount: its year, and that its source says no period."""
    silent = value.per is None and value.role != "enveloppe"
    return [aside for aside in (date(value.year), "période non précisée" if silent else "") if aside]


def bounds(value: Bounds, approx: bool = False) -> str:
    """An amount as a survey tells it: « de 5 000 à 10 000 € », « plus de 50 000 € », « 27 000 € »."""
    if value.most is None:
        return f"plus de {number(value.least or 0)}{WIDE}€"
    least = value.least or 0
    return euros(value.most if least == value.most else (least, value.most), approx)


def inhabitants(value: Bounds | None) -> str:
    """Sizes as a survey tells them: « de 10 000 à 50 000 », « moins de 10 000 », "" where it tells none."""
    if value is None or (value.least is None and value.most is None):
        return ""
    if value.most is None:
        return f"plus de {number(value.least or 0)}"
    return (
        f"de {number(value.least)} à {number(value.most)}"
        if value.least
        else f"moins de {number(value.most)}"
    )


def headcount(team: Team) -> str:
    """The size of a team in the unit of its source: « 5,3 ETP », « environ 15 agents »; "" where untold."""
    if team.size is None or team.unit is None:
        return ""
    sizes = team.size if isinstance(team.size, tuple) else (team.size,)
    size = " à ".join(map(number, sizes))
    unit = "agent" if team.unit == "agents" and team.size == 1 else team.unit
    return f"{'environ ' if team.approx else ''}{size}{WIDE}{unit}"
