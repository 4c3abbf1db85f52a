"""What README, CONTRIBUTING and docs tell one to type exists, with its options."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from kb.cli import main

ROOT = Path(__file__).resolve().parents[2]
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("deploy/*"), *ROOT.glob(".git[hl]*/**/*.md")]
#: a command in a code span, or alone on its line in a block
TYPED = re.compile(
    r"`((?:kb|make) [^`\n]+)`|^ *(?:\.venv/bin/)?((?:kb|make) [^#\n]+?) *(?:#.*)?$", re.MULTILINE
)
TARGETS = set(re.findall(r"^([a-z0-9./]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def typed() -> Iterator[tuple[str, str]]:
    """(page, command), as the pages have them."""
    for page in PAGES:
        if page.is_file() and page.name != "CHANGELOG.md":
            for span, line in TYPED.findall(page.read_text(encoding="utf-8")):
                yield page.relative_to(ROOT).as_posix(), (span or line).strip()


COMMANDS = sorted(set(typed()))


@pytest.mark.parametrize(("page", "line"), [c for c in COMMANDS if c[1].startswith("kb ")])
def test_a_command_of_the_documentation_exists_with_its_options(page: str, line: str) -> None:
    words = [word.strip("[]") for word in shlex.split(line.replace("\\|", "|"))[1:]]
    command: click.Command = main
    while isinstance(command, click.Group) and words and words[0] in command.commands:
        command = command.commands[words.pop(0)]
    options = {name for parameter in command.params for name in parameter.opts}

    assert command is not main or words[0] in ("--version", "--help", "COMMAND"), line
    for word in words:
        if word.startswith("--") and word not in ("--version", "--help"):
            assert word.partition("=")[0] in options, f"{page}: {line}"


@pytest.mark.parametrize(("page", "line"), [c for c in COMMANDS if c[1].startswith("make ")])
def test_a_target_of_the_documentation_exists(page: str, line: str) -> None:
    assert {word for word in line.split()[1:] if "=" not in word} <= TARGETS, f"{page}: {line}"


def test_the_documentation_is_read() -> None:
    assert len([line for _, line in COMMANDS if line.startswith("kb ")]) > 20


def test_the_readme_names_every_folder_of_the_code() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    rooms = [f"kb/{folder.name}/" for folder in (ROOT / "kb").iterdir() if (folder / "__init__.py").exists()]

    assert [
        room
        for room in [*rooms, "content/", "web/", "tests/", "tools/", "docs/", "deploy/", "benchmarks/"]
        if f"`{room}`" not in readme
    ] == []
