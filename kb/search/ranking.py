"""The one place where a document's score is made: score = words + pairs + question + name + field.

    word      idf × (sat(tf of its forms) + EXACT × sat(tf as typed)), and idf × weight × sat(tf) for its
              best synonym or its correction
    pair      PAIR × (sum of both idf) × sat(tf of the pair), for words asked side by side that stand
              within NEAR words of one another
    question  QUESTION × idf × weight of the words that the best of its questions holds
    name      for a document that the query names: as much as all words could give
    field     FIELD × idf for a document whose fields meet the quantities asked (« moins de 10 000 € »)

    sat(tf) = tf × (K1 + 1) / (tf + K1)      idf(n) = ln(1 + (N − n + 0.5) / (n + 0.5))

tf counts each occurrence by the weight of its zone; occurrences in the body are divided by
1 − B + B × length / mean length, and all zones are added before `sat` (true BM25F: summing scores
zone by zone would over-reward titles). K1 follows from the length of the documents: in a long one the tenth
occurrence still says something.

The words of a phrase in quotes add their own parts, so that a document that speaks of the thing comes
before one that drops the phrase once. No word is required, and nothing is withheld: what shares a word
with the request is found. Which documents answer and which only touch is decided in `tiers`.

Sources: Robertson & Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond (2009), §3;
idf as in Lucene's BM25Similarity; proximity after Büttcher, Clarke & Lushman, SIGIR 2006; questions
after Nogueira et al., Document expansion by query prediction (2019).
How the numbers were set: docs/recherche.md.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from kb.search.engine import CORRECTED, HOWS, Floats, Mask, Part, Ranked
from kb.search.postings import Positions, Postings, merged
from kb.search.query import How
from kb.search.segments import Zone
from kb.search.tiers import Tiers, best
from kb.search.tree import Reading, Tree, Word

#: how much length counts, and saturation: K1 = √(mean words of a document) / K1_LENGTH, within bounds
B, K1_LENGTH, K1_BOUNDS = 0.75, 16, (0.9, 2.5)
#: a word as typed, over its other forms
EXACT = 0.5
#: near senses weigh less than the word, the same thing said otherwise almost as much
SYNONYM, SAME = 0.45, 0.8
#: a corrected word, below the synonyms of words that we hold; where the correction is applied, because
#: nothing answers what was typed, it weighs as a word
CORRECTION = 0.4
#: least idf: where all documents are on one subject, its words stand in nearly every one, yet how much is
#: said of them still tells the documents apart
LEAST_IDF = 0.8
#: words asked side by side and found within NEAR words; in another order or further apart, less
PAIR, NEAR, LOOSE_PAIR = 0.5, 4, 0.5
#: documents, the best by their words, in which pairs are looked for
PAIRED = 1_000
#: what the words of the best question add
QUESTION = 1.0
#: what the fields say, beside a word that as many documents hold
FIELD = 1.5
#: weight of one occurrence by zone, in the order of `Zone`: name, title, platform, term, heading, question
#: (counted apart), summary, figures, body
ZONES = (4.0, 5.0, 4.0, 2.0, 1.5, 0.0, 2.0, 1.5, 1.0)


class Ranking:
    """Scores trees over one index."""

    def __init__(self, postings: Postings) -> None:
        """Weigh every segment once, so that tf is a sum over occurrences."""
        self.postings = postings
        zone, document = postings.segment_zone, postings.segment_document
        body = zone == Zone.BODY
        words = np.bincount(document[body], postings.segment_length[body], minlength=postings.size)
        mean = max(float(words.mean()) if words.size else 1.0, 1.0)
        self.k1 = min(max(math.sqrt(mean) / K1_LENGTH, K1_BOUNDS[0]), K1_BOUNDS[1])
        norm = (1 - B + B * words / mean)[document]
        weights = np.asarray(ZONES)[zone]
        self.segment_weight: Floats = np.where(body, weights / norm, weights)
        self._is_question: Mask = zone == Zone.QUESTION
        self.tiers = Tiers(postings)

    def rank(self, tree: Tree, *, corrected: bool = False) -> Ranked:
        """Scores of every document; with `corrected`, a corrected word counts as held."""
        correction = 1.0 if corrected else CORRECTION
        evidence = [self._word(word, correction) for word in tree.leaves]
        idf = tuple(idf for idf, _, _ in evidence)
        met = tuple(met for _, met, _ in evidence)
        parts: list[Part] = [part for _, _, found in evidence for part in found]
        parts += [part for word in tree.inside for part in self._word(word, correction)[2]]
        parts += self._question(tree.leaves, idf, correction)
        parts += self._pairs(tree.leaves, idf, best(self._sum(parts), PAIRED))
        score = self._sum(parts)
        allowed = self._allowed(tree)
        found = allowed & self._found(tree, met, corrected=corrected)
        answering = found & self._answering(tree, idf, score, found, corrected=corrected)
        named = self._names(tree, idf) + self._fields(tree)
        whole = score + self._sum(named)
        return Ranked(tree, whole, found, answering, allowed, met, idf, (*parts, *named))

    def idf(self, documents: int) -> float:
        """Weight of what stands in this number of documents."""
        return max(LEAST_IDF, math.log(1 + (self.postings.size - documents + 0.5) / (documents + 0.5)))

    def saturated(self, tf: Floats) -> Floats:
        """tf saturated: 0 → 0, 1 → 1, many → K1 + 1."""
        result: Floats = tf * (self.k1 + 1) / (tf + self.k1)
        return result

    def _sum(self, parts: Sequence[Part]) -> Floats:
        return sum((part[2] for part in parts), np.zeros(self.postings.size))

    def _tf(self, positions: Positions, worth: Floats | float = 1.0) -> Floats:
        """Weighted occurrences in every document."""
        segments = self.postings.segments_of(positions)
        weights = self.segment_weight[segments] * worth
        found = np.bincount(self.postings.segment_document[segments], weights, minlength=self.postings.size)
        return found.astype(np.float64, copy=False)

    def _word(self, word: Word, correction: float) -> tuple[float, NDArray[np.int8], list[Part]]:
        """(idf, how it was met, its parts of the score); `correction`: weight of a corrected spelling."""
        direct, exact, same, near, respelt = (
            self._tf(self.postings.of_word(word, "exact", "forme")),
            self._tf(self.postings.of_word(word, "exact")),
            [r for r in word.readings if r.how == "synonyme" and r.same],
            [r for r in word.readings if r.how == "synonyme" and not r.same],
            self._tf(self.postings.of_word(word, "correction")),
        )
        alike, akin = (self._sum_of(readings) for readings in (same, near))
        idf = self._word_idf(word)
        kinds = (
            ("forme", idf * self.saturated(direct)),
            ("exact", idf * EXACT * self.saturated(exact)),
            ("synonyme", idf * np.maximum(SAME * self.saturated(alike), SYNONYM * self.saturated(akin))),
            ("correction", correction * idf * self.saturated(respelt)),
        )
        return idf, self._met(word), [(kind, word.typed, array) for kind, array in kinds if array.any()]

    def _word_idf(self, word: Word) -> float:
        """idf of the word with what is the very same; of its other readings where it has none."""
        own = [r for r in word.readings if r.how in ("exact", "forme") or r.same]
        near = [r for r in word.readings if r.how == "synonyme"]
        for readings in (own, near, word.readings):
            positions = merged([self.postings.of(reading.match) for reading in readings])
            if positions.size:
                return self.idf(int(np.count_nonzero(self.postings.holding(positions))))
        return self.idf(1)

    def _sum_of(self, readings: Sequence[Reading]) -> Floats:
        return sum((self._tf(self.postings.of(r.match)) for r in readings), np.zeros(self.postings.size))

    def _met(self, word: Word) -> NDArray[np.int8]:
        """The best way in which each document meets the word: 0 none, then 1 + index in HOWS."""
        met = np.zeros(self.postings.size, np.int8)
        for number in range(len(HOWS), 0, -1):
            positions = self.postings.of_word(word, HOWS[number - 1])
            if positions.size:
                met[self.postings.documents_of(positions)] = number
        return met

    def _question(self, words: Sequence[Word], idf: Sequence[float], correction: float) -> list[Part]:
        """What the best question of each document holds of the words: the best, not their sum."""
        if not self._is_question.any():
            return []
        held = np.zeros(self.postings.segment_zone.size)
        for word, weight in zip(words, idf, strict=True):
            share = np.zeros_like(held)
            for reading in word.readings:
                segments = self.postings.segments_of(self.postings.of(reading.match))
                most = correction if reading.how == "correction" else worth_of(reading)
                share[segments] = np.maximum(share[segments], most)
            held += weight * share
        score = np.zeros(self.postings.size)
        asked = np.flatnonzero(self._is_question & (held > 0))
        np.maximum.at(score, self.postings.segment_document[asked], held[asked])
        return [("question", "", QUESTION * score)] if score.any() else []

    def _pairs(self, words: Sequence[Word], idf: Sequence[float], chosen: Mask) -> list[Part]:
        """The evidence of words found side by side, in the best documents only."""
        parts: list[Part] = []
        for (left, left_idf), (right, right_idf) in pairwise(zip(words, idf, strict=True)):
            hows: tuple[How, ...] = ("exact", "forme", "correction")
            a, b = (self._inside(self.postings.of_word(word, *hows), chosen) for word in (left, right))
            if not a.size or not b.size or right.place - left.place > NEAR:
                continue
            weights = near_pairs(a, b, right.place - left.place)
            hit = weights > 0
            if hit.any():
                score = PAIR * (left_idf + right_idf) * self.saturated(self._tf(a[hit], weights[hit]))
                parts.append(("voisinage", f"{left.typed} + {right.typed}", score))
        return parts

    def _inside(self, positions: Positions, documents: Mask) -> Positions:
        """The positions that lie in these documents."""
        return positions if documents.all() else positions[documents[self.postings.documents_of(positions)]]

    def _names(self, tree: Tree, idf: Sequence[float]) -> list[Part]:
        if not tree.named:
            return []
        bonus = np.zeros(self.postings.size)
        for number, sureness in tree.named.items():
            bonus[number] = sureness * (sum(idf) * (self.k1 + 1) * (1 + EXACT) + 1)
        return [("nom", "", bonus)]

    def _fields(self, tree: Tree) -> list[Part]:
        if not tree.fitting:
            return []
        worth = np.zeros(self.postings.size)
        worth[list(tree.fitting)] = FIELD * self.idf(len(tree.fitting))
        return [("champ", "", worth)]

    def _found(self, tree: Tree, met: Sequence[NDArray[np.int8]], *, corrected: bool) -> Mask:
        """Documents that hold a word, in another spelling only where that is what was asked."""
        last = CORRECTED if corrected else CORRECTED - 1
        if not met:
            return np.full(self.postings.size, not tree.unknown)
        found: Mask = np.logical_or.reduce([(how > 0) & (how <= last) for how in met])
        found[list(tree.fitting)] = True
        return found

    def _answering(
        self, tree: Tree, idf: Sequence[float], score: Floats, found: Mask, *, corrected: bool
    ) -> Mask:
        """Documents of the first tier; all of them where nothing is asked."""
        if not tree.leaves or not found.any():
            return found
        if not self.tiers.is_answered(tree, idf, score, self.idf(1), corrected=corrected):
            return np.zeros_like(found)
        return self.tiers.answering(tree, score, found)

    def _allowed(self, tree: Tree) -> Mask:
        allowed: Mask = np.ones(self.postings.size, np.bool_)
        for phrase in tree.phrases:
            allowed &= self.postings.holding(self.postings.of_word(phrase, "exact"))
        for match in tree.excluded:
            allowed &= ~self.postings.holding(self.postings.of(match))
        return allowed


def worth_of(reading: Reading) -> float:
    """What a word met so counts in a question, of 1."""
    return (SAME if reading.same else SYNONYM) if reading.how == "synonyme" else 1.0


def near_pairs(left: Positions, right: Positions, asked: int) -> Floats:
    """For each position of `left`: 1 where `right` stands as asked, less where only near, else 0."""
    after = np.searchsorted(right, left, side="right")
    ahead = right[np.minimum(after, right.size - 1)] - left
    behind = left - right[np.maximum(after - 1, 0)]
    weights = np.zeros(left.size)
    weights[((ahead > 0) & (ahead <= NEAR)) | ((behind > 0) & (behind <= NEAR))] = LOOSE_PAIR
    weights[ahead == asked] = 1.0
    return weights
