"""What `kb` prints on a terminal that is not Unicode: plain signs, never a failure, no JSON lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

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
