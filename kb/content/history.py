"""When each file last changed, from git; nothing where git cannot say."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path


def last_changes(root: Path) -> Mapping[str, str]:
    """Date (YYYY-MM-DD) of the last commit of each file under `root`, by path relative to it.

    Empty where `root` is not in a git checkout. On a shallow clone the files last touched by the
    oldest commit present are left out, because their true date lies beyond it.
    """
    try:
        log = git(root, "log", "--format=%x00%cs %H %P", "--name-only", "--relative", "--", ".")
        shallow = git(root, "rev-parse", "--is-shallow-repository").strip() == "true"
    except (OSError, subprocess.SubprocessError):
        return {}
    changes: dict[str, str] = {}
    unsure: set[str] = set()
    for block in log.split("\0")[1:]:
        head, *names = [line for line in block.split("\n") if line]
        date, _, parents = head.split(" ", 2)
        for name in names:
            if shallow and not parents:
                unsure.add(name)
            elif name not in unsure:
                changes.setdefault(name, date)
    return changes


def git(root: Path, *arguments: str) -> str:
    """What a git command prints in `root`, whatever bytes it prints; signs that are no UTF-8 are replaced.

    Raises OSError or CalledProcessError where it cannot run.
    """
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    command = ["git", "-c", "core.quotepath=off", "-C", str(root), *arguments]
    done = subprocess.run(command, capture_output=True, check=True, timeout=30, env=environment)  # noqa: S603
    return done.stdout.decode("utf-8", "replace")
