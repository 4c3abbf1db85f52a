"""What a number counts: the unit that follows it, in texts and in queries alike.

« 50 000 habitants » is not « 50 000 € »: a number is indexed with its unit (`50000=euros`), or as one of
which nothing is told (`50000=`), beside the number itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

#: folded words of a unit → unit
UNITS: Mapping[str, str] = {
    "habitant": "habitants",
    "habitants": "habitants",
    "hab": "habitants",
    "euro": "euros",
    "etp": "ETP",
    "agent": "agents",
    "agents": "agents",
}
#: words that may stand between a number and its unit: « 1,3 million d’euros », « 20 k€ »
_BETWEEN = frozenset(("k", "m", "million", "millions", "millier", "milliers", "d", "de"))
#: words that join two numbers of one unit: « 10 000 à 20 000 € »
_JOINING = frozenset(("a", "et", "ou"))


def units_of(forms: Sequence[str]) -> Iterator[tuple[int, int]]:
    """(index of a number, index of its unit) for every number of some folded words that has one."""
    for index, form in enumerate(forms):
        if form[0].isdigit():
            at = _after(forms, index + 1)
            if at + 1 < len(forms) and forms[at] in _JOINING and forms[at + 1][0].isdigit():
                at = _after(forms, at + 2)
            if at < len(forms) and forms[at] in UNITS:
                yield index, at


def counted(number: str, unit: str = "") -> str:
    """The form by which a number of this unit is found; of none, where it is ""."""
    return f"{number}={unit.lower()}"


def number_of(form: str) -> str:
    """The number of a form made by `counted`; any other form as it is."""
    return form.partition("=")[0]


def is_counted(form: str) -> bool:
    """True for a form made by `counted`, which is no word of the vocabulary."""
    return "=" in form


def _after(forms: Sequence[str], at: int) -> int:
    while at < len(forms) and forms[at] in _BETWEEN:
        at += 1
    return at
