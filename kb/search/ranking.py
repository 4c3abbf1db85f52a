"""The one place where a document's score is made: score = words + pairs + name.

    word     idf × (sat(tf of its forms) + EXACT × sat(tf as typed)), and idf × weight × sat(tf) for its
             best synonym or its correction
    pair     PAIR × (sum of both idf) × sat(tf of the pair), for words asked side by side that stand
             within NEAR words of one another
    name     for a document that the query names: as much as all words could give

    sat(tf) = tf × (K1 + 1) / (tf + K1)      idf(n) = ln(1 + (N − n + 0.5) / (n + 0.5))

tf counts each occurrence by the weight of its zone; occurrences in the body are divided by
1 − B + B × length / mean length, and all zones are added before `sat` (true BM25F: summing scores
zone by zone would over-reward titles: −.042 nDCG@10 at weight 2).

The words of a phrase in quotes add their own parts, so that a document that speaks of the thing comes
before one that drops the phrase once.

No word is required, and nothing is withheld: what shares a word with the request is found. Which documents
answer and which only touch is decided in `tiers`.

Sources: Robertson & Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond (2009), §3;
idf as in Lucene's BM25Similarity; proximity after Büttcher, Clarke & Lushman, SIGIR 2006.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from kb.search.collection import Collection, Floats, Mask, Positions
from kb.search.matching import Matched, Word
from kb.search.query import How
from kb.search.segments import Zone
from kb.search.tiers import NEAR_BEST, Tiers, best

# How these were set: 150 random settings over the 130 judged queries of judgements.yaml, mean nDCG@10 of
# the settings that share a value; what is marked « both » over these and the 55 of fresh-dev.yaml, one value
# changed at a time. A difference below about .01 is noise on so few queries, so only K1, B and the weight of
# titles were really decided by it; the others stand where two public French test sets put them.

#: saturation and length: our documents are few and long, so the tenth occurrence still says something
#: (K1 0.9, 1.2, 1.6, 2.2, 3: .869, .872, .875, .882, .883; the smaller of the last two was taken) and
#: length says little (B 0.75, 0.5, 0.4, 0.3, 0.2: .872, .878, .877, .880, .879)
K1, B = 2.2, 0.4
#: a word as typed, over its other forms (0.3, 0.5, 0.7: .875, .878, .878)
EXACT = 0.5
#: near senses weigh less than the word (0.35, 0.5: .875, .878), the same thing said otherwise almost as much
SYNONYM, SAME = 0.45, 0.8
#: a corrected word, below the synonyms of words that we hold: by the design; where the correction is applied,
#: because nothing answers what was typed, it weighs as a word (122 queries with one fault: .885, .889)
CORRECTION = 0.4
#: least idf: where all documents are on one subject, its words stand in nearly every one, yet how much is
#: said of them still tells the documents apart (both: 0, 0.5, 0.8, 1: .905, .909, .914, .913)
LEAST_IDF = 0.8
#: words asked side by side and found within NEAR words; in another order or further apart, less; their
#: idf is that of two words that meet by chance, the sum of both
#: (PAIR 0.3, 0.5, 0.8: .878, .878, .875; NEAR 4, 6: .878, .875; on both 0.4, 0.5, 0.6: .919, .921, .919)
PAIR, NEAR, LOOSE_PAIR = 0.5, 4, 0.5
#: documents, the best by their words, in which pairs are looked for
PAIRED = 1_000
#: weight of one occurrence by zone, in the order of `Zone`: name, title, platform, term, heading,
#: summary, figures, body; before saturation (title 2, 3, 5: .875, .876, .880; term 1, 2, 3 on both: .909,
#: .912, .912; others within .003)
ZONES = (4.0, 5.0, 4.0, 2.0, 1.5, 2.0, 1.5, 1.0)
Part = tuple[str, str, Floats]  # (kind of evidence, its words, score of every document)


@dataclass(frozen=True)
class Ranked:
    """Scores of all documents for one request, with the evidence they are made of."""

    matched: Matched
    score: Floats
    #: documents that share something with the request, filters not yet applied
    found: Mask
    #: those among them that answer
    answering: Mask
    #: documents that hold every phrase and nothing excluded
    allowed: Mask
    #: how each word was best met in each document: 0 not, then 1 + index in HOWS
    met: tuple[NDArray[np.int8], ...]
    idf: tuple[float, ...]
    parts: tuple[Part, ...] = field(repr=False, default=())

    @cached_property
    def complete(self) -> Mask:
        """Documents that hold every word."""
        held = self.allowed & (not self.matched.left_out)
        for met in self.met:
            held &= met > 0
        return held


HOWS: tuple[How, ...] = ("exact", "forme", "synonyme", "correction")
#: `Ranked.met` of a word met only by its correction
CORRECTED = 4


class Ranking:
    """Scores requests over one collection."""

    def __init__(self, collection: Collection) -> None:
        """Weigh every segment once, so that tf is a sum over occurrences."""
        self.collection = collection
        weights = np.asarray(ZONES)[collection.segment_zone]
        norm = 1 - B + B * collection.relative_length[collection.segment_document]
        self.segment_weight: Floats = np.where(collection.segment_zone == Zone.BODY, weights / norm, weights)
        self.tiers = Tiers(collection)

    def rank(self, matched: Matched, *, corrected: bool = False) -> Ranked:
        """Scores of every document; with `corrected`, a corrected word counts as held."""
        words = (*matched.words, *matched.phrases)
        evidence = [self._word(word, 1.0 if corrected else CORRECTION) for word in words]
        idf = tuple(idf for idf, _, _ in evidence)
        met = tuple(met for _, met, _ in evidence)
        parts: list[Part] = [part for _, _, found in evidence for part in found]
        parts += [part for word in matched.inside for part in self._word(word, CORRECTION)[2]]
        score = sum((part[2] for part in parts), np.zeros(self.collection.size))
        parts += self._pairs(words, idf, best(score, PAIRED))
        score = sum((part[2] for part in parts), np.zeros(self.collection.size))
        named = self._names(matched, idf)
        allowed = self._allowed(matched)
        found = allowed & self._found(matched, met, corrected=corrected)
        answering = found & self._answering(matched, idf, score, found, corrected=corrected)
        whole = sum((part[2] for part in named), score)
        return Ranked(matched, whole, found, answering, allowed, met, idf, (*parts, *named))

    def idf(self, documents: int) -> float:
        """Weight of what stands in this number of documents."""
        return max(LEAST_IDF, math.log(1 + (self.collection.size - documents + 0.5) / (documents + 0.5)))

    def _tf(self, positions: Positions, worth: Floats | float = 1.0) -> Floats:
        """Weighted occurrences in every document."""
        segments = self.collection.segments_at(positions)
        weights = self.segment_weight[segments] * worth
        found = np.bincount(
            self.collection.segment_document[segments], weights, minlength=self.collection.size
        )
        return found.astype(np.float64, copy=False)

    def _word(self, word: Word, correction: float) -> tuple[float, NDArray[np.int8], list[Part]]:
        """(idf, how it was met, its parts of the score); `correction`: weight of a corrected spelling."""
        size = self.collection.size
        tf = {how: self._tf(positions) for how in ("exact", "correction") if (positions := word.of(how)).size}
        direct = word.of("exact", "forme")
        if direct.size:
            tf["forme"] = self._tf(direct)
        same = [self._tf(r.positions) for r in word.readings if r.how == "synonyme" and r.same]
        near = [self._tf(r.positions) for r in word.readings if r.how == "synonyme" and not r.same]
        idf = self._word_idf(tf, same, near)
        base = idf * sat(tf["forme"]) if "forme" in tf else np.zeros(size)
        bonus = idf * EXACT * sat(tf["exact"]) if "exact" in tf else np.zeros(size)
        other = np.zeros(size)
        for weight, group in ((SAME, same), (SYNONYM, near)):
            if group:
                other = np.maximum(other, weight * idf * sat(sum(group, np.zeros(size))))
        respelt = correction * idf * sat(tf["correction"]) if "correction" in tf else np.zeros(size)
        met = np.zeros(size, np.int8)
        for number, array in ((4, respelt), (3, other), (2, base), (1, bonus)):
            met[array > 0] = number
        kinds = (("forme", base), ("exact", bonus), ("synonyme", other), ("correction", respelt))
        return idf, met, [(kind, word.typed, array) for kind, array in kinds if array.any()]

    def _word_idf(self, tf: dict[str, Floats], same: list[Floats], near: list[Floats]) -> float:
        """idf of the word with what is the very same; of its other readings where it has none."""
        for group in (
            [tf[how] for how in ("forme",) if how in tf] + same,
            near,
            [tf[h] for h in ("correction",) if h in tf],
        ):
            if group:
                return self.idf(int(np.count_nonzero(sum(group))))
        return self.idf(1 if self.collection.size else 0)

    def _pairs(self, words: Sequence[Word], idf: Sequence[float], best: Mask) -> list[Part]:
        """The evidence of words found side by side, in the best documents only."""
        parts: list[Part] = []
        for (left, left_idf), (right, right_idf) in pairwise(zip(words, idf, strict=True)):
            a = self._inside(left.of("exact", "forme", "correction"), best)
            b = self._inside(right.of("exact", "forme", "correction"), best)
            if not a.size or not b.size or right.place - left.place > NEAR:
                continue
            weights = near_pairs(a, b, right.place - left.place)
            hit = weights > 0
            if hit.any():
                score = PAIR * (left_idf + right_idf) * sat(self._tf(a[hit], weights[hit]))
                parts.append(("voisinage", f"{left.typed} + {right.typed}", score))
        return parts

    def _inside(self, positions: Positions, documents: Mask) -> Positions:
        """The positions that lie in these documents."""
        if documents.all():
            return positions
        return positions[documents[self.collection.segment_document[self.collection.segments_at(positions)]]]

    def _names(self, matched: Matched, idf: Sequence[float]) -> list[Part]:
        if not matched.named:
            return []
        most = sum(idf) * (K1 + 1) * (1 + EXACT) + 1
        bonus = np.zeros(self.collection.size)
        for number, sureness in matched.named.items():
            bonus[number] = sureness * most
        return [("nom", "", bonus)]

    def _found(self, matched: Matched, met: Sequence[NDArray[np.int8]], *, corrected: bool) -> Mask:
        """Documents that hold a word, in another spelling only where that is what was asked."""
        size, last = self.collection.size, CORRECTED if corrected else CORRECTED - 1
        if not met:
            return np.full(size, not matched.unknown)
        found: Mask = np.logical_or.reduce([(how > 0) & (how <= last) for how in met])
        return found

    def _answering(
        self, matched: Matched, idf: Sequence[float], score: Floats, found: Mask, *, corrected: bool
    ) -> Mask:
        """Documents of the first tier; all of them where nothing is asked."""
        words = (*matched.words, *matched.phrases)
        if not words or not found.any():
            return found
        hows = HOWS if corrected else HOWS[:3]
        unknown = matched.left_out if corrected else matched.unknown
        is_clear = matched.is_clear_corrected if corrected else matched.is_clear
        if not is_clear and not self.tiers.is_answered(words, idf, hows, score, unknown, self.idf(1)):
            return np.zeros_like(found)
        answering: Mask = score >= NEAR_BEST * score[found].max()
        answering[list(matched.named)] = True
        return answering

    def _allowed(self, matched: Matched) -> Mask:
        allowed: Mask = np.ones(self.collection.size, np.bool_)
        for phrase in matched.phrases:
            allowed &= self._holding(phrase.of("exact"))
        for positions in matched.excluded:
            allowed &= ~self._holding(positions)
        return allowed

    def _holding(self, positions: Positions) -> Mask:
        held: Mask = np.zeros(self.collection.size, np.bool_)
        held[self.collection.segment_document[self.collection.segments_at(positions)]] = True
        return held


def sat(tf: Floats) -> Floats:
    """tf saturated: 0 → 0, 1 → 1, many → K1 + 1."""
    result: Floats = tf * (K1 + 1) / (tf + K1)
    return result


def near_pairs(left: Positions, right: Positions, asked: int) -> Floats:
    """For each position of `left`: 1 where `right` stands as asked, less where only near, else 0."""
    after = np.searchsorted(right, left, side="right")
    ahead = right[np.minimum(after, right.size - 1)] - left
    behind = left - right[np.maximum(after - 1, 0)]
    weights = np.zeros(left.size)
    weights[((ahead > 0) & (ahead <= NEAR)) | ((behind > 0) & (behind <= NEAR))] = LOOSE_PAIR
    weights[ahead == asked] = 1.0
    return weights
