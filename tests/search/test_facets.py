"""Facets: filters and counts, compared with counting by hand."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from kb.content.documents import Corpus
from kb.search.index import Index, ensure_index
from kb.search.query import FacetValue, Filter, Results, SearchQuery
from tests.corpora import case, index_of, note


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """Documents that hold no, one or several values in each facet."""
    software = [{"name": "Site", "software": "Decidim", "source": "fiche"}]
    both, one = ["budget-participatif", "evaluation"], ["evaluation"]
    return index_of(
        tmp_path_factory.mktemp("index"),
        case("a", "Une plateforme de vote.", themes=both, tool_types=["forum"], platforms=software),
        case(
            "b",
            "Une plateforme de vote.",
            themes=["budget-participatif"],
            tool_types=["forum", "signalement"],
        ),
        case("c", "Une plateforme.", themes=one, platforms=software),
        note("d", "Une plateforme et un vote.", themes=["moyens-et-couts", "evaluation"]),
        note("e", "Un vote.", themes=["moyens-et-couts"], tool_types=["signalement"]),
        note("f", "Autre chose.", themes=one, kind="repere"),
    )


QUERIES = [
    SearchQuery(),
    SearchQuery("plateforme"),
    SearchQuery("vote plateforme"),
    SearchQuery("rien du tout zzz"),
]


def values(results: Results, facet: str) -> dict[str, FacetValue]:
    return {
        value.value: value for counts in results.facets if counts.name == facet for value in counts.values
    }


def pairs(index: Index) -> list[tuple[str, str]]:
    return [
        (facet.name, value.value) for facet in index.search(SearchQuery()).facets for value in facet.values
    ]


@pytest.mark.parametrize("query", QUERIES)
def test_a_count_is_what_one_gets_by_adding_the_value(index: Index, query: SearchQuery) -> None:
    results = index.search(query)

    for facet, value in pairs(index):
        shown = values(results, facet).get(value)
        assert (shown.count if shown else 0) == index.search(query.with_filter(facet, value)).total


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("exclude", [False, True])
def test_counts_equal_brute_force_on_every_pair_of_values(
    index: Index, query: SearchQuery, exclude: bool
) -> None:
    for (facet, value), (other, second) in product(pairs(index), repeat=2):
        if (facet, value) == (other, second):
            continue
        filtered = query.with_filter(facet, value, exclude=exclude)
        shown = values(index.search(filtered), other).get(second)
        alone = query.without_filters() if facet == other and not exclude else filtered
        assert (shown.count if shown else 0) == index.search(alone.with_filter(other, second)).total


@pytest.mark.parametrize("query", QUERIES)
def test_excluding_a_value_leaves_the_rest(index: Index, query: SearchQuery) -> None:
    total = index.search(query).total

    for facet, value in pairs(index):
        wanted = index.search(query.with_filter(facet, value)).total
        assert index.search(query.with_filter(facet, value, exclude=True)).total == total - wanted


def test_values_of_one_facet_are_or_and_facets_are_and(index: Index) -> None:
    either = SearchQuery().with_filter("theme", "budget-participatif").with_filter("theme", "moyens-et-couts")

    assert index.search(either).total == 4
    assert index.search(either.with_filter("outil", "signalement")).total == 2


def test_documents_without_a_value_are_counted_as_not_told(index: Index) -> None:
    unknown = values(index.search(SearchQuery()), "logiciel")["non-renseigne"]

    assert (unknown.label, unknown.count) == ("Non renseigné", 4)
    assert index.search(SearchQuery().with_filter("logiciel", "non-renseigne")).total == 4


def test_a_chosen_value_stays_visible_at_zero(index: Index) -> None:
    query = (
        SearchQuery("vote")
        .with_filter("logiciel", "decidim")
        .with_filter("nature", "repere")
        .with_filter("theme", "nulle")
    )
    shown = index.search(query)

    assert (values(shown, "nature")["repere"].count, values(shown, "nature")["repere"].selected) == (0, True)
    assert values(shown, "theme")["nulle"] == FacetValue("nulle", "nulle", 0, 0, selected=True)


def test_an_excluded_value_is_shown_as_such_with_what_it_would_give(index: Index) -> None:
    shown = values(index.search(SearchQuery().with_filter("theme", "evaluation", exclude=True)), "theme")[
        "evaluation"
    ]

    assert (shown.excluded, shown.selected, shown.count) == (True, False, 4)


def test_closed_facets_keep_the_order_of_the_taxonomy_and_open_ones_go_by_count(index: Index) -> None:
    results = index.search(SearchQuery())

    assert list(values(results, "theme")) == ["budget-participatif", "evaluation", "moyens-et-couts"]
    assert list(values(results, "logiciel")) == ["decidim", "non-renseigne"]


def test_no_answer_says_which_filter_to_drop_and_what_that_gives(index: Index) -> None:
    query = SearchQuery("vote").with_filter("theme", "moyens-et-couts").with_filter("logiciel", "decidim")
    results = index.search(query)

    assert results.total == 0
    assert [(r.filter.value, r.label, r.total) for r in results.relaxations] == [
        ("decidim", "Decidim", 2),
        ("moyens-et-couts", "Moyens et coûts", 1),
    ]


def test_an_unknown_facet_lets_nothing_pass_unless_it_excludes(index: Index) -> None:
    assert index.search(SearchQuery(filters=(Filter("inconnue", "x"),))).total == 0
    assert index.search(SearchQuery(filters=(Filter("inconnue", "x", exclude=True),))).total == 6


def test_a_misspelt_query_counts_what_its_filters_give(index: Index) -> None:
    query = SearchQuery("platefrome")
    results = index.search(query)

    for facet, value in pairs(index):
        shown = values(results, facet).get(value)
        assert (shown.count if shown else 0) == index.search(query.with_filter(facet, value)).total


def test_counts_of_the_real_documents_equal_brute_force(real: Corpus, tmp_path: Path) -> None:
    with ensure_index(real, tmp_path) as index:
        for query in (SearchQuery("participation"), SearchQuery("budget participatif"), SearchQuery()):
            for facet in index.search(query).facets:
                for value in facet.values:
                    assert value.count == index.search(query.with_filter(facet.name, value.value)).total
