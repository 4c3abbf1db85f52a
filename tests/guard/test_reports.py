"""Sixty faults and thirty right uses of the real base, in each form of a report."""

from __future__ import annotations

import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from kb import Corpus
from kb.cli import main
from kb.guard import latex, markup, web
from kb.guard.dates import readings_of
from kb.guard.figures import figures_of
from kb.guard.guard import Guard
from kb.guard.quoting import quotations_of
from kb.guard.reading import paragraphs_of
from kb.links.registry import load_links
from kb.links.replay import Answer
from tests.guard import reports
from tests.guard.reports import BASE, uses
from web import create_app

Write = Callable[[list[str], Path], list[tuple[int, int]]]
ROOT = Path(__file__).parents[2]
#: uses whose truth hangs on the history that a clone holds
PAST = ("version du", "consulté le 3 mars 2019", "consulté le 24 novembre 2026")


@pytest.fixture(autouse=True, scope="module")
def index(real_index: Path) -> Iterator[None]:
    """One index for all reports of this file."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KB_INDEX", str(real_index))
        yield


@pytest.fixture(scope="module")
def guard(real: Corpus, real_index: Path) -> Guard:
    """The guard over the real base, opened once."""
    root = ROOT / "content"
    client = create_app({"CONTENT": str(root), "INDEX": str(real_index), "WATCH": 0}).test_client()

    def get(path: str) -> Answer:
        answer = client.get(path)
        return Answer(answer.status_code, answer.headers.get("Location", ""), answer.text)

    return Guard(load_links(root, real), get, root, [BASE])


@pytest.mark.parametrize(
    ("ending", "write"),
    [
        ("md", reports.markdown),
        ("docx", reports.word),
        ("odt", reports.open_document),
        ("tex", reports.latex),
    ],
)
def test_nine_faults_of_ten_are_told_and_no_right_use(
    guard: Guard, tmp_path: Path, ending: str, write: Write
) -> None:
    right = [use for use in uses("juste.txt") if ending == "md" or reports.is_plain(use)]
    wrong = [use for use in uses("faute.txt") if ending == "md" or reports.is_plain(use)]
    right, wrong = ([use for use in kind if not any(past in use for past in PAST)] for kind in (right, wrong))
    path = tmp_path / f"rapport.{ending}"
    places = write([*right, *wrong], path)

    lines = {found.line for found in guard.check(paragraphs_of(path))}
    told = [
        use
        for use, (first, last) in zip([*right, *wrong], places, strict=True)
        if lines & {*range(first, last + 1)}
    ]

    assert [use for use in right if use in told] == []
    missed = [use for use in wrong if use not in told]
    assert len(missed) <= len(wrong) / 10, missed


def test_a_report_in_windows_encoding_is_read(guard: Guard, tmp_path: Path) -> None:
    path = tmp_path / "rapport.md"
    path.write_bytes(f"« coûte environ 30 000 € par an » ([Angers]({BASE}/cas/angers))".encode("cp1252"))

    assert [found.kind for found in guard.check(paragraphs_of(path))] == ["changé"]


@pytest.mark.parametrize(
    "text",
    [
        "<!--" * 20_000,
        "[" * 60_000,
        "«" * 60_000,
        "[a](" * 20_000,
        "> " * 40_000,
        "[^a" * 20_000,
        "1 000 " * 20_000,
        '"a ' * 30_000,
    ],
)
def test_a_report_of_nothing_but_signs_is_read_in_a_moment(text: str) -> None:
    began = time.process_time()
    for read in (markup.paragraphs_of, latex.paragraphs_of, web.paragraphs_of):
        for paragraph in read(text):
            assert len([*quotations_of(paragraph), *readings_of(paragraph.text)]) <= len(text)
            assert len([*figures_of(paragraph.text)]) <= len(text)

    assert time.process_time() - began < 20  # CPU, one second here: the square of these lengths takes minutes


def test_a_link_that_word_keeps_in_a_field_is_seen(guard: Guard, tmp_path: Path) -> None:
    path = tmp_path / "rapport.docx"
    run = '<w:r><w:instrText xml:space="preserve"> HYPERLINK "{}/cas/renes" </w:instrText></w:r>'
    field = ' HYPERLINK "{}/cas/angers" \\l "rien" '
    simple = f"<w:fldSimple w:instr='{field}'><w:r><w:t>Angers</w:t></w:r></w:fldSimple>"
    body = f"<w:p>{run.format(BASE)}<w:r><w:t>Rennes</w:t></w:r></w:p><w:p>{simple.format(BASE)}</w:p>"
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "word/document.xml", f'<w:document xmlns:w="{space}"><w:body>{body}</w:body></w:document>'
        )

    assert [(found.line, found.kind) for found in guard.check(paragraphs_of(path))] == [
        (1, "perdu"),
        (2, "perdu"),
    ]


def test_a_file_that_declares_entities_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "rapport.docx"
    bomb = "<!-- " + "a" * 2000 + ' --><!DOCTYPE w [<!ENTITY a "aaaa">]><w>&a;</w>'
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", bomb)

    run = CliRunner().invoke(main, ["verify-report", str(path), "--content", str(ROOT / "content")])

    assert run.exit_code == 2 and "Traceback" not in run.output


@pytest.mark.parametrize(("name", "data"), [("a.docx", b"rien"), ("a.odt", b"PK"), ("a.pdf", b"%PDF-1.4")])
def test_a_file_that_cannot_be_read_is_told_in_a_line(tmp_path: Path, name: str, data: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(data)

    run = CliRunner().invoke(main, ["verify-report", str(path), "--content", str(ROOT / "content")])

    assert run.exit_code == 2
    assert str(path) in run.output and "Traceback" not in run.output


def test_what_was_recognised_is_said(tmp_path: Path) -> None:
    path = tmp_path / "rapport.md"
    path.write_text("Rien de la base ici, [un autre site](https://autre.exemple.fr/page).", encoding="utf-8")

    run = CliRunner().invoke(
        main, ["verify-report", str(path), "--content", str(ROOT / "content"), "--base", BASE]
    )

    assert "reconnu : 1 autres liens" in run.output
    assert "aucun lien vers la base n’a été reconnu" in run.output
