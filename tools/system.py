"""What the system must give, from tools/packages.txt: what lacks, the line to type, the installing.

Nothing but the standard library, in words that an old Python reads far enough to be told so.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NoReturn

LIST = Path(__file__).resolve().with_name("packages.txt")
#: who needs a package, each with those before it
LEVELS = ("run", "dev", "ci")


def say(text: str) -> None:
    """One line for the person, on standard error."""
    print(text, file=sys.stderr, flush=True)


def stop(text: str) -> NoReturn:
    """Say why, and end with 1."""
    say(text)
    sys.exit(1)


def rows() -> list[tuple[str, str, str, str]]:
    """(level, package, kind of sign, sign) of each line of the list."""
    lines = LIST.read_text(encoding="utf-8").splitlines()
    return [tuple(line.split(None, 3)) for line in lines if line and not line.startswith("#")]  # type: ignore[misc]


def missing(level: str) -> list[str]:
    """Packages for `level` whose sign is not there."""
    needed = LEVELS[: LEVELS.index(level) + 1]
    return [package for who, package, kind, sign in rows() if who in needed and not SIGNS[kind](sign)]


def command_of(package: str) -> str:
    """The command that shows that a package is there, as it is found first on this machine; else its name."""
    signs = next(sign for _, name, kind, sign in rows() if name == package and kind == "command")
    return next(filter(shutil.which, signs.split("|")), package)


def has_library(name: str) -> bool:
    """Whether a shared library loads."""
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


#: kind of sign → whether it is there
SIGNS: Mapping[str, Callable[[str], bool]] = {
    "python": lambda sign: sys.version_info >= tuple(map(int, sign.split("."))),
    "module": lambda sign: importlib.util.find_spec(sign) is not None,
    "command": lambda sign: any(map(shutil.which, sign.split("|"))),
    "file": lambda sign: Path(sign).exists() or not shutil.which("apt-get"),
    "library": has_library,
}


def line_for(packages: list[str]) -> str:
    """What a person types to have `packages`."""
    names = " ".join(packages)
    if not shutil.which("apt-get"):
        return f"installez, avec les paquets de votre système (noms de Debian) : {names}"
    line = f"apt-get update && apt-get install -y --no-install-recommends {names}"
    return f"tapez : {line}" if os.getuid() == 0 else f"tapez : sudo sh -c '{line}'"


def need_python() -> None:
    """Stop unless this Python is recent enough: nothing here can install one."""
    if "python3" in missing("run"):
        stop(
            f"Il faut Python 3.11 ou plus récent ; {sys.executable} est Python {platform.python_version()}. "
            "Tapez, avec le nom d’un Python plus récent : make PYTHON=python3.12 …"
        )


def need_system(level: str) -> None:
    """Stop where the system lacks something; for the tests, install it where that asks no password."""
    need_python()
    packages = missing(level)
    if not packages:
        return
    allowed = level != "run" and shutil.which("apt-get") and (os.getuid() == 0 or _sudo())
    if not allowed:
        stop(f"Il manque {', '.join(packages)} ; {line_for(packages)}")
    say(f"Paquets du système : {', '.join(packages)} (une à trois minutes)…")
    start = [*([] if os.getuid() == 0 else ["sudo", "-n"]), "env", "DEBIAN_FRONTEND=noninteractive"]
    for words in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        done = subprocess.run(
            [*start, "apt-get", "-q", *words],
            capture_output=True,
            text=True,
            errors="replace",
            encoding="utf-8",
        )
        if done.returncode:
            say(done.stdout[-2000:] + done.stderr[-2000:])
            stop(f"L’installation de paquets a échoué (cause ci-dessus) ; {line_for(packages)}")
    importlib.invalidate_caches()
    still = missing(level)
    if still:
        stop(f"Il manque encore {', '.join(still)} ; {line_for(still)}")


def _sudo() -> bool:
    """Whether sudo works without a password."""
    sudo = shutil.which("sudo")
    return sudo is not None and subprocess.run([sudo, "-n", "true"], capture_output=True).returncode == 0


if __name__ == "__main__":
    need_system(sys.argv[1])
