"""Content of another domain, with an identity, facets and addresses of its own, served by the same code."""

from __future__ import annotations

import html
import io
import re
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urldefrag, urljoin

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kb.content.checking import check
from kb.content.loading import load_corpus
from kb.errors import Problem
from web import create_app

FOREIGN = Path(__file__).parents[1] / "data" / "foreign"
#: what belongs to the base that this software was written for, and to no other
OURS = re.compile(
    r"démocratie locale|décider ensemble|baromètre|by-sa|participation citoyenne|budget participatif"
    r"|collectivites/|/themes/|/outils/|theme=|outil=|collectivite=",
    re.IGNORECASE,
)


def of_content(problems: tuple[Problem, ...]) -> list[Problem]:
    """The problems that are not of the machine's clock, which may be slow where this runs."""
    return [problem for problem in problems if problem.rule != "horloge"]


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A client of a site over that content."""
    index = tmp_path_factory.mktemp("foreign")
    with create_app({"CONTENT": str(FOREIGN), "INDEX": str(index), "WATCH": 0}).test_client() as client:
        yield client


def text_of(answer: TestResponse) -> str:
    """What an answer says; of a Word file, its text, notes and properties."""
    if not answer.data.startswith(b"PK"):
        return answer.get_data(as_text=True)
    with zipfile.ZipFile(io.BytesIO(answer.data)) as file:
        parts = ("word/document.xml", "word/footnotes.xml", "docProps/core.xml")
        return "".join(file.read(name).decode("utf-8") for name in parts)


@pytest.fixture(scope="module")
def pages(foreign: FlaskClient) -> dict[str, str]:
    """The text of every page that links, feeds and the sitemap lead to, by address."""
    waiting, found = ["/", "/sitemap.xml", "/flux.atom", "/api/openapi.json", "/api/v1/taxonomy"], {}
    while waiting:
        address = waiting.pop()
        if address in found or address.startswith("/static/"):
            continue
        answer = foreign.get(address, follow_redirects=True)
        assert answer.status_code == 200, address
        found[address] = text_of(answer)
        if answer.mimetype in ("text/html", "application/xml"):
            links = re.findall(r'(?:href="|<loc>)([^"<]+)', found[address])
            local = (urljoin(f"http://127.0.0.1:8000{address}", html.unescape(link)) for link in links)
            waiting += [
                urldefrag(link)[0].removeprefix("http://127.0.0.1:8000")
                for link in local
                if link.startswith("http://127.0.0.1:8000/") and link.count("=") < 2
            ]
    return found


def test_it_has_no_problem(foreign: FlaskClient) -> None:
    assert of_content(check(load_corpus(FOREIGN))) == []


def test_every_page_answers_and_the_terms_stand_under_addresses_of_their_own(pages: dict[str, str]) -> None:
    wanted = {"/cas/maison-du-port", "/pratiques/ouvrir-plus-tard", "/sujets/", "/sujets/prets"}
    wanted |= {"/supports/jeux", "/etablissements/annexe", "/carte", "/panorama", "/comme-ma-collectivite"}

    assert wanted <= set(pages)


def test_no_page_names_another_base(pages: dict[str, str]) -> None:
    named = {address: OURS.findall(text) for address, text in pages.items() if OURS.search(text)}

    assert named == {}


def test_every_page_names_this_base_and_its_licence(pages: dict[str, str]) -> None:
    shown = {a: text for a, text in pages.items() if "<footer" in text}

    assert len(shown) > 20
    for text in shown.values():
        assert "Rayons ouverts" in text and "https://exemple.org/licence-ouverte" in text


def test_a_citation_names_this_base(foreign: FlaskClient) -> None:
    item = foreign.get("/cas/maison-du-port.csl.json").json[0]

    assert item["author"] == [{"literal": "Rayons ouverts"}]
    assert item["collection-title"] == "Rayons ouverts : récits de médiathèques"


def test_the_panorama_has_its_columns_and_its_phases(foreign: FlaskClient) -> None:
    page = foreign.get("/panorama").text

    assert 'id="contexte-annexe"' in page and 'id="limites-et-enseignements-centrale"' in page


@pytest.mark.parametrize("nature", ["cas", "bonne-pratique"])
def test_documents_are_listed_by_nature_without_a_facet_for_it(foreign: FlaskClient, nature: str) -> None:
    answer = foreign.get(f"/api/v1/documents?nature={nature}")

    assert answer.status_code == 200
    assert {document["nature"] for document in answer.json} == {nature}


@pytest.mark.parametrize(
    ("arguments", "slugs"),
    [
        ("sujet=horaires", {"annexe-des-tilleuls", "ouvrir-plus-tard"}),
        ("etablissement=centrale", {"maison-du-port"}),
        ("lecteurs=peu", {"annexe-des-tilleuls"}),
        ("q=amendes", {"maison-du-port"}),
        ("fournisseur=ludotheque-voisine", {"annexe-des-tilleuls"}),
    ],
)
def test_its_facets_filter(foreign: FlaskClient, arguments: str, slugs: set[str]) -> None:
    found = foreign.get(f"/api/v1/search?{arguments}").json["results"]

    assert {hit["slug"] for hit in found} == slugs


def test_a_term_that_its_vocabulary_lacks_is_told(tmp_path: Path) -> None:
    root = Path(shutil.copytree(FOREIGN, tmp_path / "content"))
    path = root / "cases" / "maison-du-port.md"
    path.write_text(path.read_text(encoding="utf-8").replace("[prets]", "[livre]"), encoding="utf-8")

    told = of_content(check(load_corpus(root)))

    assert [(problem.line, problem.message) for problem in told] == [
        (9, "« livre » n’est pas un terme de la facette « sujet »")
    ]
