"""Fields of the wrong shape: what is said, where, and what is proposed instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.content.loading import load_corpus
from kb.content.rules.examples import CASE, NOTE, written
from kb.errors import Problem


def told(folder: Path, fields: str, place: str = "champs") -> list[Problem]:
    written(folder, fields, place, raw=True)  # type: ignore[arg-type]
    return [problem for problem in load_corpus(folder).problems]


#: (fields, line, message, part of the remedy)
FAULTS = [
    ("plateforms: []", 9, "le champ « plateforms » n’existe pas", "vouliez-vous dire « platforms » ?"),
    ("zzz: 1", 9, "le champ « zzz » n’existe pas", "choisissez parmi : id, title"),
    ("title: 2019", 9, "« title » doit être un texte", 'entre guillemets : "2019"'),
    ("title: [un, deux]", 9, "« title » doit être un texte", "une seule valeur"),
    ("title: ''", 9, "« title » est vide", "remplissez-le ou retirez-le"),
    ("title:", 9, "« title » doit être un texte", "une seule valeur"),
    ("themes: evaluation", 9, "« themes » doit être une liste", "[« evaluation »]"),
    ("themes: []", 9, "« themes » doit compter au moins 1 valeur(s)", "ajoutez-en"),
    ("summary: " + "a" * 301, 9, "« summary » compte 301 signes, 300 au plus", "raccourcissez-le"),
    ("collectivity: Ville-Exemple", 9, "« collectivity » doit être une suite de champs", "champ: valeur"),
    ("collectivity:\n  name: X\n  type: commune\n  codes: {insee: 49007}", 12,
     "« collectivity.codes.insee » doit être un texte", '"49007"'),
    ('collectivity:\n  name: X\n  type: commune\n  codes: {insee: "4900"}', 12,
     "« collectivity.codes.insee » n’a pas la forme voulue : 4900", "« 49007 »"),
    ("collectivity:\n  name: X\n\n  type: commune\n  # habitants\n  population: {value: 12.5, source: fiche}", 14,
     "« collectivity.population.value » doit être un nombre", "20000"),
    ("costs:\n  - {label: A, amount: 1, source: fiche}\n\n  - label: B\n    amount: 20 000\n    source: fiche", 13,
     "« costs[2].amount » doit être un nombre", "sans espace ni unité"),
    ("costs: [{label: A, amount: -5, source: fiche}]", 9, "« costs[1].amount » est hors limites : -5", "vérifiez"),
    ("costs: [{label: A, amount: 5, tax: TCC, source: fiche}]", 9, "« costs[1].tax » ne peut pas valoir « TCC »",
     "vouliez-vous dire « TTC » ?"),
    ("costs: [{label: A, amount: 5}]", 9, "le champ « costs[1].source » manque", "« fiche-p4 »"),
    ("costs: [{label: A, amount: 5, approx: environ, source: fiche}]", 9, "« costs[1].approx » doit valoir true ou false", "sans guillemets"),
    ("costs: [{label: 1,3 million, amount: 5, source: fiche}]", 9, "le champ « costs[1].3 million » n’existe pas", "entière entre guillemets"),
    ("review: {status: fini, date: \"2020-06-15\"}", 9, "« review.status » ne peut pas valoir « fini »", "brouillon, relu, validé"),
    ("review: {status: relu, date: \"15/06/2020\"}", 9, "« review.date » n’a pas la forme voulue : 15/06/2020", "2026-11-23"),
    ('updated: "2020-13"', 9, "« updated » n’a pas la forme voulue : 2020-13", '"2018-01"'),
    ("aliases: [Ville Exemple]", 9, "« aliases[1] » n’a pas la forme voulue : Ville Exemple", "budgets-participatifs"),
    ("team: {fte: huit, label: A, source: fiche}", 9, "« team.fte » doit être un nombre", "2.5"),
    ("platforms: [{name: A, url: exemple.fr, source: fiche}]", 9, "« platforms[1].url » n’a pas la forme voulue : exemple.fr", "https://"),
]


@pytest.mark.parametrize(("fields", "line", "message", "hint"), FAULTS)
def test_a_wrong_value_is_told_with_its_line_and_remedy(folder_of_examples: Path, fields: str, line: int, message: str, hint: str) -> None:
    found = [p for p in told(folder_of_examples, fields) if p.message == message]

    assert [p.line for p in found] == [line - fields.startswith(REPLACING)], told(folder_of_examples, fields)
    assert hint in found[0].hint


#: fields that the sound example already has on one line: their replacement stands a line higher
REPLACING = ("title", "themes", "summary", "collectivity", "review")


@pytest.fixture
def folder_of_examples(tmp_path: Path) -> Path:
    return tmp_path / "content"


def test_all_faults_of_a_file_are_told_at_once(folder_of_examples: Path) -> None:
    found = told(folder_of_examples, "title: 1\nthemes: []\nsummary: ''\nplatform: []\ncosts: 3")

    assert len(found) == 5


def test_a_missing_field_is_told_once_at_the_head_of_the_file(folder_of_examples: Path) -> None:
    found = told(folder_of_examples, CASE.replace("id: cas-01\n", ""), "fichier")

    assert [(p.line, p.message) for p in found] == [(2, "le champ « id » manque")]


def test_a_wrong_kind_of_note_proposes_the_right_one(folder_of_examples: Path) -> None:
    found = told(folder_of_examples, "kind: bonnes-pratiques", "note")

    assert "vouliez-vous dire « bonne-pratique » ?" in found[0].hint


def test_a_field_of_a_case_is_refused_in_a_note(folder_of_examples: Path) -> None:
    found = told(folder_of_examples, "collectivity: {name: X, type: commune}", "note")

    assert [p.message for p in found] == ["le champ « collectivity » n’existe pas"]


def test_the_examples_themselves_are_sound(folder_of_examples: Path) -> None:
    assert told(folder_of_examples, CASE, "fichier") == []
    assert NOTE
