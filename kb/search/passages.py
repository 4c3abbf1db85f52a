"""The best passages of a hit: a few sentences of a section, with the characters to mark.

A passage is the run of whole sentences, at most LONGEST characters, that holds the most of the query
(sum of the idf of its distinct words); a sentence longer than that is cut between words, and an ellipsis
says so. No passage crosses a heading. Lines that end without a mark (headings, rows of a table, items)
are parted by a dash. One passage per section, three per hit, best first;
the summary leads where the title holds a word that no passage does. Where a question that the document
answers holds the most, the passage is of the section that answers it, and tells the question.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from kb.search.occurrences import Occurrence, occurrences_of
from kb.search.query import Passage
from kb.search.reading import Text, TextSegment
from kb.search.segments import SHOWN, Zone
from kb.search.tree import Word

SHORTEST, LONGEST = 160, 260
#: characters kept around the words of a sentence that is cut
MARGIN = 40
PASSAGES = 3
#: characters between two sentences; more of them, a blank line, part what belongs to two headings
GAP = 1
#: an occurrence beyond the first of its word, beside a word not yet seen; and all of them at most
REPEATED, MOST_REPEATED = 0.05, 0.5
#: a line of figures says less than a sentence
FIGURE_WORTH = 0.9
#: a question that the document answers says less than what answers it
QUESTION_WORTH = 0.5
#: share of what a question holds from which a run of its section is shown rather than the section's beginning
ANSWERING = 0.4
_ZONE_WORTH = {Zone.FIGURE: FIGURE_WORTH, Zone.QUESTION: QUESTION_WORTH}
_SENTENCE_END = re.compile(r"[.!?…](?:[^\S\n]?['’\"»)]+)?(\s+)(?=[^\W_a-z]|«|\d)|(\n)")
#: end of a line that no mark closes
_OPEN_LINE = re.compile(r"(?<=[^\s.!?…:;,])\n")
DASH = " — "


class Run(NamedTuple):
    """Characters of a segment that may become a passage."""

    worth: float
    start: int
    end: int


#: (most that its passage can be worth, negated; order; segment; what it holds of the query)
_Held = tuple[float, int, TextSegment, list[Occurrence]]
_Part = tuple[TextSegment, list[Occurrence], Run]


def passages_of(text: Text, words: Sequence[Word], idf: Sequence[float]) -> tuple[Passage, ...]:
    """The best passages of one document, best first; the summary alone where no text holds a word."""
    occurrences = occurrences_of(text, words, idf)
    segments = [segment for segment in text.segments if segment.zone in SHOWN]
    summary = next((segment for segment in segments if segment.zone == Zone.SUMMARY), None)
    promising = sorted(_by_segment(segments, occurrences), key=lambda held: held[:2])
    found: dict[tuple[str, str], tuple[float, int, TextSegment, list[Occurrence], Run]] = {}
    for most, order, segment, inside in promising:
        if len(found) >= PASSAGES and most > sorted(item[0] for item in found.values())[PASSAGES - 1]:
            break  # no sentence of what is left can be better
        run = _best_run(segment, inside)
        worth = run.worth * _ZONE_WORTH.get(segment.zone, 1.0)
        place = (segment.section, segment.anchor)
        if place not in found or (-worth, order) < found[place][:2]:
            found[place] = (-worth, order, segment, inside, run)
    best = sorted(found.values(), key=lambda item: item[:2])[:PASSAGES]
    chosen = [(segment, inside, run) for _, _, segment, inside, run in best]
    if summary and not (chosen and _titled(text, occurrences) <= _shown(chosen)):
        chosen = _summary_first(summary, promising, chosen)
    return tuple(_answer(segments, promising, *part) for part in chosen)


def _answer(
    segments: Sequence[TextSegment],
    promising: Sequence[_Held],
    segment: TextSegment,
    inside: Sequence[Occurrence],
    run: Run,
) -> Passage:
    """The passage; of a question, what the section that answers it says, with the question."""
    if segment.zone != Zone.QUESTION:
        return _passage(segment, inside, run)
    answers = (s for s in segments if s.zone == Zone.BODY and s.anchor == segment.anchor)
    body = next(answers, None)
    if body is None:
        return _passage(segment, inside, run)
    held = next((held for _, _, other, held in promising if other is body), [])
    best = _best_run(body, held)
    if best.worth < ANSWERING * run.worth:
        best = _best_run(body, ())
    return replace(_passage(body, held, best), question=segment.text)


def _titled(text: Text, occurrences: Sequence[Occurrence]) -> set[int]:
    """Words of the query that the title holds, those of the name left out."""
    held = [(occurrence.word, text.segment_at(occurrence.position).zone) for occurrence in occurrences]
    names = {word for word, zone in held if zone == Zone.NAME}
    return {word for word, zone in held if zone == Zone.TITLE} - names


def _shown(chosen: Sequence[_Part]) -> set[int]:
    """Words of the query that passages hold."""
    return {
        occurrence.word
        for segment, inside, run in chosen
        for occurrence in inside
        if run.start <= segment.starts[occurrence.position - segment.first]
        and _end(segment, occurrence) <= run.end
    }


def _summary_first(summary: TextSegment, promising: Sequence[_Held], chosen: list[_Part]) -> list[_Part]:
    """The summary before the passages: it tells best what a title is about."""
    inside = next((held for _, _, segment, held in promising if segment is summary), [])
    others = [part for part in chosen if part[0] is not summary]
    return [(summary, inside, _best_run(summary, inside)), *others][:PASSAGES]


def _by_segment(
    segments: Sequence[TextSegment], occurrences: Sequence[Occurrence]
) -> Iterator[tuple[float, int, TextSegment, list[Occurrence]]]:
    """(most that a passage can be worth, negated; order; segment; its occurrences) of each segment held."""
    at = 0
    for order, segment in enumerate(segments):
        end = segment.first + len(segment.text) + 1  # at least as many as it has words
        while at < len(occurrences) and occurrences[at].position < segment.first:
            at += 1
        start = at
        while at < len(occurrences) and occurrences[at].position < end:
            at += 1
        if at > start:
            inside = list(occurrences[start:at])
            yield -_worth(inside), order, segment, inside


def _best_run(segment: TextSegment, inside: Sequence[Occurrence]) -> Run:
    """The run of sentences that holds the most of the query, among equals the first."""
    sentences = _sentences(segment.text)
    starts = [segment.starts[o.position - segment.first] for o in inside]
    ends = [_end(segment, o) for o in inside]
    best, seen = Run(-1.0, 0, 0), -1
    for index, at in enumerate(starts):
        number = bisect_right(sentences, (at, len(segment.text) + 1)) - 1
        if number > seen:
            seen = number
            if sentences[number][1] - sentences[number][0] > LONGEST:
                run = _cut(segment.text, *sentences[number], inside, starts, ends)
            else:
                run = _grown(sentences, number, inside, index, ends)
            if run.worth > best.worth + 1e-6:
                best = run
    return best if inside or not sentences else _grown(sentences, 0, (), 0, ())


def _grown(
    sentences: Sequence[tuple[int, int]],
    number: int,
    inside: Sequence[Occurrence],
    index: int,
    ends: Sequence[int],
) -> Run:
    """A sentence with those after it that add to it or are needed for length; then those before."""
    start, stop = sentences[number]
    seen: dict[int, float] = {}
    more, worth, reached = 0.0, 0.0, start
    for first, end in sentences[number:]:
        if end - start > LONGEST or first - reached > GAP:
            break
        reached = end
        while index < len(inside) and ends[index] <= end:
            occurrence = inside[index]
            more += REPEATED * occurrence.worth if occurrence.word in seen else 0.0
            seen[occurrence.word] = max(seen.get(occurrence.word, 0.0), occurrence.worth)
            index += 1
        total = sum(seen.values()) + min(more, MOST_REPEATED)
        if total > worth + 1e-6 or stop - start < SHORTEST:
            worth, stop = total, end
    while (
        number
        and stop - start < SHORTEST
        and stop - sentences[number - 1][0] <= LONGEST
        and start - sentences[number - 1][1] <= GAP
    ):
        number -= 1
        start = sentences[number][0]
    return Run(worth, start, stop)


def _worth(inside: Sequence[Occurrence]) -> float:
    """idf of the distinct words, and a little for those said again."""
    seen: dict[int, float] = {}
    more = 0.0
    for occurrence in inside:
        more += REPEATED * occurrence.worth if occurrence.word in seen else 0.0
        seen[occurrence.word] = max(seen.get(occurrence.word, 0.0), occurrence.worth)
    return sum(seen.values()) + min(more, MOST_REPEATED)


@lru_cache(maxsize=20_000)
def _sentences(text: str) -> tuple[tuple[int, int], ...]:
    """(start, end) of each sentence, the space between them left out."""
    start, found = 0, []
    for match in _SENTENCE_END.finditer(text):
        end = match.start(match.lastindex or 0)
        if end > start:
            found.append((start, end))
        start = match.end()
    if start < len(text):
        found.append((start, len(text)))
    return tuple(found)


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
    return Run(most, first, end if end - first <= LONGEST else _word_end(text, first + LONGEST - 20, last))


def _passage(segment: TextSegment, inside: Sequence[Occurrence], run: Run) -> Passage:
    text = segment.text
    sentences = _sentences(text)
    before = "" if any(run.start == start for start, _ in sentences) else "… "
    after = "" if any(run.end == end for _, end in sentences) else " …"
    spans: list[tuple[int, int]] = []
    breaks = [match.start() for match in _OPEN_LINE.finditer(text, run.start, run.end)]
    for occurrence in inside:
        a, b = segment.starts[occurrence.position - segment.first], _end(segment, occurrence)
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
    last = occurrence.position - segment.first + occurrence.width
    return segment.ends[min(last, len(segment.ends)) - 1]
