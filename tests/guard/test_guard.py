"""The report guard finds twenty planted faults in each format, and nothing else."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kb.cli import main
from kb.guard.quotations import holds
from kb.links.ledger import NAME
from tests.links.test_ledger import change, commit, recorded

REPORTS = Path(__file__).parents[1] / "data" / "reports"


@pytest.fixture
def base(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A base with a past: a text changed, a heading renamed, a passage moved, a document retired."""
    monkeypatch.setenv("KB_INDEX", str(folder.parent / "index"))
    (folder / "cases/petitbourg.md").write_text(
        (folder / "cases/petitbourg.md").read_text(encoding="utf-8") + "\n### Suites\n\nRien.\n",
        encoding="utf-8",
    )
    recorded(folder)
    commit(folder, "première version", "2026-01-10")
    case = folder / "cases/boisjoli.md"
    change(case, "La ville réserve", "Chaque année, la ville réserve")
    change(case, "## Le dispositif", "## Organisation et moyens")
    change(
        folder / NAME / "cas-01.yaml",
        "  le-dispositif: le-dispositif",
        "  le-dispositif: organisation-et-moyens",
    )
    text = (folder / "cases/petitbourg.md").read_text(encoding="utf-8")
    (folder / "cases/petitbourg.md").write_text(text.partition("\n### Suites")[0] + "\n", encoding="utf-8")
    change(folder / NAME / "cas-03.yaml", "  suites: suites", "  suites: pra-01#pourquoi")
    (folder / "cases/clairval.md").unlink()
    retired = 'slugs: [clairval]\nretired: {date: "2026-02-10", successor: cas-01, reason: "fusionné"}'
    change(folder / NAME / "cas-02.yaml", "slugs: [clairval]", retired)
    recorded(folder)
    commit(folder, "seconde version", "2026-02-10")
    return folder


def verify(base: Path, report: Path, *options: str) -> Result:
    arguments = ["verify-report", str(report), "--content", str(base), "--base", "https://base.exemple.fr"]
    return CliRunner().invoke(main, [*arguments, *options])


def test_the_faults_of_a_report_are_the_same_where_the_base_lives_under_a_prefix(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (REPORTS / "faults.md").read_text(encoding="utf-8")
    report = tmp_path / "faults.md"
    report.write_text(text.replace("https://base.exemple.fr", "https://exemple.fr/kb"), encoding="utf-8")
    outside = (
        "[ailleurs](https://exemple.fr/cas/rien), [ici](#rien), [voisin](https://exemple.fr/kbis/cas/rien)"
    )
    report.write_text(f"{report.read_text(encoding='utf-8')}\n{outside}\n", encoding="utf-8")
    monkeypatch.setenv("KB_BASE_URL", "https://exemple.fr/kb")

    plain = json.loads(verify(base, REPORTS / "faults.md", "--json").stdout)
    run = CliRunner().invoke(main, ["verify-report", str(report), "--content", str(base), "--json"])

    assert [item["line"] for item in json.loads(run.stdout)] == [item["line"] for item in plain]
    assert len(plain) == 20


@pytest.mark.parametrize("name", ["faults.md", "faults.html"])
def test_twenty_planted_faults_are_found_and_none_other(base: Path, name: str) -> None:
    lines = (REPORTS / name).read_text(encoding="utf-8").splitlines()
    planted = {number: line for number, line in enumerate(lines, 1) if re.search(r"<!-- faute \d+ -->", line)}

    run = verify(base, REPORTS / name, "--json")
    found = [item["line"] for item in json.loads(run.stdout)]

    assert len(planted) == 20
    assert found == sorted(planted), run.stdout
    assert run.exit_code == 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "[a](https://base.exemple.fr/cas/bois-joli)",
            "déplacé : /cas/bois-joli a changé de nom ; écrivez /cas/boisjoli",
        ),
        ("[a](https://base.exemple.fr/cas/boisjolie)", "vouliez-vous dire /cas/boisjoli ?"),
        (
            "[a](https://base.exemple.fr/cas/boisjoli#le-dispositif)",
            "écrivez /cas/boisjoli#organisation-et-moyens",
        ),
        ("[a](https://base.exemple.fr/id/cas-03#suites)", "écrivez /pratiques/comparer-les-outils#pourquoi"),
        ("[a](https://base.exemple.fr/cas/clairval)", "citez plutôt /id/cas-01"),
        ("« Le forum ouvre en 2014 » (cas-03)", "le texte dit « Le forum ouvre en 2015 »"),
        ("cas-01, consulté le 11 janvier 2026", "a changé depuis la version du 10 janvier 2026 (#en-bref"),
        ("cas-01, consulté le 9 janvier 2020", "n’existait pas le 9 janvier 2020"),
    ],
)
def test_a_finding_says_what_to_write(base: Path, tmp_path: Path, text: str, told: str) -> None:
    report = tmp_path / "rapport.md"
    report.write_text(text, encoding="utf-8")

    run = verify(base, report)

    assert told in run.stdout.replace("\u00a0", " ")
    assert run.stdout.startswith(f"{report}:1: ")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "Le cas de Petitbourg (cas-01) est exemplaire.",
            "cas-01 n’est pas Petitbourg, c’est Ville de Boisjoli",
        ),
        ("On lira Petitbourg, CAS-01, avec profit.", "cas-01 n’est pas Petitbourg"),
        ("Petitbourg : cas\u201101.", "cas-01 n’est pas Petitbourg"),
        ("Bois-Joli-sur-Œuvre [cas-03] fait école.", "cas-03 n’est pas Bois-Joli-sur-Œuvre"),
        (
            "À Petitbourg, le site « est fait par la mairie » ([fiche](https://base.exemple.fr/cas/boisjoli)).",
            "le texte nomme Petitbourg, le lien mène à la fiche de Ville de Boisjoli",
        ),
        (
            "« Le forum ouvre en 2015 », dit-on à Bois-Joli-sur-Œuvre ([ici](https://base.exemple.fr/id/cas-03)).",
            "le texte nomme Bois-Joli-sur-Œuvre",
        ),
    ],
)
def test_a_town_that_is_not_that_of_its_id_or_link_is_told(
    base: Path, tmp_path: Path, text: str, told: str
) -> None:
    report = tmp_path / "rapport.md"
    report.write_text(text, encoding="utf-8")

    assert told in verify(base, report).stdout.replace("\u00a0", " ")


@pytest.mark.parametrize(
    "text",
    [
        "Boisjoli (cas-01) et Petitbourg (cas-03) se comparent.",
        "Comme à Petitbourg : [Boisjoli](https://base.exemple.fr/cas/boisjoli) « est fait par la mairie ».",
        "Petitbourg hésite ; à Boisjoli le site « est fait par la mairie » (cas-01).",
        "À Boisjoli, « [l]e site est fait par la mairie » (cas-01).",
        "Petitbourg, Boisjoli : cas-01 et cas-03.",
    ],
)
def test_towns_named_beside_their_own_ids_and_links_are_right(base: Path, tmp_path: Path, text: str) -> None:
    report = tmp_path / "rapport.md"
    report.write_text(text, encoding="utf-8")

    run = verify(base, report)

    assert run.exit_code == 0, run.stdout


@pytest.mark.parametrize(
    ("said", "held"),
    [
        ("« [l]’essai dure un an »", "L’essai dure un an."),
        ("« [L]’essai »", "Pendant l’essai, rien."),
        ("« [d]'abord un es\u00adsai »", "D’abord un essai."),
        ("« [L]a ville »", "Puis la ville dit."),
    ],
)
def test_a_letter_changed_to_fit_the_sentence_is_no_change(said: str, held: str) -> None:
    assert holds(held, said.strip("« »"))


def test_an_address_typed_without_scheme_is_ours_with_a_port_too(base: Path, tmp_path: Path) -> None:
    report = tmp_path / "rapport.md"
    report.write_text("Voir base.exemple.fr:8080/cas/boisjolie.", encoding="utf-8")

    assert "boisjolie" in verify(base, report).stdout


def test_a_report_without_fault_ends_well(base: Path, tmp_path: Path) -> None:
    report = tmp_path / "rapport.md"
    report.write_text(
        "[Boisjoli](https://base.exemple.fr/cas/boisjoli), version du 10 février 2026.", encoding="utf-8"
    )

    run = verify(base, report)

    assert run.exit_code == 0
    assert run.stdout.splitlines() == [
        "reconnu : 1 liens, 1 dates (base : https://base.exemple.fr)",
        "rien à revoir dans ce qui a été reconnu",
    ]


def test_another_kind_of_file_is_misuse(base: Path, tmp_path: Path) -> None:
    report = tmp_path / "rapport.odt"
    report.write_bytes(b"PK")

    assert verify(base, report).exit_code == 2
