"""The official list of French places, found by name however it is typed.

35,000 communes, 109 départements and territories, 26 regions and territories, as of 2026
(`LICENCE.md` tells the sources). A name is found without accents, case, hyphens, apostrophes and
elided articles; « St » and « Ste » are « Saint » and « Sainte ». Reading the list takes some 0.1 s,
once a process.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

from kb.content.slugs import fold

Kind = Literal["commune", "departement", "region"]

HERE = Path(__file__).parent
#: most words of a name: « Saint-Remy-en-Bouzemont-Saint-Genest-et-Isson »
LONGEST = 9
#: words that a name may be typed with or without
_ELIDED = frozenset("ld")
_SHORT = {"st": "saint", "ste": "sainte"}
_ARTICLES = frozenset(("le", "la", "les"))


class Place(NamedTuple):
    """A commune, a département or a region."""

    name: str
    kind: Kind
    #: code of the Insee: « 69123 », « 69 », « 84 »
    code: str
    #: name of the département of a commune; "" for others, and in most overseas territories
    department: str = ""
    #: inhabitants of a commune; 0 where the list does not tell
    population: int = 0

    @property
    def label(self) -> str:
        """The name with what tells it from others of that name: « Lens (Pas-de-Calais) »."""
        said = {"commune": self.department, "departement": "département", "region": "région"}[self.kind]
        return f"{self.name} ({said})" if said else self.name


class Places:
    """Places by name."""

    def __init__(self, places: Iterable[Place]) -> None:
        """Key every name, the most populous place of a name first."""
        self._by_key: dict[str, list[Place]] = {}
        for place in places:
            self._by_key.setdefault(key_of(words_of(place.name)), []).append(place)
        for found in self._by_key.values():
            found.sort(key=lambda place: (place.kind != "commune", -place.population, place.code))

    def called(self, words: Iterable[str]) -> tuple[Place, ...]:
        """The places that folded words name as a whole: `("le", "mans")`; the most populous first."""
        return tuple(self._by_key.get(key_of(words), ()))

    def within(self, words: list[str]) -> Iterator[tuple[int, int, tuple[Place, ...]]]:
        """(first word, end, places) of every name met in folded words, the longest of each spot only."""
        start = 0
        while start < len(words):
            for end in range(min(start + LONGEST, len(words)), start, -1):
                if words[end - 1] not in _ELIDED and (found := self.called(words[start:end])):
                    yield start, end, found
                    start = end - 1
                    break
            start += 1


def words_of(name: str) -> list[str]:
    """The folded words of a name, « St » written out."""
    return [_SHORT.get(word, word) for word in re.findall(r"[a-z0-9]+", fold(name))]


def key_of(words: Iterable[str]) -> str:
    """What two ways of typing one name share."""
    return "".join(_SHORT.get(word, word) for word in words if word not in _ELIDED)


@cache
def french_places() -> Places:
    """Every place of the official list."""
    territories = [line.split("\t") for line in _lines("territoires.tsv")]
    departments = {code: name for kind, code, name, _ in territories if kind == "departement"}
    places = [
        Place(name, "departement" if kind == "departement" else "region", code)
        for kind, code, name, _ in territories
    ]
    places += [_commune(line, departments) for line in _lines("communes.tsv")]
    return Places(places)


def _commune(line: str, departments: Mapping[str, str]) -> Place:
    code, name, population = line.split("\t")
    department = departments.get(code[:3] if code.startswith("9") and code > "96" else code[:2], "")
    return Place(name, "commune", code, department, int(population))


def _lines(name: str) -> list[str]:
    return (HERE / name).read_text(encoding="utf-8").replace("'", "’").splitlines()
