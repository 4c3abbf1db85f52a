"""Searches answered ahead of time, for an export that has no server: what each word finds, and its weight.

Every form of the vocabulary, every name of a document and every saying of the taxonomy is asked of
the ranking once, alone. What reads the table (`web/static/archive.js`) adds up: the weights of a query's
words, the best question that they meet, words side by side. It knows neither stems nor synonyms nor zones,
because they are in the weights, and takes every constant from `rules`. What is lost: names inside longer
queries, and sections: a document holds the words together where the server asks one section to.

Cost: some 1 ms for each form; 46 documents have 7,000 forms.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kb.content.documents import Corpus
from kb.content.rendering import Rendering
from kb.content.taxonomy import Taxonomy
from kb.search import ranking, tiers
from kb.search.analysis import is_stop_word, normalise, tokens
from kb.search.engine import Ranked
from kb.search.index import Index
from kb.search.segments import Zone, names_of, segments_of
from kb.search.tree import Match, Word

#: weights are whole numbers of this part
UNIT = 100


@dataclass(frozen=True)
class Saying:
    """What a word, or several that belong together, finds alone; weights in UNITs."""

    #: idf of its words
    weight: int
    #: (document, what it scores there, its questions left out) in turn
    documents: tuple[int, ...]
    #: (question, what it scores there) in turn
    questions: tuple[int, ...]
    #: True where it names a document, or says a term in several words: then something answers
    is_clear: bool


@dataclass(frozen=True)
class Flat:
    """The table: documents by number, and what each saying finds."""

    slugs: tuple[str, ...]
    #: saying of one word or more, folded, words parted by a space
    sayings: Mapping[str, Saying]
    #: number of its document for each question
    questions: tuple[int, ...]
    stop_words: tuple[str, ...]
    #: word → its other forms: « participent » → participer, participant…
    forms: Mapping[str, tuple[str, ...]]
    #: the constants of the ranking and of the divider, by name
    rules: Mapping[str, float]


def flatten(index: Index, corpus: Corpus, renderings: Mapping[str, Rendering]) -> Flat:
    """The table of an index; `renderings` by slug."""
    slugs = tuple(row.slug for row in index.searcher.engine.rows)
    questions = Questions(
        (number, segment.text)
        for number, slug in enumerate(slugs)
        for segment in segments_of(corpus.by_slug[slug], renderings[slug], corpus.taxonomy)
        if segment.zone == Zone.QUESTION
    )
    found, stops, forms = {}, set(), {}
    for saying in sorted(_sayings(corpus, renderings)):
        if " " not in saying and is_stop_word(saying):
            stops.add(saying)
            continue
        ranked = index.searcher.rank(saying)
        documents = _weights(ranked)
        if others := _others(ranked, saying):
            forms[saying] = others
        if documents:
            weight = round(sum(ranked.idf) * UNIT)
            found[saying] = Saying(weight, documents, questions.weights(ranked), ranked.tree.is_clear)
    return Flat(slugs, found, questions.documents, tuple(sorted(stops)), forms, _rules(index))


class Questions:
    """The questions that documents answer, and the words that stand in them."""

    def __init__(self, questions: Iterable[tuple[int, str]]) -> None:
        """Of (document, text) each."""
        held = list(questions)
        self.documents = tuple(number for number, _ in held)
        self._places: dict[str, dict[int, set[int]]] = {}
        for number, (_, text) in enumerate(held):
            for place, token in enumerate(tokens(text)):
                self._places.setdefault(token.form, {}).setdefault(number, set()).add(place)

    def weights(self, ranked: Ranked) -> tuple[int, ...]:
        """(question, what the words score there) in turn, as `ranking` weighs questions."""
        mass: dict[int, float] = {}
        for word, idf in zip(ranked.tree.leaves, ranked.idf, strict=True):
            for number, share in self._shares(word).items():
                mass[number] = mass.get(number, 0.0) + idf * share
        return tuple(
            value
            for number, weight in sorted(mass.items())
            for value in (number, round(ranking.QUESTION * weight * UNIT))
        )

    def _shares(self, word: Word) -> dict[int, float]:
        shares: dict[int, float] = {}
        for reading in word.readings:
            for number in self._holding(reading.match):
                shares[number] = max(shares.get(number, 0.0), ranking.worth_of(reading))
        return shares

    def _holding(self, match: Match) -> Iterator[int]:
        """The questions in which a match stands."""
        (first, forms), *rest = match.words
        for form in forms:
            for number, places in self._places.get(form, {}).items():
                if any(all(self._is_at(number, at + n - first, f) for n, f in rest) for at in places):
                    yield number

    def _is_at(self, number: int, place: int, forms: Sequence[str]) -> bool:
        return any(place in self._places.get(form, {}).get(number, ()) for form in forms)


def _others(ranked: Ranked, saying: str) -> tuple[str, ...]:
    words = ranked.tree.leaves
    return tuple(form for form in words[0].forms if form != saying) if len(words) == 1 else ()


def _weights(ranked: Ranked) -> tuple[int, ...]:
    asked = sum((part[2] for part in ranked.parts if part[0] == "question"), np.zeros(ranked.score.size))
    score = np.where(ranked.found, ranked.score - asked, 0.0)
    return tuple(
        value
        for number in np.flatnonzero(ranked.found & (ranked.score > 0)).tolist()
        for value in (number, round(float(score[number]) * UNIT))
    )


def _rules(index: Index) -> dict[str, float]:
    return {
        "unit": UNIT,
        "pair": ranking.PAIR,
        "near": ranking.NEAR,
        "loosePair": ranking.LOOSE_PAIR,
        "saturation": index.searcher.engine.saturation,
        "leastIdf": ranking.LEAST_IDF,
        "gathered": tiers.GATHERED,
        "gatheredFew": tiers.GATHERED_FEW,
        "heldBySynonym": tiers.HELD_BY_SYNONYM,
        "sureLetters": tiers.SURE_LETTERS,
        "passing": tiers.PASSING,
        "beside": tiers.BESIDE,
        "rare": tiers.RARE,
        "nearBest": tiers.NEAR_BEST,
        "toldLetters": tiers.TOLD_LETTERS,
    }


def _sayings(corpus: Corpus, renderings: Mapping[str, Rendering]) -> set[str]:
    """Single words of all texts; names and terms of several words."""
    found: set[str] = set()
    for document in corpus.documents:
        for segment in segments_of(document, renderings[document.slug], corpus.taxonomy):
            found.update(token.form for token in tokens(segment.text))
            if segment.zone in (Zone.NAME, Zone.PLATFORM):
                found.add(_folded(segment.text))
        found.update(map(_folded, names_of(document)))
    found.update(map(_folded, _terms(corpus.taxonomy)))
    for saying in list(found):
        found.update(saying.split())
    return {saying for saying in found if saying and saying.count(" ") < 6}


def _terms(taxonomy: Taxonomy) -> Iterable[str]:
    terms = (*taxonomy.glossary, *(term for facet in taxonomy.facets for term in facet.terms))
    for term in terms:
        yield from (term.label, *term.synonyms, *term.acronyms)


def _folded(text: str) -> str:
    return " ".join(token.form for token in tokens(normalise(text)))
