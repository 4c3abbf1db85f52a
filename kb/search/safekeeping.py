"""A folder that stays ours and whole: owner, digests, lock, and changes that happen at once or not at all.

Whoosh keeps pickles: the folder is code, so it belongs to this user alone (mode 700), and there must be
just the files noted at the build, each with its digest, before anyone may read one. A folder that
others could have written in is emptied and built again.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import json
import logging
import os
import secrets
import shutil
import stat
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from kb.errors import IndexUnavailableError

log = logging.getLogger(__name__)

MANIFEST, LOCK = "manifest.json", "lock"
#: start of the names of folders being built or about to go
ASIDE = ".building-"
#: leave to write for others than the owner
OTHERS = stat.S_IWGRP | stat.S_IWOTH
REASONS = {
    errno.ENOSPC: "le disque est plein",
    errno.EDQUOT: "le quota du disque est atteint",
    errno.EFBIG: "la taille permise aux fichiers est atteinte",
    errno.EROFS: "le disque est en lecture seule",
    errno.EACCES: "l’accès est refusé",
    errno.EPERM: "l’accès est refusé",
    errno.ENOTDIR: "un fichier est à la place d’un dossier",
    errno.EMFILE: "trop de fichiers sont ouverts",
    errno.EIO: "le disque a une panne",
}


def seal(folder: Path) -> None:
    """Note the digest of every file, and write all of them through to the disk."""
    digests = {path.name: _digest(path) for path in sorted(folder.iterdir()) if path.name != MANIFEST}
    (folder / MANIFEST).write_text(json.dumps(digests), encoding="utf-8")
    for path in folder.iterdir():
        _sync(path)
    _sync(folder)


def check_owner(folder: Path) -> None:
    """Raises ValueError where another account owns the folder or a file, or may write there."""
    for path in (folder, *folder.iterdir()):
        status = path.lstat()
        if status.st_uid != os.getuid():
            raise ValueError(f"{path.name} belongs to another account")
        if stat.S_ISLNK(status.st_mode) or status.st_mode & OTHERS:
            raise ValueError(f"{path.name} could have been written by another account")


def check_digests(folder: Path) -> None:
    """Raises ValueError unless the files are those that were written, each as it was written.

    A file too many counts: Whoosh reads the table of contents with the highest number.
    """
    digests = json.loads((folder / MANIFEST).read_bytes())
    if digests.keys() != {path.name for path in folder.iterdir()} - {MANIFEST}:
        raise ValueError("the files are not those that were written")
    for name, digest in digests.items():
        if _digest(folder / name) != digest:
            raise ValueError(f"{name} has changed since it was written")


def own(folder: Path) -> None:
    """Make the folder, for this user alone; raises IndexUnavailableError where it is someone else's.

    Where others could write, they may have put an index there: none of it is kept.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = folder.stat()
        if status.st_uid != os.getuid():
            raise IndexUnavailableError(
                f"le dossier {folder} appartient à un autre compte ; choisissez-en un avec KB_INDEX"
            )
        if stat.S_IMODE(status.st_mode) & 0o077:
            folder.chmod(0o700)
            if status.st_mode & OTHERS:
                log.warning("index folder %s could be written by other accounts: building again", folder)
                remove(folder.glob("index-*"))
    except OSError as error:
        raise IndexUnavailableError(
            f"le dossier {folder} ne peut pas servir : {reason(error)} ; choisissez-en un avec KB_INDEX"
        ) from error


@contextlib.contextmanager
def locked(folder: Path, patience: float) -> Iterator[None]:
    """One builder at a time, across threads and processes; freed by the system if the process dies."""
    try:
        lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise IndexUnavailableError(
            f"l’index ne peut pas être écrit dans {folder} : {reason(error)}"
        ) from error
    try:
        until = time.monotonic() + patience
        while not _took(lock):
            if time.monotonic() > until:
                raise IndexUnavailableError(
                    f"un autre processus tient l’index de {folder} depuis plus de {patience:.0f} s ; "
                    f"arrêtez-le, ou choisissez un autre dossier avec KB_INDEX"
                )
            time.sleep(0.02)
        yield
    finally:
        os.close(lock)


def _took(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def aside_of(folder: Path) -> Path:
    """A place beside the index, of a name that nobody has."""
    return folder / f"{ASIDE}{os.getpid()}-{secrets.token_hex(4)}"


def put(aside: Path, place: Path) -> None:
    """Rename `aside` to `place`, what stood there to a left-over, and back again if that fails."""
    former = aside_of(place.parent) if place.exists() else None
    if former:
        place.rename(former)
    try:
        aside.rename(place)
    except OSError:
        if former:
            former.rename(place)
        raise
    _sync(place.parent)


def remove(folders: Iterable[Path]) -> None:
    """Remove folders; what cannot be removed is left to the next build."""
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def reason(error: OSError) -> str:
    """What the system refused, in French where it is one of the usual refusals."""
    return REASONS.get(error.errno or 0, error.strerror or str(error))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    """Write a file or folder through to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
