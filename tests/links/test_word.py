"""The dossier as a Word file, read back: headings, notes, links and tables counted against the pages."""

from __future__ import annotations

import io
import re
import zipfile
from xml.etree import ElementTree

import docx
import pytest
from flask.testing import FlaskClient

from kb.compare.strip import strip_of
from kb.content.documents import Corpus
from kb.content.rendering import render
from kb.content.typography import french
from kb.links.citations import Citation
from kb.links.dossier import Dossier, gather
from kb.links.history import Version
from kb.links.styles import STYLES
from kb.links.word import KIND, word
from web.citations import told_of

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
BASE = "https://base.exemple.fr"
CHOSEN = [
    ("angers", ""),
    ("rennes", "contexte"),
    ("couts-des-dispositifs", "les-chiffres"),
    ("inclusion-et-mediation-numerique", "comment-s-y-prendre"),
]


@pytest.fixture(scope="module")
def dossier(real: Corpus) -> Dossier:
    """Two cases, a table and a list with links."""
    version = Version("2026-11-27", "abcdef0123")
    chosen = [Citation(real.by_slug[slug], version, BASE, anchor=anchor) for slug, anchor in CHOSEN]
    return gather(chosen, real, render, told_of)


@pytest.fixture(scope="module")
def made(dossier: Dossier) -> bytes:
    return word(dossier, BASE)


def xml(made: bytes, name: str) -> ElementTree.Element:
    return ElementTree.fromstring(zipfile.ZipFile(io.BytesIO(made)).read(f"word/{name}.xml"))


def test_headings_and_tables_are_those_of_the_passages(dossier: Dossier, made: bytes) -> None:
    file, html = docx.Document(io.BytesIO(made)), "".join(passage.html for passage in dossier.passages)

    styles = [paragraph.style.name for paragraph in file.paragraphs]
    assert styles.count("Heading 1") == len(CHOSEN) + 1, "each passage, and the references"
    assert styles.count("Heading 3") + styles.count("Heading 4") == len(re.findall("<h[34]", html))
    assert [len(table.rows) for table in file.tables] == [
        len(re.findall("<tr", table)) for table in re.findall("(?s)<table.*?</table>", html)
    ]
    assert styles.count("List Bullet") + styles.count("List Number") == len(re.findall("<li", html))


def test_every_note_is_one_footnote_and_every_call_leads_to_it(dossier: Dossier, made: bytes) -> None:
    body, notes = xml(made, "document"), xml(made, "footnotes")
    html = "".join(passage.html for passage in dossier.passages)

    first = [found.get(f"{W}id") for found in body.iter(f"{W}footnoteReference")]
    again = [found for found in body.iter(f"{W}fldSimple") if "NOTEREF" in (found.get(f"{W}instr") or "")]
    named = {found.get(f"{W}name") for found in body.iter(f"{W}bookmarkStart")}
    assert len(first) == len(set(first)) == len(dossier.notes)
    assert len(first) + len(again) == html.count('href="#note-')
    assert {(found.get(f"{W}instr") or "").split()[1] for found in again} <= named
    assert set(first) <= {note.get(f"{W}id") for note in notes}
    told = ["".join(note.itertext()) for note in notes]
    assert all(any(note.text[:40] in text for text in told) for note in dossier.notes)


def test_links_lead_to_the_base_and_to_what_is_cited(made: bytes) -> None:
    rels = [r.target_ref for r in docx.Document(io.BytesIO(made)).part.rels.values() if r.is_external]

    assert f"{BASE}/id/cas-13#contexte" in rels
    assert any(target.startswith(f"{BASE}/cas/") for target in rels)
    assert [target for target in rels if not target.startswith(("http://", "https://", "mailto:"))] == []


@pytest.mark.parametrize("style", STYLES)
def test_the_references_are_in_the_style_asked(dossier: Dossier, style: str) -> None:
    file = docx.Document(io.BytesIO(word(dossier, BASE, style)))

    texts = [paragraph.text for paragraph in file.paragraphs]
    assert len(texts[texts.index("Références") + 1 :]) == len(CHOSEN)
    assert all("/id/" in text for text in texts[-len(CHOSEN) :])


@pytest.mark.parametrize("slug", ["meudon", "angers", "merignac", "paris"])
def test_a_case_brings_its_money_with_a_note(real: Corpus, slug: str) -> None:
    version = Version("2026-11-27", "abcdef0123")
    made = word(gather([Citation(real.by_slug[slug], version, BASE)], real, render, told_of), BASE)

    said = ["".join(p.itertext()) for p in xml(made, "document").iter(f"{W}p")]
    for fact in strip_of(real.by_slug[slug]):
        found = [text for text in said if text.startswith(fact.label) and french(fact.value) in text]
        assert found, fact


def test_the_file_hangs_on_no_clock(dossier: Dossier, made: bytes) -> None:
    assert word(dossier, BASE) == made
    assert {entry.date_time[0] for entry in zipfile.ZipFile(io.BytesIO(made)).infolist()} == {1980}


def test_it_is_taken_away_from_the_page_and_a_wrong_style_is_told(client: FlaskClient) -> None:
    page = client.get("/selection?doc=boisjoli&doc=petitbourg%23en-bref").text
    address = re.search('href="(/selection.docx[^"]*)"', page)

    assert address
    answer = client.get(address[1].replace("&amp;", "&"))
    assert (answer.status_code, answer.content_type) == (200, KIND)
    assert "dossier.docx" in answer.headers["Content-Disposition"]
    assert docx.Document(io.BytesIO(answer.data)).paragraphs[0].text == "Dossier"
    wrong = client.get("/selection.docx?doc=boisjoli&style=mla")
    assert wrong.status_code == 400
    assert "iso690" in wrong.text


@pytest.mark.parametrize("sign", ["\x0b", "\x00", "\ufffe", "<&>"])
def test_no_sign_breaks_the_file(real: Corpus, dossier: Dossier, sign: str) -> None:
    passage = dossier.passages[0]
    odd = Dossier((type(passage)(passage.citation, f"<p>a{sign}b</p>", ""),), ())

    assert docx.Document(io.BytesIO(word(odd, BASE))).paragraphs
