"""Corrections: from our own words, for the whole query, told, and never against a word that we hold."""

from __future__ import annotations

import pytest

from kb.search.index import Index
from kb.search.query import SearchQuery
from kb.search.spelling import distance
from tests.corpora import case, index_of, note


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """A few words to misspell."""
    return index_of(
        tmp_path_factory.mktemp("index"),
        case(
            "angers", "Le budget participatif a ses règles. Une évaluation. La plateforme et la consultation."
        ),
        case("nanterre", "La plateforme participative."),
        note("vote", "Un budget de vote. La carte. Un marché.", title="Voter"),
        note("pole", "Le pôle des services.", title="Services"),
    )


CORRECTED = [
    ("budjet", "budget"),
    ("particpatif", "participatif"),
    ("buget particpatif angrs", "budget participatif angers"),
    ("evalaution", "évaluation"),
    ("consutlation", "consultation"),
    ("nanterrre", "nanterre"),
    ("budgetparticipatif", "budget participatif"),
    ("Platefrome !", "plateforme !"),
    ("evluation du budjet", "évaluation du budget"),
]


@pytest.mark.parametrize(("text", "corrected"), CORRECTED)
def test_a_query_without_answer_is_corrected_as_a_whole_and_this_is_told(
    index: Index, text: str, corrected: str
) -> None:
    results = index.search(SearchQuery(text))

    assert results.correction is not None
    assert (results.correction.text, results.correction.applied) == (corrected, True)
    assert results.correction.total == results.total > 0
    assert results.hits[0].matched[0].how == "correction"


def test_two_misspelt_words_and_a_name_find_the_named_case_first(index: Index) -> None:
    assert index.search(SearchQuery("buget particpatif angrs")).hits[0].slug == "angers"


def test_a_correction_beside_known_words_is_only_proposed(index: Index) -> None:
    results = index.search(SearchQuery("marché carte vote budjet"))

    assert results.total > 0
    assert results.correction is not None
    assert (results.correction.text, results.correction.applied) == ("marché carte vote budget", False)


@pytest.mark.parametrize(
    "text", ["marche", "carte", "vote", "budgets", "participative", "plateformes", "enveloppe", "bp"]
)
def test_a_word_that_we_hold_is_never_corrected(index: Index, text: str) -> None:
    assert index.search(SearchQuery(text)).correction is None


@pytest.mark.parametrize("text", ["xyzzyq", "marseille", "tarte", "12345", "vo", "12 345 €"])
def test_what_is_near_nothing_is_left_alone(index: Index, text: str) -> None:
    results = index.search(SearchQuery(text))

    assert results.correction is None
    assert results.total == 0


def test_a_short_word_is_not_bent_towards_a_word_found_elsewhere(index: Index) -> None:
    assert index.search(SearchQuery("plateforme poule")).correction is None


DISTANCES = [
    ("budget", "budget", 0),
    ("budjet", "budget", 1),
    ("bugdet", "budget", 1),
    ("buget", "budget", 1),
    ("budgets", "budget", 1),
    ("evalaution", "evaluation", 1),
    ("abc", "xyz", 3),
    ("", "ab", 2),
]


@pytest.mark.parametrize(("left", "right", "faults"), DISTANCES)
def test_distance_counts_faults_and_neighbours_exchanged_as_one(left: str, right: str, faults: int) -> None:
    assert distance(left, right) == faults
    assert distance(right, left) == faults
