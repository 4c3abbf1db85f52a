"""A term that many documents carry, renamed in one command on the real content: no address is lost."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient

from kb import load_corpus
from kb.cli import main
from kb.editing.terms import uses
from web import create_app
from web.export import write_site

REAL = Path(__file__).parents[2] / "content"
OLD, NEW = "instance-citoyenne", "assemblee-de-citoyens"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The site over a copy of the real content in which the term has been renamed."""
    folder = tmp_path_factory.mktemp("renamed")
    root = Path(shutil.copytree(REAL, folder / "content"))
    before = {use.term: len(use.documents) for use in uses(load_corpus(root).corpus, "outil")}
    assert before[OLD] >= 12
    commands = [("terms", "rename", OLD, NEW), ("permalinks", "--record"), ("check",)]
    results = [CliRunner().invoke(main, [*command, "--content", str(root)]) for command in commands]
    assert [result.exit_code for result in results] == [0, 0, 0], results[-1].output
    assert f"dans {before[OLD]} fiche(s)" in results[0].output
    assert "aucun problème" in results[2].output
    return create_app({"CONTENT": str(root), "INDEX": str(folder / "index"), "WATCH": 0})


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def test_every_document_carries_the_new_name_and_none_the_old(app: Flask) -> None:
    root = Path(app.config["CONTENT"])
    texts = [path.read_text(encoding="utf-8").split("\n---\n")[0] for path in root.glob("*/*.md")]

    assert sum(NEW in head for head in texts) >= 12
    assert [head for head in texts if OLD in head] == []


def test_the_old_addresses_lead_to_the_new_ones_on_the_site(client: FlaskClient) -> None:
    for address in (f"/outils/{OLD}", f"/outils/{OLD}.atom"):
        assert client.get(address).headers["Location"] == address.replace(OLD, NEW)
    for start in ("/recherche?outil=", "/api/v1/search?outil=", "/recherche?outil=-"):
        found = re.sub(OLD, NEW, client.get(start + OLD, follow_redirects=True).text)
        assert found == client.get(start + NEW).text


def test_the_old_addresses_lead_to_the_new_ones_in_the_export(folder: Path, tmp_path: Path) -> None:
    """On the small content: what an export does with a former name does not depend on how many carry it."""
    assert (
        CliRunner().invoke(main, ["terms", "rename", "forum", "salon", "--content", str(folder)]).exit_code
        == 0
    )
    app = create_app({"CONTENT": str(folder), "INDEX": str(tmp_path / "index"), "WATCH": 0})

    write_site(app, tmp_path / "site")

    terms = tmp_path / "site" / "outils"
    assert "../salon/index.html" in (terms / "forum" / "index.html").read_text(encoding="utf-8")
    assert (terms / "forum.atom").read_bytes() == (terms / "salon.atom").read_bytes()
