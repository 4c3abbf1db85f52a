"""The indexed documents as arrays: where every form stands, in which segment, of which document.

All positions of all documents run on one line, with gaps between segments and wider ones between
documents. A form is then one sorted array, and tf, phrases, proximity and passages are sums and
searches in such arrays. This module knows no Whoosh: `index` hands it the postings.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kb.search.segments import Zone

Positions = NDArray[np.int64]
Segments = NDArray[np.int32]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

SEGMENT_GAP = 16  # wider than any window of proximity; 2 ** GAP_BITS
GAP_BITS = 4
DOCUMENT_GAP = 64
CACHE_BYTES = 64 * 2**20  # positions kept in memory; 8 bytes each
CACHE_TEXTS = 2_000  # documents whose texts are kept in memory
REMEMBERED, REMEMBERED_FROM = 8_000_000, 1_000  # positions whose segments are kept, in arrays from this size
EMPTY: Positions = np.empty(0, np.int64)


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


class TextSegment(NamedTuple):
    """A segment that passages are cut from."""

    zone: Zone
    section: str
    anchor: str
    text: str
    #: position of its first token, and first and last characters of each token
    first: int
    starts: NDArray[np.int32]
    ends: NDArray[np.int32]


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
    #: [zone, first position, number of tokens] of each segment
    segments: Sequence[Sequence[int]]
    #: positions that the document takes
    span: int


class Collection:
    """What every search works on; never changed after opening, safe across threads."""

    def __init__(
        self,
        rows: Sequence[Row],
        vocabulary: Mapping[str, Form],
        read_positions: Callable[[str], bytes],
        read_texts: Callable[[int], tuple[TextSegment, ...]],
    ) -> None:
        """Lay out the line of positions; postings and texts are read when first asked for."""
        self.rows, self.vocabulary = tuple(rows), vocabulary
        self._read_positions, self._read_texts = read_positions, read_texts
        self._positions: OrderedDict[str, Positions] = OrderedDict()
        self._texts: OrderedDict[int, tuple[TextSegment, ...]] = OrderedDict()
        #: positions with their segments, by identity: one search asks for the same several times
        self._segments: OrderedDict[int, tuple[Positions, Segments]] = OrderedDict()
        self._held, self._remembered, self._lock = 0, 0, threading.RLock()
        self._lay_out()

    @property
    def size(self) -> int:
        """Number of documents."""
        return len(self.rows)

    @cached_property
    def number_of(self) -> Mapping[str, int]:
        """Number of a document by slug."""
        return {row.slug: number for number, row in enumerate(self.rows)}

    @cached_property
    def by_stem(self) -> Mapping[str, tuple[str, ...]]:
        """Forms by the stem of their spellings."""
        return _grouped((stem, form) for form, entry in self.vocabulary.items() for stem in entry.stems)

    @cached_property
    def by_any_stem(self) -> Mapping[str, tuple[str, ...]]:
        """Forms by either stem."""
        return _grouped(
            (stem, form)
            for form, entry in self.vocabulary.items()
            for stem in dict.fromkeys(entry.stems + entry.plain_stems)
        )

    def positions(self, form: str) -> Positions:
        """Where a form stands, on the line of all documents, in order; empty where nowhere."""
        return self.kept(form, lambda: self._load(form)) if form in self.vocabulary else EMPTY

    def union(self, forms: Sequence[str]) -> Positions:
        """Where any of the forms stands, in order."""
        if len(forms) == 1:
            return self.positions(forms[0])
        return self.kept(" ".join(forms), lambda: merged([self.positions(form) for form in forms]))

    def texts(self, number: int) -> tuple[TextSegment, ...]:
        """The segments of a document that passages are cut from, in order."""
        with self._lock:
            if number not in self._texts:
                self._texts[number] = self._read_texts(number)
                if len(self._texts) > CACHE_TEXTS:
                    self._texts.popitem(last=False)
            else:
                self._texts.move_to_end(number)
            return self._texts[number]

    def segments_at(self, positions: Positions) -> Segments:
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

    def _find_segments(self, positions: Positions) -> Segments:
        found: Segments = self._segment_of_block[positions >> GAP_BITS]
        return found + (positions >= self._next_start[found])

    def within(self, number: int, positions: Positions) -> Positions:
        """The part of sorted positions that lies in one document."""
        low, high = positions.searchsorted(self.bases[number : number + 2])
        found: Positions = positions[low:high]
        return found

    def kept(self, key: str, make: Callable[[], Positions]) -> Positions:
        """The positions kept under a key, made where they are not; the least used make room."""
        with self._lock:
            held = self._positions.get(key)
            if held is None:
                held = self._positions[key] = make()
                self._held += held.nbytes
                while self._held > CACHE_BYTES and len(self._positions) > 1:
                    self._held -= self._positions.popitem(last=False)[1].nbytes
            else:
                self._positions.move_to_end(key)
            return held

    def _load(self, form: str) -> Positions:
        return np.frombuffer(self._read_positions(form), np.int32).astype(np.int64)

    def _lay_out(self) -> None:
        spans = np.fromiter((row.span + DOCUMENT_GAP for row in self.rows), np.int64, self.size)
        self.bases = np.concatenate(([0], np.cumsum(spans)))
        counts = [len(row.segments) for row in self.rows]
        flat = np.array([segment for row in self.rows for segment in row.segments], np.int64).reshape(-1, 3)
        self.segment_document = np.repeat(np.arange(self.size), counts)
        self.segment_zone = flat[:, 0]
        self.segment_starts = flat[:, 1] + self.bases[self.segment_document]
        self.segment_length = flat[:, 2]
        blocks = np.arange(0, int(self.bases[-1]) + 1, SEGMENT_GAP)
        found = np.searchsorted(self.segment_starts, blocks, side="right") - 1
        self._segment_of_block: Segments = found.astype(np.int32)
        self._next_start = np.append(self.segment_starts[1:], np.iinfo(np.int64).max)
        body = self.segment_zone == Zone.BODY
        lengths = np.bincount(self.segment_document[body], self.segment_length[body], minlength=self.size)
        #: words of the body relative to the mean
        self.relative_length: Floats = lengths / max(float(lengths.mean()) if self.size else 1.0, 1.0)


def merged(arrays: Sequence[Positions]) -> Positions:
    """Sorted positions of several sorted arrays, each once."""
    filled = [array for array in arrays if array.size]
    if len(filled) < 2:
        return filled[0] if filled else EMPTY
    whole = np.concatenate(filled)
    whole.sort(kind="stable")  # timsort: runs already in order are merged
    kept: Positions = whole[np.concatenate(([True], whole[1:] != whole[:-1]))]
    return kept


def held_in(values: Positions | Segments, positions: Positions | Segments) -> Mask:
    """For each value, whether it is one of the sorted positions, or segments."""
    if not positions.size:
        return np.zeros(values.size, np.bool_)
    at = np.minimum(np.searchsorted(positions, values), positions.size - 1)
    found: Mask = positions[at] == values
    return found


def _grouped(pairs: Any) -> dict[str, tuple[str, ...]]:
    groups: dict[str, list[str]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in groups.items()}
