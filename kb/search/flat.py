"""Searches answered ahead of time, for an export that has no server: what each word finds, and its weight.

Every form of the vocabulary, every name of a document and every saying of the taxonomy is asked of
the ranking once, alone. What reads the table adds the weights of a query's words; it knows neither
stems nor synonyms nor zones, because they are in the weights. What is lost: proximity over more than
one section, names inside longer queries, and words outside the vocabulary, which it looks for by
their spelling.

Cost: some 1 ms for each form; 37 documents have 6,000 forms.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from kb.content.documents import Corpus
from kb.content.rendering import Rendering
from kb.content.taxonomy import Taxonomy
from kb.search.analysis import is_stop_word, normalise, tokens
from kb.search.index import Index
from kb.search.segments import Zone, names_of, segments_of

#: weights are whole numbers of this part
UNIT = 100


@dataclass(frozen=True)
class Flat:
    """The table: documents by number, and what each saying finds."""

    slugs: tuple[str, ...]
    #: saying of one word or more, folded, words parted by a space → (document, weight) in turn
    found: Mapping[str, tuple[int, ...]]
    stop_words: tuple[str, ...]


def flatten(index: Index, corpus: Corpus, renderings: Mapping[str, Rendering]) -> Flat:
    """The table of an index; `renderings` by slug."""
    slugs = tuple(row.slug for row in index.searcher.engine.rows)
    found, stops = {}, set()
    for saying in sorted(_sayings(corpus, renderings)):
        if " " not in saying and is_stop_word(saying):
            stops.add(saying)
            continue
        weights = _weights(index, saying)
        if weights:
            found[saying] = weights
    return Flat(slugs, found, tuple(sorted(stops)))


def _weights(index: Index, saying: str) -> tuple[int, ...]:
    ranked = index.searcher.rank(saying)
    score = np.where(ranked.found, ranked.score, 0.0)
    numbers = np.flatnonzero(score > 0)
    return tuple(
        value for number in numbers.tolist() for value in (number, round(float(score[number]) * UNIT))
    )


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
