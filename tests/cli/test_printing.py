"""What `kb` prints on a terminal that is not Unicode: plain signs, never a failure, no JSON lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Kb = Callable[..., Result]

ROOT = Path(__file__).parents[2]


def run(encoding: str, *words: str) -> bytes:
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    command = [sys.executable, "-m", "kb", *words]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)
    assert b"Traceback" not in done.stderr, done.stderr
    return done.stdout


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "iso8859-15"])
def test_signs_that_a_terminal_lacks_are_said_plainly(encoding: str) -> None:
    told = run(encoding, "show", "angers").decode(encoding)

    assert "?" not in told.replace(" ?", "")[:200]
    assert "Angers" in told


def test_json_loses_nothing() -> None:
    whole = json.loads(run("latin-1", "show", "angers", "--json"))

    assert whole == json.loads(run("utf-8", "show", "angers", "--json"))


@pytest.mark.parametrize(
    "name", ["x\n::error file=y.md", "x\r::warning::z", "x\x1b[31mrouge", "x\u202emd.sregna", "x\u2028y"]
)
def test_a_name_of_a_file_writes_no_line_and_no_order_of_its_own(folder: Path, kb: Kb, name: str) -> None:
    (folder / "cases/boisjoli.md").rename(folder / f"cases/{name}.md")

    told = kb("check", "--content", folder).output

    assert told.count("\n") == len(told.splitlines())
    assert [line for line in told.split("\n") if line.startswith("::")] == []
    assert [sign for sign in told if not sign.isprintable() and sign not in "\n\u00a0\u202f"] == []
    assert ".md:1: le nom" in told or ".md:1: le fichier" in told


def test_a_point_of_a_report_is_one_line(folder: Path, kb: Kb, tmp_path: Path) -> None:
    report = tmp_path / "rapport.md"
    report.write_text("Voir https://base.exemple.fr/cas/nulle\x1bpart et\u2028la suite.", encoding="utf-8")

    told = kb("verify-report", report, "--content", folder, "--base", "https://base.exemple.fr").output

    assert "perdu" in told
    assert [sign for sign in told if not sign.isprintable() and sign not in "\n\u00a0\u202f"] == []
