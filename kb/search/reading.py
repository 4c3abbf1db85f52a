"""The text of a document as it is read for an answer: its words, found again by their forms.

An engine says which documents answer; what stands where inside one of them is read here, from the text
itself, so that passages and explanations need no engine; then kept.
"""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Sequence

from kb.content.slugs import fold
from kb.search.analysis import ABBREVIATIONS, SEGMENT_GAP, places
from kb.search.segments import Segment
from kb.search.tree import Match

KEPT = 1_000  # documents whose words are kept in memory


class TextSegment:
    """A segment with the characters of each of its words, once it was read."""

    __slots__ = ("anchor", "ends", "first", "is_read", "section", "squeezed", "starts", "text", "zone")

    def __init__(self, segment: Segment, first: int) -> None:
        """No word read yet; `first` is the position of the first."""
        self.zone, self.text = segment.zone, segment.text
        self.section, self.anchor = segment.section, segment.anchor
        self.first = first
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.is_read = False
        #: letters and digits alone, folded; "" once it is read
        self.squeezed = _squeezed(segment.text)


class Text:
    """The segments of a document and the positions of forms in them.

    Only the segments that may hold a form that is asked for are read: of a long document a few.
    """

    def __init__(self, segments: Sequence[Segment]) -> None:
        """Read nothing yet."""
        self.segments: list[TextSegment] = []
        self._forms: dict[str, list[int]] = {}
        self._asked: set[str] = set()
        self._lock = threading.Lock()
        first = 0
        for segment in segments:
            self.segments.append(TextSegment(segment, first))
            first += len(segment.text) + SEGMENT_GAP  # at least as many as it has words
        self._firsts = [segment.first for segment in self.segments]

    def of(self, match: Match) -> list[int]:
        """Where a match starts, in order."""
        self._read_for({form for _, forms in match.words for form in forms})
        starts: set[int] | None = None
        for offset, forms in match.words:
            held = {at - offset for form in forms for at in self._forms.get(form, ())}
            starts = held if starts is None else starts & held
            if not starts:
                return []
        return sorted(starts or ())

    def holds(self, form: str) -> bool:
        """True where a form stands anywhere."""
        self._read_for({form})
        return form in self._forms

    def segment_at(self, position: int) -> TextSegment:
        """The segment in which a position falls."""
        return self.segments[bisect_right(self._firsts, position) - 1]

    def _read_for(self, forms: set[str]) -> None:
        if forms <= self._asked:
            return
        with self._lock:
            probes = {probe for form in forms - self._asked for probe in _probes(form)}
            for segment in self.segments:
                if not segment.is_read and any(probe in segment.squeezed for probe in probes):
                    self._read(segment)
            self._asked |= forms

    def _read(self, segment: TextSegment) -> None:
        for place in places(segment.text):
            if place.position == len(segment.starts):
                segment.starts.append(place.start)
                segment.ends.append(place.end)
            self._forms.setdefault(place.form, []).append(segment.first + place.position)
        segment.is_read, segment.squeezed = True, ""


#: letters of a form that its segment holds whatever its ending, its hyphens and its inclusive dots
PROBE = 4


def _squeezed(text: str) -> str:
    return "".join(filter(str.isalnum, fold(text.lower()).replace("€", "euro")))


def _probes(form: str) -> tuple[str, ...]:
    """What a segment that holds a form must hold: its first letters, or the abbreviation it was read from.

    A number may be written in other digits (« 1,3 million »), but for the first.
    """
    letters = "".join(filter(str.isalnum, form))
    if form[:1].isdigit():
        return (form[:1],)
    return (letters[:PROBE], *(short for short, whole in ABBREVIATIONS.items() if fold(whole) == form))


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
