"""Inclusive spellings and lemmas: forms of a word that its stem misses."""

from __future__ import annotations

import pytest

from kb.search.forms import DOTS, inclusive, is_ordinary, lemma

INCLUSIVE = [
    ("citoyen·ne·s", "citoyens"),
    ("CITOYEN·NE·S", "citoyens"),
    ("citoyen·nes", "citoyens"),
    ("habitants·es", "habitants"),
    ("acteur·rice·s", "acteurs"),
    ("acteurs·rices", "acteurs"),
    ("administrateur(rice)s", "administrateurs"),
    ("administrateur(trice)(s)", "administrateurs"),
    ("participant(e)s", "participants"),
    ("participant(e)(s)", "participants"),
    ("commune(s)", "communes"),
    ("habitant.e.s", "habitants"),
    ("usager.es", "usagers"),
    ("élu-e-s", "élus"),
    ("citoyen-ne-s", "citoyens"),
    ("professionnel-le", "professionnel"),
    ("médiateur-rice-s", "médiateurs"),
    ("chargé/e", "chargé"),
    ("directeur/trice/s", "directeurs"),
    ("porteur·euse·s", "porteurs"),
    ("conseiller·ère·s", "conseillers"),
    ("sportif·ve", "sportif"),
    ("tou·te·s", "tous"),
    ("chef·fe·s", "chefs"),
    ("agent·s", "agents"),
    ("heureux·se·s", "heureux"),
]
#: what a hyphen, a stop, a slash or a bracket joins for other reasons
NOT_INCLUSIVE = [
    *("dis-le", "a-t-elle", "sont-elles", "reste-t-il", "donne-les", "prends-les", "sur-le-champ"),
    *("peut-être", "civic-tech", "open-data", "c’est-à-dire", "rendez-vous", "vis-à-vis", "vas-y"),
    *("et/ou", "oui/non", "acteurs/actrices", "www.angers.fr", "i.e.", "loi(2015)", "jeune(s)se"),
]


@pytest.mark.parametrize(("typed", "masculine"), INCLUSIVE)
def test_an_inclusive_spelling_is_read_as_one_word(typed: str, masculine: str) -> None:
    assert inclusive(typed) == (masculine, len(typed))


@pytest.mark.parametrize("dot", DOTS)
def test_every_usual_dot_joins_the_two_genders(dot: str) -> None:
    assert inclusive(f"habitant{dot}e{dot}s, ") == ("habitants", len("habitant·e·s"))


@pytest.mark.parametrize("typed", NOT_INCLUSIVE)
def test_what_joins_two_words_joins_no_genders(typed: str) -> None:
    assert inclusive(typed) is None


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("participent", "participer"),
        ("évaluent", "évaluer"),
        ("veulent", "vouloir"),
        ("plaignent", "plaindre"),
        ("soutiennent", "soutenir"),
        ("actrices", "acteur"),
        ("reçoit", "recevoir"),
        ("répond", "répondre"),
        ("evaluent", "evaluer"),
    ],
)
def test_a_form_leads_to_the_word_of_the_dictionary(form: str, expected: str) -> None:
    assert lemma(form) == expected


@pytest.mark.parametrize(
    "word", ["paris", "data", "decidim", "données", "rendez", "budget", "moment", "client"]
)
def test_a_name_and_a_noun_are_left_alone(word: str) -> None:
    assert lemma(word) == word


def test_ordinary_words_are_told_from_names() -> None:
    assert all(map(is_ordinary, ("tours", "nord", "bains", "réunion")))
    assert not any(map(is_ordinary, ("lyon", "troyes", "lens", "cap collectif")))
