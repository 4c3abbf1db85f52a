"""Operators, identifiers and addresses typed in the box do what is meant, and the answer says so."""

from __future__ import annotations

import pytest

from kb.search.index import Index
from kb.search.query import SearchQuery


def test_and_not_do_what_they_say_and_are_explained(served: Index) -> None:
    found = served.search(SearchQuery("budget AND citoyen NOT Paris", per_page=50))

    assert found.hits and not [hit for hit in found.hits if hit.missing]
    assert "paris" not in [hit.slug for hit in found.hits]
    assert [notice.partition(" :")[0] for notice in found.notices] == ["AND", "NOT"]


@pytest.mark.parametrize("text", ["plateforme SAUF forum", "plateforme sauf forum", "plateforme NOT forum"])
def test_except_is_the_dash(served: Index, text: str) -> None:
    wanted = served.search(SearchQuery("plateforme -forum"))

    assert [hit.slug for hit in served.search(SearchQuery(text)).hits] == [hit.slug for hit in wanted.hits]


def test_or_changes_nothing_and_says_so(served: Index) -> None:
    found = served.search(SearchQuery("vote OR votation"))

    assert found.total == served.search(SearchQuery("vote votation")).total
    assert found.notices


@pytest.mark.parametrize(
    "text", ["BUDGET ET CITOYEN", "budget et citoyen", "AND Digital", "ET", "NOT", "SAUF"]
)
def test_words_that_are_no_operators_are_words(served: Index, text: str) -> None:
    found = served.search(SearchQuery(text))

    assert not found.notices


@pytest.mark.parametrize(
    "text",
    [
        "cas-01",
        "CAS-01",
        "cas 01",
        "cas\u201101",
        "cas1",
        "/id/cas-01",
        "https://exemple.fr/id/cas-01",
        "https://exemple.fr/kb/cas/angers",
        "/cas/angers/",
        "exemple.fr/cas/angers.md?x=1#limites",
        " https://exemple.fr/cas/angers#le-dispositif ",
    ],
)
def test_an_identifier_or_an_address_gives_the_page(served: Index, text: str) -> None:
    found = served.search(SearchQuery(text))

    assert [hit.slug for hit in found.hits] == ["angers"]
    assert found.answering == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("rennes/angers", "rennes angers"),
        ("Habitants/angers", "habitants angers"),
        ("vote/nanterre.", "vote nanterre"),
        ("/cas/nulle-part", "cas nulle part"),
        ("themes/angers", "themes angers"),
        ("cas 01 angers", "cas 01 angers"),
    ],
)
def test_what_is_no_address_of_ours_is_read_as_words(served: Index, text: str, words: str) -> None:
    found, wanted = (served.search(SearchQuery(asked)) for asked in (text, words))

    assert [hit.slug for hit in found.hits] == [hit.slug for hit in wanted.hits]
    assert found.total == wanted.total > 1 or text == "/cas/nulle-part"
