"""Passages: the best per section, whole sentences, with spans in the text shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.search.analysis import places
from kb.search.index import Index
from kb.search.passages import LONGEST
from kb.search.query import Hit, Passage, SearchQuery
from kb.search.tree import any_of
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
    costs = [{"label": "Plateforme numérique", "role": "outil", "amount": 20000, "source": "fiche"}]
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
    assert marked(passage)[0] == "20\u202f000\u00a0€"


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


def test_a_passage_inside_a_section_begins_with_its_sentence_and_no_ellipsis(index: Index) -> None:
    text = first(index, "étudiants").passages[0].text

    assert text.startswith(("Cette phrase", "L’évaluation"))


def test_a_line_that_no_mark_closes_is_parted_from_the_next(tmp_path: Path) -> None:
    text = """## Le dispositif

### L’application

Elle sert aux habitants.

| Outil | Prix |
|---|---|
| Forum | 500 € |
| Wiki | 700 € |
"""
    with index_of(tmp_path, case("ici", text)) as index:
        application = first(index, "application").passages[0]
        wiki = first(index, "wiki").passages[0]

    assert "L’application — Elle sert aux habitants." in application.text
    assert "Forum · Prix : 500 € — Wiki · Prix : 700 €" in wiki.text.replace("\u00a0", " ").replace(
        "\u202f", " "
    )
    assert (marked(application), marked(wiki)) == (["application"], ["Wiki"])


def test_the_sentence_that_holds_more_of_the_words_is_shown(tmp_path: Path) -> None:
    text = (
        f"## Contexte\n\nLe vote est long. {FILLER}Le vote en ligne ferme le soir. {FILLER}La ligne de bus."
    )
    with index_of(tmp_path, case("ici", text)) as index:
        shown = first(index, "vote en ligne").passages[0].text

    assert "Le vote en ligne ferme le soir." in shown


def test_a_number_is_never_cut(tmp_path: Path) -> None:
    text = (
        "## Contexte\n\n" + "le budget de 12\u202f000 euros et 13\u202f000 inscrits, " * 30 + "puis aiguille"
    )
    with index_of(tmp_path, case("ici", text)) as index:
        shown = first(index, "aiguille").passages[0].text

    assert not shown.startswith("… 000")


def test_the_summary_leads_where_only_the_title_holds_a_word(tmp_path: Path) -> None:
    index = index_of(
        tmp_path,
        note(
            "mode-d-emploi",
            "## Pourquoi\n\nLa concertation réussit mieux ainsi.",
            title="Réussir une concertation numérique",
            summary="Trois règles pour préparer la démarche.",
        ),
    )

    sections = [passage.section for passage in first(index, "concertation numerique").passages]

    assert sections == ["Résumé", "Pourquoi"]
    assert [passage.section for passage in first(index, "concertation").passages] == ["Pourquoi"]


def test_words_asked_side_by_side_are_shown_side_by_side_before_their_cousins(tmp_path: Path) -> None:
    text = """## Contexte

Les participants ont parlé du budget de la ville, puis un participant a parlé des participations.

## Suites

Le budget participatif revient en mai.
"""
    with index_of(tmp_path, case("ici", text)) as index:
        passages = first(index, "budget participatif").passages

    assert passages[0].section == "Suites"
    assert marked(passages[0]) == ["budget participatif"]


def test_inside_a_case_its_own_name_does_not_choose_the_passage(tmp_path: Path) -> None:
    text = """## Contexte

Angers, ville d’Angers, est à Angers.

## Organisation et moyens

Le service compte huit agents.
"""
    with index_of(tmp_path, case("angers", text, known_as=("Angers",))) as index:
        passages = first(index, "agents Angers").passages

    assert passages[0].section == "Organisation et moyens"


QUESTION = {"text": "Par quoi commencer un budget participatif ?", "section": "contexte"}


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Trois étapes, dans cet ordre.", "Trois étapes, dans cet ordre."),
        # the run of the section that holds enough of the query, else its beginning
        (f"Trois étapes, dans cet ordre. {'Le reste importe peu. ' * 20}", "Trois étapes, dans cet ordre."),
        (f"{'Le reste importe peu. ' * 20}On commence par le budget.", "On commence par le budget."),
    ],
)
def test_where_a_question_is_met_its_section_answers(tmp_path: Path, text: str, answer: str) -> None:
    with index_of(tmp_path, case("ici", f"## Contexte\n\n{text}", questions=[QUESTION])) as index:
        passage = first(index, "commencer budget participatif").passages[0]

    assert (passage.question, passage.section, passage.anchor) == (QUESTION["text"], "Contexte", "contexte")
    assert answer in passage.text
    assert QUESTION["text"] not in passage.text


def test_a_question_whose_section_is_not_there_is_shown_as_it_is(tmp_path: Path) -> None:
    with index_of(tmp_path, case("ici", "Trois étapes, dans cet ordre.", questions=[QUESTION])) as index:
        passage = first(index, "budget participatif").passages[0]

    assert (passage.text, passage.anchor) == (QUESTION["text"], "contexte")


def test_a_row_of_a_table_says_what_each_cell_is(tmp_path: Path) -> None:
    text = """## Contexte

| Projet | Fournisseur | Montant |
|---|---|---|
| Plateforme | Cap Collectif | 12 000 € |
"""
    with index_of(tmp_path, case("ici", text)) as index:
        passage = first(index, "fournisseur plateforme").passages[0]

    told = passage.text.replace("\u00a0", " ").replace("\u202f", " ")
    assert told == "Plateforme · Fournisseur : Cap Collectif · Montant : 12 000 €"


def test_the_engine_tells_of_every_form_the_places_where_the_text_holds_it(served: Index) -> None:
    for number in range(0, len(served.engine.rows), 6):
        wanted: dict[str, list[tuple[int, int]]] = {}
        for segment, whole in enumerate(served.engine.segments(number)):
            for place in places(whole.text):
                wanted.setdefault(place.form, []).append((segment, place.position))

        for form, at in wanted.items():
            assert served.engine.places(number, any_of(form)) == sorted(set(at)), form
