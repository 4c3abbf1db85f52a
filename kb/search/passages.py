"""The best passages of a hit: a few sentences of a section, with the characters to mark.

A passage is the run of whole sentences, at most LONGEST characters, that holds the most of the query
(sum of the idf of its distinct words); a sentence longer than that is cut between words, and an ellipsis
says so. Lines that end without a mark (headings, rows of a table, items) are parted by a dash. One
passage per section, three per hit, best first.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kb.search.collection import Collection, TextSegment
from kb.search.matching import Word
from kb.search.query import Passage
from kb.search.segments import Zone

SHORTEST, LONGEST = 160, 260
#: characters kept around the words of a cut sentence, and sentences at most in one passage
MARGIN, MOST_SENTENCES = 40, 8
PASSAGES = 3
MAX_OCCURRENCES = 400  # of all words in one document
#: an occurrence beyond the first of its word, beside a word not yet seen
REPEATED = 0.05
#: a line of figures says less than a sentence
FIGURE_WORTH = 0.9
#: worth of an occurrence by how it was met, beside the word as typed
_WORTH = {"exact": 1.0, "forme": 0.9, "synonyme": 0.4, "correction": 0.6}
_SENTENCE_END = re.compile(r"[.!?…][\s]?['’\"»)]*(\s+)(?=[^\W_a-z]|«|\d)|(\n)")
#: end of a line that no mark closes
_OPEN_LINE = re.compile(r"(?<=[^\s.!?…:;,])\n")
DASH = " — "


class Occurrence(NamedTuple):
    """A word met in a document."""

    position: int
    width: int
    word: int
    worth: float


class Run(NamedTuple):
    """Characters of a segment that may become a passage."""

    worth: float
    start: int
    end: int


def passages_of(
    collection: Collection, number: int, words: Sequence[Word], idf: Sequence[float]
) -> tuple[Passage, ...]:
    """The best passages of one document, best first; the summary where no text holds a word."""
    occurrences = _occurrences(collection, number, words, idf)
    segments = collection.texts(number)
    found: list[tuple[float, int, TextSegment, list[Occurrence], Run]] = []
    for order, segment, inside in _by_segment(segments, occurrences):
        run = _best_run(segment, inside)
        worth = run.worth * (FIGURE_WORTH if segment.zone == Zone.FIGURE else 1.0)
        found.append((-worth, order, segment, inside, run))
    chosen: dict[tuple[str, str], Passage] = {}
    for _, _, segment, inside, run in sorted(found, key=lambda item: item[:2]):
        place = (segment.section, segment.anchor)
        if place not in chosen:
            chosen[place] = _passage(segment, inside, run)
        if len(chosen) == PASSAGES:
            break
    if not chosen and segments:
        return (_passage(segments[0], (), _best_run(segments[0], ())),)
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


def _best_run(segment: TextSegment, inside: Sequence[Occurrence]) -> Run:
    """The run of sentences that holds the most of the query; among equals one long enough, hits first."""
    starts = [int(segment.starts[o.position]) for o in inside]
    ends = [_end(segment, o) for o in inside]
    sentences = list(_sentences(segment.text))
    best, rank = Run(0.0, 0, 0), (-1.0, 0, 0)
    for number, (start, sentence_end) in enumerate(sentences):
        if sentence_end - start > LONGEST:
            runs = [_cut(segment.text, start, sentence_end, inside, starts, ends)]
        else:
            held = [end for _, end in sentences[number : number + MOST_SENTENCES]]
            runs = [Run(0.0, start, end) for end in held if end - start <= LONGEST]
        for run in runs:
            low, high = bisect_left(starts, run.start), bisect_right(ends, run.end)
            worth = _worth(inside[low:high])
            late = starts[low] - run.start if low < high else 0
            order = (round(worth, 6), min(run.end - run.start, SHORTEST), -late)
            if order > rank:
                best, rank = run._replace(worth=worth), order
    return best


def _worth(inside: Sequence[Occurrence]) -> float:
    """idf of the distinct words, and a little for those said again."""
    seen: dict[int, float] = {}
    more = 0.0
    for occurrence in inside:
        more += REPEATED * occurrence.worth if occurrence.word in seen else 0.0
        seen[occurrence.word] = max(seen.get(occurrence.word, 0.0), occurrence.worth)
    return sum(seen.values()) + min(more, 0.5)


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    """(start, end) of each sentence, the space between them left out."""
    start = 0
    for match in _SENTENCE_END.finditer(text):
        end = match.start(match.lastindex or 0)
        if end > start:
            yield start, end
        start = match.end()
    if start < len(text):
        yield start, len(text)


def _cut(
    text: str,
    start: int,
    end: int,
    inside: Sequence[Occurrence],
    starts: Sequence[int],
    ends: Sequence[int],
) -> Run:
    """The part of one long sentence that holds the most of the query, from word to word."""
    low, high = bisect_left(starts, start), bisect_right(ends, end)
    first = last = start
    most = -1.0
    for left in range(low, high):
        right = max(left + 1, bisect_right(ends, starts[left] + LONGEST - MARGIN, left, high))
        worth = _worth(inside[left:right])
        if worth > most:
            most, first, last = worth, starts[left], max(ends[left:right])
    if last - start <= LONGEST:
        first = start
    elif end - first <= LONGEST:
        first = _word_start(text, end - LONGEST, first)
    else:
        first = _word_start(text, max(start, first - max(0, (LONGEST - (last - first)) // 3)), first)
    return Run(0.0, first, end if end - first <= LONGEST else _word_end(text, first + LONGEST - 20, last))


def _passage(segment: TextSegment, inside: Sequence[Occurrence], run: Run) -> Passage:
    text = segment.text
    edges = {edge for sentence in _sentences(text) for edge in sentence}
    before = "" if run.start in edges else "… "
    after = "" if run.end in edges else " …"
    spans: list[tuple[int, int]] = []
    breaks = [match.start() for match in _OPEN_LINE.finditer(text, run.start, run.end)]
    for occurrence in inside:
        a, b = int(segment.starts[occurrence.position]), _end(segment, occurrence)
        if run.start <= a and b <= run.end:
            a, b = (at - run.start + len(before) + (len(DASH) - 1) * bisect_left(breaks, at) for at in (a, b))
            if spans and a < spans[-1][1]:
                held = spans.pop()
                a, b = held[0], max(b, held[1])
            spans.append((a, b))
    shown = _OPEN_LINE.sub(DASH, text[: run.end][run.start :]).replace("\n", " ")
    return Passage(segment.section, segment.anchor, before + shown + after, tuple(spans))


def _word_start(text: str, at: int, most: int) -> int:
    """The first start of a word from `at` on, at most `most`; « 12 000 » is one word."""
    while at < most and at > 0 and text[at - 1] not in " \n":
        at += 1
    return at


def _word_end(text: str, at: int, least: int) -> int:
    """The last end of a word up to `at`, at least `least`."""
    while least < at < len(text) and text[at] not in " \n":
        at -= 1
    return at


def _end(segment: TextSegment, occurrence: Occurrence) -> int:
    return int(segment.ends[min(occurrence.position + occurrence.width, len(segment.ends)) - 1])
