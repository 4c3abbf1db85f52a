"""French text → tokens, forms and stems."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.content.slugs import fold
from kb.search.analysis import compounds, inflects, is_stop_word, normalise, numbers_of, stems, tokens
from kb.search.families import FAMILIES

FORMS = [
    ("l'évaluation d’impact", ["evaluation", "impact"]),
    ("jusqu'à aujourd'hui", ["a", "aujourdhui"]),
    ("qu’il s’agit", ["il", "agit"]),
    ("le Tram'Bus", ["le", "trambus"]),
    ("Marcq-en-Barœul", ["marcq", "en", "baroeul"]),
    ("cœur, nœuds, ex æquo", ["coeur", "noeuds", "ex", "aequo"]),
    ("10 000 € par an", ["10000", "euro", "par", "an"]),
    ("10\u202f000\u00a0€", ["10000", "euro"]),
    ("10.000 euros", ["10000", "euro"]),
    ("1,3 million", ["1.3", "million"]),
    ("2,2 et 2.2 et 2,20", ["2.2", "et", "2.2", "et", "2.2"]),
    ("en 2018 2019", ["en", "2018", "2019"]),
    ("2016-2019", ["2016", "2019"]),
    ("la C.A.F. et la CAF", ["la", "caf", "et", "la", "caf"]),
    ("plan B", ["plan", "b"]),
    ("St-Germain", ["saint", "germain"]),
    ("1er et 2e", ["premier", "et", "2e"]),
    ("aggloforum.nimes-metropole.fr", ["aggloforum", "nimes", "metropole", "fr"]),
    ("\x00 — …", []),
]


@pytest.mark.parametrize(("text", "forms"), FORMS)
def test_french_text_becomes_folded_forms(text: str, forms: list[str]) -> None:
    assert [token.form for token in tokens(text)] == forms


def test_a_token_keeps_its_accents_and_its_place_without_the_elision() -> None:
    text = "Selon l’Évaluation"

    token = list(tokens(text))[1]

    assert (token.text, text[token.start : token.end]) == ("évaluation", "Évaluation")


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1,3 million", "1300000"),
        ("20 k€", "20000"),
        ("20k€", "20000"),
        ("3,5 millions d’euros", "3500000"),
        ("20", ""),
    ],
)
def test_a_number_knows_the_amount_it_stands_for(text: str, amount: str) -> None:
    assert next(tokens(text)).amount == amount


@pytest.mark.parametrize(
    ("typed", "written"),
    [("evaluee", "évaluée"), ("proposees", "proposées"), ("donnees", "données"), ("metropoles", "métropole")],
)
def test_a_word_typed_plain_shares_a_stem_with_the_accented_one(typed: str, written: str) -> None:
    assert set(stems(typed)) & set(stems(written))


@pytest.mark.parametrize(
    ("one", "many"), [("élu", "élus"), ("travail", "travaux"), ("municipal", "municipaux"), ("lieu", "lieux")]
)
def test_plurals_are_found_from_singulars_and_back(one: str, many: str) -> None:
    assert fold(many) in set(numbers_of(fold(one)))
    assert fold(one) in set(numbers_of(fold(many)))


#: joined by the stemmer, different in meaning
APART = [
    ("voirie", "voir"),
    ("mairie", "maire"),
    ("garant", "gare"),
    ("indicateurs", "indique"),
    ("communes", "communiqué"),
    ("publication", "publique"),
    ("concert", "concertation"),
    ("habitation", "habitants"),
    ("données", "donner"),
    ("formation", "forme"),
    ("partie", "participer"),
    ("direction", "directe"),
]
#: parted by the stemmer, one in meaning
TOGETHER = [
    ("choisir", "choix"),
    ("acheter", "achats"),
    ("décider", "décision"),
    ("inscrits", "inscription"),
    ("répondu", "réponses"),
    ("satisfaites", "satisfaction"),
    ("réunir", "réunions"),
    ("jeunes", "jeunesse"),
    ("proposé", "propositions"),
    ("coûteux", "coût"),
    ("élection", "électeurs"),
    ("gérée", "gestion"),
]


@pytest.mark.parametrize(("word", "other"), APART)
def test_words_of_different_meaning_share_no_stem(word: str, other: str) -> None:
    assert not set(stems(word)) & set(stems(other))


@pytest.mark.parametrize(("word", "other"), TOGETHER)
def test_words_of_one_family_share_a_stem_with_and_without_accents(word: str, other: str) -> None:
    assert set(stems(word)) & set(stems(other)) & set(stems(fold(word))) & set(stems(fold(other)))


def test_no_form_is_of_two_families() -> None:
    forms = [form for line in FAMILIES.splitlines() for form in line.split()]

    assert len(forms) == len(set(forms))
    assert forms == [fold(form) for form in forms]


def test_a_stop_word_has_no_other_number() -> None:
    assert list(numbers_of("mais")) == []
    assert is_stop_word("mais")


def test_endings_that_accents_hide_are_inflections_but_derivations_are_not() -> None:
    assert inflects("depasse", "depasses")
    assert not inflects("commune", "communique")


def test_hyphens_join_tokens_into_one_form() -> None:
    text = "une civic-tech et Marcq-en-Barœul"

    joined = ["".join(t.form for t in parts) for _, parts in compounds(text, list(tokens(text)))]

    assert joined == ["civictech", "marcqenbaroeul"]


@given(st.text(max_size=300))
def test_any_text_gives_tokens_in_order_inside_the_text(text: str) -> None:
    text = normalise(text)

    found = list(tokens(text))

    assert all(0 <= t.start < t.end <= len(text) and t.form for t in found)
    assert all(a.end <= b.start for a, b in pairwise(found))


@given(st.text(alphabet="abcdeéèêàâîïôùûçœ’'-", min_size=1, max_size=20))
def test_folding_a_text_never_changes_its_forms(text: str) -> None:
    folded = text.translate(str.maketrans("éèêàâîïôùûç", "eeeaaiiouuc"))

    assert [t.form for t in tokens(normalise(text))] == [t.form for t in tokens(folded)]
