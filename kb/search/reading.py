"""The text of a document as it is read for an answer: its words, found again by their forms.

An engine says which documents answer; what stands where inside one of them is read here, from the text
itself, so that passages and explanations need no engine. 1 to 2 ms for a long document, then kept.
"""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Sequence

from kb.search.analysis import SEGMENT_GAP, places
from kb.search.segments import Segment
from kb.search.tree import Match

KEPT = 1_000  # documents whose words are kept in memory


class TextSegment:
    """A segment with the characters of each of its words."""

    __slots__ = ("anchor", "ends", "first", "section", "starts", "text", "zone")

    def __init__(self, segment: Segment, first: int) -> None:
        """No word noted yet; `first` is the position of the first."""
        self.zone, self.text = segment.zone, segment.text
        self.section, self.anchor = segment.section, segment.anchor
        self.first = first
        self.starts: list[int] = []
        self.ends: list[int] = []


class Text:
    """The segments of a document and the positions of every form in them."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        """Read every word."""
        self.segments: list[TextSegment] = []
        self._forms: dict[str, list[int]] = {}
        first = 0
        for segment in segments:
            read = TextSegment(segment, first)
            for place in places(segment.text):
                if place.position == len(read.starts):
                    read.starts.append(place.start)
                    read.ends.append(place.end)
                self._forms.setdefault(place.form, []).append(first + place.position)
            self.segments.append(read)
            first += len(read.starts) + SEGMENT_GAP
        self._firsts = [segment.first for segment in self.segments]

    def of(self, match: Match) -> list[int]:
        """Where a match starts, in order."""
        starts: set[int] | None = None
        for offset, forms in match.words:
            held = {at - offset for form in forms for at in self._forms.get(form, ())}
            starts = held if starts is None else starts & held
            if not starts:
                return []
        return sorted(starts or ())

    def holds(self, form: str) -> bool:
        """True where a form stands anywhere."""
        return form in self._forms

    def segment_at(self, position: int) -> TextSegment:
        """The segment in which a position falls."""
        return self.segments[bisect_right(self._firsts, position) - 1]


class Texts:
    """The texts of an index, the last ones kept."""

    def __init__(self, segments: Callable[[int], Sequence[Segment]]) -> None:
        """`segments`: those of a document by number."""
        self._read = segments
        self._kept: OrderedDict[int, Text] = OrderedDict()
        self._lock = threading.Lock()

    def __getitem__(self, number: int) -> Text:
        """The text of a document."""
        with self._lock:
            kept = self._kept.get(number)
            if kept is not None:
                self._kept.move_to_end(number)
                return kept
        text = Text(self._read(number))
        with self._lock:
            self._kept[number] = text
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return text
