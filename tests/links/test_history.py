"""Versions and changes from git, and the reports that cite us."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from kb import load_corpus
from kb.cli import main
from kb.links.history import Version, load_history
from tests.links.test_ledger import change, commit, recorded, site
from web import create_app
from web.state import site_of


@pytest.mark.parametrize(
    ("version", "text"),
    [
        (Version("2026-11-23", "5b00ef2aaaaa"), "version du 23 novembre 2026, 5b00ef2"),
        (Version("2026-11-01"), "version du 1er novembre 2026"),
        (Version("2026-11"), "version de novembre 2026"),
        (Version("2026"), "version de 2026"),
    ],
)
def test_a_version_is_a_date_and_a_commit(version: Version, text: str) -> None:
    assert str(version).replace("\u00a0", " ") == text


def test_changes_are_told_sentence_by_sentence_and_not_by_the_subjects_of_commits(folder: Path) -> None:
    commit(folder, "cas : première version", "2026-01-10")
    change(folder / "cases/boisjoli.md", "La ville réserve", "Chaque année, la ville réserve")
    commit(folder, "cas/boisjoli : chaque année", "2026-02-10")

    page = site(folder).test_client().get("/cas/boisjoli/historique").text

    assert "<del>La ville réserve" in page
    assert "<ins>Chaque année, la ville réserve" in page
    assert "cas/boisjoli :" not in page  # what developers wrote of the commit
    assert "10 février 2026" in page
    case = site(folder).test_client().get("/cas/boisjoli").text
    commits = load_history(folder).changes["cases/boisjoli.md"]
    assert commits[0].short in case
    assert 'href="/cas/boisjoli/historique"' in case


@pytest.mark.parametrize(
    ("subject", "told"),
    [
        (b"Corrige\rla fiche", "Corrige la fiche"),
        (b"Corrige \x1f la fiche", "Corrige la fiche"),
        (b"Corrige l\xe9gende", "Corrige légende"),  # git takes what is no UTF-8 for Latin-1
        (b"\x1b[31mrouge \x7f", "[31mrouge"),
        (b"::error file=a::b", "::error file=a::b"),
        ("sens\u202eunique".encode(), "sens unique"),
        (b"x" * 3000, "x" * 3000),
    ],
)
def test_a_subject_is_told_whatever_bytes_it_is_made_of(folder: Path, subject: bytes, told: str) -> None:
    commit(folder, "première version", "2026-01-10")
    change(folder / "cases/boisjoli.md", "La ville réserve", "La ville garde")
    run = ["git", "-C", str(folder), "-c", "user.name=a", "-c", "user.email=a@exemple.fr"]
    subprocess.run([*run, "commit", "-qaF", "-"], input=subject, check=True)

    changes = load_history(folder).changes["cases/boisjoli.md"]

    assert [change.subject for change in changes] == [told, "première version"]
    assert site(folder).test_client().get("/cas/boisjoli/historique").status_code == 200


def test_a_version_can_be_read_for_ever_as_of_a_day(folder: Path) -> None:
    commit(folder, "première version", "2026-01-10")
    change(folder / "cases/boisjoli.md", "La ville réserve", "La ville garde")
    commit(folder, "seconde version", "2026-02-10")
    client = site(folder).test_client()

    then, later = (client.get(f"/id/cas-01/v/{day}") for day in ("2026-01-31", "2026-03-01"))

    assert "La ville réserve" in then.text and "La ville garde" not in then.text
    assert 'Version du <time datetime="2026-01-10">10 janvier 2026</time>' in then.text
    assert then.headers["Memento-Datetime"] == "Sat, 10 Jan 2026 00:00:00 GMT"
    assert "La ville garde" in later.text
    assert client.get("/id/cas-01/v/2025-12-31").status_code == 404
    assert client.get("/id/cas-01/v/2026-02-31").status_code == 404
    assert client.get("/id/cas-99/v/2026-02-10").status_code == 404


def test_the_timemap_lists_every_version_once(folder: Path) -> None:
    commit(folder, "première version", "2026-01-10")
    change(folder / "cases/boisjoli.md", "La ville réserve", "La ville garde")
    commit(folder, "seconde version", "2026-02-10")
    client = site(folder).test_client()

    told = client.get("/id/cas-01/timemap")

    assert told.mimetype == "application/link-format"
    found = re.findall(r'<[^>]*(/id/cas-01/v/[^>]+)>; rel="([^"]+)"', told.text)
    assert found == [
        ("/id/cas-01/v/2026-01-10", "first memento"),
        ("/id/cas-01/v/2026-02-10", "last memento"),
    ]
    assert all(client.get(address).status_code == 200 for address, _ in found)


def test_a_past_text_that_is_hostile_is_shown_as_text(folder: Path) -> None:
    commit(folder, "première version", "2026-01-10")
    change(folder / "cases/boisjoli.md", "La ville réserve", "<script>alert(1)</script> La ville")
    commit(folder, "hostile", "2026-02-10")
    change(folder / "cases/boisjoli.md", "<script>alert(1)</script> La ville", "La ville réserve")
    commit(folder, "propre", "2026-02-11")
    client = site(folder).test_client()

    for path in ("/id/cas-01/v/2026-02-10", "/cas/boisjoli/historique"):
        page = client.get(path).text
        assert "<script>alert" not in page
        assert client.get(path).status_code == 200


def test_commits_that_leave_the_text_alone_are_not_told(folder: Path) -> None:
    commit(folder, "première version", "2026-01-10")
    path = folder / "cases/boisjoli.md"
    path.write_text(path.read_text(encoding="utf-8") + "\n<!-- rien -->\n", encoding="utf-8")
    commit(folder, "parsing: rien de visible", "2026-02-10")

    page = site(folder).test_client().get("/cas/boisjoli/historique").text

    assert "Une seule version du texte est connue" in page


def test_a_text_that_is_in_no_commit_names_none(folder: Path) -> None:
    commit(folder, "première version")
    change(folder / "cases/boisjoli.md", "La ville réserve", "La ville garde")
    corpus, history = load_corpus(folder).corpus, load_history(folder)

    assert history.version(corpus.by_slug["boisjoli"]).commit == ""
    assert history.version(corpus.by_slug["clairval"]).commit
    assert "pas encore enregistré" in site(folder).test_client().get("/cas/boisjoli/historique").text


def test_a_shallow_clone_says_what_it_does_not_know(folder: Path, tmp_path: Path) -> None:
    commit(folder, "première version", "2026-01-10")
    change(folder / "cases/boisjoli.md", "La ville réserve", "La ville garde")
    commit(folder, "seconde version", "2026-02-10")
    clone = tmp_path / "clone"
    command = ["git", "clone", "-q", "--depth", "1", f"file://{folder.parent}", str(clone)]
    subprocess.run(command, check=True, capture_output=True)

    history = load_history(clone / "content")
    page = site(clone / "content").test_client().get("/cas/boisjoli/historique").text

    assert history.partial
    assert history.changes == {}
    assert "copie partielle" in page


def test_outside_git_the_history_is_said_to_be_unknown(folder: Path) -> None:
    assert not load_history(folder).known
    assert "n’est pas connu ici" in site(folder).test_client().get("/cas/boisjoli/historique").text


REPORTS = """\
rapports:
  - title: "Participer en ligne : dix ans après"
    publisher: Observatoire
    url: https://rapports.exemple.fr/2027.pdf
    date: "2027-03"
    cites: [cas-01, cas-01#le-dispositif]
"""


def test_a_page_names_the_reports_that_cite_it_and_their_sections(folder: Path) -> None:
    (folder / "rapports.yaml").write_text(REPORTS, encoding="utf-8")
    client = site(folder).test_client()

    page = client.get("/cas/boisjoli").text
    block = page[page.index('id="cite-par"') :].partition("</section>")[0]

    assert "Participer en ligne\u00a0: dix ans après" in block
    assert "https://rapports.exemple.fr/2027.pdf" in block
    assert 'href="#le-dispositif"' in block
    assert 'id="cite-par"' not in client.get("/cas/clairval").text


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("cas-01#le-dispositif", "cas-01#le-dispositf", "« cas-01#le-dispositf » n’existe pas"),
        ("[cas-01,", "[cas-88,", "« cas-88 » n’existe pas"),
        ("cites:", "cite:", "« rapports.0.cites » manque"),
    ],
)
def test_a_report_that_cites_nothing_we_know_is_told_with_its_line(
    folder: Path, old: str, new: str, told: str
) -> None:
    (folder / "rapports.yaml").write_text(REPORTS.replace(old, new), encoding="utf-8")

    run = CliRunner().invoke(main, ["check", "--content", str(folder)])

    assert run.exit_code == 1
    assert "rapports.yaml:" in run.output
    assert told in run.output or "cites" in run.output


def test_a_running_site_sees_a_report_added(folder: Path) -> None:
    recorded(folder)
    app = site(folder)
    (folder / "rapports.yaml").write_text(REPORTS, encoding="utf-8")

    app.extensions["kb"].refresh()

    assert "Cité par" in app.test_client().get("/cas/boisjoli").text


@pytest.mark.parametrize("shape", ["beside", "deep", "worktree"])
def test_a_commit_is_seen_wherever_the_repository_has_its_root(
    folder: Path, tmp_path: Path, shape: str
) -> None:
    root = Path(shutil.move(folder, tmp_path / ("base" if shape == "beside" else "base/sources") / "content"))
    run = ["git", "-C", str(tmp_path / "base"), "-c", "user.name=a", "-c", "user.email=a@exemple.fr"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "première version"]):
        subprocess.run([*run, *words], check=True)
    if shape == "worktree":
        subprocess.run([*run, "worktree", "add", "-q", str(tmp_path / "autre")], check=True)
        root, run[2] = tmp_path / "autre/sources/content", str(tmp_path / "autre")
    served = site_of(create_app({"CONTENT": str(root), "INDEX": str(tmp_path / "index"), "WATCH": 0}))
    change(root / "cases/boisjoli.md", "La ville réserve", "La ville garde")
    assert served.refresh()

    subprocess.run([*run, "commit", "-qam", "ce que la ville garde"], check=True)

    assert served.refresh()
    assert not served.refresh()
