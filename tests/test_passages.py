"""Passages: the best per section, whole sentences, with spans in the text shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.search.index import Index
from kb.search.passages import LONGEST
from kb.search.query import Hit, Passage, SearchQuery
from tests.corpora import case, index_of, note

FILLER = "Cette phrase ne dit rien d’utile et occupe seulement de la place dans le texte. " * 6
TEXT = f"""## Contexte

{FILLER}L’évaluation a été faite par des étudiants[^fiche]. Elle dit que l’outil est simple. {FILLER}

## Le dispositif

La plateforme a une œuvre au cœur : le **budget participatif** de la ville.

## Limites et enseignements

{FILLER}Aucune limite.
"""


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """One case with three sections, and a note."""
    costs = [{"label": "Plateforme numérique", "amount": 20000, "per": "an", "source": "fiche"}]
    return index_of(
        tmp_path_factory.mktemp("index"),
        case("angers", TEXT, costs=costs, summary="Une ville et son outil."),
        note("autre", "Rien de tout cela.", themes=["moyens-et-couts"]),
    )


def first(index: Index, text: str) -> Hit:
    return index.search(SearchQuery(text)).hits[0]


def marked(passage: Passage) -> list[str]:
    return [passage.text[start:end] for start, end in passage.spans]


def test_a_passage_tells_its_section_and_marks_the_words_found(index: Index) -> None:
    passage = first(index, "evaluation etudiants").passages[0]

    assert (passage.section, passage.anchor) == ("Contexte", "contexte")
    assert marked(passage) == ["évaluation", "étudiants"]


def test_footnote_marks_are_left_out(index: Index) -> None:
    text = first(index, "étudiants").passages[0].text

    assert "étudiants. Elle dit" in text
    assert "[^" not in text


def test_a_passage_begins_and_ends_with_a_sentence_where_it_can(index: Index) -> None:
    text = first(index, "étudiants").passages[0].text

    assert text.endswith(".")
    assert 100 <= len(text) <= LONGEST + 4


def test_one_passage_per_section_the_best_first(index: Index) -> None:
    passages = first(index, "budget participatif étudiants").passages

    assert [p.anchor for p in passages] == ["le-dispositif", "contexte"]


def test_a_quoted_phrase_is_kept_whole(index: Index) -> None:
    assert marked(first(index, '"a été faite par des étudiants"').passages[0]) == [
        "a été faite par des étudiants"
    ]


def test_ligatures_and_elisions_are_marked_as_written(index: Index) -> None:
    assert marked(first(index, "oeuvre coeur").passages[0]) == ["œuvre", "cœur"]
    assert marked(first(index, "l'evaluation").passages[0]) == ["évaluation"]


def test_figures_of_the_front_matter_are_passages_too(index: Index) -> None:
    passage = first(index, "20 000 €").passages[0]

    assert (passage.section, passage.anchor) == ("Chiffres", "")
    assert marked(passage)[0] == "20\u202f000"


def test_a_document_found_by_its_name_alone_shows_its_summary(tmp_path: Path) -> None:
    with index_of(
        tmp_path, case("ici", "Du texte.", known_as=("Jeparticipe",), summary="Une ville.")
    ) as index:
        passage = first(index, "jeparticipe").passages[0]

    assert (passage.text, passage.spans, passage.anchor) == ("Une ville.", (), "")


def test_a_very_long_sentence_is_cut_at_words_with_ellipses(tmp_path: Path) -> None:
    text = "mot " * 200 + "aiguille " + "mot " * 200
    with index_of(tmp_path, note("long", text)) as index:
        shown = first(index, "aiguille").passages[0]

    assert shown.text.startswith("… mot")
    assert shown.text.endswith("mot …")
    assert marked(shown) == ["aiguille"]
    assert len(shown.text) <= LONGEST + 4
