"""The best passages of a hit: a few sentences of a section, with the characters to mark.

A passage is the window of at most LONGEST characters that holds the most of the query (sum of the
idf of its distinct words), then widened to whole sentences up to that length; where it is cut, an
ellipsis says so. One passage per section, three per hit, best first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kb.search.collection import Collection, TextSegment
from kb.search.matching import Word
from kb.search.query import Passage
from kb.search.segments import Zone

SHORTEST, LONGEST = 160, 260
PASSAGES = 3
MAX_OCCURRENCES = 400  # of all words in one document
#: an occurrence beyond the first of its word, beside a word not yet seen
REPEATED = 0.05
#: a line of figures says less than a sentence
FIGURE_WORTH = 0.9
#: worth of an occurrence by how it was met, beside the word as typed
_WORTH = {"exact": 1.0, "forme": 0.9, "synonyme": 0.4, "correction": 0.6}
_SENTENCE_END = re.compile(r"[.!?…]['’\"»)]*\s+(?=[^\W_a-z]|«|\d)|\n")


class Occurrence(NamedTuple):
    """A word met in a document."""

    position: int
    width: int
    word: int
    worth: float


def passages_of(
    collection: Collection, number: int, words: Sequence[Word], idf: Sequence[float]
) -> tuple[Passage, ...]:
    """The best passages of one document, best first; the summary where no text holds a word."""
    occurrences = _occurrences(collection, number, words, idf)
    segments = collection.texts(number)
    found: list[tuple[float, int, TextSegment, list[Occurrence], int, int]] = []
    for order, segment, inside in _by_segment(segments, occurrences):
        worth, first, last = _best_window(segment, inside)
        if segment.zone == Zone.FIGURE:
            worth *= FIGURE_WORTH
        found.append((-worth, order, segment, inside, first, last))
    chosen: dict[tuple[str, str], Passage] = {}
    for _, _, segment, inside, first, last in sorted(found, key=lambda item: item[:2]):
        place = (segment.section, segment.anchor)
        if place not in chosen:
            chosen[place] = _passage(segment, inside, first, last)
        if len(chosen) == PASSAGES:
            break
    if not chosen and segments:
        return (_passage(segments[0], (), 0, 0),)
    return tuple(chosen.values())


def _occurrences(
    collection: Collection, number: int, words: Sequence[Word], idf: Sequence[float]
) -> list[Occurrence]:
    base = int(collection.bases[number])
    best: dict[int, Occurrence] = {}
    for index, word in enumerate(words):
        for reading in word.readings:
            worth = idf[index] * _WORTH[reading.how] + 0.01
            for position in collection.within(number, reading.positions)[:MAX_OCCURRENCES].tolist():
                held = best.get(position)
                if held is None or held.worth < worth:
                    best[position] = Occurrence(position - base, reading.width, index, worth)
    return [best[position] for position in sorted(best)]


def _by_segment(
    segments: Sequence[TextSegment], occurrences: Sequence[Occurrence]
) -> Iterator[tuple[int, TextSegment, list[Occurrence]]]:
    """Segments that hold occurrences, with them; both are in order of position."""
    at = 0
    for order, segment in enumerate(segments):
        end = segment.first + len(segment.starts)
        while at < len(occurrences) and occurrences[at].position < segment.first:
            at += 1
        start = at
        while at < len(occurrences) and occurrences[at].position < end:
            at += 1
        if at > start:
            yield (
                order,
                segment,
                [o._replace(position=o.position - segment.first) for o in occurrences[start:at]],
            )


def _best_window(segment: TextSegment, inside: Sequence[Occurrence]) -> tuple[float, int, int]:
    """(worth, first and last character) of the window that holds the most of the query."""
    starts = [int(segment.starts[o.position]) for o in inside]
    ends = [_end(segment, o) for o in inside]
    best = (-1.0, 0, 0)
    for left, first in enumerate(starts):
        seen: dict[int, float] = {}
        more, last = 0.0, ends[left]
        for right in range(left, min(left + 40, len(inside))):
            if right > left and ends[right] - first > LONGEST - 40:
                break
            occurrence = inside[right]
            more += REPEATED * occurrence.worth if occurrence.word in seen else 0.0
            seen[occurrence.word] = max(seen.get(occurrence.word, 0.0), occurrence.worth)
            last = max(last, ends[right])
        worth = sum(seen.values()) + min(more, 0.5)
        if worth > best[0] + 1e-9:
            best = (worth, first, last)
    return best


def _passage(segment: TextSegment, inside: Sequence[Occurrence], first: int, last: int) -> Passage:
    text = segment.text
    start, end = _widen(text, first, last)
    before = (
        ""
        if start == 0 or text[start - 1] == "\n" or _SENTENCE_END.fullmatch(text, _edge(text, start), start)
        else "… "
    )
    after = "" if end == len(text) or text[end - 1] in ".!?…»)" or text[end] == "\n" else " …"
    spans: list[tuple[int, int]] = []
    for occurrence in inside:
        a, b = int(segment.starts[occurrence.position]), _end(segment, occurrence)
        if start <= a and b <= end:
            a, b = a - start + len(before), b - start + len(before)
            if spans and a < spans[-1][1]:
                held = spans.pop()
                a, b = held[0], max(b, held[1])
            spans.append((a, b))
    return Passage(
        segment.section, segment.anchor, before + text[start:end].replace("\n", " ") + after, tuple(spans)
    )


def _widen(text: str, first: int, last: int) -> tuple[int, int]:
    """The window widened to whole sentences, or to whole words where a sentence is too long."""
    low = max(0, first - LONGEST)
    edges = [low] if low else [0]
    edges += [match.end() for match in _SENTENCE_END.finditer(text, low, min(len(text), last + LONGEST))]
    start = max((edge for edge in edges if edge <= first), default=0)
    if last - start > LONGEST or (start == low and low > 0):
        start = _word_start(text, max(start, first - max(0, (LONGEST - (last - first)) // 3)), first)
    ends = [edge for edge in edges if edge >= last]
    if not ends or last + LONGEST >= len(text):
        ends.append(len(text))
    end = next((edge for edge in ends if edge - start >= SHORTEST and edge - start <= LONGEST), 0)
    if not end:
        end = max((edge for edge in ends if edge - start <= LONGEST), default=0)
    if not end:
        end = _word_end(text, min(len(text), max(last, start + LONGEST - 20)), last)
    while end > max(last, start) and text[end - 1].isspace():
        end -= 1
    return start, end


def _word_start(text: str, at: int, most: int) -> int:
    """The first start of a word from `at` on, at most `most`."""
    while at < most and at > 0 and not text[at - 1].isspace():
        at += 1
    return at


def _word_end(text: str, at: int, least: int) -> int:
    """The last end of a word up to `at`, at least `least`."""
    while least < at < len(text) and not text[at].isspace():
        at -= 1
    return at


def _edge(text: str, start: int) -> int:
    """Where the mark that may end the sentence before `start` begins."""
    at = start
    while at > 0 and (text[at - 1].isspace() or text[at - 1] in "'’\"»)"):
        at -= 1
    return max(0, at - 1)


def _end(segment: TextSegment, occurrence: Occurrence) -> int:
    return int(segment.ends[min(occurrence.position + occurrence.width, len(segment.ends)) - 1])
