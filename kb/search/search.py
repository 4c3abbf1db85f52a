"""One search from text to answer: parse, match, rank, filter, count, cut passages.

A `Searcher` is fixed once made and serves many threads. There is one path: what `explain` tells is
read off the same arrays that ordered the answer.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from dataclasses import replace
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kb.content.documents import Corpus
from kb.content.kinds import NATURES
from kb.content.slugs import fold
from kb.errors import UnknownDocumentError
from kb.search.absent import AbsentPlaces
from kb.search.engine import HOWS, Engine, Mask, Ranked, Row
from kb.search.expansion import Thesaurus
from kb.search.explanation import Explanation, explain
from kb.search.facets import Facets
from kb.search.forms import lemma
from kb.search.matching import Matcher
from kb.search.names import Names
from kb.search.parsing import Request, parse
from kb.search.passages import passages_of
from kb.search.query import (
    MAX_FILTERS,
    MAX_PER_PAGE,
    Correction,
    Hit,
    Passage,
    Relaxation,
    Results,
    SearchQuery,
    Suggestion,
    WordMatch,
)
from kb.search.reading import Texts
from kb.search.spelling import Spelling
from kb.search.suggestions import LIMIT, Suggestions
from kb.search.tree import Tree, Word

#: seconds after which what only adorns an answer (correction, passages, relaxations) is left out, and this is
#: said; what comes before is bounded by the words read (`query`)
BUDGET = 0.5
LATE = "La recherche a pris trop de temps\u00a0: corrections et extraits peuvent manquer. Retirez des mots."
MAX_FOUND = 5  # forms told for one word of one hit


class Searcher:
    """Answers searches over the documents of one engine."""

    def __init__(self, engine: Engine, corpus: Corpus) -> None:
        """Prepare everything that does not depend on a query."""
        self.engine, self.corpus = engine, corpus
        lemma("mot")  # reads its dictionary now rather than in the first search
        taxonomy, rows = corpus.taxonomy, engine.rows
        self.facets = Facets(taxonomy, rows)
        thesaurus = Thesaurus(taxonomy, rows)
        self.matcher = Matcher(
            engine, thesaurus, Spelling(engine, thesaurus.words), Names(engine), AbsentPlaces(corpus.cases)
        )
        self.texts = Texts(engine.segments)
        self.suggestions = Suggestions(taxonomy, rows)
        self._number_of = {row.slug: number for number, row in enumerate(rows)}
        self._browse = _order(rows, lambda row: (_nature(row.nature), fold(row.title), row.slug))
        self._by_title = _order(rows, lambda row: (fold(row.title), row.slug))
        self._by_date = _order(rows, lambda row: (row.updated, row.slug), reverse=True)

    def rank(self, text: str) -> Ranked:
        """Every document scored for a text, nothing corrected."""
        return self.engine.rank(self.matcher.match(parse(text)))

    def search(self, query: SearchQuery) -> Results:
        """The hits of the page asked for, and the count of every facet value over all hits."""
        time = _Time()
        query = replace(
            query,
            filters=query.filters[:MAX_FILTERS],
            page=max(1, query.page),
            per_page=min(max(1, query.per_page), MAX_PER_PAGE),
        )
        request = parse(query.text)
        ranked = self.engine.rank(self.matcher.match(request))
        found = self._found(query, ranked)
        kept = self.facets.filtered(found, query.filters)
        correction = None
        if ranked.tree.corrections and time.is_left():
            ranked, found, kept, correction = self._correct(query, request, ranked, found, kept)
        total = int(kept.sum())
        answering = found & ranked.answering
        applied = correction is not None and correction.applied
        unknown = ranked.tree.left_out if applied else ranked.tree.unknown
        hits = self._hits(query, ranked, kept, time)
        relaxations = () if total else self._relaxations(query, found, time)
        return Results(
            query=query,
            total=total,
            answering=int((kept & ranked.answering).sum()),
            hits=hits,
            facets=self.facets.counts(found, answering, query.filters),
            correction=correction or self._without_quotes(query, request, total),
            all_words=int((ranked.complete & kept).sum()),
            expansions=ranked.tree.expansions,
            relaxations=relaxations,
            places=ranked.tree.places,
            unknown=tuple(request.text[token.start : token.end] for token in unknown),
            notices=(*ranked.tree.notices, *((LATE,) if time.cut else ())),
            cut=time.cut,
        )

    def suggest(self, text: str, limit: int = LIMIT) -> tuple[Suggestion, ...]:
        """Completions of what is typed, the best first."""
        return self.suggestions.suggest(text, limit)

    def explain(self, text: str, slug: str) -> Explanation:
        """Why a document stands where it stands for this text.

        Raises UnknownDocumentError where there is no such document.
        """
        number = self._number_of.get(slug)
        if number is None:
            near = difflib.get_close_matches(slug, self._number_of, n=1)
            raise UnknownDocumentError(slug, near[0] if near else None)
        query, request = SearchQuery(text), parse(text)
        ranked = self.engine.rank(self.matcher.match(request))
        answers = self._found(query, ranked)
        if ranked.tree.corrections:
            ranked, answers, *_ = self._correct(query, request, ranked, answers, answers)
        order = self._sorted(query, ranked, answers)
        place = int(np.flatnonzero(order == number)[0]) + 1 if answers[number] else None
        words = self._word_matches(ranked, number)
        row, read = self.engine.rows[number], self.texts[number]
        return explain(row, read, ranked, number, text, place, *words)

    def _found(self, query: SearchQuery, ranked: Ranked) -> Mask:
        return ranked.complete if query.all_words else ranked.found

    def _correct(
        self, query: SearchQuery, request: Request, ranked: Ranked, answers: Mask, kept: Mask
    ) -> tuple[Ranked, Mask, Mask, Correction | None]:
        """The answer after spelling: the corrected one where no document answers, else a proposal.

        Filters do not decide it: a value's count must be what one gets by adding the value.
        """
        text = _respelt(request.text, ranked.tree)
        if not ranked.found.any() and ranked.tree.is_sure:
            better = self.engine.rank(ranked.tree, corrected=True)
            found = self._found(query, better)
            left = self.facets.filtered(found, query.filters)
            if better.answering.any():
                return better, found, left, Correction(text, int(left.sum()), applied=True)
            return ranked, answers, kept, None
        better = self.rank(text)
        left = self.facets.filtered(self._found(query, better), query.filters)
        total = int(left.sum())
        if (better.answering & left).any():
            return ranked, answers, kept, Correction(text, total, applied=False)
        return ranked, answers, kept, None

    def _without_quotes(self, query: SearchQuery, request: Request, total: int) -> Correction | None:
        """Where a phrase in quotes finds nothing: the same words without them, proposed only."""
        if total or not request.phrases:
            return None
        text = " ".join(request.text.translate(str.maketrans('"«»“”', "     ")).split())
        ranked = self.rank(text)
        found = int(self.facets.filtered(self._found(query, ranked), query.filters).sum())
        return Correction(text, found, applied=False) if found else None

    def _relaxations(self, query: SearchQuery, answers: Mask, time: _Time) -> tuple[Relaxation, ...]:
        """What dropping one filter would give, the most first."""
        found = []
        for dropped in dict.fromkeys(query.filters):
            if not time.is_left():
                break
            left = [f for f in query.filters if f != dropped]
            total = int(self.facets.filtered(answers, left).sum())
            if total:
                found.append(Relaxation(dropped, self.facets.label(dropped), total))
        return tuple(sorted(found, key=lambda r: -r.total))

    def _sorted(self, query: SearchQuery, ranked: Ranked, kept: Mask) -> NDArray[np.int64]:
        """Numbers of the documents kept, those that answer first, each tier in the order asked for.

        Ties stand as when browsing.
        """
        order = {"titre": self._by_title, "date": self._by_date}.get(query.sort, self._browse)
        order = order[kept[order]]
        if query.sort == "pertinence":
            order = order[np.argsort(-ranked.score[order], kind="stable")]
        return np.concatenate((order[ranked.answering[order]], order[~ranked.answering[order]]))

    def _hits(self, query: SearchQuery, ranked: Ranked, kept: Mask, time: _Time) -> tuple[Hit, ...]:
        first = (query.page - 1) * query.per_page
        shown = self._sorted(query, ranked, kept)[first : first + query.per_page].tolist()
        return tuple(self._hit(number, ranked, with_passages=time.is_left()) for number in shown)

    def _hit(self, number: int, ranked: Ranked, *, with_passages: bool) -> Hit:
        row = self.engine.rows[number]
        words = ranked.tree.leaves
        passages: tuple[Passage, ...] = ()
        if with_passages and words:
            passages = passages_of(self.texts[number], words, ranked.idf)
        matched, missing = self._word_matches(ranked, number)
        return Hit(
            row.slug,
            row.nature,
            row.title,
            row.summary,
            round(float(ranked.score[number]), 6),
            passages,
            matched,
            missing,
            "repond" if ranked.answering[number] else "effleure",
        )

    def _word_matches(self, ranked: Ranked, number: int) -> tuple[tuple[WordMatch, ...], tuple[str, ...]]:
        """(how each word met the document, the words it lacks)."""
        matched, missing = [], []
        for word, met in zip(ranked.tree.leaves, ranked.met, strict=True):
            if met[number]:
                how = HOWS[met[number] - 1]
                matched.append(WordMatch(word.typed, how, self._forms_found(word, how, number)))
            else:
                missing.append(word.typed)
        return tuple(matched), (*missing, *(token.text for token in ranked.tree.left_out))

    def _forms_found(self, word: Word, how: str, number: int) -> tuple[str, ...]:
        if how == "exact":
            return (word.form,)
        text = self.texts[number]
        held = [form for form in word.forms if text.holds(form)] if how == "forme" else []
        labels = [r.label for r in word.readings if r.how == how and r.label and text.of(r.match)]
        return tuple(dict.fromkeys(held or labels))[:MAX_FOUND]


class _Time:
    """The time of one search; `cut` once something was left out for want of it."""

    def __init__(self) -> None:
        self.began, self.cut = perf_counter(), False

    def is_left(self) -> bool:
        self.cut = self.cut or perf_counter() - self.began > BUDGET
        return not self.cut


def _respelt(text: str, tree: Tree) -> str:
    """The text with its corrections put in, spaces made single."""
    for start, end, spelling in sorted(tree.corrections, reverse=True):
        text = text[:start] + spelling + text[end:]
    return " ".join(text.split())


def _nature(nature: str) -> int:
    return [*NATURES, nature].index(nature)


def _order(rows: Sequence[Row], key: Callable[[Row], Any], *, reverse: bool = False) -> NDArray[np.int64]:
    return np.array(sorted(range(len(rows)), key=lambda n: key(rows[n]), reverse=reverse), np.int64)
