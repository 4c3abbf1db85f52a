"""What each room may import, read off its files; what each door of the core loads, in fresh processes."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
#: room → the rooms that it may import, beside the files that lie in `kb/` itself
ROOMS = {
    "content": set(),
    "places": {"content"},
    "compare": {"content"},
    "links": {"content"},
    "search": {"content", "places", "compare"},
    "guard": {"content", "links", "search"},
    "editing": {"content", "links"},
    "cli": {"content", "links", "search", "guard", "editing", "web"},
    "web": {"content", "compare", "links", "search"},
}

#: (module, what it must not load)
DOORS = [
    ("kb", {"whoosh", "flask", "numpy", "Stemmer", "granian", "markdown", "nh3", "click", "web"}),
    (
        "kb.content.checking",
        {"whoosh", "flask", "numpy", "Stemmer", "granian", "markdown", "nh3", "click", "web"},
    ),
    ("kb.content.rendering", {"whoosh", "flask", "numpy", "click", "web"}),
    ("kb.content.schema", {"whoosh", "flask", "numpy", "click", "web"}),
    ("kb.content.model", {"whoosh", "flask", "markdown", "web"}),
    ("kb.search", {"flask", "click", "granian", "web"}),
    ("kb.serialising", {"whoosh", "flask", "web"}),
]


def imported(room: str) -> Iterator[tuple[str, str]]:
    """(file, room that it imports) of each import of ours in a room."""
    for path in sorted((ROOT / ("web" if room == "web" else f"kb/{room}")).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            named = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                named = [f"{node.module}.{alias.name}" for alias in node.names]
            for parts in (name.split(".") for name in named):
                if parts[0] == "web":
                    yield str(path), "web"
                elif parts[0] == "kb" and (ROOT / "kb" / parts[1]).is_dir():
                    yield str(path), parts[1]


def test_every_room_is_told_here() -> None:
    rooms = {path.name for path in (ROOT / "kb").iterdir() if (path / "__init__.py").exists()}

    assert {*rooms, "web"} == set(ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_what_lies_before_it(room: str) -> None:
    assert [(path, other) for path, other in imported(room) if other not in ROOMS[room] | {room}] == []


def test_only_one_module_knows_whoosh_and_none_of_the_core_knows_flask() -> None:
    knowing: dict[str, list[str]] = {"whoosh": [], "flask": []}
    for path in sorted((ROOT / "kb").rglob("*.py")):
        for name, found in knowing.items():
            if f"\nimport {name}" in (text := path.read_text(encoding="utf-8")) or f"\nfrom {name}" in text:
                found.append(path.name)

    assert knowing == {"whoosh": ["whoosh_engine.py"], "flask": []}


@pytest.mark.parametrize(("module", "heavy"), DOORS)
def test_a_door_of_the_core_does_not_load_what_it_does_not_need(module: str, heavy: set[str]) -> None:
    code = f"import {module}, sys; print(*{{name.split('.')[0] for name in sys.modules}})"

    loaded = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        encoding="utf-8",
    )

    assert set(loaded.stdout.split()) & heavy == set()
