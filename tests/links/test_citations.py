"""Citations as readers and reference managers get them."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from urllib.parse import parse_qs

import pytest
import RISparser
from flask import Flask
from flask.testing import FlaskClient
from pybtex import database

from kb.links.styles import STYLES, formatted

BASE = "http://127.0.0.1:8000"
EVERY = [
    "/cas/boisjoli",
    "/pratiques/comparer-les-outils",
]


class Page(HTMLParser):
    """What a reference manager looks at in a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.meta: dict[str, str] = {}
        self.coins: list[str] = []
        self.ld: list[str] = []
        self._in = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "meta" and "content" in found:
            self.meta[found.get("name") or found.get("property", "")] = found["content"]
        if found.get("class") == "Z3988":
            self.coins.append(found["title"])
        self._in = tag == "script" and found.get("type") == "application/ld+json"

    def handle_data(self, data: str) -> None:
        if self._in:
            self.ld.append(data)
            self._in = False


def title_of(client: FlaskClient, path: str) -> str:
    return str(client.get(f"{path}.json").get_json()["title"]).replace(" :", "\u00a0:")


@pytest.mark.parametrize("path", EVERY)
def test_bibtex_reads_back_in_another_library(client: FlaskClient, path: str) -> None:
    response = client.get(f"{path}.bib")

    (entry,) = database.parse_string(response.text, "bibtex").entries.values()

    assert response.content_type == "application/x-bibtex; charset=utf-8"
    assert entry.type == "techreport"
    assert entry.fields["title"].strip("{}").replace("~", "\u00a0") == title_of(client, path)
    assert entry.fields["url"].startswith(f"{BASE}/id/")
    assert entry.fields["year"] == "2026"


@pytest.mark.parametrize("path", EVERY)
def test_ris_reads_back_in_another_library(client: FlaskClient, path: str) -> None:
    response = client.get(f"{path}.ris?section=pourquoi" if "pratiques" in path else f"{path}.ris")

    (entry,) = RISparser.read(response.text.splitlines())

    assert entry["type_of_reference"] == ("CHAP" if "pratiques" in path else "RPRT")
    assert entry["primary_title" if "primary_title" in entry else "title"]
    assert entry["url"].startswith(f"{BASE}/id/")
    assert entry["language"] == "fr"


@pytest.mark.parametrize("path", EVERY)
def test_csl_json_holds_what_csl_wants(client: FlaskClient, path: str) -> None:
    (item,) = json.loads(client.get(f"{path}.csl.json").text)

    assert item["type"] == "report"
    assert item["title"] == title_of(client, path)
    assert item["issued"]["date-parts"][0][0] == 2026
    assert item["author"] == [{"literal": "Démocratie locale numérique"}]
    assert item["edition"].startswith("Version d")


def test_a_section_is_cited_at_its_anchor_and_inside_its_document(client: FlaskClient) -> None:
    (item,) = json.loads(client.get("/cas/boisjoli.csl.json?section=le-dispositif").text)

    assert item["type"] == "chapter"
    assert item["title"] == "Le dispositif"
    assert item["container-title"] == title_of(client, "/cas/boisjoli")
    assert item["URL"] == f"{BASE}/id/cas-01#le-dispositif"


def test_a_figure_is_cited_like_a_section(app: Flask, client: FlaskClient) -> None:
    corpus = app.extensions["kb"].snapshot.corpus
    document = next(d for d in corpus.practices if d.practice and d.practice.charts)
    chart = document.practice.charts[0]  # type: ignore[union-attr]

    (item,) = json.loads(client.get(f"{document.permalink}.csl.json?section={chart.id}").text)

    assert item["URL"] == f"{BASE}/id/{document.id}#{chart.id}"


def test_an_unknown_section_is_refused_with_the_known_ones(client: FlaskClient) -> None:
    response = client.get("/cas/boisjoli.bib?section=nulle-part")

    assert response.status_code == 400
    assert "en-bref, le-dispositif" in response.text


def test_a_selection_holds_documents_and_sections_in_order(client: FlaskClient) -> None:
    items = json.loads(client.get("/selection.csl.json?doc=boisjoli&doc=pra-01%23pourquoi&doc=boisjoli").text)

    assert [item["id"] for item in items] == ["cas-01", "pra-01-pourquoi"]


@pytest.mark.parametrize(
    ("query", "status"), [("", 400), ("doc=inconnu", 404), ("&".join(f"doc=d{n}" for n in range(101)), 400)]
)
def test_a_selection_of_nothing_or_of_too_much_is_told(client: FlaskClient, query: str, status: int) -> None:
    assert client.get(f"/selection.bib?{query}").status_code == status


@pytest.mark.parametrize("ending", ["csv", "json", "md", "bib", "ris", "csl.json"])
def test_a_search_result_is_exported_whole(client: FlaskClient, ending: str) -> None:
    total = client.get("/api/v1/search?q=budget").get_json()["total"]

    response = client.get(f"/recherche.{ending}?q=budget&per_page=1")

    assert response.status_code == 200
    assert response.text.count("/id/") == total
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_the_export_of_a_search_refuses_what_the_api_refuses(client: FlaskClient) -> None:
    assert client.get("/recherche.csv?tri=couleur").status_code == 400


@pytest.mark.parametrize("path", EVERY)
def test_a_page_offers_three_styles_that_name_version_and_address(client: FlaskClient, path: str) -> None:
    page = client.get(path).text
    block = page[page.index('<details class="cite"') :].partition("</details>")[0]

    for name in ("NF ISO 690", "APA", "Chicago"):
        assert f"<dt>{name}</dt>" in block
    cited = re.findall(r"<dd data-copy>(.*?)</dd>", block)
    assert len(cited) == 3
    for text in cited:
        assert f"{BASE}/id/" in text
        assert "ersion d" in text
    assert cited[0].startswith("DÉMOCRATIE LOCALE NUMÉRIQUE, 2026.")
    assert "[en" in cited[0]
    assert "Disponible" in cited[0]


@pytest.mark.parametrize("path", EVERY)
def test_zotero_sees_the_document(client: FlaskClient, path: str) -> None:
    page = Page(client.get(path).text)
    (coins,) = page.coins
    title = title_of(client, path)

    assert page.meta["citation_title"] == page.meta["DC.title"] == page.meta["og:title"] == title
    assert page.meta["citation_publication_date"].startswith("2026/")
    assert page.meta["og:url"] == BASE + path
    assert parse_qs(coins)["rft.btitle"] == [title]
    assert parse_qs(coins)["rft_id"][0].startswith(f"{BASE}/id/")


def test_a_case_is_a_report_on_a_place_with_its_sources(client: FlaskClient) -> None:
    (text,) = Page(client.get("/cas/boisjoli").text).ld
    data = json.loads(text)

    assert data["@type"] == "Report"
    assert data["@id"] == f"{BASE}/id/cas-01"
    assert "Place" in data["spatialCoverage"]["@type"]
    assert data["spatialCoverage"]["geo"]["latitude"] == 45.9581
    assert [source["name"] for source in data["citation"]] == ["Fiche de Boisjoli", "Le vote de Boisjoli"]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(
    ("title", "end"),
    [
        ("Que coûte une plateforme ?", "plateforme\u202f?"),
        ("Agir avec la S.A.S.", "S.A.S."),
        ("Voter en ligne", "en ligne"),
        ("Oser !", "Oser\u202f!"),
    ],
)
def test_a_title_that_ends_a_sentence_is_given_no_second_end(style: str, title: str, end: str) -> None:
    item = {"id": "x", "type": "report", "title": title, "author": [{"literal": "Décider ensemble"}]}

    text = formatted(item, style)

    assert end in text
    assert not re.search(r"[.?!…]\.", text.replace("S.A.S.", "S.A.S"))


def test_text_of_a_file_cannot_leave_its_script_element() -> None:
    from kb import load_corpus
    from kb.links.citations import Citation
    from kb.links.history import Version
    from kb.links.metadata import json_ld
    from tests.conftest import SMALL

    document = load_corpus(SMALL).corpus.documents[0]
    fields = document.fields.model_copy(update={"title": "</script><img src=x>"})
    object.__setattr__(document, "fields", fields)

    text = json_ld(Citation(document, Version("2026"), BASE))

    assert "<" not in text
    assert json.loads(text)["name"] == "</script><img src=x>"


def test_the_card_may_be_framed_and_holds_no_script(client: FlaskClient) -> None:
    first = client.get("/cas/boisjoli/carte")
    again = client.get("/cas/boisjoli/carte", headers={"If-None-Match": first.headers["ETag"]})

    assert again.status_code == 304
    for response in (first, again):
        assert response.headers["Content-Security-Policy"].endswith("frame-ancestors *")
        assert "X-Frame-Options" not in response.headers
    assert "<script" not in first.text
    assert f"{BASE}/cas/boisjoli" in first.text


@pytest.mark.parametrize(
    "path", ["/cas/boisjoli", "/cas/boisjoli/historique", "/carte", "/cas/inconnu/carte/x"]
)
def test_every_other_page_refuses_frames(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers

    assert headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
