"""An address as people type and paste it leads to its page; one that nobody knows offers the nearest."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

#: what is typed or pasted, and where it leads
NEAR = [
    ("/cas/boisjoli/", "/cas/boisjoli"),
    ("/cas/Boisjoli", "/cas/boisjoli"),
    ("/CAS/BOISJOLI", "/cas/boisjoli"),
    ("/cas/boisjoli.html", "/cas/boisjoli"),
    ("/cas/boisjoli/index.html", "/cas/boisjoli"),
    ("/cas/boisjoli.", "/cas/boisjoli"),
    ("/cas/boisjoli),", "/cas/boisjoli"),
    ("/cas/boisjoli »", "/cas/boisjoli"),
    ("/cas/boisjoli”", "/cas/boisjoli"),
    ("/cas/boisjoli\u200b", "/cas/boisjoli"),
    ("/cas/bois\u00adjoli", "/cas/boisjoli"),
    ("/cas/boisjoli;jsessionid=1A2B", "/cas/boisjoli"),
    ("/pratiques/comparer_les_outils", "/pratiques/comparer-les-outils"),
    ("/pratiques/comparer les outils", "/pratiques/comparer-les-outils"),
    ("/pratiques/compar\u00e9r-les-outils", "/pratiques/comparer-les-outils"),
    ("/pratiques/compare\u0301r-les-outils", "/pratiques/comparer-les-outils"),
    ("/id/CAS-01", "/id/cas-01"),
    ("/id/cas_01.", "/id/cas-01"),
    ("/themes/evaluation/", "/themes/evaluation"),
    ("/Th\u00e8mes", "/themes/"),
    ("/carte/", "/carte"),
    ("/cas/Boisjoli.json", "/cas/boisjoli.json"),
]


@pytest.mark.parametrize(("typed", "page"), NEAR)
def test_an_address_nearly_right_leads_on(client: FlaskClient, typed: str, page: str) -> None:
    answer = client.get(typed)

    assert answer.status_code == 301
    assert client.get(answer.location).status_code in (200, 301, 308)
    assert answer.location.rstrip("/") == page.rstrip("/")


def test_the_parameters_go_along(client: FlaskClient) -> None:
    assert client.get("/Recherche/?q=vote&theme=evaluation").location == "/recherche?q=vote&theme=evaluation"


@pytest.mark.parametrize(
    "path",
    ["/cas/nulle-part", "/api/v1/Documents", "/", "//exemple.fr/cas/boisjoli", "/cas/..", "/" + "a" * 400],
)
def test_no_address_leads_away_or_round(client: FlaskClient, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code in (200, 404) or answer.location.startswith(("/cas", "/"))
    assert not (answer.location or "").startswith("//")


def test_what_is_sent_is_not_led_on(client: FlaskClient) -> None:
    assert client.post("/cas/Boisjoli").status_code in (404, 405)


def test_an_unknown_address_offers_the_nearest_pages(client: FlaskClient) -> None:
    page = client.get("/cas/bois-jolie")

    assert page.status_code == 404
    assert 'href="/cas/boisjoli"' in page.text.partition("Les fiches les plus proches")[2]
    assert "Les fiches les plus proches" not in client.get("/cas/zzz").text


@pytest.mark.parametrize(
    "query", ["q=vote&amp;theme=evaluation", "q=vote&theme[]=evaluation", "theme%5B%5D=evaluation"]
)
def test_a_query_mangled_on_its_way_keeps_its_filter(client: FlaskClient, query: str) -> None:
    assert "Retirer le filtre" in client.get(f"/recherche?{query}").text


@pytest.mark.parametrize(
    "path",
    [
        "/recherche?q=vote&utm_source=lettre",
        "/recherche.csv?q=vote&fbclid=1",
        "/recherche.atom?q=vote&_=17",
        "/recherche.bib?q=vote&utm_medium=mail",
    ],
)
def test_parameters_that_nobody_knows_are_passed_over(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 200


def test_the_api_refuses_them(client: FlaskClient) -> None:
    assert client.get("/api/v1/search?q=vote&utm_source=lettre").status_code == 400


def test_a_document_named_twice_is_cited_once(client: FlaskClient) -> None:
    answer = client.get("/selection.bib?doc=boisjoli&doc=cas-01&doc=boisjoli%23evaluation-et-resultats")

    assert answer.status_code == 200
    assert answer.text.count("@") == 2
