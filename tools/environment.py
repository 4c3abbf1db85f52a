"""The environment of this checkout, `.venv`: made, proved and made again as needed. Called by make.

    python3 tools/environment.py run     what `kb` and the site need
    python3 tools/environment.py dev     the same and what the tests need
    python tools/environment.py checkers tools/qa/node_modules alone, for the environment of `python`

`.venv` can be thrown away at any time. It carries a stamp: version of Python, its own path, locks.
Where the stamp is not the wanted one, another environment is built beside it and takes its name only
when whole: a failure leaves what there was. The lock is complete, and installed without resolving.
What the system must give is asked first (tools/system.py).
WITH_PIP (`pip==23.0`, or `pip` for the newest) takes another pip than the one that comes with Python.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from system import need_system, say, stop

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
#: an environment being built; its scripts hold this name until they are given the other
PART = ROOT / ".venv.part"
QA = ROOT / "tools/qa"
LOCKS = {"run": ROOT / "requirements.lock", "dev": ROOT / "requirements-dev.lock"}


def wanted(level: str) -> dict[str, str]:
    """The stamp of an environment for `level`, made here and now."""
    import tomllib  # not at the top: an older Python is told so first

    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    package = json.dumps([settings["build-system"], settings["project"]]).encode()
    stamp = {
        "python": f"{platform.python_implementation()} {platform.python_version()} {sys.base_prefix}",
        "path": str(VENV),
        "pip": os.environ.get("WITH_PIP", ""),
        "run": digest(LOCKS["run"].read_bytes(), package),
    }
    return {**stamp, "dev": digest(LOCKS["dev"].read_bytes())} if level == "dev" else stamp


def carried() -> dict[str, str]:
    """The stamp of `.venv`; empty where there is none, or where its Python no longer runs."""
    try:
        stamp: dict[str, str] = json.loads((VENV / "stamp.json").read_text(encoding="utf-8"))
        subprocess.run([VENV / "bin/python", "-c", ""], check=True, capture_output=True)
    except (OSError, ValueError, subprocess.SubprocessError):
        return {}
    return stamp


def has(stamp: Mapping[str, str], want: Mapping[str, str]) -> bool:
    """Whether an environment that carries `stamp` serves where `want` is wanted."""
    return want.items() <= stamp.items()


def ensure(level: str) -> None:
    """`.venv` as `level` wants it, whatever there was; one builder at a time."""
    need_system(level)
    with alone():
        have, want = carried(), wanted(level)
        if not has(have, wanted("run")):
            build(level, want)
        elif not has(have, want):  # only what the tests need is missing: added in place
            say("Ajout à .venv de ce qu’il faut pour les tests (une minute, une fois)…")
            install(VENV, level)
            write_stamp(VENV, want)
    if level == "dev":
        ensure_checkers(VENV / "bin")


@contextmanager
def alone() -> Iterator[None]:
    """One at a time; freed by the system whatever happens."""
    with Path(__file__).open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def build(level: str, want: Mapping[str, str]) -> None:
    """A whole environment beside `.venv`, then in its place."""
    say("Préparation de .venv (une à deux minutes, une fois)…")
    discard(PART)
    run(sys.executable, "-m", "venv", PART)
    if want["pip"]:
        run(PART / "bin/python", "-m", "pip", "install", "-q", "-U", *want["pip"].split())
    install(PART, level)
    for script in (PART / "pyvenv.cfg", *(PART / "bin").iterdir()):
        rename_in(script)
    write_stamp(PART, want)
    old = ROOT / ".venv.old"
    discard(old)
    if os.path.lexists(VENV):
        VENV.rename(old)
    PART.rename(VENV)
    discard(old)


def install(place: Path, level: str) -> None:
    """The locked packages and this project, in the environment at `place`."""
    pip = (place / "bin/python", "-m", "pip")
    plainly = ("install", "-q", "--disable-pip-version-check", "--no-deps")
    run(*pip, *plainly, "--require-hashes", "-r", LOCKS[level])
    run(*pip, *plainly, "--no-build-isolation", "-e", ROOT)
    run(*pip, "check", "--disable-pip-version-check")


def run(*command: Any, **options: Any) -> None:
    """Do a step; where it fails, print all it said and stop."""
    # UTF-8 whatever the terminal: the path of the checkout is written into scripts
    environment = {**os.environ, "PYTHONUTF8": "1"}
    environment.pop("PYTHONPATH", None)
    words = [str(word) for word in command]
    done = subprocess.run(words, env=environment, stdout=subprocess.PIPE, **options)
    if done.returncode:
        say(done.stdout.decode(errors="replace"))
        stop(f"Arrêt (cause ci-dessus), rien n’a été remplacé ; l’étape : {' '.join(words)}")


def rename_in(path: Path) -> None:
    """Put the final name in a script or a setting that was written with the one of PART."""
    raw = b"\0" if path.is_symlink() or path.is_dir() else path.read_bytes()
    if b"\0" not in raw:
        path.write_bytes(raw.replace(PART.name.encode(), VENV.name.encode()))


def write_stamp(place: Path, stamp: Mapping[str, str]) -> None:
    """The stamp of a whole environment; written last."""
    draft = place / "stamp.part"
    draft.write_text(json.dumps(stamp, indent=1), encoding="utf-8")
    draft.replace(place / "stamp.json")


def discard(path: Path) -> None:
    """Nothing at `path`."""
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.exists():
        shutil.rmtree(path)


def ensure_checkers(scripts: Path) -> None:
    """tools/qa/node_modules as package-lock.json says, by the npm in the folder `scripts`."""
    ready, want = QA / "node_modules/.ready", digest((QA / "package-lock.json").read_bytes())
    with alone():
        if ready.is_file() and ready.read_text(encoding="utf-8") == want:
            return
        os.environ["PATH"] = f"{scripts}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        options = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        if not os.access(Path.home(), os.W_OK):
            options.append(f"--cache={ROOT / 'build/npm'}")
        run(scripts / "npm", "ci", *options, cwd=QA)
        ready.write_text(want, encoding="utf-8")


def digest(*parts: bytes) -> str:
    """Sixteen digits that change with any of the bytes."""
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:16]


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    action = " ".join(sys.argv[1:])
    if action == "checkers":
        ensure_checkers(Path(sys.executable).parent)
    elif action in LOCKS:
        ensure(action)
    else:
        stop(f"environment.py {' | '.join(LOCKS)} | checkers")
