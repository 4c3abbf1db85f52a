"""The `kb` command as editors and operators use it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Kb = Callable[..., Result]


def test_search_prints_the_best_document_first(kb: Kb) -> None:
    result = kb("search", "boisjoli")

    assert result.exit_code == 0
    assert result.output.lstrip().startswith("1. boisjoli")


def test_search_filters_and_writes_json(kb: Kb) -> None:
    found = json.loads(
        kb("search", "forum", "--theme", "evaluation", "--filter", "nature=cas", "--json").output
    )

    assert {hit["slug"] for hit in found["results"]} <= {"boisjoli", "petitbourg"}


def test_an_unknown_facet_is_misuse(kb: Kb) -> None:
    result = kb("search", "forum", "--filter", "couleur=bleu")

    assert result.exit_code == 2
    assert "facette" in result.output


def test_show_prints_a_document_and_offers_the_nearest(kb: Kb) -> None:
    assert "un budget participatif sans prestataire" in kb("show", "boisjoli").output
    missing = kb("show", "boisjolie")
    assert missing.exit_code == 2
    assert "« boisjoli »" in missing.output


def test_index_says_what_it_holds(kb: Kb) -> None:
    assert "6 fiches" in kb("index").output


def test_why_explains_a_hit(kb: Kb) -> None:
    result = kb("why", "budget", "boisjoli")

    assert result.exit_code == 0
    assert "budget" in result.output


def test_check_is_clean_on_the_small_content(kb: Kb) -> None:
    result = kb("check")

    assert result.output.splitlines()[-1] == "6 fiches, aucun problème"
    assert result.exit_code == 0


def test_check_tells_file_line_and_remedy(kb: Kb, folder: Path) -> None:
    path = folder / "cases" / "clairval.md"
    path.write_text(
        path.read_text(encoding="utf-8").replace("themes: [restitution]", "themes: [restitutio]"),
        encoding="utf-8",
    )

    result = kb("check", "--content", folder)

    assert result.exit_code == 1
    assert "clairval.md:12: " in result.output
    assert "« restitution »" in result.output


def test_a_missing_folder_is_misuse(kb: Kb, tmp_path: Path) -> None:
    result = kb("check", "--content", tmp_path / "nulle-part")

    assert result.exit_code == 2
    assert "nulle-part" in result.output


@pytest.mark.parametrize(
    "command",
    ["serve", "index", "search", "why", "evaluate", "check", "fix", "show", "docs", "new", "terms", "links"],
)
def test_every_command_has_help_and_a_line_in_the_readme(kb: Kb, command: str) -> None:
    assert kb(command, "--help").exit_code == 0
    assert f"kb {command}" in (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def test_an_excluded_word_alone_is_a_query_and_not_an_option(kb: Kb) -> None:
    result = kb("search", "-budget", "--limit", "3")

    assert result.exit_code == 0
    assert "boisjoli" not in result.output
