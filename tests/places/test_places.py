"""The official list of French places, found by name however it is typed."""

from __future__ import annotations

import pytest

from kb.places import french_places
from kb.places.places import words_of

#: (as typed, the place meant)
TYPED = [
    ("Lens", "Lens (Pas-de-Calais)"),
    ("TROYES", "Troyes (Aube)"),
    ("le mans", "Le Mans (Sarthe)"),
    ("Nice", "Nice (Alpes-Maritimes)"),
    ("st denis", "Saint-Denis (La Réunion)"),
    ("Saint Jean d Angély", "Saint-Jean-d’Angély (Charente-Maritime)"),
    ("saint-jean-d'angely", "Saint-Jean-d’Angély (Charente-Maritime)"),
    ("L’Isle-Adam", "L’Isle-Adam (Val-d’Oise)"),
    ("Cotes d'Armor", "Côtes-d’Armor (département)"),
    ("ile de france", "Île-de-France (région)"),
    ("Mamoudzou", "Mamoudzou (Mayotte)"),
    (
        "Saint-Remy-en-Bouzemont-Saint-Genest-et-Isson",
        "Saint-Remy-en-Bouzemont-Saint-Genest-et-Isson (Marne)",
    ),
]


@pytest.mark.parametrize(("typed", "label"), TYPED)
def test_a_place_is_known_however_it_is_typed(typed: str, label: str) -> None:
    assert french_places().called(words_of(typed))[0].label == label


def test_the_most_populous_of_a_name_comes_first() -> None:
    found = french_places().called(["saint", "denis"])

    assert [place.population for place in found] == sorted((p.population for p in found), reverse=True)
    assert len(found) > 1


def test_a_place_is_found_among_other_words_its_longest_name_only() -> None:
    words = words_of("budget participatif de Saint-Germain-en-Laye et du Mans")

    found = [places[0].name for _, _, places in french_places().within(words)]

    assert "Saint-Germain-en-Laye" in found
    assert "Saint-Germain" not in found


def test_the_whole_list_is_there() -> None:
    places = french_places()

    names = {"communes": ["paris", "ajaccio", "cayenne"], "territories": ["gironde", "bretagne", "mayotte"]}
    assert all(places.called([word]) for words in names.values() for word in words)
    assert places.called(["plateforme"]) == ()
