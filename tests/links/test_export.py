"""The site as files: complete, the same twice, every former address, checked sums."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask

from kb.cli import main
from kb.errors import KBError
from kb.links.ledger import NAME
from kb.links.replay import lost, published
from tests.links.test_ledger import change, recorded, site
from web.export import reader, write_site


@pytest.fixture(scope="module")
def dist(app: Flask, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An export of the small content."""
    folder = tmp_path_factory.mktemp("export") / "site"
    assert write_site(app, folder).broken == ()
    return folder


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_an_export_written_twice_is_the_same(app: Flask, dist: Path, tmp_path: Path) -> None:
    write_site(app, tmp_path / "again")
    write_site(app, tmp_path / "again")

    assert files(tmp_path / "again") == files(dist)


def test_the_sums_hold_every_file(dist: Path) -> None:
    sums = dict(
        reversed(line.split("  ")) for line in (dist / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    )
    written = files(dist)
    del written["SHA256SUMS"]

    assert sums == {name: hashlib.sha256(body).hexdigest() for name, body in written.items()}


def test_pages_link_to_files_and_never_to_a_server(dist: Path) -> None:
    for page in dist.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert not re.search(r'\s(href|src|action)="/', text), page


@pytest.mark.parametrize(
    "name",
    [
        "index.html",
        "cas/boisjoli/index.html",
        "cas/boisjoli.md",
        "cas/boisjoli.bib",
        "cas/boisjoli.csl.json",
        "cas/boisjoli/carte/index.html",
        "themes/evaluation/index.html",
        "themes/evaluation.atom",
        "donnees/cas.csv",
        "api/openapi.json",
        "recherche/donnees.js",
        "sitemap.xml",
        "LISEZMOI.txt",
    ],
)
def test_the_export_holds(dist: Path, name: str) -> None:
    assert (dist / name).stat().st_size > 100


def test_every_address_of_the_site_answers_in_the_export(app: Flask, dist: Path) -> None:
    addresses = dict.fromkeys(published(app.extensions["kb"].snapshot.corpus), "")

    assert [str(one.address) for one in lost(addresses, reader(dist))] == []


def test_a_former_name_leads_on_with_and_without_script(dist: Path) -> None:
    page = (dist / "cas/bois-joli/index.html").read_text(encoding="utf-8")

    assert 'content="0; url=../boisjoli/index.html"' in page
    assert '<a id="suite" href="../boisjoli/index.html">' in page
    assert "lead." in page


def test_the_search_data_hold_every_document_and_its_words(dist: Path) -> None:
    text = (dist / "recherche/donnees.js").read_text(encoding="utf-8")
    data = json.loads(text.removeprefix("globalThis.KB=").removesuffix(";\n"))

    assert len(data["documents"]) == 6
    (number, weight) = data["found"]["boisjoli"][:2]
    assert weight > 0
    assert data["documents"][number]["slug"] == "boisjoli"
    assert data["found"]["bilan"], "a synonym finds what the term finds"


def test_a_folder_of_something_else_is_left_alone(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "thèse.odt").write_text("précieux", encoding="utf-8")

    with pytest.raises(KBError, match="ni vide ni un export"):
        write_site(app, tmp_path)
    assert (tmp_path / "thèse.odt").read_text(encoding="utf-8") == "précieux"


def test_the_command_exports(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_INDEX", str(tmp_path / "index"))

    run = CliRunner().invoke(
        main,
        ["export", str(tmp_path / "site"), "--content", str(folder), "--base", "https://base.exemple.fr/"],
    )

    assert run.exit_code == 0, run.output
    assert "https://base.exemple.fr/id/cas-01" in (tmp_path / "site/cas/boisjoli.bib").read_text(
        encoding="utf-8"
    )


def test_a_retired_document_keeps_a_page_that_says_so(folder: Path, tmp_path: Path) -> None:
    recorded(folder)
    (folder / "cases/clairval.md").unlink()
    retired = (
        '    slugs: [clairval]\n    retired: {date: "2027-01-02", successor: cas-01, reason: "fusionné"}'
    )
    change(folder / NAME, "    slugs: [clairval]", retired)

    write_site(site(folder), tmp_path / "site")

    assert reader(tmp_path / "site")("/cas/clairval").status == 410
    page = (tmp_path / "site/cas/clairval/index.html").read_text(encoding="utf-8")
    assert 'href="../../id/cas-01/index.html"' in page


def test_scripts_and_styles_are_there_and_are_what_they_say(dist: Path) -> None:
    for page in dist.rglob("*.html"):
        for name in re.findall(r'<script src="([^"]*)"', page.read_text(encoding="utf-8")):
            assert name.endswith(".js")
            assert (page.parent / name).is_file(), (page, name)
