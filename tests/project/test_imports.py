"""What each door of the core loads, in fresh processes."""

from __future__ import annotations

import subprocess
import sys

import pytest

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
