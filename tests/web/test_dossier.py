"""The dossier: what the address names, on one page, to print, copy or take away; nothing is kept."""

from __future__ import annotations

import re
from dataclasses import replace
from html import escape
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from kb.compare.strip import strip_of
from kb.content.documents import Corpus
from kb.content.rendering import render
from kb.links.citations import Citation
from kb.links.dossier import gather
from kb.links.history import Version
from web.citations import told_of


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


def test_notes_are_numbered_once_over_the_whole_and_lead_to_their_sources(client: FlaskClient) -> None:
    page = client.get("/selection?doc=boisjoli%23le-dispositif&doc=petitbourg&doc=boisjoli").text

    text, _, sources = page.partition('<ol class="sources">')
    calls = [int(number) for number in re.findall(r'<a href="#note-(\d+)">\1</a>', text)]
    listed = [int(number) for number in re.findall(r'<li id="note-(\d+)">', sources)]
    assert listed == sorted(set(calls)) == list(range(1, len(listed) + 1))
    assert len(listed) < len(calls), "the same page of a source is one note"
    lines = re.findall(r"<li id=[^>]*>(.*?)</li>", sources)
    assert len(set(lines)) == len(lines)
    assert any("Fiche de Boisjoli" in line for line in lines)


def test_no_passage_of_the_base_keeps_an_anchor_that_may_stand_twice(real: Corpus) -> None:
    whole = [Citation(document, Version("2026"), "https://b") for document in real.documents]
    chosen = [replace(one, anchor=section.anchor) for one in whole for section in one.document.sections]

    dossier = gather(chosen, real, render, told_of)

    assert len(dossier.passages) > 200
    for passage in dossier.passages:
        assert " id=" not in passage.html and "fnref" not in passage.html
        numbers = set(re.findall(r"#note-(\d+)", passage.html))
        assert numbers == set(re.findall(r"\[\^(\d+)\]", passage.markdown))
        assert ".md)" not in passage.markdown and ".md#" not in passage.markdown


def test_the_dossier_in_markdown_has_its_notes(client: FlaskClient) -> None:
    text = client.get("/selection.md?doc=boisjoli%23le-dispositif&doc=boisjoli").text

    called, told = set(re.findall(r"\[\^(\d+)\](?!:)", text)), set(re.findall(r"(?m)^\[\^(\d+)\]: ", text))
    assert called and called == told


@pytest.mark.parametrize("name", ["inconnu", "boisjoli#inconnue", "cas-99", "<script>", "é" * 300, ""])
def test_what_names_nothing_is_told_and_the_rest_is_there(client: FlaskClient, name: str) -> None:
    page = client.get(f"/selection?doc=boisjoli&doc={quote(name)}")

    assert page.status_code == 200
    assert "Rien ne s’appelle" in page.text
    assert 'id="d1"' in page.text
    assert "<script>" not in page.text


def test_a_document_brings_its_facts_each_with_its_note(client: FlaskClient, corpus: Corpus) -> None:
    page = client.get("/selection?doc=boisjoli").text
    text = client.get("/selection.md?doc=boisjoli").text
    facts = [fact for fact in strip_of(corpus.by_slug["boisjoli"]) if fact.source]

    assert facts
    for fact in facts:
        assert re.search(
            rf"<strong>{re.escape(escape(fact.label))}</strong>\s?:.*?<a href=\"#note-\d+\">", page
        ), fact
        assert re.search(rf"- \*\*{re.escape(fact.label)}\*\*\s?:.*\[\^\d+\]", text), fact
    assert "Boisjoli ensemble" in text and "Boisjoli ensemble" in page


def test_a_document_is_added_to_what_is_there_without_script(client: FlaskClient) -> None:
    page = client.get("/selection?doc=petitbourg%23en-bref&doc=boisjoli").text

    form = re.search(r'<form action="/selection" class="add.*?</form>', page, re.DOTALL)
    assert form
    kept = re.findall(r'name="doc" value="([^"]+)" checked', form[0])
    assert kept == ["petitbourg#en-bref", "boisjoli"]
    assert '<option value="comparer-les-outils">' in form[0]
    assert '<option value="boisjoli">' not in form[0]


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


def test_a_section_is_put_in_a_dossier_from_its_page(client: FlaskClient) -> None:
    page = client.get("/cas/boisjoli").text
    address = re.search('href="(/selection[^"]*le-dispositif)"[^>]*>Mettre cette section', page)

    assert address
    assert "Le dispositif" in client.get(address[1]).text
