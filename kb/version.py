"""Which kb this is: its version, and the commit of its code where that is known."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path

from kb.content.history import git

#: `git archive` writes the commit here (.gitattributes: export-subst)
ARCHIVED = "$Format:%H$"
#: a build that leaves git behind writes the commit there, beside this file
BUILT = Path(__file__).with_name("commit.txt")


@dataclass(frozen=True)
class Software:
    """The version of the package and the commit of its code."""

    #: as in pyproject.toml; "" where the package is not installed
    version: str
    #: full name; "" where neither git nor the build says it
    commit: str
    #: whether the code is not that of the commit
    edited: bool = False

    def __str__(self) -> str:
        """« 0.1.0 (126d6ef) »."""
        of = self.commit[:7] or "commit inconnu"
        return f"{self.version or 'non installé'} ({of}{', modifié' if self.edited else ''})"


@cache
def software() -> Software:
    """What runs here, looked up once."""
    try:
        version = metadata.version("kb")
    except metadata.PackageNotFoundError:
        version = ""
    if not ARCHIVED.startswith("$"):
        return Software(version, ARCHIVED)
    if BUILT.is_file():
        return Software(version, BUILT.read_text(encoding="ascii").strip())
    root = BUILT.parent.parent
    if not (root / ".git").exists():  # a repository further up is somebody else's
        return Software(version, "")
    try:
        commit = git(root, "rev-parse", "HEAD").strip()
        edited = git(root, "status", "--porcelain", "--untracked-files=no", "--", "kb", "web").strip()
    except (OSError, subprocess.SubprocessError):
        return Software(version, "")
    return Software(version, commit, bool(edited))
