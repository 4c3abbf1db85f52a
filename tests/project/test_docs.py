"""Docs that cannot lie: what exists is documented, and what the docs name exists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from flask.testing import FlaskClient
from pydantic import BaseModel

from kb.cli import main
from kb.content.fields import hints_of
from kb.content.model import CaseFields, PracticeFields
from kb.content.typography import french_markdown
from web import DEFAULTS

ROOT = Path(__file__).parents[2]
#: written by hand, for people; what is generated is held to the model by tests/test_checking.py
PAGES = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob(".git*/**/*.md")], key=lambda path: str(path)
)
FOR_EDITORS = [
    ROOT / "CONTRIBUTING.md",
    *(ROOT / "docs" / name for name in ("bonne-fiche.md", "champs.md", "regles.md")),
    *ROOT.glob(".git*/**/*.md"),
]
#: files of a forge that run commands
FORGES = [ROOT / ".github/workflows/check.yml", ROOT / ".gitlab-ci.yml", ROOT / ".pre-commit-config.yaml"]
TARGETS = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def commands(group: click.Group = main, start: str = "kb") -> Iterator[tuple[str, click.Command]]:
    """(name as typed, command) of every command, those of groups too."""
    for name, command in group.commands.items():
        yield f"{start} {name}", command
        if isinstance(command, click.Group):
            yield from commands(command, f"{start} {name}")


COMMANDS = dict(commands())


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_and_its_options_are_in_the_readme(name: str) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    row = re.search(rf"^\| `{name}\b(?! rename).*$", readme, re.MULTILINE)

    assert row, f"README.md: a row for {name}"
    options = [o for p in COMMANDS[name].params if isinstance(p, click.Option) for o in p.opts]
    assert [option for option in options if option != "--content" and option not in row[0]] == []


@pytest.mark.parametrize("model", [CaseFields, PracticeFields])
def test_a_field_is_in_the_table_of_fields(model: type[BaseModel]) -> None:
    table = (ROOT / "docs/champs.md").read_text(encoding="utf-8")

    assert [name for name in hints_of(model) if f"| `{name}` |" not in table] == []


def test_a_variable_of_the_environment_is_in_the_manual() -> None:
    flask_s_own = {"MAX_CONTENT_LENGTH", "TEMPLATES_AUTO_RELOAD"}
    used = {f"KB_{name}" for name in DEFAULTS if name not in flask_s_own}
    for path in [*ROOT.glob("kb/**/*.py"), *ROOT.glob("web/*.py")]:
        used |= set(re.findall(r"\bKB_[A-Z]+(?:_[A-Z]+)*\b", path.read_text(encoding="utf-8")))
    manual = (ROOT / "docs/exploitation.md").read_text(encoding="utf-8")

    assert {"KB_WORKERS", "KB_CONTENT"} <= used
    assert sorted(name for name in used if f"`{name}`" not in manual) == []


def test_a_parameter_of_the_api_is_on_its_page(client: FlaskClient) -> None:
    described: Any = client.get("/api/openapi.json").json
    names = {
        parameter["name"]
        for path in described["paths"].values()
        for parameter in [*path.get("parameters", ()), *path.get("get", {}).get("parameters", ())]
        if "name" in parameter
    }
    page = client.get("/api").text

    assert {"q", "page", "nature"} <= names
    assert [name for name in sorted(names) if not re.search(rf"\b{name}\b", page)] == []


@pytest.mark.parametrize("path", [*PAGES, *FORGES], ids=lambda path: path.name)
def test_a_command_that_is_named_exists(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    code = re.findall(
        r"`([^`\n]+)`|^((?:kb|make|\.venv/bin/kb) .+)$|(?:run|entry|-) ?:? (.+)$", text, re.MULTILINE
    )

    for line in (next(filter(None, found), "") for found in code):
        for target in re.findall(r"(?:^|&& )make ([a-z0-9]+)", line):
            assert target in TARGETS, line
        for words in re.findall(r"(?:^|&& )(?:\.venv/bin/)?kb ((?:[a-z][a-z|-]* ?)+)", line):
            name = " ".join(words.split()[:2])
            assert f"kb {name}" in COMMANDS or f"kb {name.split()[0]}" in COMMANDS, line


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_links_lead_to_files_and_pictures_say_what_they_show(path: Path) -> None:
    text = re.sub(r"```.*?```|`[^`\n]*`", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)

    for mark, words, target in re.findall(r"(!?)\[([^\]]*)\]\(([^)#\s]*)[^)]*\)", text):
        assert not mark or len(words) > 10, f"{target}: a text in place of the picture"
        assert "://" in target or not target or (path.parent / target).exists(), target


@pytest.mark.parametrize("path", FOR_EDITORS, ids=lambda path: path.name)
def test_what_editors_read_has_french_typography(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert text == french_markdown(text)


@pytest.mark.parametrize("path", [*FORGES, ROOT / ".github/ISSUE_TEMPLATE/config.yml"], ids=lambda p: p.name)
def test_a_file_of_a_forge_is_yaml(path: Path) -> None:
    assert isinstance(yaml.safe_load(path.read_text(encoding="utf-8")), dict)
