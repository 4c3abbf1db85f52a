"""The checkers of tools/qa and the Node that runs them, wherever these tests are started from."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: of the environment that runs the tests, the same version on every machine
NODE = str(Path(sys.executable).with_name("node"))


@cache
def checkers() -> Path:
    """Folder of the npm packages of tools/qa, installed first where they are missing or old."""
    done = subprocess.run(
        [sys.executable, ROOT / "tools/environment.py", "checkers"],
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    return ROOT / "tools/qa/node_modules"
