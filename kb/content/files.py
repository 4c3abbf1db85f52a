"""The bytes of a content file: only of a real file, inside the content folder, of a bounded size.

What is served is what was read here, once. A link is refused whatever it leads to, because a
content folder that follows links publishes any file that the site's account can read.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from kb.errors import Problem

#: no document is read beyond this size, in bytes; the largest one has some 30,000
MAX_BYTES = 1_000_000
_NOT_A_FILE = ("déplacez-le hors du dossier des fiches, ou mettez à sa place le fichier lui-même", "lien")
# a link is not followed, and opening a pipe does not wait for who writes into it
_FLAGS = (
    os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
)


class UnreadError(Exception):
    """A content file that is not read: `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        """Keep the problem."""
        super().__init__(str(problem))
        self.problem = problem


def documents_in(folder: Path) -> Iterator[Path]:
    """Every entry of a folder that claims to be a document, by name, what cannot be read too.

    Folders, hidden files and drafts beside (`.#angers.md`, `_notes.md`) are passed over.
    """
    for path in sorted(folder.glob("*.md")):
        if path.name[0] not in "._" and (path.is_symlink() or not path.is_dir()):
            yield path


def read_file(path: Path, root: Path) -> bytes:
    """The bytes of a file of the content folder `root`.

    Raises UnreadError for a link, for what is no file, for what lies elsewhere, for what is larger
    than MAX_BYTES and for what the system refuses.
    """
    try:
        if path.is_symlink():
            raise _unread(path, "le fichier est un lien, qui n’est pas suivi", *_NOT_A_FILE)
        if not path.parent.resolve().is_relative_to(root.resolve()):
            raise _unread(path, "le fichier est hors du dossier des contenus", *_NOT_A_FILE)
        descriptor = os.open(path, _FLAGS)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise _unread(path, "ce n’est pas un fichier ordinaire", *_NOT_A_FILE)
            raw = file.read(MAX_BYTES + 1)
            size = os.fstat(descriptor).st_size
    except OSError as error:
        if error.errno == errno.ELOOP:  # it became a link since the look above
            raise _unread(path, "le fichier est un lien, qui n’est pas suivi", *_NOT_A_FILE) from None
        told = f"le fichier ne peut pas être lu ({error.strerror})"
        raise _unread(path, told, "vérifiez ses droits", "encodage") from None
    if len(raw) > MAX_BYTES:
        weight = f"{size / 1_000_000:.1f}".replace(".", ",")
        told = f"le fichier pèse {weight} Mo, 1 Mo au plus"
        hint = "une fiche tient en quelques pages : partagez-la, ou sortez-en les données"
        raise _unread(path, told, hint, "taille")
    return raw


def shown(path: Path) -> str:
    """The path as an editor can open it from here."""
    return os.path.relpath(path)


def _unread(path: Path, message: str, hint: str, rule: str) -> UnreadError:
    return UnreadError(Problem(shown(path), 1, message, hint, rule))
