"""Names of documents, found in the words of a request however they are joined or parted."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import combinations

from rapidfuzz import process
from rapidfuzz.distance import OSA

from kb.places import french_places
from kb.search.analysis import is_stop_word, normalise, stems, tokens
from kb.search.engine import Engine
from kb.search.expansion import LONGEST

#: likeness from which several words are taken for a name, and letters that they have at least
LIKE_A_NAME, NAME_LETTERS = 0.75, 8
#: how surely the title of a note names it, beside the name of a collectivity
TITLE_SURENESS = 0.5
#: inhabitants of a place that one word of a name may stand for
LARGE = 10_000
#: how surely a case is named by a place of its name: « Bordeaux » for Bordeaux Métropole
PLACE_SURENESS = 0.8
#: sureness from which a case is asked about
A_NAME = 0.8
#: a platform's name whose rarest word stands in more than this share of documents is no name
COMMON_NAME = 0.25


class Names:
    """The names of cases, notes and platforms: runs of words → documents."""

    def __init__(self, engine: Engine) -> None:
        """Read the names of every row."""
        self.engine = engine
        self._by_key: dict[str, dict[int, float]] = {}
        self._platforms: dict[str, set[int]] = {}
        for number, row in enumerate(engine.rows):
            for name in row.names:
                if row.nature == "cas":
                    self._by_key.setdefault(_joined_key(name), {})[number] = 1.0
                else:
                    self._by_key.setdefault(_stem_key(name), {}).setdefault(number, TITLE_SURENESS)
            for place in _places_in(row.names[0]) if row.nature == "cas" and row.names else ():
                self._by_key.setdefault(place, {}).setdefault(number, PLACE_SURENESS)
            for name in row.platforms:
                self._platforms.setdefault(_joined_key(name), set()).add(number)
        self._by_key.pop("", None)
        self._platforms.pop("", None)
        #: names of cases by key, as they are written
        self._written: dict[str, str] = {}
        for row in engine.rows:
            for name in row.names if row.nature == "cas" else ():
                self._written.setdefault(_joined_key(name), name)

    def find(self, runs: Sequence[Sequence[tuple[int, str]]]) -> dict[int, float]:
        """Documents named by runs of (place, form), with how surely."""
        found: dict[int, float] = {}
        for run in runs:
            forms = [form for _, form in run]
            for start in range(len(forms)):
                for end in range(start + 1, min(start + LONGEST, len(forms)) + 1):
                    self._look(forms[start:end], (end - start) / len(forms), found)
        return found

    def nearest(self, forms: Sequence[str], unknown: Collection[int]) -> tuple[int, int, str] | None:
        """(first word, end, name) of the run most like the name of a case, of several words, one unknown.

        The more unknown words it explains the better. « marc en bareuil » is nearer to a name as a whole
        than each of its words to another word.
        """
        found: list[tuple[int, float, tuple[int, int, str]]] = []
        for start in range(len(forms)):
            for end in range(start + 2, min(start + LONGEST, len(forms)) + 1):
                key, inside = "".join(forms[start:end]), sum(start <= at < end for at in unknown)
                if len(key) < NAME_LETTERS or not inside:
                    continue
                near = process.extractOne(
                    key, self._written.keys(), scorer=OSA.normalized_similarity, score_cutoff=LIKE_A_NAME
                )
                if near and near[0][0] == key[0]:
                    found.append((inside, near[1], (start, end, self._written[near[0]])))
        return max(found)[2] if found else None

    def _look(self, forms: Sequence[str], share: float, found: dict[int, float]) -> None:
        """Add what these forms name; the title of a note is surer the more of the query it takes."""
        for key in {"".join(forms), "".join(stems(form)[0] for form in forms)}:
            for number, sureness in self._by_key.get(key, {}).items():
                sureness *= share if sureness == TITLE_SURENESS else 1.0
                found[number] = max(found.get(number, 0.0), sureness)
        for number in self._platforms.get("".join(forms), ()):
            if self._is_distinctive(forms):
                found[number] = max(found.get(number, 0.0), 1.0)

    def _is_distinctive(self, forms: Sequence[str]) -> bool:
        """False for a platform called by a common expression, such as « Budget participatif »."""
        vocabulary = self.engine.vocabulary
        held = [vocabulary[form].documents for form in forms if form in vocabulary]
        return bool(held) and min(held) <= 1 + len(self.engine.rows) * COMMON_NAME


def _places_in(name: str) -> Iterator[str]:
    """What of a name is a place by itself: Bordeaux, Lille, Saint-Germain; not « Loire », a small one."""
    words = [token.form for token in tokens(normalise(name))]
    for start, end in combinations(range(len(words) + 1), 2):
        run = words[start:end]
        places = [
            p for first, last, found in french_places().within(run) if last - first == len(run) for p in found
        ]
        if any(place.kind != "region" and (len(run) > 1 or place.population >= LARGE) for place in places):
            yield "".join(word for word in run if not is_stop_word(word))


def _joined_key(name: str) -> str:
    return "".join(token.form for token in tokens(normalise(name)) if not is_stop_word(token.form))


def _stem_key(name: str) -> str:
    return "".join(stems(token.form)[0] for token in tokens(normalise(name)) if not is_stop_word(token.form))
