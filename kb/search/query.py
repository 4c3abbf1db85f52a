"""The values of searching: what is asked and what comes back. No Whoosh, no Flask.

A `SearchQuery` is a value: `query.with_filter("theme", "evaluation")` gives a new one, and every
facet link, chip and page number of the site is made from it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Sort = Literal["pertinence", "date", "titre"]
SORTS: tuple[Sort, ...] = ("pertinence", "date", "titre")
#: how a word of the query met a document, best first
How = Literal["exact", "forme", "synonyme", "correction"]
#: what answers the query, then what only touches it
Tier = Literal["repond", "effleure"]

PER_PAGE = 20
MAX_PER_PAGE = 50
MAX_PAGE = 500  # 10,000 documents at the default page size
MAX_FILTERS = 20
MAX_TEXT = 200  # characters of a query that are read; what follows is left out and said
MAX_WORDS = 32  # distinct words that are searched; the rarest are kept


@dataclass(frozen=True, order=True)
class Filter:
    """A facet value that a search wants, or excludes."""

    facet: str
    value: str
    exclude: bool = False


@dataclass(frozen=True)
class SearchQuery:
    """One search, complete: equal queries give equal answers."""

    text: str = ""
    filters: tuple[Filter, ...] = ()
    #: « tous les mots »: only documents that hold every word
    all_words: bool = False
    sort: Sort = "pertinence"
    page: int = 1
    per_page: int = PER_PAGE

    def with_filter(self, facet: str, value: str, *, exclude: bool = False) -> SearchQuery:
        """The same search, first page, with this filter and without its opposite."""
        filters = (*self.without_filter(facet, value).filters, Filter(facet, value, exclude))
        return replace(self, filters=filters, page=1)

    def without_filter(self, facet: str, value: str) -> SearchQuery:
        """The same search, first page, without this value, wanted or excluded."""
        kept = tuple(f for f in self.filters if (f.facet, f.value) != (facet, value))
        return replace(self, filters=kept, page=1)

    def without_filters(self) -> SearchQuery:
        """The same search, first page, without any filter."""
        return replace(self, filters=(), page=1)

    def with_text(self, text: str) -> SearchQuery:
        """The same search, first page, for other words."""
        return replace(self, text=text, page=1)

    def sorted_by(self, sort: Sort) -> SearchQuery:
        """The same search, first page, in another order."""
        return replace(self, sort=sort, page=1)

    def on_page(self, page: int) -> SearchQuery:
        """The same search on another page."""
        return replace(self, page=page)


@dataclass(frozen=True)
class Passage:
    """A piece of a section that answers the query."""

    #: title and anchor of the section; the summary has the anchor ""
    section: str
    anchor: str
    #: plain text, footnote marks left out
    text: str
    #: half-open character ranges of `text` to mark, in order, disjoint
    spans: tuple[tuple[int, int], ...]
    #: the question of the document that was met, where the passage is what answers it; else ""
    question: str = ""


@dataclass(frozen=True)
class WordMatch:
    """How one word of the query met a document."""

    #: the word as typed
    word: str
    how: How
    #: the forms found, as written in the document, folded; or the synonym or corrected word
    found: tuple[str, ...] = ()


@dataclass(frozen=True)
class Hit:
    """One document of an answer."""

    slug: str
    nature: str
    title: str
    summary: str
    #: BM25-like: no unit, comparable within one answer only
    score: float
    passages: tuple[Passage, ...]
    matched: tuple[WordMatch, ...]
    #: significant words of the query that the document lacks, as typed
    missing: tuple[str, ...]
    tier: Tier = "repond"


@dataclass(frozen=True)
class FacetValue:
    """One value of a facet with the count that one would get by adding it."""

    value: str
    label: str
    count: int
    #: those of the first tier among `count`
    answering: int
    selected: bool = False
    excluded: bool = False


@dataclass(frozen=True)
class FacetCounts:
    """A facet with its values: closed facets in the order of the taxonomy, others by count."""

    name: str
    label: str
    values: tuple[FacetValue, ...]


@dataclass(frozen=True)
class Correction:
    """The whole query respelt from our own vocabulary."""

    text: str
    #: documents that it finds
    total: int
    #: True where the answer shown is already that of the corrected text
    applied: bool


@dataclass(frozen=True)
class Expansion:
    """A synonym or acronym that was searched too: « BP → budget participatif »."""

    typed: str
    label: str


@dataclass(frozen=True)
class Relaxation:
    """A filter whose removal would give an answer where there is none."""

    filter: Filter
    label: str
    total: int


@dataclass(frozen=True)
class Offer:
    """A filter that a quantity of the query asks for: « 50 000 habitants »."""

    filter: Filter
    label: str
    #: documents that it would leave
    total: int


@dataclass(frozen=True)
class AbsentPlace:
    """A French place that the query names and that no case is about."""

    #: as typed
    typed: str
    #: « Lens (Pas-de-Calais) »
    label: str
    #: inhabitants; 0 where the list does not tell
    population: int
    #: slugs of the nearest cases by type and size, best first
    near: tuple[str, ...]


@dataclass(frozen=True)
class Fact:
    """What a field of a document says of what was asked."""

    slug: str
    title: str
    #: costs, team, vendor, tool, since, evaluation, population or key_figures
    field: str
    #: what was asked: « Coût de l’outil »
    need: str
    label: str
    value: str
    #: what it covers; "" where there is no more to say
    scope: str
    #: in French; "" where the source does not say
    year: str
    #: the source with its pages, in one line
    source: str


@dataclass(frozen=True)
class Definition:
    """A term of the vocabulary that the whole query says, with what it means."""

    label: str
    text: str
    #: name of its facet; "" for a word of the glossary
    facet: str
    slug: str


@dataclass(frozen=True)
class Results:
    """The answer to one search."""

    query: SearchQuery
    #: documents found, over all pages and both tiers
    total: int
    #: those of the first tier, which come first
    answering: int
    hits: tuple[Hit, ...]
    facets: tuple[FacetCounts, ...]
    correction: Correction | None
    #: documents among `total` that hold every significant word
    all_words: int
    expansions: tuple[Expansion, ...] = ()
    relaxations: tuple[Relaxation, ...] = ()
    #: words of the query that no document holds, as typed: they cost nothing
    unknown: tuple[str, ...] = ()
    #: places of the query that the base has no case of
    places: tuple[AbsentPlace, ...] = ()
    #: what the fields say of what was asked: of the documents named, else of the first that answer
    facts: tuple[Fact, ...] = ()
    #: filters that the quantities of the query ask for
    offers: tuple[Offer, ...] = ()
    #: the term that the whole query says
    definition: Definition | None = None
    #: what was not read of the query, in French: words beyond the limit, time bound…
    notices: tuple[str, ...] = ()
    #: True where the time bound left something out: not an answer to keep
    cut: bool = False

    @property
    def pages(self) -> int:
        """Number of pages, at least 1."""
        return max(1, -(-self.total // self.query.per_page))


@dataclass(frozen=True)
class Suggestion:
    """A completion offered while typing."""

    text: str
    #: cas, bonne-pratique, piste, repere, a facet name, `glossaire` or `question`
    type: str
    #: slug of the document or term; slug and section for a question
    target: str
