"""What is read of a content folder: real files inside it, and nothing a link leads to."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from kb import load_corpus
from kb.content import files
from kb.content.files import UnreadError, read_file
from tests.conftest import SMALL
from web import create_app
from web.state import Site, site_of

CASES = [path.stem for path in sorted((SMALL / "cases").glob("*.md"))]


def outside(folder: Path) -> Path:
    """A sound document beside the content folder."""
    text = (folder / "cases" / "boisjoli.md").read_text(encoding="utf-8").replace("cas-01", "cas-77")
    (folder.parent / "ailleurs.md").write_text(text, encoding="utf-8")
    return folder.parent / "ailleurs.md"


def link_to(target: str) -> Callable[[Path], None]:
    return lambda path: path.symlink_to(target)


#: (what is put there, what is told of it)
NO_FILES: list[tuple[Callable[[Path], object], str]] = [
    (link_to("boisjoli.md"), "le fichier est un lien"),
    (link_to("../../ailleurs.md"), "le fichier est un lien"),
    (link_to("/etc/hostname"), "le fichier est un lien"),
    (link_to("/proc/self/environ"), "le fichier est un lien"),
    (link_to("nulle-part.md"), "le fichier est un lien"),
    (link_to("perdu.md"), "le fichier est un lien"),
    (os.mkfifo, "ce n’est pas un fichier ordinaire"),
]


@pytest.mark.parametrize(("put", "told"), NO_FILES)
def test_what_is_no_file_of_the_folder_is_told_and_not_read(
    folder: Path, put: Callable[[Path], object], told: str
) -> None:
    outside(folder)
    put(folder / "cases" / "perdu.md")

    loaded = load_corpus(folder)

    assert [document.slug for document in loaded.corpus.cases] == CASES
    assert [problem.message.partition(",")[0] for problem in loaded.problems] == [told]
    assert loaded.problems[0].path.endswith("cases/perdu.md")


def test_a_folder_that_is_a_link_elsewhere_is_not_read(folder: Path) -> None:
    (folder / "cases").rename(folder.parent / "ailleurs")
    (folder / "cases").symlink_to("../ailleurs")

    loaded = load_corpus(folder)

    assert loaded.corpus.cases == ()
    assert {problem.message for problem in loaded.problems} == {"le fichier est hors du dossier des contenus"}


def test_a_content_folder_reached_by_a_link_is_read(folder: Path) -> None:
    (folder.parent / "lien").symlink_to(folder)

    assert load_corpus(folder.parent / "lien").problems == ()


def test_a_file_that_becomes_a_link_between_two_looks_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder / "cases" / "perdu.md"
    path.symlink_to("boisjoli.md")
    monkeypatch.setattr(Path, "is_symlink", lambda self: False)

    with pytest.raises(UnreadError, match="lien"):
        read_file(path, folder)


def test_the_vocabulary_is_not_read_through_a_link(folder: Path) -> None:
    (folder / "taxonomy.yaml").rename(folder.parent / "taxonomy.yaml")
    (folder / "taxonomy.yaml").symlink_to("../taxonomy.yaml")

    loaded = load_corpus(folder)

    assert loaded.corpus.taxonomy.facets == ()
    assert "lien" in loaded.problems[0].message


@pytest.mark.parametrize("target", ["/proc/self/environ", "../../ailleurs.md", "clairval.md", "nulle-part"])
def test_a_published_file_replaced_by_a_link_keeps_its_last_good_text(
    folder: Path, tmp_path: Path, target: str
) -> None:
    outside(folder)
    app = create_app({"CONTENT": str(folder), "INDEX": str(tmp_path / "index"), "WATCH": 0})
    client, path = app.test_client(), folder / "cases" / "boisjoli.md"
    good = path.read_bytes()
    path.unlink()
    path.symlink_to(target)

    before = client.get("/cas/boisjoli.md").data
    site_of(app).refresh()

    assert before == client.get("/cas/boisjoli.md").data == good
    assert client.get("/sante").get_json()["status"] == "behind"


def test_what_is_served_of_a_file_is_what_was_checked(folder: Path, tmp_path: Path) -> None:
    app = create_app({"CONTENT": str(folder), "INDEX": str(tmp_path / "index"), "WATCH": 0})
    path = folder / "cases" / "boisjoli.md"
    good = path.read_bytes()

    path.write_text("<<<<<<< HEAD\n", encoding="utf-8")
    edited = app.test_client().get("/cas/boisjoli.md").data
    path.unlink()

    assert edited == app.test_client().get("/cas/boisjoli.md").data == good


@pytest.mark.parametrize("name", [".#boisjoli.md", "aaa.md", ".#taxonomy.yaml"])
def test_a_link_that_leads_nowhere_does_not_hide_an_edit_from_the_watch(
    folder: Path, tmp_path: Path, name: str
) -> None:
    where = folder if name.endswith(".yaml") else folder / "cases"
    (where / name).symlink_to("qui@machine.1234")
    site = Site(folder, tmp_path / "index")
    path = folder / "cases" / "petitbourg.md"

    path.write_text(path.read_text(encoding="utf-8").replace("En bref", "En bref "), encoding="utf-8")

    assert site.refresh() is True


def test_fix_does_not_write_through_a_link(folder: Path, kb: Callable[..., Result]) -> None:
    path = outside(folder)
    path.write_text(path.read_text(encoding="utf-8").replace("’", "'"), encoding="utf-8")
    (folder / "cases" / "perdu.md").symlink_to("../../ailleurs.md")
    before = path.read_bytes()

    done = kb("fix", "--content", folder)

    assert "le fichier est un lien" in done.output
    assert path.read_bytes() == before


def test_no_more_than_the_limit_is_ever_held(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_BYTES", 100)

    with pytest.raises(UnreadError, match="Mo au plus"):
        read_file(folder / "cases" / "boisjoli.md", folder)


def test_the_bytes_of_a_document_are_those_of_its_file() -> None:
    for document in load_corpus(SMALL).corpus.documents:
        assert document.text.encode() == (SMALL / document.path).read_bytes()
