"""A copy left in the folder never takes the id, the address or the place of the published document."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask.testing import FlaskClient

from kb.content.loading import load_corpus
from kb.links.registry import check_links
from web import create_app

#: what synchronisers, mails and editors leave beside a document
COPIES = [
    "boisjoli (1).md",
    "boisjoli - Copie.md",
    "boisjoli.sync-conflict-20260101-101010-ABCDEFG.md",
    "Boisjoli.md",
    "boisjoli-copie.md",
    "abc.md",
    "boisjoli\u00a0bis.md",
]


@pytest.fixture
def kept(folder: Path) -> Path:
    """The small content with a ledger that knows boisjoli."""
    (folder / "adresses.yaml").write_text("documents:\n  cas-01:\n    slugs: [boisjoli]\n", encoding="utf-8")
    return folder


def client_of(folder: Path, tmp_path: Path) -> FlaskClient:
    return create_app({"CONTENT": str(folder), "INDEX": str(tmp_path / "index"), "WATCH": 0}).test_client()


@pytest.mark.parametrize("name", COPIES)
def test_a_copy_is_not_served(kept: Path, tmp_path: Path, name: str) -> None:
    shutil.copy(kept / "cases/boisjoli.md", kept / "cases" / name)
    client = client_of(kept, tmp_path)

    assert client.get("/id/cas-01").location == "/cas/boisjoli"
    assert client.get("/sitemap.xml").text.count("/cas/boisjoli<") == 1
    slugs = [row["slug"] for row in client.get("/api/v1/documents").json]  # type: ignore[union-attr]
    assert sorted(slugs) == sorted(set(slugs)) and Path(name).stem not in slugs
    assert client.get("/recherche?q=boisjoli").text.count("<h3>") == client.get(
        "/recherche?q=boisjoli"
    ).text.count("</h3>")
    health = client.get("/sante").json
    assert health and health["status"] == "behind" and name in " ".join(health["refused"])


@pytest.mark.parametrize("name", ["abc.md", "boisjoli-copie.md", "boisjoli (1).md"])
def test_the_copy_is_told_and_not_the_published_file(kept: Path, name: str) -> None:
    shutil.copy(kept / "cases/boisjoli.md", kept / "cases" / name)

    told = [p for p in check_links(load_corpus(kept)) if p.rule == "identifiant"]

    assert [Path(p.path).name for p in told] == [name]
    assert "retirez-le si c’est une copie" in told[0].hint


def test_two_new_files_of_one_id_without_a_ledger_keep_the_plainer_name(folder: Path, tmp_path: Path) -> None:
    shutil.copy(folder / "cases/boisjoli.md", folder / "cases/a-boisjoli.md")

    assert client_of(folder, tmp_path).get("/id/cas-01").location == "/cas/boisjoli"


def test_a_clean_folder_is_ok(kept: Path, tmp_path: Path) -> None:
    health = client_of(kept, tmp_path).get("/sante").json

    assert health and health["status"] == "ok" and health["refused"] == []


@pytest.mark.parametrize("name", [b"caf\xe9.md", b"\x80.md", b"a\xff\xfe b.md", b"boisjoli\xc3.md"])
def test_a_name_that_is_no_utf_8_is_told_and_the_rest_is_served(
    kept: Path, tmp_path: Path, kb: Callable[..., Result], name: bytes
) -> None:
    text = (kept / "cases/boisjoli.md").read_bytes()
    with open(os.fsencode(kept / "cases") + b"/" + name, "wb") as file:  # noqa: PTH123 - bytes, as on disk
        file.write(text)

    told = kb("check", "--content", kept)
    client = client_of(kept, tmp_path)

    assert told.exit_code == 1
    assert "ne peut pas faire une adresse" in told.output
    assert client.get("/cas/boisjoli").status_code == 200
    assert client.get("/id/cas-01").headers["Location"] == "/cas/boisjoli"
    assert client.get("/sante").json["documents"] == 6
