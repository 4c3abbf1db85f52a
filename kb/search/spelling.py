"""A word that the collection does not hold → the nearest words that it holds.

Distance counts a letter more, less, changed, or two neighbours exchanged (optimal string alignment); a
word that sounds the same in French is one fault away however it is written (« cayé » for cahier). One
fault from 4 letters, two from 8. Among equal faults the word that stands beside the others of the query
comes first, then the one that shares sections with them, then the most widespread. The first letter is
seldom missed: another one costs a fault more, and in a word of less than 6 letters is taken only
beside a word of the query or for the name of a collectivity.

No table to build: a bit mask of letters leaves candidates, which are measured together, a column of
letters at a time; 1 to 4 ms a word among 65,000 forms.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kb.search.analysis import is_stop_word, tokens
from kb.search.engine import Engine
from kb.search.tree import Match, any_of

MIN_LETTERS, MIN_BEGINNING = 4, 5
TWO_FAULTS_FROM = 8
SHORT, LONG = 6, 12
SPLIT_LETTERS = 3  # letters of each of two words written as one
LONGEST_WORD = 30  # letters that are compared
#: words at most between a candidate and a word of the query that it stands beside
BESIDE = 3
_BIT = {letter: 1 << index for index, letter in enumerate("abcdefghijklmnopqrstuvwxyz0123456789")}
#: spelling → sound, in order; what is left is compared letter by letter
_SOUNDS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"([bdflmnprt])\1+", r"\1"),
        ("ph", "f"),
        ("s?ch", "3"),
        ("(?<=[^s])ti(?=on|el|eu)", "si"),
        ("sc(?=[eiy])|c(?=[eiy])|z", "s"),
        ("qu|[cqk]+", "k"),
        ("g(?=[eiy])", "j"),
        ("gu(?=[eiy])", "g"),
        ("h", ""),
        ("e?aux?", "o"),
        ("[ae]?[iy][mn](?=[^aeiouymn]|$)", "1"),
        ("[ae][mn](?=[^aeiouymn]|$)", "2"),
        ("[ae][iy](?=[^aeiouy]|$)", "e"),
        ("y", "i"),
        (r"(.)\1+", r"\1"),
        ("(er|ez|et|es|e)s?$|[sxtdp]+$", ""),
    )
)


class Near(NamedTuple):
    """A candidate, in the order in which candidates are preferred."""

    faults: int
    #: other words of the query that it stands beside, then that share a section, negated
    beside: int
    company: int
    #: documents that hold it, negated
    documents: int
    form: str


class Spelling:
    """The vocabulary, ready to be searched by likeness."""

    def __init__(self, engine: Engine, others: Mapping[str, str]) -> None:
        """Keep every form of at least three letters that is no number.

        `others`: form → spelling of words that say a concept, though no document need hold them.
        """
        self.engine, self._others = engine, others
        held = dict.fromkeys((*engine.vocabulary, *others))
        self.forms = sorted(
            form for form in held if len(form) > 2 and not (form[0].isdigit() or is_stop_word(form))
        )
        self._forms = frozenset(self.forms)
        self._masks = np.fromiter(map(_mask, self.forms), np.uint64, len(self.forms))
        self._lengths = np.fromiter(map(len, self.forms), np.int64, len(self.forms))
        self._firsts = np.fromiter((ord(form[0]) for form in self.forms), np.int64, len(self.forms))
        self._letters = _letters(self.forms)
        self._trigrams = frozenset().union(*map(_trigrams, self.forms))
        self._names = {
            token.form for row in engine.rows if row.nature == "cas" for token in tokens(row.names[0])
        }
        self._by_sound: dict[str, list[int]] = {}
        for index, form in enumerate(self.forms):
            self._by_sound.setdefault(sound(form), []).append(index)

    def nearest(self, form: str, limit: int = 3, beside: Sequence[Match] = ()) -> tuple[str, ...]:
        """Forms nearest to `form`, best first; `beside`: the other words of the query."""
        length = len(form)
        if length < MIN_LETTERS or any(letter.isdigit() for letter in form) or not self.forms:
            return ()
        heard = sound(form)
        found, looks_right = [], length < LONG and _trigrams(form) <= self._trigrams
        for index, faults in self._candidates(form):
            candidate = self.forms[index]
            other_first = candidate[0] != form[0]
            near = self._beside(candidate, beside)
            company = self._company(candidate, beside)
            # « prévision des ventes » is no « précision », but what looks like no French word is misspelt,
            # and so is what sounds just like ours: « modérattion »
            is_alone = bool(beside) and not company and looks_right and sound(candidate) != heard
            is_odd = other_first and length < SHORT  # « poule », « tarte » are easily near another
            is_unwritten = candidate not in self.engine.vocabulary and length < TWO_FAULTS_FROM
            if is_unwritten or ((is_alone or is_odd) and not near and candidate not in self._names):
                continue
            found.append(Near(faults + other_first, -near, -company, -self._documents(candidate), candidate))
        return tuple(near.form for near in sorted(found)[:limit])

    def split(self, form: str) -> tuple[str, str] | None:
        """Two words written as one, where they stand side by side somewhere: « budgetparticipatif »."""
        best, most = None, 0
        for cut in range(SPLIT_LETTERS, len(form) - SPLIT_LETTERS + 1):
            left, right = form[:cut], form[cut:]
            if {left, right} <= self._forms:
                together = self.engine.occurrences(Match(((0, (left,)), (1, (right,)))))
                if together > most:
                    best, most = (left, right), together
        return best

    def starting_with(self, form: str, limit: int = 20) -> tuple[str, ...]:
        """The most widespread forms that begin with `form`, from five letters on."""
        if len(form) < MIN_BEGINNING:
            return ()
        first = bisect_left(self.forms, form)
        found = self.forms[first : bisect_left(self.forms, form + "\uffff", first)]
        held = [other for other in found if other in self.engine.vocabulary]
        return tuple(sorted(held, key=lambda other: -self._documents(other))[:limit])

    def spelling_of(self, form: str) -> str:
        """The form with its accents, as it is most often written."""
        entry = self.engine.vocabulary.get(form)
        return entry.spellings[0] if entry else self._others[form]

    def _documents(self, form: str) -> int:
        entry = self.engine.vocabulary.get(form)
        return entry.documents if entry else 0

    def _candidates(self, form: str) -> list[tuple[int, int]]:
        """(index, faults) of the forms near enough."""
        most = 2 if len(form) >= TWO_FAULTS_FROM else 1
        near = np.flatnonzero(
            (np.bitwise_count(self._masks ^ np.uint64(_mask(form))) <= 2 * most)
            & (abs(self._lengths - len(form)) <= most)
        )
        faults = distances(form, self._letters[:, near], self._lengths[near])
        same_first = self._firsts[near] == ord(form[0])
        kept = (faults <= most) & (same_first | (faults < 2))
        found = dict(zip(near[kept].tolist(), faults[kept].tolist(), strict=True))
        heard = sound(form)
        for index in self._by_sound.get(heard, ()) if len(heard) > 2 else ():
            found[index] = min(found.get(index, 1), 1)
        return list(found.items())

    def _beside(self, form: str, beside: Sequence[Match]) -> int:
        """Number of the other words that this form stands beside somewhere."""
        return sum(self.engine.near(any_of(form), other, BESIDE) for other in beside)

    def _company(self, form: str, beside: Sequence[Match]) -> int:
        """Number of the other words that share a section with this form."""
        return sum(self.engine.share(any_of(form), other) for other in beside)


def distances(word: str, letters: NDArray[np.uint32], lengths: NDArray[np.int64]) -> NDArray[np.int16]:
    """Faults between a word and each of many, given as columns of letters.

    Source: optimal string alignment, Boytsov, Indexing methods for approximate
    dictionary searching (2011), §2.
    """
    count = letters.shape[1]
    word = word[:LONGEST_WORD]
    rows = np.zeros((len(word) + 1, LONGEST_WORD + 1, count), np.int16)
    rows[:, 0] = np.arange(len(word) + 1)[:, None]
    rows[0] = np.arange(LONGEST_WORD + 1)[:, None]
    widest = min(LONGEST_WORD, int(lengths.max())) if count else 0
    for i, letter in enumerate(word, 1):
        other = letters != ord(letter)
        for j in range(1, widest + 1):
            best = np.minimum(rows[i - 1, j - 1] + other[j - 1], rows[i - 1, j] + 1)
            np.minimum(best, rows[i, j - 1] + 1, out=best)
            if i > 1 and j > 1:
                exchanged = ~other[j - 2] & (letters[j - 1] == ord(word[i - 2]))
                best = np.where(exchanged, np.minimum(best, rows[i - 2, j - 2] + 1), best)
            rows[i, j] = best
    found: NDArray[np.int16] = rows[len(word), np.minimum(lengths, LONGEST_WORD), np.arange(count)]
    return found


def distance(left: str, right: str) -> int:
    """Faults between two words."""
    return int(distances(left, _letters([right]), np.array([len(right)]))[0])


def sound(form: str) -> str:
    """What a folded word sounds like in French, near enough: prestatère and prestataire → prestater."""
    for pattern, heard in _SOUNDS:
        form = pattern.sub(heard, form)
    return form


def _trigrams(form: str) -> set[str]:
    """The runs of three letters of a word, its ends marked."""
    marked = f"^{form}$"
    return {marked[at : at + 3] for at in range(len(marked) - 2)}


def _letters(forms: Sequence[str]) -> NDArray[np.uint32]:
    """The letters of many words, a word a column."""
    padded = "".join(form[:LONGEST_WORD].ljust(LONGEST_WORD, "\0") for form in forms)
    codes = np.frombuffer(padded.encode("utf-32-le"), np.uint32).reshape(len(forms), LONGEST_WORD)
    return np.ascontiguousarray(codes.T)


def _mask(form: str) -> int:
    mask = 0
    for letter in form:
        mask |= _BIT.get(letter, 1 << 40)
    return mask
