"""A word that the collection does not hold → the nearest words that it holds.

Distance counts a letter more, less, changed, or two neighbours exchanged (optimal string
alignment). One fault from 4 letters, two from 8; the first letter is kept, because people
seldom miss it, except from 6 letters on for one fault. No table to build: a bit mask of letters
leaves a few candidates to measure, 0.2 to 2 ms a word among 65,000 forms.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

import numpy as np

from kb.search.collection import EMPTY, Collection, Positions, held_in

MIN_LETTERS = 4
TWO_FAULTS_FROM = 8
OTHER_FIRST_LETTER_FROM = 6
MAX_CANDIDATES = 400  # measured one by one at most
_BIT = {letter: 1 << index for index, letter in enumerate("abcdefghijklmnopqrstuvwxyz0123456789")}


class Spelling:
    """The vocabulary, ready to be searched by likeness."""

    def __init__(self, collection: Collection) -> None:
        """Keep every form of at least three letters that is no number."""
        self.collection = collection
        self.forms = sorted(form for form in collection.vocabulary if len(form) > 2 and not form[0].isdigit())
        self._masks = np.fromiter(map(_mask, self.forms), np.uint64, len(self.forms))
        self._lengths = np.fromiter(map(len, self.forms), np.int64, len(self.forms))
        self._firsts = np.fromiter((ord(form[0]) for form in self.forms), np.int64, len(self.forms))

    def nearest(self, form: str, limit: int = 3, beside: Sequence[Positions] = ()) -> tuple[str, ...]:
        """Forms nearest to `form`: fewest faults first, then those that share a section with `beside`."""
        length = len(form)
        if length < MIN_LETTERS or any(letter.isdigit() for letter in form) or not self.forms:
            return ()
        most = 2 if length >= TWO_FAULTS_FROM else 1
        near = (np.bitwise_count(self._masks ^ np.uint64(_mask(form))) <= 2 * most) & (
            abs(self._lengths - length) <= most
        )
        if length < OTHER_FIRST_LETTER_FROM:
            near &= self._firsts == ord(form[0])
        found = []
        for index in np.flatnonzero(near)[:MAX_CANDIDATES]:
            candidate = self.forms[index]
            faults = distance(form, candidate, most)
            if faults > most or (faults == 2 and candidate[0] != form[0]):
                continue
            company = self._company(candidate, beside)
            if length < OTHER_FIRST_LETTER_FROM and beside and not company:
                continue  # a short word is easily near another: « poule » is no « pôle » here
            found.append(
                (
                    faults + (candidate[0] != form[0]),
                    -company,
                    -self.collection.vocabulary[candidate].documents,
                    candidate,
                )
            )
        return tuple(candidate for *_, candidate in sorted(found)[:limit])

    def split(self, form: str) -> tuple[str, str] | None:
        """Two words written as one, where they stand side by side somewhere: « budgetparticipatif »."""
        best, most = None, 0
        for cut in range(2, len(form) - 1):
            left, right = form[:cut], form[cut:]
            if left in self.collection.vocabulary and right in self.collection.vocabulary:
                first, second = self.collection.positions(left), self.collection.positions(right)
                together = int(held_in(first + 1, second).sum())
                if together > most:
                    best, most = (left, right), together
        return best

    def starting_with(self, form: str, limit: int = 20) -> tuple[str, ...]:
        """The most widespread forms that begin with `form`, from four letters on."""
        if len(form) < MIN_LETTERS:
            return ()
        first = bisect_left(self.forms, form)
        found = self.forms[first : bisect_left(self.forms, form + "\uffff", first)]
        return tuple(sorted(found, key=lambda other: -self.collection.vocabulary[other].documents)[:limit])

    def _company(self, form: str, beside: Sequence[Positions]) -> int:
        """Number of the other words that share a section with this form."""
        own = np.unique(self.collection.segments_at(self.collection.positions(form))) if beside else EMPTY
        return sum(bool(held_in(own, self.collection.segments_at(positions)).any()) for positions in beside)


def distance(left: str, right: str, most: int) -> int:
    """Faults between two words, `most` + 1 where there are more.

    Source: optimal string alignment, Boytsov, Indexing methods for approximate
    dictionary searching (2011), §2.
    """
    before: list[int] = []
    previous: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        before, previous, row = previous, row, [i]
        for j, b in enumerate(right, 1):
            cost = min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]


def _mask(form: str) -> int:
    mask = 0
    for letter in form:
        mask |= _BIT.get(letter, 1 << 40)
    return mask
