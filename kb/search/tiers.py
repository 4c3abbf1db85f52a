"""Which documents answer a request and which only touch it: a divider in the list, never a cut.

A request is answered where its words come together: some section, with the head of its document (name,
title, platforms, terms), holds GATHERED of the idf asked for and more than half of the words, or
GATHERED_FEW of the idf. A word said in passing, by one document and nowhere prominent, counts only beside
another word asked for: « piscine municipale » is not answered by a project for a swimming pool. A word
that no document holds asks for as much as one that a single document holds, so that « recette de tarte »
is not answered by whoever says « recette »; it asks for nothing beside subjects of the base (« plateforme
webinaire »): words that say a concept of the taxonomy, or that often stand in summaries, headings, titles
and terms. A request that names a document, or says a term in several words, is answered.

Of a request that is answered, the documents answer that it names and those whose words score at least
NEAR_BEST of the best.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kb.search.engine import HOWS, Floats, Mask
from kb.search.postings import Positions, Postings, merged
from kb.search.query import How
from kb.search.segments import Zone
from kb.search.tree import Reading, Tree, Word

#: what one section must hold for a request to be answered: this share of the idf asked for with more than
#: half of the words, or that share of the idf
GATHERED, GATHERED_FEW = 0.5, 0.66
#: share of the best score from which a document answers
NEAR_BEST = 0.3
#: what a word counts towards « holding it » when met as a synonym
HELD_BY_SYNONYM = 0.6
#: documents in which a word is prominent, and their share of those that hold it, for it to be a subject
SUBJECT_DOCUMENTS, SUBJECT_SHARE = 3, 0.25
#: occurrences up to which a word of one document is said in passing, and words between it and another
PASSING, BESIDE = 2, 5
#: documents that hold a rare word
RARE = 3
#: letters from which a misspelt word is surely what it is taken for: « signalment », and not « météo »
SURE_LETTERS = 7
#: documents, the best by their words, whose sections are looked into
LOOKED_INTO = 300
#: zones that speak for every section of their document
HEAD = (Zone.NAME, Zone.TITLE, Zone.PLATFORM, Zone.TERM)
#: letters from which what nobody wrote is told as a word
TOLD_LETTERS = 4
PROMINENT = (Zone.TITLE, Zone.TERM, Zone.HEADING, Zone.SUMMARY)


class Tiers:
    """The divider over one index."""

    def __init__(self, postings: Postings) -> None:
        """Note which segments speak for their document, and which tell what it is about."""
        self.postings = postings
        self._is_head: Mask = np.isin(postings.segment_zone, HEAD)
        self._is_prominent: Mask = np.isin(postings.segment_zone, PROMINENT)
        self._may_be_passing: Mask = postings.segment_zone == Zone.BODY

    def is_answered(
        self, tree: Tree, idf: Sequence[float], score: Floats, rarest: float, *, corrected: bool
    ) -> bool:
        """True where the request names a document, says a term, or its words come together.

        `idf`: of each leaf; `score`: of every document; `rarest`: idf of what stands in one document. What
        nobody wrote and is too short to be respelt (« sor », « HT ») is not counted as a word.
        """
        if tree.is_clear_corrected if corrected else tree.is_clear:
            return True
        hows = HOWS if corrected else HOWS[:3]
        words = tree.leaves
        held = [i for i, word in enumerate(words) if any(_counts(word, r, hows) for r in word.readings)]
        known, weights = [words[i] for i in held], [idf[i] for i in held]
        told = {word.form for word in known}
        unknown = tree.left_out if corrected else tree.unknown
        strange = sum(len(token.form) >= TOLD_LETTERS and token.form not in told for token in unknown)
        if strange <= sum(map(self._is_subject, known)):
            strange = 0
        asked = sum(weights) + strange * rarest
        if not held or sum(weights) < GATHERED * asked:
            return False
        mass, count = self._gathered(known, weights, hows, score)
        enough = (mass >= GATHERED * asked) & (count > (len(held) + strange) / 2)
        return bool(enough.any() or (mass >= GATHERED_FEW * asked).any())

    def answering(self, tree: Tree, score: Floats, found: Mask) -> Mask:
        """The documents before the divider, of a request that is answered."""
        answering: Mask = score >= NEAR_BEST * score[found].max()
        answering[[*tree.named, *tree.fitting]] = True
        return answering

    def _is_subject(self, word: Word) -> bool:
        """True for a word that says a concept, or is prominent in enough of the documents that hold it."""
        if word.has("synonyme"):
            return True
        segments = self.postings.segments_of(self.postings.of_word(word, "exact", "forme"))
        held, told = (
            distinct(self.postings.segment_document[chosen])
            for chosen in (segments, segments[self._is_prominent[segments]])
        )
        return bool(told >= max(SUBJECT_DOCUMENTS, SUBJECT_SHARE * held))

    def _gathered(
        self, words: Sequence[Word], idf: Sequence[float], hows: Sequence[How], score: Floats
    ) -> tuple[Floats, Floats]:
        """(idf, number) of the words that each section of the best documents holds with its head."""
        postings = self.postings
        chosen = best(score, LOOKED_INTO)
        places = np.flatnonzero(chosen[postings.segment_document])
        document = postings.segment_document[places]
        mass, count = np.zeros(places.size), np.zeros(places.size)
        for word, weight in zip(words, idf, strict=True):
            present, head = np.zeros(places.size), np.zeros(postings.size)
            apart = [other for other in words if other is not word]
            for reading in word.readings:
                if _counts(word, reading, hows):
                    share = HELD_BY_SYNONYM if reading.how == "synonyme" and not reading.same else 1.0
                    segments = postings.segments_of(self._meant(word, postings.of(reading.match), apart))
                    segments = segments[chosen[postings.segment_document[segments]]]
                    at = np.searchsorted(places, segments)
                    present[at] = np.maximum(present[at], share)
                    heads = postings.segment_document[segments[self._is_head[segments]]]
                    head[heads] = np.maximum(head[heads], share)
            present = np.maximum(present, head[document])
            mass += weight * present
            count += present > 0
        return mass, count

    def _meant(self, word: Word, positions: Positions, others: Sequence[Word]) -> Positions:
        """The positions of a word but for those where it is said in passing, far from every other word.

        Nothing is in passing in a document that another word names, or that holds another as rare.
        """
        if not others or not 0 < positions.size <= PASSING or word.form[0].isdigit():
            return positions
        segments = self.postings.segments_of(positions)
        documents = self.postings.segment_document[segments]
        if documents[0] != documents[-1] or not self._may_be_passing[segments].all():
            return positions
        held = [self.postings.of_word(other, "exact", "forme") for other in others]
        told = [self.postings.segments_of(places) for places in held]
        for at in told:
            there = self.postings.segment_document[at]
            rare = distinct(there) <= RARE and documents[0] in there
            if rare or (self.postings.segment_zone[at[there == documents[0]]] == Zone.NAME).any():
                return positions
        beside = merged([*held, *(self.postings.of_word(other, "synonyme") for other in others)])
        near = [bool(((beside >= at - BESIDE) & (beside <= at + BESIDE)).any()) for at in positions]
        return positions[np.array(near, np.bool_)]


def _counts(word: Word, reading: Reading, hows: Sequence[How]) -> bool:
    return reading.how in hows or (reading.how == "correction" and len(word.form) >= SURE_LETTERS)


def distinct(ordered: NDArray[np.int64]) -> int:
    """How many values an ordered array holds."""
    return int(np.count_nonzero(ordered[1:] != ordered[:-1])) + bool(ordered.size)


def best(score: Floats, count: int) -> Mask:
    """The documents with the highest scores, at most `count` and ties."""
    if score.size <= count:
        return np.ones(score.size, np.bool_)
    found: Mask = score >= np.partition(score, -count)[-count]
    return found & (score > 0)
