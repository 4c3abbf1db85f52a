"""Quantities: a number keeps its unit, and a range is read against the fields of the cases."""

from __future__ import annotations

import pytest

from kb.search.analysis import normalise, tokens
from kb.search.index import Index
from kb.search.quantities import quantities
from kb.search.query import SearchQuery

INFINITE = float("inf")


@pytest.mark.parametrize(
    ("text", "unit", "least", "most"),
    [
        ("moins de 10 000 € par an", "euros", 0, 10_000),
        ("au plus 5 agents", "agents", 0, 5),
        ("10 000 euros au plus", "euros", 0, 10_000),
        ("entre 30 000 et 50 000 habitants", "habitants", 30_000, 50_000),
        ("de 10 à 20 k€", "euros", 10_000, 20_000),
        ("plus de 100 000 hab.", "habitants", 100_000, INFINITE),
        ("au moins 2 ETP", "ETP", 2, INFINITE),
        ("1,3 million d’euros", "euros", 1_040_000, 1_560_000),
        ("10,000 euros", "euros", 8_000, 12_000),
        ("une plateforme gratuite", "euros", 0, 0),
    ],
)
def test_a_quantity_is_read_as_a_range(text: str, unit: str, least: float, most: float) -> None:
    (found,) = quantities(list(tokens(normalise(text))))

    assert (found.unit, found.least, found.most) == (unit, pytest.approx(least), pytest.approx(most))


@pytest.mark.parametrize("text", ["18 juillet 2016", "21e siècle", "article 2", "les 3 villes", "", "euros"])
def test_a_number_without_a_unit_is_no_quantity(text: str) -> None:
    assert quantities(list(tokens(normalise(text)))) == ()


def test_inhabitants_never_meet_euros(served: Index) -> None:
    marked = [
        passage.text[start:end]
        for hit in served.search(SearchQuery("50 000 habitants")).hits
        for passage in hit.passages
        for start, end in passage.spans
    ]

    assert marked
    assert not [text for text in marked if "€" in text or text == "public"]


def test_a_number_that_counts_something_else_is_not_met_and_no_inner_form_is_shown(served: Index) -> None:
    found = served.search(SearchQuery("48 000 habitants", per_page=50))

    marked = [p.text[a:b] for hit in found.hits for p in hit.passages for a, b in p.spans]
    assert "48\u202f000" not in marked  # « 48 000 visiteurs », in Nantes
    assert {hit.slug for hit in found.hits[:3]} == {"meudon", "marcq-en-baroeul", "saint-germain-en-laye"}
    assert not [form for hit in found.hits for word in hit.matched for form in word.found if "=" in form]


def test_the_cases_of_the_size_that_is_asked_come_first_with_the_filter_offered(served: Index) -> None:
    found = served.search(SearchQuery("50 000 habitants"))

    assert {hit.slug for hit in found.hits[:3]} == {"meudon", "marcq-en-baroeul", "saint-germain-en-laye"}
    assert [offer.filter.value for offer in found.offers] == ["10000-50000", "50000-100000"]
    assert all(offer.total for offer in found.offers)


def test_a_range_of_euros_is_read_against_the_costs(served: Index) -> None:
    found = served.search(SearchQuery("commune moins de 10 000 euros par an"))

    assert {"meudon", "saint-germain-en-laye", "marcq-en-baroeul"} <= {fact.slug for fact in found.facts}
    assert "paris" not in {fact.slug for fact in found.facts}


def test_what_costs_nothing_is_found_by_its_figure(served: Index) -> None:
    found = served.search(SearchQuery("logiciel gratuit"))

    assert [(fact.slug, fact.value) for fact in found.facts] == [
        ("marcq-en-baroeul", "moins de 1\u202f000\u00a0€")
    ]
    assert found.hits[0].slug == "marcq-en-baroeul"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("48 000 habitants", "de 38 400 à 57 600 habitants"),
        ("moins de 10 000 €", "au plus 10 000 €"),
        ("au moins 5 ETP", "au moins 5 ETP"),
        ("logiciel gratuit", "ce qui ne coûte rien, ou presque"),
    ],
)
def test_how_a_quantity_was_read_is_said(served: Index, text: str, said: str) -> None:
    notices = [
        n.replace("\u202f", " ").replace("\u00a0", " ") for n in served.search(SearchQuery(text)).notices
    ]

    assert notices == [f"Cherché aussi dans les champs des cas : {said}."]


def test_an_envelope_of_projects_is_not_what_a_case_costs(served: Index) -> None:
    found = served.search(SearchQuery("plateforme entre 90 000 et 110 000 €"))

    assert "marcq-en-baroeul" not in {fact.slug for fact in found.facts}
    assert not any(fact.value.startswith("100") for fact in found.facts)


def test_a_figure_that_a_field_holds_is_that_figure_and_no_size_like_it(served: Index) -> None:
    assert served.search(SearchQuery("155 000 habitants")).hits[0].slug == "angers"
    assert not served.search(SearchQuery("155 000 habitants")).facts
