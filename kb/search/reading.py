"""The text of a document as an answer reads it: what its segments say, and where the words asked for stand.

The engine tells where a form stands (`Engine.places`); a segment is cut into words only when it is to be
shown, to know their characters: of a long document a few. What was read is kept.
"""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import cached_property, partial

from kb.search.analysis import SEGMENT_GAP, tokens
from kb.search.segments import Segment
from kb.search.tree import Match, Places, any_of

KEPT = 1_000  # documents whose words are kept in memory


class TextSegment:
    """A segment with the characters of each of its words."""

    def __init__(self, segment: Segment, first: int) -> None:
        """No word read yet; `first` is the position of the first."""
        self.zone, self.text = segment.zone, segment.text
        self.section, self.anchor = segment.section, segment.anchor
        self.first = first

    @property
    def starts(self) -> list[int]:
        """Where each word starts."""
        return self._words[0]

    @property
    def ends(self) -> list[int]:
        """Where each word ends."""
        return self._words[1]

    @cached_property
    def _words(self) -> tuple[list[int], list[int]]:
        found = list(tokens(self.text))
        return [token.start for token in found], [token.end for token in found]


class Text:
    """The segments of a document and the positions of forms in them."""

    def __init__(self, segments: Sequence[Segment], find: Callable[[Match], Places]) -> None:
        """Read nothing yet; `find` tells where a match starts in this document."""
        self.segments: list[TextSegment] = []
        self._find = find
        first = 0
        for segment in segments:
            self.segments.append(TextSegment(segment, first))
            first += len(segment.text) + SEGMENT_GAP  # at least as many as it has words
        self._firsts = [segment.first for segment in self.segments]

    def of(self, match: Match) -> list[int]:
        """Where a match starts, in order."""
        return [self._firsts[segment] + word for segment, word in self._find(match)]

    def holds(self, form: str) -> bool:
        """True where a form stands anywhere."""
        return bool(self._find(any_of(form)))

    def segment_at(self, position: int) -> TextSegment:
        """The segment in which a position falls."""
        return self.segments[bisect_right(self._firsts, position) - 1]


class Texts:
    """The texts of an index, the last ones kept."""

    def __init__(
        self, segments: Callable[[int], Sequence[Segment]], find: Callable[[int, Match], Places]
    ) -> None:
        """`segments` and `find`: those of a document by number."""
        self._read, self._find = segments, find
        self._kept: OrderedDict[int, Text] = OrderedDict()
        self._lock = threading.Lock()

    def __getitem__(self, number: int) -> Text:
        """The text of a document."""
        with self._lock:
            kept = self._kept.get(number)
            if kept is not None:
                self._kept.move_to_end(number)
                return kept
        text = Text(self._read(number), partial(self._find, number))
        with self._lock:
            self._kept[number] = text
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return text
