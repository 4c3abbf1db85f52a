"""The positions of an index as arrays: where every form stands, in which segment, of which document.

All positions of all documents run on one line, with gaps between segments and wider ones between
documents. A form is then one sorted array, and tf, phrases, proximity and segments held are sums and
searches in such arrays: ten times faster at 10,000 documents than asking matchers posting by posting.
This module knows no Whoosh: an engine hands it the positions of a form.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

from kb.search.analysis import SEGMENT_GAP
from kb.search.engine import Mask
from kb.search.query import How
from kb.search.tree import Match, Places, Word

Positions = NDArray[np.int64]
Numbers = NDArray[np.int32]

DOCUMENT_GAP = 64
CACHE_BYTES = 64 * 2**20  # positions kept in memory; 8 bytes each
REMEMBERED, REMEMBERED_FROM = 8_000_000, 1_000  # positions whose segments are kept, in arrays from this size
EMPTY: Positions = np.empty(0, np.int64)
#: (zone, words) of each segment of a document
Layout = Sequence[Sequence[int]]


class Postings:
    """Positions of forms and matches over all documents; never changed after opening, safe across threads."""

    def __init__(self, layouts: Sequence[Layout], read: Callable[[str], Positions]) -> None:
        """Lay out the line; `read` gives the positions of a form on it, when first asked for."""
        self.size = len(layouts)
        self._read = read
        self._kept: OrderedDict[Hashable, Positions] = OrderedDict()
        #: positions with their segments, by identity: one search asks for the same several times
        self._segments: OrderedDict[int, tuple[Positions, Numbers]] = OrderedDict()
        self._held, self._remembered, self._lock = 0, 0, threading.RLock()
        self._lay_out(layouts)

    def of(self, match: Match) -> Positions:
        """Where a match starts, in order; kept in memory as long as there is room."""
        with self._lock:
            held = self._kept.get(match)
            if held is None:
                held = self._kept[match] = self._find(match)
                self._held += held.nbytes
                while self._held > CACHE_BYTES and len(self._kept) > 1:
                    self._held -= self._kept.popitem(last=False)[1].nbytes
            else:
                self._kept.move_to_end(match)
            return held

    def of_word(self, word: Word, *hows: How) -> Positions:
        """Where a word is met in any of these ways, in order."""
        return merged([self.of(reading.match) for reading in word.readings if reading.how in hows])

    def segments_of(self, positions: Positions) -> Numbers:
        """Numbers of the segments where positions fall.

        Segments start at least SEGMENT_GAP apart, so a block of that many positions holds one start
        at most: a table of blocks and one comparison took a third of the time of bisection.
        """
        if positions.size < REMEMBERED_FROM:
            return self._find_segments(positions)
        with self._lock:
            known = self._segments.get(id(positions))
            if known is None:
                known = self._segments[id(positions)] = positions, self._find_segments(positions)
                self._remembered += positions.size
                while self._remembered > REMEMBERED and len(self._segments) > 1:
                    self._remembered -= self._segments.popitem(last=False)[1][0].size
            return known[1]

    def documents_of(self, positions: Positions) -> NDArray[np.int64]:
        """Numbers of the documents where positions fall."""
        found: NDArray[np.int64] = self.segment_document[self.segments_of(positions)]
        return found

    def inside(self, number: int, positions: Positions) -> Places:
        """The positions that lie in a document: (segment of the document, word of the segment)."""
        first, last = self._spans[number : number + 2]
        low, high = np.searchsorted(positions, (self._line[first], self._line[last])).tolist()
        if low == high:
            return []
        segments = self._find_segments(positions[low:high])
        words = positions[low:high] - self.segment_starts[segments]
        return list(zip((segments - first).tolist(), words.tolist(), strict=True))

    def holding(self, positions: Positions) -> Mask:
        """The documents that hold any of the positions."""
        held: Mask = np.zeros(self.size, np.bool_)
        held[self.documents_of(positions)] = True
        return held

    def _find(self, match: Match) -> Positions:
        starts: Positions | None = None
        words = [(offset, self._union(forms)) for offset, forms in match.words]
        for offset, positions in sorted(words, key=lambda word: word[1].size):
            starts = positions - offset if starts is None else starts[held_in(starts + offset, positions)]
        return EMPTY if starts is None else starts

    def _union(self, forms: Sequence[str]) -> Positions:
        if len(forms) == 1:
            return self._read(forms[0])
        return merged([self.of(Match(((0, (form,)),))) for form in forms])

    def _find_segments(self, positions: Positions) -> Numbers:
        found: Numbers = self._segment_of_block[positions // SEGMENT_GAP]
        return found + (positions >= self._next_start[found])

    def _lay_out(self, layouts: Sequence[Layout]) -> None:
        counts = np.fromiter(map(len, layouts), np.int64, self.size)
        flat = np.array([segment for layout in layouts for segment in layout], np.int64).reshape(-1, 2)
        self.segment_document = np.repeat(np.arange(self.size), counts)
        self.segment_zone, self.segment_length = flat[:, 0], flat[:, 1]
        steps = self.segment_length + SEGMENT_GAP
        last = np.cumsum(counts)[counts > 0] - 1
        steps[last] += DOCUMENT_GAP
        self.segment_starts = np.concatenate(([0], np.cumsum(steps)))[:-1]
        blocks = np.arange(0, int(steps.sum()) + 1, SEGMENT_GAP)
        found = np.searchsorted(self.segment_starts, blocks, side="right") - 1
        self._segment_of_block: Numbers = found.astype(np.int32)
        #: first segment of each document, and one past the last; where each segment begins, and the end
        self._spans: list[int] = [0, *np.cumsum(counts).tolist()]
        self._line = np.append(self.segment_starts, np.iinfo(np.int64).max)
        self._next_start = self._line[1:]


def merged(arrays: Sequence[Positions]) -> Positions:
    """Sorted positions of several sorted arrays, each once."""
    filled = [array for array in arrays if array.size]
    if len(filled) < 2:
        return filled[0] if filled else EMPTY
    whole = np.concatenate(filled)
    whole.sort(kind="stable")  # timsort: runs already in order are merged
    kept: Positions = whole[np.concatenate(([True], whole[1:] != whole[:-1]))]
    return kept


def held_in(values: Positions, positions: Positions) -> Mask:
    """For each value, whether it is one of the sorted positions."""
    if not positions.size:
        return np.zeros(values.size, np.bool_)
    at = np.minimum(np.searchsorted(positions, values), positions.size - 1)
    found: Mask = positions[at] == values
    return found
