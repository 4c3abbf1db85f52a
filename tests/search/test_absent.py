"""A place that the base lacks is told, with the nearest cases; no name becomes another word."""

from __future__ import annotations

import pytest

from kb.places import Place, french_places
from kb.search.index import Index
from kb.search.query import SearchQuery

#: (query, label of the place)
TOLD = [
    ("Lens", "Lens (Pas-de-Calais)"),
    ("Troyes", "Troyes (Aube)"),
    ("Le Mans", "Le Mans (Sarthe)"),
    ("nice", "Nice (Alpes-Maritimes)"),
    ("budget participatif Lyon", "Lyon (Rhône)"),
    ("plateforme à clermont ferrand", "Clermont-Ferrand (Puy-de-Dôme)"),
    ("Val de Marne", "Val-de-Marne (département)"),
    ("rouen budjet participatif", "Rouen (Seine-Maritime)"),
    ("tours", "Tours (Indre-et-Loire)"),
]
#: what names a case or its land, or an ordinary word that is also a place
NOT_TOLD = [
    *("Nantes", "lille", "saint germain", "gironde", "Bretagne", "Marcq en Baroeul", "paris"),
    *(
        "réunion publique",
        "la réunion publique",
        "Plan de mobilisation",
        "Tours de table",
        "y a-t-il un vote",
    ),
    *("budget participatif", "les outils", "pas cher", "creuse le sujet"),
]


def every_nth_commune(count: int) -> list[Place]:
    """A sample of the communes, large and small, from all over the list."""
    found = [
        place for places in french_places()._by_key.values() for place in places if place.kind == "commune"
    ]
    found.sort(key=lambda place: place.code)
    return found[:: len(found) // count][:count]


def largest_communes(count: int) -> list[Place]:
    found = [
        place for places in french_places()._by_key.values() for place in places if place.kind == "commune"
    ]
    return sorted(found, key=lambda place: -place.population)[:count]


@pytest.mark.parametrize(("text", "label"), TOLD)
def test_a_place_without_a_case_is_told_with_the_nearest_cases(served: Index, text: str, label: str) -> None:
    results = served.search(SearchQuery(text))

    assert [place.label for place in results.places] == [label]
    assert len(results.places[0].near) == 3
    assert results.correction is None or not results.correction.applied


@pytest.mark.parametrize("text", NOT_TOLD)
def test_what_is_held_or_ordinary_is_no_absent_place(served: Index, text: str) -> None:
    assert served.search(SearchQuery(text)).places == ()


def test_no_commune_is_respelt_into_another_word(served: Index) -> None:
    respelt = [
        (place.name, results.correction.text)
        for place in (*every_nth_commune(200), *largest_communes(120))
        if (results := served.search(SearchQuery(place.name))).correction and results.correction.applied
    ]

    assert respelt == []


def test_each_large_commune_is_held_or_told(served: Index) -> None:
    silent = [
        place.name
        for place in largest_communes(120)
        if not (results := served.search(SearchQuery(place.name))).places and not results.answering
    ]

    assert silent == []
