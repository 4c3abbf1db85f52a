"""Fields of the wrong shape: what is said, where, and what is proposed instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.content.loading import load_corpus
from kb.content.rules.sample import CASE, NOTE, written
from kb.errors import Problem


def told(folder: Path, fields: str, place: str = "champs") -> list[Problem]:
    written(folder, fields, place, raw=True)  # type: ignore[arg-type]
    return list(load_corpus(folder).problems)


#: (fields, line counted from their first, message, part of the remedy)
FAULTS = [
    ("plateforms: []", 0, "le champ « plateforms » n’existe pas", "vouliez-vous dire « platforms » ?"),
    ("zzz: 1", 0, "le champ « zzz » n’existe pas", "choisissez parmi : id, title"),
    ("title: 2019", 0, "« title » doit être un texte", 'entre guillemets : "2019"'),
    ("title: [un, deux]", 0, "« title » doit être un texte", "une seule valeur"),
    ("title: ''", 0, "« title » est vide", "remplissez-le ou retirez-le"),
    ("title:", 0, "« title » est vide", "remplissez-le"),
    ("themes: evaluation", 0, "« themes » doit être une liste", "[« evaluation »]"),
    ("themes: []", 0, "« themes » doit compter au moins 1 valeur(s)", "ajoutez-en"),
    ("summary: " + "a" * 301, 0, "« summary » compte 301 signes, 300 au plus", "raccourcissez-le"),
    ("collectivity: Ville-Exemple", 0, "« collectivity » doit être une suite de champs", "champ: valeur"),
    (
        "collectivity:\n  name: X\n  type: commune\n  codes: {insee: 49007}",
        3,
        "« collectivity.codes.insee » doit être un texte",
        '"49007"',
    ),
    (
        'collectivity:\n  name: X\n  type: commune\n  codes: {insee: "4900"}',
        3,
        "« collectivity.codes.insee » n’a pas la forme voulue : 4900",
        "« 49007 »",
    ),
    (
        "collectivity:\n  name: X\n\n  type: commune\n  # note\n  population: {value: 12.5, source: fiche}",
        5,
        "« collectivity.population.value » doit être un nombre entier",
        "20000",
    ),
    (
        "costs:\n  - {label: A, role: outil, amount: 1, source: fiche}\n\n  - tax: HT\n    amount: 20 000",
        4,
        "« costs[2].amount » doit être un nombre",
        "sans espace ni unité : 20000",
    ),
    (
        "costs: [{label: A, role: outil, amount: -5, source: fiche}]",
        0,
        "« costs[1].amount » est hors limites : -5",
        "vérifiez",
    ),
    (
        "costs: [{label: A, role: outil, amount: 5, tax: TCC, source: fiche}]",
        0,
        "« costs[1].tax » ne peut pas valoir « TCC »",
        "vouliez-vous dire « TTC » ?",
    ),
    ("costs: [{label: A, role: outil, amount: 5}]", 0, "le champ « costs[1].source » manque", "« fiche-p4 »"),
    (
        "costs: [{label: A, role: outil, amount: 5, approx: environ, source: fiche}]",
        0,
        "« costs[1].approx » doit valoir true ou false",
        "sans guillemets",
    ),
    (
        "costs: [{label: 1,3 million, role: outil, amount: 5, source: fiche}]",
        0,
        "le champ « costs[1].3 million » n’existe pas",
        "entière entre guillemets",
    ),
    (
        'review: {status: fini, date: "2020-06-15"}',
        0,
        "« review.status » ne peut pas valoir « fini »",
        "brouillon, relu, validé",
    ),
    (
        'review: {status: relu, date: "15/06/2020"}',
        0,
        "« review.date » n’a pas la forme voulue : 15/06/2020",
        'écrivez "2020-06-15"',
    ),
    ('updated: "2020-13"', 0, "« updated » n’a pas la forme voulue : 2020-13", '"2018-01"'),
    (
        "aliases: [Ville Exemple]",
        0,
        "« aliases[1] » n’a pas la forme voulue : Ville Exemple",
        "budgets-participatifs",
    ),
    ("team: {unit: ETP, size: huit, label: A, source: fiche}", 0, "« team.size » doit être un nombre", "2.5"),
    (
        "team: {unit: ETP, size: 0,5, label: A, source: fiche}",
        0,
        "« team » contient « 5 », qui n’est pas un champ",
        "(2.5)",
    ),
    (
        "team: {unit: ETP, size: 2 ETP, label: A, source: fiche}",
        0,
        "« team.size » doit être un nombre",
        "unité : 2",
    ),
    (
        "sources: [{id: s1, title: A, kind: fiche, date: 1er mars 2024}]",
        0,
        "« sources[1].date » n’a pas la forme voulue : 1er mars 2024",
        'écrivez "2024-03-01"',
    ),
    (
        "platforms: [{name: A, url: exemple.fr, source: fiche}]",
        0,
        "« platforms[1].url » n’a pas la forme voulue : exemple.fr",
        "https://",
    ),
]


@pytest.mark.parametrize(("fields", "line", "message", "hint"), FAULTS)
def test_a_wrong_value_is_told_with_its_line_and_remedy(
    examples: Path, fields: str, line: int, message: str, hint: str
) -> None:
    found = [problem for problem in told(examples, fields) if problem.message == message]
    lines = (examples / "cases" / "ville-exemple.md").read_text(encoding="utf-8").split("\n")

    assert [problem.line for problem in found] == [lines.index(fields.split("\n")[0]) + 1 + line]
    assert hint in found[0].hint


@pytest.fixture
def examples(tmp_path: Path) -> Path:
    return tmp_path / "content"


def test_all_faults_of_a_file_are_told_at_once(examples: Path) -> None:
    found = told(examples, "title: 1\nthemes: []\nsummary: ''\nplatform: []\ncosts: 3")

    assert len(found) == 5


def test_a_list_with_a_faulty_item_is_not_said_to_be_empty(examples: Path) -> None:
    found = told(examples, "sources: [{id: fiche, title: Fiche, kind: article}]")

    assert [p.message for p in found] == ["« sources[1].kind » ne peut pas valoir « article »"]


def test_a_missing_field_is_told_once_at_the_head_of_the_file(examples: Path) -> None:
    found = told(examples, CASE.replace("id: cas-01\n", ""), "fichier")

    assert [(p.line, p.message) for p in found] == [(2, "le champ « id » manque")]


def test_a_wrong_kind_of_note_proposes_the_right_one(examples: Path) -> None:
    found = told(examples, "kind: bonnes-pratiques", "note")

    assert "vouliez-vous dire « bonne-pratique » ?" in found[0].hint


def test_a_field_of_a_case_is_refused_in_a_note(examples: Path) -> None:
    found = told(examples, "collectivity: {name: X, type: commune}", "note")

    assert [p.message for p in found] == ["le champ « collectivity » n’existe pas"]


def test_the_examples_themselves_are_sound(examples: Path) -> None:
    assert told(examples, CASE, "fichier") == []
    assert NOTE
