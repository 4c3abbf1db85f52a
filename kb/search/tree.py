"""A request as any engine reads it: words with their readings, phrases, exclusions; plain values.

A word of the request is a leaf with several readings: as typed, in another form, as a synonym or acronym,
respelt. A reading says which forms stand where (`Match`) and how they were come by; what each way weighs is
the engine's business (`ranking`). This module knows no engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from kb.search.analysis import Token
from kb.search.query import AbsentPlace, Expansion, How

#: where a match starts in a document: (segment, word of the segment), in order
Places = Sequence[tuple[int, int]]


class Match(NamedTuple):
    """A run of words, each in any of some folded forms, at its distance from the first."""

    words: tuple[tuple[int, tuple[str, ...]], ...]

    @property
    def width(self) -> int:
        """Tokens that an occurrence spans."""
        return self.words[-1][0] + 1 if self.words else 0

    @property
    def forms(self) -> tuple[str, ...]:
        """The forms of a single word; () for a run of several."""
        return self.words[0][1] if len(self.words) == 1 else ()


def any_of(*forms: str) -> Match:
    """A word in any of these forms."""
    return Match(((0, forms),))


@dataclass(frozen=True)
class Reading:
    """One way in which a word of the request may be met."""

    how: How
    match: Match
    #: what is searched instead of the word: synonym or corrected spelling
    label: str = ""
    #: True for a synonym that is the very same thing (an acronym and its words)
    same: bool = False


@dataclass(frozen=True)
class Word:
    """A word or phrase of the request with its readings."""

    #: as typed
    typed: str
    form: str
    #: index among the words of the request, to tell neighbours
    place: int
    readings: tuple[Reading, ...]
    #: the form that stands for a misspelt word, else ""
    corrected: str = ""

    @property
    def forms(self) -> tuple[str, ...]:
        """Forms of the word itself, the one typed among them."""
        return tuple(
            dict.fromkeys(f for r in self.readings if r.how in ("exact", "forme") for f in r.match.forms)
        )

    @property
    def as_written(self) -> Word:
        """The word without its synonyms: « habitants » after a number is not « public »."""
        return replace(self, readings=tuple(r for r in self.readings if r.how in ("exact", "forme")))

    def has(self, *hows: How) -> bool:
        """True where it can be met in one of these ways."""
        return any(reading.how in hows for reading in self.readings)


@dataclass(frozen=True)
class Tree:
    """A request met with the vocabulary, thesaurus and names: what an engine ranks."""

    words: tuple[Word, ...]
    #: phrases in quotes, which a document must hold
    phrases: tuple[Word, ...] = ()
    #: words of the phrases, which no document must hold apart from them: where they are frequent, the
    #: phrase says more
    inside: tuple[Word, ...] = ()
    excluded: tuple[Match, ...] = ()
    expansions: tuple[Expansion, ...] = ()
    #: (start, end, spelling) of each correction in the request's text
    corrections: tuple[tuple[int, int, str], ...] = ()
    #: False where a correction may only be proposed
    is_sure: bool = True
    notices: tuple[str, ...] = ()
    #: places of the query that the base has no case of
    places: tuple[AbsentPlace, ...] = ()
    #: words that no document holds, as typed; those that may be misspelt are among `words` too
    unknown: tuple[Token, ...] = ()
    #: those that nothing is like, which count for nothing
    left_out: tuple[Token, ...] = ()
    #: documents that the query names, with how surely: 1 by name, less by the title of a note
    named: dict[int, float] = field(default_factory=dict)
    #: True where the query names a document or says a term in several words; as typed, and as corrected
    is_clear: bool = False
    is_clear_corrected: bool = False
    #: True where AND was typed: only documents that hold every word
    all_words: bool = False
    #: documents whose fields meet the quantities asked: « moins de 10 000 € »
    fitting: frozenset[int] = frozenset()

    @property
    def leaves(self) -> tuple[Word, ...]:
        """Words and phrases: what a document may hold or lack."""
        return (*self.words, *self.phrases)
