"""What time it is. Nothing else of `kb` and `web` asks the machine (`tests/project/test_clock.py`).

`KB_TODAY` (2026-11-23) in the environment, else `SOURCE_DATE_EPOCH` (seconds, as reproducible builds
give it), stands for the machine's clock: a check or a build can be made again as of another day.
"""

from __future__ import annotations

import datetime
import os

from kb.errors import KBError

#: no place on Earth is more than this ahead of UTC's day, and a clock may be somewhat late
GRACE = datetime.timedelta(days=1)


def now() -> datetime.datetime:
    """The present moment, in UTC; noon of the day that the environment names.

    Raises KBError where the environment names no day.
    """
    if day := os.environ.get("KB_TODAY"):
        try:
            noon = datetime.datetime.strptime(day, "%Y-%m-%d").replace(hour=12)
        except ValueError:
            raise KBError(f"KB_TODAY doit être un jour comme 2026-11-23, pas « {day} »") from None
        return noon.replace(tzinfo=datetime.UTC)
    if seconds := os.environ.get("SOURCE_DATE_EPOCH"):
        try:
            return datetime.datetime.fromtimestamp(int(seconds), datetime.UTC)
        except (ValueError, OverflowError, OSError):
            told = f"SOURCE_DATE_EPOCH doit être un nombre de secondes, pas « {seconds} »"
            raise KBError(told) from None
    return machine()


def machine() -> datetime.datetime:
    """The present moment by the machine's own clock, in UTC, for logs and ages."""
    return datetime.datetime.now(datetime.UTC)


def today() -> datetime.date:
    """The day that people of this place write down."""
    moment = now()
    return moment.date() if "KB_TODAY" in os.environ else moment.astimezone().date()
