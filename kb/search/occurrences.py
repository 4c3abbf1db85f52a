"""Where the words of a request stand in one document, and how much each place is worth to a passage.

A word counts by its idf and by how it was met; words asked side by side and found so count more together,
and the document's own name next to nothing, since the whole document is about it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from kb.search.reading import Text
from kb.search.segments import Zone
from kb.search.tree import Word

MAX_OCCURRENCES = 400  # of all words in one document
#: words between two of the query that are still side by side
NEAR = 3
#: words asked side by side and found so, beside their own worth
SIDE_BY_SIDE = 0.5
#: the document's own name, beside other words: it is what the whole document is about
OWN_NAME = 0.05
#: worth of an occurrence by how it was met, beside the word as typed
_WORTH = {"exact": 1.0, "forme": 0.9, "synonyme": 0.4, "correction": 0.6}


class Occurrence(NamedTuple):
    """A word met in a document."""

    position: int
    width: int
    word: int
    worth: float


def occurrences_of(text: Text, words: Sequence[Word], idf: Sequence[float]) -> list[Occurrence]:
    """The places of the words, in order, each with its best reading."""
    best: dict[int, Occurrence] = {}
    own = _own_name(text, words)
    for index, word in enumerate(words):
        share = OWN_NAME if index in own else 1.0
        for reading in word.readings:
            worth = share * idf[index] * _WORTH[reading.how] + 0.01
            for position in text.of(reading.match)[:MAX_OCCURRENCES]:
                held = best.get(position)
                if held is None or held.worth < worth:
                    best[position] = Occurrence(position, reading.match.width, index, worth)
    pairs = [
        (index, left.place, right.place)
        for index, (left, right) in enumerate(pairwise(words))
        if right.place - left.place <= NEAR
    ]
    for index, first, second in pairs:
        for position, held in list(best.items()):
            beside = best.get(position + second - first)
            if held.word == index and beside and beside.word == index + 1 and held.width == 1:
                worth = SIDE_BY_SIDE * (held.worth + beside.worth)
                width = second - first + beside.width
                best[position] = Occurrence(position, width, index, held.worth + worth)
    return [best[position] for position in sorted(best)]


def _own_name(text: Text, words: Sequence[Word]) -> set[int]:
    """Indices of the words that are the name of the document, where something else is asked as well."""
    named = {
        index
        for index, word in enumerate(words)
        if any(text.segment_at(p).zone == Zone.NAME for r in word.readings for p in text.of(r.match)[:1])
    }
    return named if len(named) < len(words) else set()
