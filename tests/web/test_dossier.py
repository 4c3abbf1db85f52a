"""The dossier: what the address names, on one page, to print, copy or take away; nothing is kept."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from web.addresses import without_notes


def test_the_address_says_what_is_in_it(client: FlaskClient) -> None:
    page = client.get("/selection?doc=cas-01&doc=petitbourg%23en-bref&doc=boisjoli")

    assert page.status_code == 200
    assert "Set-Cookie" not in page.headers
    assert page.text.count('<section class="text"') == 2
    assert "Boisjoli" in page.text and "Petitbourg" in page.text
    assert 'href="/selection?doc=petitbourg%23en-bref">Retirer du dossier' in page.text


def test_each_passage_carries_its_citation_and_its_version(client: FlaskClient) -> None:
    page = client.get("/selection?doc=boisjoli").text

    assert "/id/cas-01" in page
    assert 'href="/id/cas-01/v/' in page


def test_no_call_of_a_note_is_left_without_its_note() -> None:
    html = '<p>Open Source Politics<sup id="fnref:a">1</sup><sup class="next" id="fnref:b">2</sup>, puis.</p>'

    with Flask("web").test_request_context("/"):
        assert without_notes(html) == "<p>Open Source Politics, puis.</p>"


@pytest.mark.parametrize("name", ["inconnu", "boisjoli#inconnue", "cas-99", "<script>", "é" * 300, ""])
def test_what_names_nothing_is_told_and_the_rest_is_there(client: FlaskClient, name: str) -> None:
    page = client.get(f"/selection?doc=boisjoli&doc={quote(name)}")

    assert page.status_code == 200
    assert "Rien ne s’appelle" in page.text
    assert 'id="d1"' in page.text
    assert "<script>" not in page.text


def test_an_empty_dossier_says_how_to_fill_it(client: FlaskClient) -> None:
    page = client.get("/selection")

    assert page.status_code == 200
    assert "Ce dossier est vide" in page.text


@pytest.mark.parametrize(
    ("ending", "held"), [("md", "# Dossier"), ("bib", "@"), ("ris", "TY  -"), ("csl.json", "[")]
)
def test_it_can_be_taken_away(client: FlaskClient, ending: str, held: str) -> None:
    answer = client.get(f"/selection.{ending}?doc=boisjoli&doc=petitbourg%23en-bref")

    assert answer.status_code == 200
    assert answer.text.startswith(held)
    assert "attachment" in answer.headers["Content-Disposition"]


def test_a_hundred_passages_are_shown_and_the_others_are_told(client: FlaskClient) -> None:
    page = client.get("/selection?doc=boisjoli&" + "&".join(f"doc=x{number}" for number in range(150)))

    assert page.status_code == 200
    assert "x149" in page.text
