"""What `kb check` says of site.yaml: shape, places that do not exist, typography, each at its line."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from kb.content.checking import check
from kb.content.loading import load_corpus
from kb.content.rules.sample import written

TODAY = datetime.date(2026, 11, 23)

#: (text of the file, (line, part of the message, part of the hint) of each problem)
TEXTS = [
    ("name: Base\n", []),
    ("naem: Base\n", [(1, "le champ « naem » n’existe pas", "vouliez-vous dire « name » ?")]),
    ("name: Base\nname: Autre\n", [(2, "name", "gardez-en un")]),
    (
        "name: Base\nlicence:\n  name: Libre\n  url: exemple.fr\n",
        [
            (2, "le champ « licence.short » manque", "ajoutez-le"),
            (4, "« licence.url » n’a pas la forme voulue", "exemple"),
        ],
    ),
    ("name: Base\nphases:\n  - contexte\n  - bilan\n", [(4, "« bilan » n’est l’ancre", "contexte")]),
    ("name: Base\npromise: L'essentiel\n", [(2, "typographie", "écrivez « L’essentiel »")]),
    (
        "name: Base\npages:\n  - name: cas\n    lead: Où ? Partout\n",
        [(4, "typographie", "Où")],
    ),
    (
        "name: Base\nmenu:\n  - {path: /a, label: A}\n  - {path: /a, label: B}\n",
        [(4, "« /a » est écrit deux fois", "gardez-en un")],
    ),
    (
        "name: Base\npages:\n  - {name: cas, leed: Où}\n",
        [(3, "le champ « pages[1].leed » n’existe pas", "lead")],
    ),
    ("name: Base\ncountry: France\n", [(2, "« country » n’a pas la forme voulue", "FR")]),
]


@pytest.mark.parametrize(("text", "expected"), TEXTS, ids=lambda value: str(value)[:40])
def test_a_mistake_of_site_yaml_is_told_with_its_line(
    tmp_path: Path, text: str, expected: list[tuple[int, str, str]]
) -> None:
    written(tmp_path / "content", text, "site")

    found = check(load_corpus(tmp_path / "content"), TODAY)

    assert [problem.line for problem in found] == [line for line, _, _ in expected]
    assert all(Path(problem.path).name == "site.yaml" for problem in found)
    for problem, (_, message, hint) in zip(found, expected, strict=True):
        assert message in problem.message and hint in problem.hint, str(problem)


def test_a_folder_without_site_yaml_speaks_neutrally_and_has_no_problem(tmp_path: Path) -> None:
    written(tmp_path / "content", "name: Base\n", "site")
    (tmp_path / "content" / "site.yaml").unlink()

    loaded = load_corpus(tmp_path / "content")

    assert check(loaded, TODAY) == ()
    assert loaded.corpus.site.title == "Base de cas"


def test_another_site_yaml_is_another_version_of_the_content(tmp_path: Path) -> None:
    written(tmp_path / "content", "name: Base\n", "site")
    before = load_corpus(tmp_path / "content").corpus.version

    (tmp_path / "content" / "site.yaml").write_text("name: Autre base\n", encoding="utf-8")

    assert load_corpus(tmp_path / "content").corpus.version != before
