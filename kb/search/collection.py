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

from kb.search.segments import SHOWN, Zone

Positions = NDArray[np.int64]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

SEGMENT_GAP = 16  # wider than any window of proximity; 2 ** GAP_BITS
GAP_BITS = 4
DOCUMENT_GAP = 64
CACHE_BYTES = 64 * 2**20  # positions kept in memory; 8 bytes each
CACHE_TEXTS = 2_000  # documents whose texts are kept in memory
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
        read_positions: Callable[[str], tuple[list[int], list[bytes]]],
        read_texts: Callable[[int], tuple[TextSegment, ...]],
    ) -> None:
        """Lay out the line of positions; postings and texts are read when first asked for."""
        self.rows, self.vocabulary = tuple(rows), vocabulary
        self._read_positions, self._read_texts = read_positions, read_texts
        self._positions: OrderedDict[str, Positions] = OrderedDict()
        self._texts: OrderedDict[int, tuple[TextSegment, ...]] = OrderedDict()
        self._held, self._lock = 0, threading.RLock()
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
        return self._held_or(form, lambda: self._load(form)) if form in self.vocabulary else EMPTY

    def union(self, forms: Sequence[str]) -> Positions:
        """Where any of the forms stands, in order."""
        if len(forms) == 1:
            return self.positions(forms[0])
        return self._held_or(" ".join(forms), lambda: merged([self.positions(form) for form in forms]))

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

    def segments_at(self, positions: Positions) -> Positions:
        """Numbers of the segments where positions fall.

        Segments start at least SEGMENT_GAP apart, so a block of that many positions holds one start
        at most: a table of blocks and one comparison took a third of the time of bisection.
        """
        found: Positions = self._segment_of_block[positions >> GAP_BITS]
        return found + (positions >= self._next_start[found])

    def within(self, number: int, positions: Positions) -> Positions:
        """The part of sorted positions that lies in one document."""
        low, high = np.searchsorted(positions, (self.bases[number], self.bases[number + 1]))
        found: Positions = positions[low:high]
        return found

    def _held_or(self, key: str, make: Callable[[], Positions]) -> Positions:
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
        numbers, packed = self._read_positions(form)
        if not numbers:
            return EMPTY
        counts = np.fromiter((len(value) // 4 for value in packed), np.int64, len(packed))
        inside = np.frombuffer(b"".join(packed), np.int32).astype(np.int64)
        found: Positions = inside + np.repeat(self.bases[np.asarray(numbers)], counts)
        return found

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
        self._segment_of_block = np.searchsorted(self.segment_starts, blocks, side="right") - 1
        self._next_start = np.append(self.segment_starts[1:], np.iinfo(np.int64).max)
        self.first_segment = np.concatenate(([0], np.cumsum(counts)))[:-1].astype(np.int64)
        self.segment_shown: Mask = np.isin(self.segment_zone, [int(zone) for zone in SHOWN])
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


def held_in(values: Positions, positions: Positions) -> Mask:
    """For each value, whether it is one of the sorted positions."""
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
