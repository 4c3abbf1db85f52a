"""Corrections: from our own words, for the whole query, told, and never against a word that we hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.search.index import Index
from kb.search.query import SearchQuery
from kb.search.spelling import distance, sound
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
    correction = index.search(SearchQuery("plateforme poule")).correction

    assert correction is None or not correction.applied


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


SAME_SOUND = [
    ("caye", "cahier"),
    ("prestatere", "prestataire"),
    ("concertasion", "concertation"),
    ("bordo", "bordeaux"),
    ("questionere", "questionnaires"),
    ("sinthese", "synthese"),
    ("moderattion", "moderation"),
    ("experimantation", "experimentation"),
    ("numeric", "numerique"),
]


@pytest.mark.parametrize(("typed", "meant"), SAME_SOUND)
def test_what_sounds_the_same_is_near_however_it_is_written(typed: str, meant: str) -> None:
    assert sound(typed) == sound(meant)


@pytest.mark.parametrize(("one", "other"), [("carte", "car"), ("charte", "carte"), ("budget", "projet")])
def test_what_sounds_different_stays_apart(one: str, other: str) -> None:
    assert sound(one) != sound(other)


def test_among_equal_faults_the_neighbour_of_the_other_words_is_meant(tmp_path: Path) -> None:
    texts = ("Le cahier des charges est écrit.", "Un café, puis un café.", "Le café des sports.")
    with index_of(tmp_path, *(note(f"n{n}", text) for n, text in enumerate(texts))) as index:
        correction = index.search(SearchQuery("cayé des charges")).correction

    assert correction is not None
    assert correction.text == "cahier des charges"


def test_the_nearest_word_is_found_among_a_thousand_alike(tmp_path: Path) -> None:
    alike = " ".join(f"n{a}{b}{c}terre" for a in "aeiou" for b in "bcdfglmprst" for c in "bcdfglmprst")
    with index_of(tmp_path, note("foule", alike), note("ville", "Nanterre")) as index:
        results = index.search(SearchQuery("naaterre"))

    assert results.correction is not None
    assert results.correction.text == "nanterre"


def test_a_word_that_keeps_no_company_with_the_others_is_not_bent(tmp_path: Path) -> None:
    with index_of(
        tmp_path, note("un", "La précision du vote."), note("deux", "Un achat immobilier.")
    ) as index:
        assert index.search(SearchQuery("prévision immobilière")).correction is None


def test_a_misspelt_word_of_the_taxonomy_is_meant_though_no_document_writes_it(tmp_path: Path) -> None:
    signal = note(
        "signaler", "Le signalement des habitants.", title="Signalement", tool_types=["signalement"]
    )
    with index_of(tmp_path, signal, note("autre", "Un vote.")) as index:
        results = index.search(SearchQuery("dysfonctionnemnets"))

    assert [hit.slug for hit in results.hits] == ["signaler"]
    assert results.correction is not None
    assert results.correction.applied


def test_what_looks_like_no_word_is_mended_even_without_company(tmp_path: Path) -> None:
    with index_of(
        tmp_path, note("un", "Les agents votent.", title="L’implication"), note("deux", "Un vote.")
    ) as index:
        correction = index.search(SearchQuery("implicatcion agents")).correction

    assert correction is not None
    assert correction.text == "implication agents"


@pytest.mark.parametrize("text", ["CCAS", "dépt", "trois", "consul", "Lens", "Nice"])
def test_a_short_word_alone_is_never_respelt_without_asking(served: Index, text: str) -> None:
    results = served.search(SearchQuery(text))

    assert results.correction is None or not results.correction.applied


@pytest.mark.parametrize(
    ("beginning", "word"), [("platef", "plateforme"), ("questi", "questionnaire"), ("hackat", "hackathon")]
)
def test_the_beginning_of_a_word_is_only_proposed(served: Index, beginning: str, word: str) -> None:
    results = served.search(SearchQuery(beginning))

    assert results.total == 0
    assert results.correction is not None
    assert (results.correction.text, results.correction.applied) == (word, False)


def test_a_name_that_a_document_holds_is_no_beginning_of_another_word(served: Index) -> None:
    """Consul is a software of which a note says that no case uses it."""
    results = served.search(SearchQuery("consul"))

    assert [hit.slug for hit in results.hits] == ["acheter-essayer-ou-fabriquer"]
    assert results.correction is None


@pytest.mark.parametrize(
    ("text", "slug", "corrected"),
    [
        ("marc en bareuil", "marcq-en-baroeul", "Marcq-en-Barœul"),
        ("saint germin en laye", "saint-germain-en-laye", "Saint-Germain-en-Laye"),
        ("loire atlantik", "loire-atlantique", "Loire-Atlantique"),
        ("metropole europeene de lile", "metropole-europeenne-de-lille", "Métropole européenne de Lille"),
    ],
)
def test_a_query_is_first_held_whole_against_the_names(
    served: Index, text: str, slug: str, corrected: str
) -> None:
    results = served.search(SearchQuery(text))

    assert results.hits[0].slug == slug
    assert results.correction is not None
    assert results.correction.text == corrected
