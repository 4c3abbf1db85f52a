"""The dates on which a report says it read the base, in any form, and the versions it names."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from typing import NamedTuple

from kb.content.dates import MONTHS, month_of

_DAY = (
    r"(?:(?P<day>\d{1,2})(?:er)?[\s\xa0]+(?P<month>[a-zéûôè]+)\.?[\s\xa0]+(?P<year>\d{4})"
    r"|(?P<d>\d{1,2})[/.](?P<m>\d{1,2})[/.](?P<y>\d{4})|(?P<iy>\d{4})-(?P<im>\d{2})-(?P<id>\d{2}))"
)
_READ = re.compile(
    r"(?:consult[ée]e?s?|vue?s?|lue?s?|accédée?s?|page visitée|visitée?|relevée?s?|accessed|consultation)"
    r"[\s\xa0]*(?::|le|en ligne le|on)?[\s\xa0]*(?:le[\s\xa0]+)?" + _DAY,
    re.IGNORECASE,
)
_VERSION = re.compile(
    r"(?:version|v\.)[\s\xa0]+(?:du[\s\xa0]+)?"
    + _DAY
    + r"(?:[\s\xa0]*[,(][\s\xa0]*(?P<commit>[0-9a-f]{7,40})\b)?",
    re.IGNORECASE,
)
_SHORT_MONTHS = {month[:length]: month for month in MONTHS for length in (3, 4) if len(month) > length}


class Reading(NamedTuple):
    """When the base was read, or which version of it."""

    #: as typed
    text: str
    #: 2027-03-03; "" for a day that does not exist
    day: str
    commit: str
    start: int


def readings_of(text: str) -> Iterator[Reading]:
    """Every date of reading and version of a paragraph, the versions first."""
    taken: list[tuple[int, int]] = []
    for pattern in (_VERSION, _READ):
        for match in pattern.finditer(text):
            if any(start <= match.start() < end for start, end in taken):
                continue
            if match["day"] and not _month(match["month"]):
                continue  # « vu le 3 agents de 2019 »
            taken.append(match.span())
            commit = match.groupdict().get("commit") or ""
            yield Reading(match[0], _day(match), commit, match.start())


def _month(name: str) -> int:
    name = name.lower().rstrip(".")
    return month_of(_SHORT_MONTHS.get(name, name))


def _day(match: re.Match[str]) -> str:
    if match["day"]:
        year, month, day = match["year"], _month(match["month"]), match["day"]
    elif match["d"]:
        year, month, day = match["y"], int(match["m"]), match["d"]
    else:
        year, month, day = match["iy"], int(match["im"]), match["id"]
    try:
        return datetime.date(int(year), month, int(day)).isoformat()
    except ValueError:
        return ""
