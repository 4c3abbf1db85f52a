"""The site as files: complete, the same twice, every former address, checked sums."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask

from kb.cli import main
from kb.errors import KBError
from kb.links.ledger import NAME
from kb.links.replay import lost, published
from kb.search.tiers import NEAR_BEST
from tests.conftest import SMALL
from tests.links.test_ledger import change, recorded, site
from web.archive import put
from web.export import reader, write_site

ROOT = Path(__file__).parents[2]


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
    _, (number, weight, *_), _, is_clear = data["sayings"]["boisjoli"]
    assert weight > 0
    assert data["documents"][number]["slug"] == "boisjoli"
    assert is_clear, "a name is answered"
    assert data["sayings"]["bilan"][1], "a synonym finds what the term finds"
    assert data["rules"]["nearBest"] == NEAR_BEST


def test_a_folder_of_something_else_is_left_alone(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "thèse.odt").write_text("précieux", encoding="utf-8")

    with pytest.raises(KBError, match="ni vide ni un export"):
        write_site(app, tmp_path)
    assert (tmp_path / "thèse.odt").read_text(encoding="utf-8") == "précieux"


def test_what_somebody_added_stays_and_is_named(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KB_INDEX", str(tmp_path / "index"))
    command = ["export", str(tmp_path / "site"), "--content", str(folder)]
    assert CliRunner().invoke(main, command).exit_code == 0
    (tmp_path / "site/notes").mkdir()
    (tmp_path / "site/notes/a.docx").write_bytes(b"precious")
    (tmp_path / "site/lien").symlink_to("notes")
    (folder / "cases/clairval.md").unlink()

    again = CliRunner().invoke(main, command)

    assert again.exit_code == 0, again.output
    assert (tmp_path / "site/notes/a.docx").read_bytes() == b"precious"
    assert (tmp_path / "site/lien").is_symlink()
    assert not (tmp_path / "site/cas/clairval.bib").exists()
    assert "site/notes/a.docx : ce fichier ne vient pas d’un export, il est resté" in again.output
    assert sorted(path.name for path in tmp_path.iterdir()) == ["content", "index", "site"]


@pytest.mark.parametrize("name", ["index.html", "LISEZMOI.txt", "cas/boisjoli.md", "api/v1/taxonomy.json"])
def test_an_edited_file_stops_the_export_before_anything_is_touched(
    dist: Path, tmp_path: Path, name: str
) -> None:
    put(files(dist), tmp_path / "site")
    (tmp_path / "site" / name).write_text("corrigé à la main", encoding="utf-8")
    before = files(tmp_path / "site")

    with pytest.raises(KBError, match=f"serait perdu : {re.escape(name)}"):
        put(files(dist), tmp_path / "site")

    assert files(tmp_path / "site") == before


def test_a_new_page_does_not_take_the_place_of_what_somebody_added(dist: Path, tmp_path: Path) -> None:
    put(files(dist), tmp_path / "site")
    (tmp_path / "site/nouveau.html").write_text("à moi", encoding="utf-8")

    with pytest.raises(KBError, match=r"nouveau\.html"):
        put({**files(dist), "nouveau.html": b"a page"}, tmp_path / "site")

    assert (tmp_path / "site/nouveau.html").read_text(encoding="utf-8") == "à moi"


@pytest.mark.parametrize(
    "name", ["../dehors.html", "cas/../../dehors.html", "/dehors.html", "lien/dehors.html"]
)
def test_no_file_is_written_outside_the_folder(dist: Path, tmp_path: Path, name: str) -> None:
    put(files(dist), tmp_path / "site")
    (tmp_path / "site/lien").symlink_to("..")

    with pytest.raises(KBError, match="sortirait du dossier"):
        put({name: b"a page"}, tmp_path / "site")

    assert sorted(path.name for path in tmp_path.iterdir()) == ["site"]


def test_a_disk_that_refuses_leaves_the_folder_as_it_was(dist: Path, tmp_path: Path) -> None:
    put(files(dist), tmp_path / "site")

    with pytest.raises(KBError, match="il est resté comme il était"):
        put({**files(dist), f"{'trop' * 80}.html": b"a page"}, tmp_path / "site")

    assert files(tmp_path / "site") == files(dist)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["site"]


def test_an_export_that_is_killed_leaves_the_earlier_one_whole(
    app: Flask, dist: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, command = tmp_path / "site", [sys.executable, "-m", "kb", "export", str(tmp_path / "site")]
    put(files(dist), place)
    monkeypatch.setenv("KB_INDEX", app.config["INDEX"])
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    with subprocess.Popen([*command, "--content", str(SMALL)], stdout=subprocess.DEVNULL) as export:
        while not list(tmp_path.glob(".site.kb-*")) and export.poll() is None:
            time.sleep(0.001)
        export.kill()

    assert files(place) == files(dist)
    write_site(app, place)
    assert files(place) == files(dist)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["site"]


def test_a_page_that_fails_fails_the_export_and_nothing_is_written(
    folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    broken = site(folder)
    broken.view_functions["pages.about"] = lambda: str(1 / 0)

    with pytest.raises(KBError, match=r"des pages échouent : /a-propos \(500\)"):
        write_site(broken, tmp_path / "site")

    assert not (tmp_path / "site").exists()
    assert "division by zero" in caplog.text


def test_every_page_carries_the_policy_of_the_site(dist: Path) -> None:
    for page in dist.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert text.count('http-equiv="Content-Security-Policy" content="default-src \'none\'; ') == 1, page
        assert text.index("http-equiv") < text.index("<link" if "<link" in text else "<body"), page


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
    retired = 'slugs: [clairval]\nretired: {date: "2027-01-02", successor: cas-01, reason: "fusionné"}'
    change(folder / NAME / "cas-02.yaml", "slugs: [clairval]", retired)

    write_site(site(folder), tmp_path / "site")

    assert reader(tmp_path / "site")("/cas/clairval").status == 410
    page = (tmp_path / "site/cas/clairval/index.html").read_text(encoding="utf-8")
    assert 'href="../../id/cas-01/index.html"' in page


def test_scripts_and_styles_are_there_and_are_what_they_say(dist: Path) -> None:
    for page in dist.rglob("*.html"):
        for name in re.findall(r'<script src="([^"]*)"', page.read_text(encoding="utf-8")):
            assert name.endswith(".js")
            assert (page.parent / name).is_file(), (page, name)
