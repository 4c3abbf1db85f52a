"""The port behind which an engine stands, and the plain values that cross it.

An engine holds the documents, tells where forms stand, and ranks a tree. Everything before it (analysis,
thesaurus, spelling, the tree) and after it (facets, passages, what the page shows) knows these values
only, so that another engine can take the place of Whoosh: it needs these methods and the zones' weights.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from kb.search.query import How
from kb.search.segments import Segment
from kb.search.tree import Match, Places, Tree

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
#: kind of evidence, the words that gave it, its score in every document
Part = tuple[str, str, Floats]

HOWS: tuple[How, ...] = ("exact", "forme", "synonyme", "correction")
#: `Ranked.met` of a word met only by its correction
CORRECTED = 4


class Form(NamedTuple):
    """A folded form of the vocabulary."""

    #: documents that hold it
    documents: int
    #: spellings with accents, the most frequent first
    spellings: tuple[str, ...]
    #: stems of the spellings, each taken with its accents, then folded
    stems: tuple[str, ...]
    #: stems taken after folding
    plain_stems: tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """A document in lists: what a hit shows and what facets count."""

    slug: str
    nature: str
    title: str
    summary: str
    updated: str
    names: tuple[str, ...]
    platforms: tuple[str, ...]
    facets: Mapping[str, Sequence[Sequence[str]]]


@dataclass(frozen=True)
class Ranked:
    """Scores of all documents for one tree, with the evidence they are made of; arrays by document."""

    tree: Tree
    score: Floats
    #: documents that share something with the request, filters not yet applied
    found: Mask
    #: those among them that answer
    answering: Mask
    #: documents that hold every phrase and nothing excluded
    allowed: Mask
    #: how each leaf was best met: 0 not, then 1 + index in HOWS
    met: tuple[NDArray[np.int8], ...]
    #: weight of each leaf: the rarer, the more
    idf: tuple[float, ...]
    parts: tuple[Part, ...] = field(repr=False, default=())

    @cached_property
    def complete(self) -> Mask:
        """Documents that hold every word."""
        held = self.allowed & (not self.tree.left_out)
        for met in self.met:
            held &= met > 0
        return held


class Engine(Protocol):
    """What an index must be able to do; fixed once open, safe across threads."""

    @property
    def rows(self) -> tuple[Row, ...]:
        """The documents by number."""

    @property
    def saturation(self) -> float:
        """K1 of the ranking: what the tenth occurrence still says."""

    @property
    def vocabulary(self) -> Mapping[str, Form]:
        """Every folded form of the documents."""

    def occurrences(self, match: Match) -> int:
        """How often it stands in the documents."""

    def near(self, left: Match, right: Match, words: int) -> bool:
        """True where both stand somewhere within so many words of one another."""

    def share(self, left: Match, right: Match) -> bool:
        """True where both stand in one segment somewhere."""

    def rank(self, tree: Tree, *, corrected: bool = False) -> Ranked:
        """Scores of every document; with `corrected`, a corrected word counts as held."""

    def segments(self, number: int) -> tuple[Segment, ...]:
        """The text of a document, as it was indexed."""

    def places(self, number: int, match: Match) -> Places:
        """Where a match starts in a document: (segment, word of the segment), in order."""

    def close(self) -> None:
        """Let go of the files; closing twice is no fault."""
