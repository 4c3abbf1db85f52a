"""One search from text to answer: parse, match, rank, filter, count, cut passages.

A `Searcher` is fixed once made and serves many threads. There is one path: what `explain` tells is
read off the same arrays that ordered the answer.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from time import thread_time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kb.content.documents import Corpus, Document
from kb.content.kinds import NATURES
from kb.content.slugs import fold
from kb.errors import UnknownDocumentError
from kb.search.absent import AbsentPlaces
from kb.search.addressed import Addressed
from kb.search.answer import Answers
from kb.search.engine import Engine, Mask, Ranked, Row
from kb.search.expansion import Thesaurus
from kb.search.explanation import Explanation, explain
from kb.search.facets import Facets
from kb.search.forms import lemma
from kb.search.hits import Hits
from kb.search.matching import Matcher
from kb.search.names import A_NAME, Names
from kb.search.parsing import Request, parse
from kb.search.quantities import bands, cases_within, quantities, ranges_of, told, words_of
from kb.search.query import (
    MAX_FILTERS,
    MAX_PER_PAGE,
    Correction,
    FacetCounts,
    Fact,
    Filter,
    Hit,
    Offer,
    Relaxation,
    Results,
    SearchQuery,
    Suggestion,
)
from kb.search.spelling import Spelling
from kb.search.suggestions import LIMIT, Suggestions
from kb.search.tree import Tree

#: seconds of processor after which what only adorns an answer (correction, passages, relaxations) is left
#: out, and this is said; what comes before is bounded by the words read (`query`)
BUDGET = 0.5
LATE = "La recherche a pris trop de temps\u00a0: corrections et extraits peuvent manquer. Retirez des mots."


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
        self.hits = Hits(engine)
        self.suggestions = Suggestions(taxonomy, rows, corpus.documents)
        self.answers = Answers(taxonomy, corpus.cases, thesaurus)
        self.addressed = Addressed([corpus.by_slug[row.slug] for row in rows])
        self._number_of = {row.slug: number for number, row in enumerate(rows)}
        self._browse = _order(rows, lambda row: (_nature(row.nature), fold(row.title), row.slug))
        self._by_title = _order(rows, lambda row: (fold(row.title), row.slug))
        self._by_date = _order(rows, lambda row: (row.updated, row.slug), reverse=True)

    def rank(self, text: str) -> Ranked:
        """Every document scored for a text, nothing corrected."""
        return self._ranked(parse(text))

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
        ranked = self._ranked(request)
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
        counts = self.facets.counts(found, answering, query.filters)
        relaxations = () if total else self._relaxations(query, found, time)
        return Results(
            query=query,
            total=total,
            answering=int((kept & ranked.answering).sum()),
            hits=hits,
            facets=counts,
            correction=correction or self._without_quotes(query, request, total),
            all_words=int((ranked.complete & kept).sum()),
            expansions=ranked.tree.expansions,
            relaxations=relaxations,
            places=ranked.tree.places,
            facts=self._facts(query, request, ranked, kept & ranked.answering),
            offers=_offers(bands(quantities(request.tokens), self.corpus.taxonomy), counts),
            definition=self.answers.definition(request) if query.page == 1 else None,
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
        ranked = self._ranked(request)
        answers = self._found(query, ranked)
        if ranked.tree.corrections:
            ranked, answers, *_ = self._correct(query, request, ranked, answers, answers)
        order = self._sorted(query, ranked, answers)
        place = int(np.flatnonzero(order == number)[0]) + 1 if answers[number] else None
        words = self.hits.word_matches(ranked, number)
        row, read = self.engine.rows[number], self.hits.texts[number]
        return explain(row, read, ranked, number, text, place, *words)

    def _ranked(self, request: Request) -> Ranked:
        """Every document scored; the one alone whose identifier or address was typed."""
        number = self.addressed.find(request.text)
        if number is None:
            return self.engine.rank(self._tree(request))
        only = np.arange(len(self.engine.rows)) == number
        tree = Tree((), named={number: 1.0}, is_clear=True, is_clear_corrected=True)
        return Ranked(tree, only.astype(np.float64), only, only, only, (), ())

    def _tree(self, request: Request) -> Tree:
        """The request met with the vocabulary, its quantities with the fields of the cases."""
        asked = quantities(request.tokens)
        if not asked:
            return self.matcher.match(request)
        apart = {at for each in asked for at in (*(number for number, _ in each.numbers), *each.bounds)}
        left = tuple(index for index in request.significant if index not in apart)
        tree = self.matcher.match(replace(request, significant=left))
        said = words_of(asked, request.tokens, request.text)
        held = [word for word in said if any(self.engine.occurrences(r.match) for r in word.readings)]
        fitting = frozenset(self._number_of[case.slug] for case in cases_within(asked, self.corpus.cases))
        notices = (*tree.notices, *told(ranges_of(asked, self.corpus.cases)))
        counted = {request.tokens[at].form for each in asked for _, at in each.numbers}
        units = [word.as_written if word.form in counted else word for word in tree.words]
        words = sorted((*units, *held), key=lambda word: word.place)  # neighbours stay neighbours
        return replace(tree, words=tuple(words), fitting=fitting, notices=notices)

    def _found(self, query: SearchQuery, ranked: Ranked) -> Mask:
        return ranked.complete if query.all_words or ranked.tree.all_words else ranked.found

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

    def _facts(
        self, query: SearchQuery, request: Request, ranked: Ranked, answering: Mask
    ) -> tuple[Fact, ...]:
        """What the fields say of what is asked, on the first page only; filters hold for it as well."""
        if query.page > 1 or not request.significant:
            return ()
        named, order = ranked.tree.named, self._sorted(query, ranked, answering).tolist()
        first = (self.corpus.by_slug[self.engine.rows[number].slug] for number in order)
        sure = [self.corpus.by_slug[self.engine.rows[n].slug] for n in order if named.get(n, 0.0) >= A_NAME]
        fitting = [self.corpus.by_slug[self.engine.rows[n].slug] for n in order if n in ranked.tree.fitting]
        return self.answers.facts(request, ranked.tree, sure, fitting, first, self._all_tiers(query, ranked))

    def _all_tiers(self, query: SearchQuery, ranked: Ranked) -> Iterator[Document]:
        """Every hit, what answers and what only touches, best first."""
        found = self.facets.filtered(self._found(query, ranked), query.filters)
        yield from (
            self.corpus.by_slug[self.engine.rows[n].slug] for n in self._sorted(query, ranked, found).tolist()
        )

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
        return tuple(self.hits.of(number, ranked, with_passages=time.is_left()) for number in shown)


class _Time:
    """The processor's time of one search, so that a busy machine shortens no answer.

    `cut` once something was left out for want of it.
    """

    def __init__(self) -> None:
        self.began, self.cut = thread_time(), False

    def is_left(self) -> bool:
        self.cut = self.cut or thread_time() - self.began > BUDGET
        return not self.cut


def _offers(wanted: Sequence[tuple[Filter, str]], counts: Sequence[FacetCounts]) -> tuple[Offer, ...]:
    """The filters that leave something and are not yet chosen, with what they leave."""
    left = {(facet.name, value.value): value for facet in counts for value in facet.values}
    found = [(left.get((filter_.facet, filter_.value)), filter_, label) for filter_, label in wanted]
    return tuple(
        Offer(filter_, label, value.count)
        for value, filter_, label in found
        if value and not value.selected and value.count
    )


def _respelt(text: str, tree: Tree) -> str:
    """The text with its corrections put in, spaces made single."""
    for start, end, spelling in sorted(tree.corrections, reverse=True):
        text = text[:start] + spelling + text[end:]
    return " ".join(text.split())


def _nature(nature: str) -> int:
    return [*NATURES, nature].index(nature)


def _order(rows: Sequence[Row], key: Callable[[Row], Any], *, reverse: bool = False) -> NDArray[np.int64]:
    return np.array(sorted(range(len(rows)), key=lambda n: key(rows[n]), reverse=reverse), np.int64)
