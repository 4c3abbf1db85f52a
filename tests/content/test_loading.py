"""A folder → corpus and problems: what is read, what is left out, what is told."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kb.content.loading import Loaded, load_corpus
from kb.content.rules.sample import CASE, NOTE, TAXONOMY, written
from kb.content.sections import heading_anchors, split_sections


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    written(tmp_path / "content", CASE, "fichier")
    return tmp_path / "content"


def put(sound: Path, text: str | bytes, name: str = "cases/ville-exemple.md") -> Loaded:
    raw = text.encode("utf-8") if isinstance(text, str) else text
    (sound / name).write_bytes(raw)
    return load_corpus(sound)


def test_a_sound_folder_gives_its_documents_and_no_problem(sound: Path) -> None:
    loaded = load_corpus(sound)

    assert [document.slug for document in loaded.corpus.documents] == [
        "bourg-exemple",
        "ville-exemple",
        "enquete",
    ]
    assert loaded.problems == ()


def test_a_file_at_fault_is_left_out_and_the_others_are_read(sound: Path) -> None:
    loaded = put(sound, CASE.replace("summary:", "sumary:"))

    assert "ville-exemple" not in loaded.corpus.by_slug
    assert "bourg-exemple" in loaded.corpus.by_slug
    assert [problem.line for problem in loaded.problems] == [2, 4]


def test_the_problems_of_all_files_are_told_at_once(sound: Path) -> None:
    (sound / "practices" / "enquete.md").write_text(
        NOTE.replace("kind: repere", "kind: repère"), encoding="utf-8"
    )
    loaded = put(sound, "pas d’en-tête")

    assert [Path(problem.path).name for problem in loaded.problems] == ["ville-exemple.md", "enquete.md"]


def test_bytes_that_are_not_utf_8_are_told_with_their_line(sound: Path) -> None:
    loaded = put(
        sound,
        CASE.encode("utf-8")
        .replace("née".encode(), b"n\xe9e")
        .replace("connaître".encode(), b"conna\xeetre"),
    )

    assert [(problem.line, problem.rule) for problem in loaded.problems] == [(4, "encodage")]


def test_a_file_of_five_megabytes_is_refused_before_it_is_read(sound: Path) -> None:
    loaded = put(sound, CASE + "x" * 5_000_000)

    assert [(p.line, p.rule) for p in loaded.problems] == [(1, "taille")]
    assert "5,0 Mo, 1 Mo au plus" in loaded.problems[0].message


def test_a_missing_taxonomy_is_told(sound: Path) -> None:
    (sound / "taxonomy.yaml").unlink()

    assert [problem.rule for problem in load_corpus(sound).problems] == ["taxonomie"]


def test_a_taxonomy_at_fault_is_told_with_its_line(sound: Path) -> None:
    loaded = put(
        sound,
        TAXONOMY.replace("definition: Ce que l’on rend", "definitions: Ce que l’on rend"),
        "taxonomy.yaml",
    )

    assert {problem.line for problem in loaded.problems} == {7}
    assert any("vouliez-vous dire « definition » ?" in problem.hint for problem in loaded.problems)


def test_drafts_hidden_files_and_folders_are_passed_over(sound: Path) -> None:
    for name in ("_brouillon.md", ".cache.md", "notes.txt"):
        (sound / "cases" / name).write_text("rien", encoding="utf-8")
    (sound / "cases" / "dossier.md").mkdir()

    assert load_corpus(sound).problems == ()


def test_a_folder_without_documents_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="ni dossier « cases »"):
        load_corpus(tmp_path)


def test_a_file_out_of_reach_is_told(sound: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, flags: int) -> int:  # as the system does; chmod would not stop root
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "open", refuse)

    assert "ne peut pas être lu" in load_corpus(sound).problems[0].message


def test_the_version_changes_with_any_file(sound: Path) -> None:
    first = load_corpus(sound).corpus.version
    second = put(sound, CASE + "\nUn mot.\n").corpus.version
    third = put(sound, TAXONOMY + "# un commentaire\n", "taxonomy.yaml").corpus.version

    assert len({first, second, third}) == 3


def test_the_version_is_the_same_for_the_same_files(sound: Path) -> None:
    assert load_corpus(sound).corpus.version == load_corpus(sound).corpus.version


def test_a_date_of_update_is_the_review_s_where_nothing_else_tells(sound: Path) -> None:
    assert load_corpus(sound).corpus.by_slug["ville-exemple"].updated == "2020-06-15"


def test_progress_counts_the_files(sound: Path) -> None:
    seen: list[tuple[int, int]] = []

    load_corpus(sound, lambda *step: seen.append(step))

    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_sections_have_title_anchor_text_and_line() -> None:
    sections = split_sections("\n## En bref\n\nUn.\n\n### Sous-titre\n\n## Comment s’y prendre ##\nDeux.", 10)

    assert [(s.title, s.anchor, s.line) for s in sections] == [
        ("En bref", "en-bref", 11),
        ("Comment s’y prendre", "comment-s-y-prendre", 17),
    ]
    assert sections[0].markdown == "Un.\n\n### Sous-titre"


@pytest.mark.parametrize("fence", ["```", "~~~", "````"])
def test_a_heading_inside_code_is_no_section(fence: str) -> None:
    sections = split_sections(f"## Un\n\n{fence}\n## pas un titre\n{fence}\n\n## Deux\n\nx", 1)

    assert [section.title for section in sections] == ["Un", "Deux"]


def test_the_anchors_of_sub_headings_are_those_of_the_page() -> None:
    body = "### Le vote\n\n### Le *vote* [ici](x.md)[^s1]\n\n#### L’œuvre\n\n### Le vote ###"

    assert heading_anchors(body) == ("le-vote", "le-vote-ici", "l-oeuvre", "le-vote-2")
