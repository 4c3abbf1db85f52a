"""kb serve --reload and « Signaler une erreur »: what an editor and a reader see in the pages."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from flask.testing import FlaskClient

from kb import load_corpus
from web import create_app
from web.state import Site, site_of

Editing = tuple[FlaskClient, Site, Path]


@pytest.fixture
def editing(folder: Path, tmp_path: Path) -> Editing:
    """The site as `kb serve --reload` makes it, which looks at its files when told to."""
    app = create_app(
        {"CONTENT": str(folder), "INDEX": str(tmp_path / "index"), "WATCH": 0, "SHOW_PROBLEMS": True}
    )
    return app.test_client(), site_of(app), folder / "cases" / "boisjoli.md"


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_sound_folder_shows_no_problem(editing: Editing) -> None:
    client, _, _ = editing

    assert 'class="problems"' not in client.get("/cas/boisjoli").text


def test_a_saved_file_is_on_the_page(editing: Editing) -> None:
    client, site, path = editing
    client.get("/cas/boisjoli")

    change(path, "sans prestataire", "sans aide")
    site.refresh()

    assert "sans aide" in client.get("/cas/boisjoli").text


def test_a_problem_of_a_rule_is_in_the_page_with_file_line_and_remedy(editing: Editing) -> None:
    client, site, path = editing
    client.get("/cas/boisjoli")

    change(path, "\n## En bref\n", "\n## En breff\n")
    site.refresh()

    page = client.get("/cas/boisjoli").text
    line = path.read_text(encoding="utf-8").split("\n").index("## En breff") + 1
    assert f"boisjoli.md:{line}</code>" in page
    assert "En breff\u202f» n’existe pas ici" in page
    assert "Remède" in page


def test_an_unreadable_file_is_told_while_its_last_good_version_keeps_serving(editing: Editing) -> None:
    client, site, path = editing
    client.get("/cas/boisjoli")

    change(path, "themes: [", "themes: [[")
    site.refresh()

    page = client.get("/cas/boisjoli")
    assert page.status_code == 200
    assert "un budget participatif sans prestataire" in page.text
    assert "YAML illisible" in page.text
    change(path, "themes: [[", "themes: [")
    site.refresh()
    assert 'class="problems"' not in client.get("/cas/boisjoli").text


def test_a_new_file_that_cannot_be_read_says_why_at_its_address(editing: Editing) -> None:
    client, site, path = editing

    (path.parent / "nouveau.md").write_text("title: sans en-tête\n", encoding="utf-8")
    site.refresh()

    page = client.get("/cas/nouveau")
    assert page.status_code == 404
    assert "l’en-tête manque" in page.text


def test_the_problems_of_the_page_s_own_file_come_first(editing: Editing) -> None:
    client, site, path = editing
    for name in ("boisjoli", "petitbourg"):
        change(path.with_name(f"{name}.md"), "\n## En bref\n", "\n## En breff\n")

    site.refresh()

    for name, other in (("boisjoli", "petitbourg"), ("petitbourg", "boisjoli")):
        page = client.get(f"/cas/{name}").text
        assert page.index(f"{name}.md:") < page.index(f"{other}.md:")


def test_a_text_of_a_problem_is_never_html(editing: Editing) -> None:
    client, site, path = editing

    change(path, "\n## En bref\n", "\n## <img src=x>\n")
    site.refresh()

    assert "<img src=x>" not in client.get("/cas/boisjoli").text


def test_a_page_knows_the_version_it_shows_so_that_it_can_follow(editing: Editing) -> None:
    client, site, path = editing
    before = client.get("/_version").text
    assert f'data-version="{before}"' in client.get("/cas/boisjoli").text

    change(path, "\n## En bref\n", "\n## En breff\n")
    site.refresh()

    after = client.get("/_version")
    assert after.text != before
    assert after.headers["Cache-Control"] == "no-store"
    assert f'data-version="{after.text}"' in client.get("/cas/boisjoli").text


def test_the_public_site_shows_nothing_of_this(folder: Path, tmp_path: Path) -> None:
    change(folder / "cases" / "boisjoli.md", "\n## En bref\n", "\n## En breff\n")
    client = create_app(
        {"CONTENT": str(folder), "INDEX": str(tmp_path / "index"), "WATCH": 0, "SHOW_PROBLEMS": "0"}
    ).test_client()

    page = client.get("/cas/boisjoli").text
    assert "Remède" not in page
    assert "data-version" not in page
    assert client.get("/_version").status_code == 404


def test_a_saved_file_is_served_without_a_restart(folder: Path, tmp_path: Path) -> None:
    app = create_app(
        {"CONTENT": str(folder), "INDEX": str(tmp_path / "index"), "WATCH": 0.25, "SHOW_PROBLEMS": True}
    )
    client = app.test_client()
    path = folder / "cases" / "boisjoli.md"

    change(path, "sans prestataire", "sans aide")
    for _ in range(500):  # a quarter of a second on an idle machine
        if "sans aide" in client.get("/cas/boisjoli").text:
            break
        time.sleep(0.02)

    assert "sans aide" in client.get("/cas/boisjoli").text


Client = Callable[..., FlaskClient]


@pytest.fixture
def configured(folder: Path, tmp_path: Path) -> Client:
    """A client of the site with this configuration."""
    return lambda **config: create_app(
        {"CONTENT": str(folder), "INDEX": str(tmp_path / "index"), "WATCH": 0, **config}
    ).test_client()


def report_of(page: str) -> str:
    end = page.index(">Signaler une erreur")
    start = page.rindex('<a href="', 0, end) + len('<a href="')
    return page[start : page.index('"', start)].replace("&amp;", "&").replace("&#39;", "'")


#: (forge, path of its form, name of the title, name of the text)
FORGES = [
    ("https://github.com/ville/base", "/ville/base/issues/new", "title", "body"),
    ("https://codeberg.org/ville/base.git", "/ville/base/issues/new", "title", "body"),
    ("https://gitlab.com/ville/base/", "/ville/base/-/issues/new", "issue[title]", "issue[description]"),
    ("gitlab+https://forge.ville.fr/base", "/base/-/issues/new", "issue[title]", "issue[description]"),
]


@pytest.mark.parametrize(("forge", "path", "title", "body"), FORGES)
def test_an_error_is_told_on_the_forge_with_the_page_filled_in(
    configured: Client, forge: str, path: str, title: str, body: str
) -> None:
    address = urlsplit(report_of(configured(FORGE=forge, CONTACT="a@ville.fr").get("/cas/boisjoli").text))

    asked = parse_qs(address.query)
    assert address.path == path
    assert "cas-01" in asked[title][0]
    for text in ("/id/cas-01", "content/cases/boisjoli.md", "Source"):
        assert text in asked[body][0]


def test_without_forge_an_error_is_told_by_mail(configured: Client) -> None:
    page = configured(CONTACT="participation@ville.fr").get("/pratiques/comparer-les-outils").text

    address = report_of(page)
    assert address.startswith("mailto:participation@ville.fr?subject=Erreur%20dans")
    assert "\r\n" in unquote(address)
    assert "/id/" in unquote(address)


@pytest.mark.parametrize("config", [{}, {"FORGE": "javascript:alert(1)"}, {"CONTACT": "l’accueil"}])
def test_with_nowhere_to_write_nothing_is_offered(configured: Client, config: dict[str, str]) -> None:
    assert "Signaler une erreur" not in configured(**config).get("/cas/boisjoli").text


def test_the_small_content_is_sound(folder: Path) -> None:
    assert load_corpus(folder).problems == ()
