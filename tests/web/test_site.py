"""The pages as visitors get them."""

import re
import threading
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

import web
from web import create_app
from web.front.headers import HEADERS

PAGES = [
    "/",
    "/recherche",
    "/recherche?q=budget",
    "/cas/",
    "/cas/boisjoli",
    "/pratiques/",
    "/pratiques/comparer-les-outils",
    "/themes/",
    "/themes/evaluation",
    "/outils/",
    "/outils/forum",
    "/collectivites/",
    "/collectivites/commune",
    "/a-propos",
    "/aide",
    "/glossaire",
    "/plan-du-site",
    "/chiffres-discutes",
]
ALL = [
    *PAGES,
    "/nulle-part",
    "/cas/nulle-part",
    "/api/v1/search?q=budget",
    "/api/v1/documents/nulle-part",
    "/sante",
    "/cas/boisjoli.json",
    "/cas/boisjoli.md",
    "/id/cas-01",
    "/id/cas-99",
]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_answers_in_french_without_inline_code(client: FlaskClient, path: str) -> None:
    response = client.get(path)

    assert response.status_code == 200
    assert '<html lang="fr">' in response.text
    inline = r"<style|\sstyle=|\son[a-z]+\s*=|<script(?![^>]*\s(?:src|type=.application/ld))"
    assert not re.search(inline, response.text)


@pytest.mark.parametrize("path", ALL)
def test_every_answer_has_the_security_headers_and_no_cookie(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    headers = answer.headers

    open_to_all = answer.mimetype != "text/html"  # any site may read data
    for name, value in HEADERS.items():
        expected = "cross-origin" if open_to_all and name == "Cross-Origin-Resource-Policy" else value
        assert headers[name] == expected
    assert "Set-Cookie" not in headers


def test_a_not_modified_answer_has_the_security_headers(client: FlaskClient) -> None:
    etag = client.get("/cas/boisjoli").headers["ETag"]

    response = client.get("/cas/boisjoli", headers={"If-None-Match": etag})

    assert response.status_code == 304
    assert response.data == b""
    assert set(HEADERS) <= set(response.headers.keys())


def test_a_case_shows_its_identity_card_sources_and_practices(client: FlaskClient) -> None:
    page = client.get("/cas/boisjoli").text

    for text in (
        "Carte d’identité",
        "12\u202f000 habitants",
        "900\u00a0€ par an",
        "1,5 ETP",
        "fait en interne",
        "1\u202f071 votants",
        "Ce que les sources disent autrement",
        "Comparer les outils avant d’acheter",
        "Le Courrier",
        "/id/cas-01",
    ):
        assert text.replace("1\u202f071 votants", "1\u202f071") in page


def test_a_practice_names_the_cases_that_show_it_and_their_limits(client: FlaskClient) -> None:
    page = client.get("/pratiques/comparer-les-outils").text

    assert 'href="/cas/boisjoli#le-dispositif"' in page
    assert "limite" in page
    assert "Preuve : récit" in page.replace("\u00a0", " ")


def test_facts_on_which_sources_differ_are_gathered(client: FlaskClient) -> None:
    page = client.get("/chiffres-discutes").text

    for text in ("Nombre de votants", "1\u202f100", "Le Courrier", "la fiche compte les bulletins"):
        assert text in page


def test_a_document_tells_the_questions_it_answers_each_with_its_section(client: FlaskClient) -> None:
    page = client.get("/cas/boisjoli").text

    block = page.partition("Cette fiche répond à")[2].partition("</section>")[0]
    assert '<a href="#evaluation-et-resultats">Qui a évalué la démarche\u202f?</a>' in block
    assert "Cette fiche répond à" not in client.get("/cas/clairval").text


def test_a_case_opens_with_what_to_take_over_and_what_to_avoid_each_with_section_and_source(
    client: FlaskClient,
) -> None:
    page = client.get("/cas/boisjoli").text

    block = page.partition('class="lessons"')[2].partition("</dl>")[0]
    for name, text in (
        ("À reprendre", "Faire juger la démarche par des étudiants"),
        ("À éviter", "N’attirer que des habitants déjà engagés"),
    ):
        line = block.partition(f"<dt>{name}</dt>")[2].partition("</div>")[0]
        assert f'<a href="#evaluation-et-resultats">{text}</a>' in line
        assert 'href="#fn-presse' in line
    assert page.index('class="lessons"') < page.index('class="columns"')
    assert "À reprendre" not in client.get("/cas/clairval").text


def test_links_between_files_lead_to_pages(client: FlaskClient) -> None:
    assert 'href="/pratiques/comparer-les-outils#pourquoi"' in client.get("/cas/boisjoli").text


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/cas/bois-joli", "/cas/boisjoli"),
        ("/id/cas-01", "/cas/boisjoli"),
        ("/id/pra-01", "/pratiques/comparer-les-outils"),
        ("/themes/budgets", "/themes/budget-participatif"),
    ],
)
def test_former_and_permanent_addresses_lead_to_the_page(client: FlaskClient, old: str, new: str) -> None:
    response = client.get(old)

    assert response.status_code == 301
    assert response.headers["Location"] == new


def test_a_facet_without_its_slash_leads_to_the_list(client: FlaskClient) -> None:
    assert client.get("/themes").headers["Location"] == "/themes/"


def test_an_unknown_page_offers_a_search_for_its_words(client: FlaskClient) -> None:
    response = client.get("/cas/budget-de-boisjoly")

    assert response.status_code == 404
    assert 'value="budget de boisjoly"' in response.text


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("post", "/cas/boisjoli", 405),
        ("delete", "/api/v1/search", 405),
        ("get", "/nulle-part", 404),
        ("get", "/api/v1/nulle-part", 404),
        ("get", "/api/v1/documents/nulle-part", 404),
        ("get", "/recherche.csv?tri=x", 400),
        ("get", "/selection.bib", 400),
    ],
)
def test_an_error_speaks_french(client: FlaskClient, method: str, address: str, status: int) -> None:
    response = getattr(client, method)(address)

    assert response.status_code == status
    assert not re.search(
        r"\b(the|not|was|requested|allowed|your|request)\b",
        re.sub(r"<[^>]*>", " ", response.text),
        re.IGNORECASE,
    )


def test_the_bars_of_the_browser_have_the_colour_of_the_paper(client: FlaskClient) -> None:
    sheet = (Path(web.__file__).parent / "static/style.css").read_text(encoding="utf-8")

    told = re.findall(r'name="theme-color" [^>]*content="(#[0-9a-f]{6})"', client.get("/").text)

    assert told == re.findall(r"--paper: (#[0-9a-f]{6});", sheet)[:2]


def test_the_icon_stands_where_browsers_ask_for_it_by_themselves(client: FlaskClient) -> None:
    response = client.get("/favicon.ico")

    assert response.data[:4] == b"\x00\x00\x01\x00"  # an icon of Windows
    assert response.mimetype == "image/x-icon"


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_other_verbs_are_refused(client: FlaskClient, method: str) -> None:
    assert getattr(client, method)("/recherche").status_code == 405


@pytest.mark.parametrize(
    "q",
    [
        '"',
        "((((",
        "-",
        "a" * 5000,
        "\x00",
        "<script>alert(1)</script>",
        "*",
        "theme:",
        "NOT",
        "😀",
        "' OR 1=1 --",
        '"budget',
        "-budget",
        '"><img src=x onerror=alert(1)>',
        "{{7*7}}",
        "\u202e",
        "é" * 300,
    ],
)
def test_a_query_is_never_an_error_and_never_html(client: FlaskClient, q: str) -> None:
    response = client.get("/recherche", query_string={"q": q})

    assert response.status_code == 200
    elements = _elements(response.text)
    assert "img" not in elements
    assert elements.count("script") == 1
    assert ">49<" not in response.text


def test_the_search_page_keeps_what_was_asked(client: FlaskClient) -> None:
    page = client.get("/recherche?q=vote&theme=evaluation&outil=-signalement&mots=tous&tri=titre").text

    assert 'value="vote"' in page
    assert re.search(r'value="evaluation"[^>]* checked', page)
    assert re.search(r'value="-signalement"[^>]* checked', page)
    assert 'value="titre" selected' in page
    assert "Retirer le filtre" in page
    assert "sauf Signalement" in page


def test_a_search_has_one_address_whatever_the_order_of_its_parameters(client: FlaskClient) -> None:
    page = client.get("/recherche?theme=restitution&q=vote&theme=evaluation").text

    assert "/recherche?q=vote&amp;theme=restitution" in page


def test_no_result_says_which_filter_to_drop(client: FlaskClient) -> None:
    page = client.get("/recherche?q=boisjoli&collectivite=departement").text

    assert "Aucune fiche" in page
    assert "Sans le filtre" in page
    assert "Effacer" in page or "sans filtre" in page


def test_markdown_twin_is_the_file(client: FlaskClient) -> None:
    assert client.get("/cas/boisjoli.md").text.startswith("---\nid: cas-01\n")


def test_static_files_have_hashed_names_and_stay_a_year(client: FlaskClient) -> None:
    found = re.search(r'href="(/static/style\.[0-9a-f]{8}\.css)"', client.get("/").text)
    assert found

    response = client.get(found[1])

    assert "immutable" in response.headers["Cache-Control"]
    assert client.get("/static/style.css").status_code == 404
    assert client.get("/static/../__init__.py").status_code == 404


def test_pages_are_compressed_for_who_asks(client: FlaskClient) -> None:
    plain = client.get("/cas/boisjoli")
    small = client.get("/cas/boisjoli", headers={"Accept-Encoding": "gzip"})

    assert small.headers["Content-Encoding"] == "gzip"
    assert len(small.data) < len(plain.data) / 2
    assert plain.headers["Vary"] == "Accept-Encoding"


def test_head_answers_as_get_without_body(client: FlaskClient) -> None:
    response = client.head("/cas/boisjoli")

    assert response.status_code == 200
    assert response.data == b""
    assert int(response.headers["Content-Length"]) > 1000


def test_an_unexpected_error_is_told_by_a_number_and_nothing_more(
    tmp_path: str, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    from web import state

    monkeypatch.setattr(state.site_of(app).snapshot, "_renderings", None)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    page = app.test_client().get("/cas/clairval?jamais-demandee")

    assert page.status_code == 500
    assert "Référence" in page.text
    assert "Traceback" not in page.text
    assert page.headers["Cache-Control"] == "no-store"


def test_a_saved_file_is_served_without_restart(folder, tmp_path) -> None:  # type: ignore[no-untyped-def]
    app = create_app({"CONTENT": str(folder), "INDEX": str(tmp_path / "index"), "WATCH": 0})
    client = app.test_client()
    before = client.get("/cas/clairval").headers["ETag"]
    path = folder / "cases" / "clairval.md"
    path.write_text(
        path.read_text(encoding="utf-8").replace("application de signalement", "application pour crapauds"),
        encoding="utf-8",
    )

    assert app.extensions["kb"].refresh()

    page = client.get("/cas/clairval")
    assert "crapauds" in page.text
    assert page.headers["ETag"] != before
    assert "clairval" in client.get("/recherche?q=crapaud").text


def test_a_file_that_becomes_unreadable_keeps_the_last_good_version(folder, tmp_path) -> None:  # type: ignore[no-untyped-def]
    app = create_app({"CONTENT": str(folder), "INDEX": str(tmp_path / "index"), "WATCH": 0})
    (folder / "cases" / "clairval.md").write_text("---\nid: [\n---\n", encoding="utf-8")

    assert not app.extensions["kb"].refresh()

    assert app.test_client().get("/cas/clairval").status_code == 200
    assert app.extensions["kb"].problems


def test_many_readers_get_the_same_answer(app: Flask) -> None:
    texts: set[str] = set()

    def read() -> None:
        for _ in range(5):
            texts.add(app.test_client().get("/recherche?q=budget+vote").text)

    threads = [threading.Thread(target=read) for _ in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert len(texts) == 1


class _Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)


def _elements(html: str) -> list[str]:
    parser = _Elements()
    parser.feed(html)
    return parser.names


def test_a_place_that_the_base_lacks_is_told_with_the_nearest_cases(client: FlaskClient) -> None:
    page = client.get("/recherche?q=Lens").text

    assert "Lens (Pas-de-Calais) n’a pas de fiche dans la base." in page
    assert 'href="/cas/boisjoli"' in page.partition("n’a pas de fiche")[2]
    told = client.get("/api/v1/search?q=Lens").get_json()
    assert told["places"][0]["label"] == "Lens (Pas-de-Calais)"
    assert (told["correction"], told["unknown"]) == (None, ["Lens"])
