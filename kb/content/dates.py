"""Dates with the grain of their source: 2019, 2018-01, 2018-01-29, 2008-2014."""

from __future__ import annotations

import calendar
import datetime
import re

MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)
#: years that a date of the base may have; outside, it is a slip of the hand
FIRST_YEAR, LAST_YEAR = 1000, 2999


def month_of(name: str) -> int:
    """1 for « janvier » to 12 for « décembre », in any case; 0 for what is no month."""
    return next((number for number, month in enumerate(MONTHS, 1) if month == name.lower()), 0)


def span(text: str) -> tuple[datetime.date, datetime.date]:
    """(first day, last day) that a date of any grain may be.

    Raises ValueError for what is not a date of these forms, for a day that does not exist
    (2026-02-31) and for a year out of bounds.
    """
    period = re.fullmatch(r"([0-9]{4})(?:-([0-9]{4}))?", text)
    parts = re.fullmatch(r"([0-9]{4})-([0-9]{2})(?:-([0-9]{2}))?", text)
    if period:
        first = datetime.date(int(period[1]), 1, 1)
        last = datetime.date(int(period[2] or period[1]), 12, 31)
    elif parts:
        year, month = int(parts[1]), int(parts[2])
        first = datetime.date(year, month, int(parts[3] or 1))
        last = first if parts[3] else first.replace(day=calendar.monthrange(year, month)[1])
    else:
        raise ValueError(text)
    if not (FIRST_YEAR <= first.year <= LAST_YEAR and FIRST_YEAR <= last.year <= LAST_YEAR):
        raise ValueError(text)
    return first, last
