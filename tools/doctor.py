"""What this checkout needs: what is there, what is missing, and the line to type. `make doctor`.

Ends with 1 where something is missing that the site needs. Changes nothing.
"""

from __future__ import annotations

import os
import platform
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

from environment import ROOT, VENV, carried, has, wanted
from system import command_of, has_library, line_for, missing, need_python

#: (all is well, what, in words)
Row = tuple[bool, str, str]


def rows() -> Iterator[Row]:
    """Each thing, with what was found of it."""
    yield True, "Python", f"{platform.python_version()} ({sys.executable})"
    yield from packages()
    yield environment()
    tests = "viendra avec make test"
    pip = told(VENV / "bin/python", "-m", "pip", "--version")
    yield True, "pip", pip.split(" from ")[0] or "viendra avec .venv"
    yield True, "Node", told(VENV / "bin/node", "--version") or tests
    yield True, "Chromium", told(command_of("chromium-headless-shell"), "--version") or tests
    yield True, "libatomic", "présente" if has_library("libatomic.so.1") else tests
    yield port(int(os.environ.get("PORT", "8000")))
    yield clock()


def packages() -> Iterator[Row]:
    """The system's packages, for the site then for the tests."""
    site = missing("run")
    tests = [package for package in missing("dev") if package not in site]
    for needed, name, lacking in ((True, "paquets du site", site), (False, "paquets des tests", tests)):
        text = f"il manque {', '.join(lacking)} ; {line_for(lacking)}" if lacking else "rien ne manque"
        yield not (lacking and needed), name, text


def environment() -> Row:
    """The state of `.venv`."""
    have = carried()
    for level, purpose in (("dev", "le site et les tests"), ("run", "le site")):
        if has(have, wanted(level)):
            return True, ".venv", f"prêt pour {purpose}"
    state = "à refaire" if VENV.exists() else "à faire"
    return True, ".venv", f"{state} ; make serve et make test s’en chargent"


def port(number: int) -> Row:
    """Whether the site can listen."""
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", number))
        except OSError:
            return False, "port", f"{number} est pris ou interdit ; tapez : make serve PORT={number + 1}"
    return True, "port", f"{number} est libre"


def clock() -> Row:
    """Whether the machine's date can be true."""
    last = told("git", "-C", ROOT, "log", "-1", "--format=%ct")
    today = time.strftime("%Y-%m-%d %H:%M")
    if last and time.time() < int(last):
        return False, "horloge", f"{today}, avant le dernier commit du dépôt ; réglez la date de la machine"
    return True, "horloge", today


def told(*command: object) -> str:
    """The first line that a command prints; empty where it cannot run."""
    words = [str(word) for word in command]
    try:
        done = subprocess.run(
            words, capture_output=True, text=True, errors="replace", timeout=30, encoding="utf-8"
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return (done.stdout.splitlines() or [""])[0] if done.returncode == 0 else ""


def main() -> int:
    """Print every row; 1 where one is not well."""
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
    need_python()
    found = list(rows())
    for good, name, text in found:
        print(f"{'oui' if good else 'NON'}  {name:18} {text}")
    return int(not all(good for good, _, _ in found))


if __name__ == "__main__":
    sys.exit(main())
