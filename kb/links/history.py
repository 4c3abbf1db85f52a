"""Versions of documents from git: which commit a text is, and what changed when.

Unknown is told as unknown: outside git there is no history; on a shallow clone the oldest commit
present says nothing about what came before it, and is left out.
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kb.content.documents import Document
from kb.content.history import git
from kb.formatting import date


@dataclass(frozen=True)
class Change:
    """One commit that touched a file."""

    #: full name of the commit
    commit: str
    #: YYYY-MM-DD
    date: str
    subject: str

    @property
    def short(self) -> str:
        """The first seven digits, which people write."""
        return self.commit[:7]


@dataclass(frozen=True)
class History:
    """What git knows of a content folder."""

    #: commits of each file, newest first, by path relative to the folder
    changes: Mapping[str, tuple[Change, ...]]
    #: files whose text is not the committed one
    edited: frozenset[str]
    #: True where older commits are missing (shallow clone)
    partial: bool
    #: False outside git
    known: bool

    def version(self, document: Document) -> Version:
        """The version of a document: its date, and its commit where the text is the committed one."""
        changes = self.changes.get(document.path, ())
        commit = changes[0].commit if changes and document.path not in self.edited else ""
        return Version(document.updated, commit)


@dataclass(frozen=True)
class Version:
    """What a citation names: a date and, when known, a commit."""

    date: str
    #: "" where the text is in no commit
    commit: str = ""

    @property
    def short(self) -> str:
        """The first seven digits of the commit, or ""."""
        return self.commit[:7]

    def __str__(self) -> str:
        """« version du 23 novembre 2026, 5b00ef2 »."""
        of = "du" if len(self.date) == 10 else "de"
        return f"version {of} {date(self.date)}" + (f", {self.short}" if self.commit else "")


NOTHING = History({}, frozenset(), partial=False, known=False)


def _printable(subject: str) -> str:
    """A subject in one line, signs that nobody sees left out."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in subject).split())


def load_history(root: Path) -> History:
    """The history of a content folder; NOTHING where git cannot say."""
    try:
        log = git(root, "log", "--format=%x00%H %cs %P%x1f%s", "--name-only", "--relative", "--", ".")
        shallow = git(root, "rev-parse", "--is-shallow-repository").strip() == "true"
        status = git(root, "status", "--porcelain", "-z", "--untracked-files=all", "--", ".")
        prefix = git(root, "rev-parse", "--show-prefix").strip()
    except (OSError, subprocess.SubprocessError):
        return NOTHING
    changes: dict[str, list[Change]] = {}
    for block in log.split("\0")[1:]:
        head, *names = [line for line in block.split("\n") if line]
        facts, _, subject = head.partition("\x1f")  # the subject last: people write what they like in it
        commit, day, parents = facts.split(" ", 2)
        if shallow and not parents:
            continue
        for name in names:
            changes.setdefault(name, []).append(Change(commit, day, _printable(subject)))
    edited = frozenset(
        entry[3:].removeprefix(prefix) for entry in status.split("\0") if len(entry) > 3 and entry[2] == " "
    )
    return History({name: tuple(found) for name, found in changes.items()}, edited, shallow, bool(changes))
