"""The dossier: what the address names, on one page, to print, copy or take away; nothing is kept."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kb.content.documents import Corpus
from kb.content.rendering import render
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


@pytest.mark.parametrize(
    ("html", "left"),
    [
        (
            '<p>Decidim<sup id="fnref:a">1</sup><sup class="next" id="fnref:b">2</sup>, puis.</p>',
            "<p>Decidim, puis.</p>",
        ),
        ('<p>20 m<sup>2</sup><sup id="fnref2:a"><a href="#fn:a">3</a></sup></p>', "<p>20 m<sup>2</sup></p>"),
        ('<h3 id="le-vote">Le vote</h3>', "<h3>Le vote</h3>"),
        ("<p>Rien à ôter.</p>", "<p>Rien à ôter.</p>"),
    ],
)
def test_no_call_of_a_note_is_left_without_its_note(html: str, left: str) -> None:
    with Flask("web").test_request_context("/"):
        assert without_notes(html) == left


def test_no_section_of_the_base_keeps_a_call_or_an_anchor(real: Corpus) -> None:
    with Flask("web").test_request_context("/"):
        left = [without_notes(section.html) for d in real.documents for section in render(d).sections]

    assert len(left) > 200
    assert [html for html in left if "fnref" in html or ' id="' in html] == []


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
