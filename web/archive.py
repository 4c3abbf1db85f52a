"""An export on disk: written aside, put in place by a rename, and nothing of anyone else's is lost.

The sums of a folder (`SHA256SUMS`) are the mark of an export and say which of its files are ours and
unchanged: only those are replaced or taken away. What somebody added stays, and is named; a file of
ours that somebody edited stops the export before anything is touched.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from kb.content.documents import Corpus
from kb.content.kinds import KINDS
from kb.errors import KBError

README, SUMS = "LISEZMOI.txt", "SHA256SUMS"


def sums_of(files: Mapping[str, bytes]) -> bytes:
    """The text of `SHA256SUMS` for these files, as `sha256sum -c` reads it."""
    lines = (f"{hashlib.sha256(body).hexdigest()}  {name}\n" for name, body in sorted(files.items()))
    return "".join(lines).encode()


def put(files: Mapping[str, bytes], folder: Path) -> tuple[str, ...]:
    """Make `folder` hold these files; gives the names of those that are not ours and were kept.

    Until the last moment the folder is what it was, whatever happens. Raises KBError where the folder
    is something else than an export, where a file of ours was edited or a name leads out of the
    folder, and where the disk refuses; the folder is then untouched.
    """
    place = folder.resolve()
    kept = _others(place, files)
    outside = [name for name in files if not (place / name).resolve().is_relative_to(place)]
    if outside:
        names = ", ".join(sorted(outside))
        raise KBError(f"{folder} : {names} sortirait du dossier ; corrigez le lien qui y mène")
    aside = place.parent / f".{place.name}.kb-{os.getpid()}"
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        _forget_the_dead(place)
        _write(files, aside)
        for name in kept:
            _bring(place / name, aside / name)
        _swap(aside, place)
    except OSError as error:
        shutil.rmtree(aside, ignore_errors=True)
        raise KBError(
            f"{folder} ne peut pas être écrit ({error.strerror or error}) ; il est resté comme il était : "
            "libérez de la place, ou choisissez un dossier dont le parent vous appartient"
        ) from error
    return kept


def _others(place: Path, files: Mapping[str, bytes]) -> tuple[str, ...]:
    """Names of the files in the folder that no earlier export wrote."""
    if not place.exists():
        return ()
    if not place.is_dir():
        raise KBError(f"{place} est un fichier ; choisissez un dossier")
    there = sorted(path.relative_to(place).as_posix() for path in _files(place))
    if not there:
        return ()
    if SUMS not in there or README not in there:
        raise KBError(f"{place} n’est ni vide ni un export ; choisissez un autre dossier, ou videz celui-ci")
    lines = (place / SUMS).read_text(encoding="utf-8", errors="replace").splitlines()
    ours = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    edited = [name for name in there if name in ours and _digest(place / name) != ours[name]]
    others = [name for name in there if name not in ours and name != SUMS]
    edited += [name for name in others if name in files]
    if edited:
        raise KBError(
            f"{place} : modifié depuis l’export, et serait perdu : {', '.join(sorted(edited))} ; "
            "rangez ces fichiers ailleurs, ou choisissez un autre dossier"
        )
    return tuple(others)


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if path.is_symlink() or not path.is_dir():
            yield path


def _digest(path: Path) -> str:
    return "" if path.is_symlink() else hashlib.sha256(path.read_bytes()).hexdigest()


def _write(files: Mapping[str, bytes], aside: Path) -> None:
    aside.mkdir()
    for name, body in sorted(files.items()):
        path = aside / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)


def _bring(source: Path, target: Path) -> None:
    """A file of someone else's, in the new folder as well: the same file where the disk can."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        shutil.copy2(source, target, follow_symlinks=False)


def _swap(aside: Path, place: Path) -> None:
    """Put the folder written aside in the place of the other, which goes last."""
    if not place.exists():
        aside.rename(place)
        return
    shutil.copymode(place, aside)
    old = aside.with_name(f"{aside.name}-old")
    place.rename(old)
    try:
        aside.rename(place)
    except OSError:
        old.rename(place)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _forget_the_dead(place: Path) -> None:
    """Take away what an export that was killed left aside; put back what it had moved."""
    for left in place.parent.glob(f".{place.name}.kb-*"):
        number = left.name.removeprefix(f".{place.name}.kb-").removesuffix("-old")
        if not number.isdigit() or _lives(int(number)):
            continue
        if left.name.endswith("-old") and not place.exists():
            left.rename(place)
        else:
            shutil.rmtree(left, ignore_errors=True)


def _lives(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def readme(corpus: Corpus, base: str, count: int) -> str:
    """The text of `LISEZMOI.txt`, for an export of `count` files whose addresses start with `base`."""
    latest = max((d.updated for d in corpus.documents), default="")
    site, terms = corpus.site, corpus.site.licence
    deed = f"{terms.name}.\n{terms.page or terms.url}\n" if terms else ""
    licence = f"Licence des textes et des données : {deed}" if deed else ""
    paths = f"{', '.join(f'{f.path}/' for f in corpus.taxonomy.facets if f.path):<22}"
    folders = f"{', '.join(f'{kind.address}/' for kind in KINDS):<22}"
    return f"""{site.title}
Archive en fichiers de la version {corpus.version[:8]} du contenu, dernière mise à jour {latest}.

Pour lire : ouvrez index.html dans un navigateur. Rien d’autre n’est nécessaire, ni serveur, ni réseau.
Pour publier : copiez ce dossier tel quel sur n’importe quel hébergement de fichiers.
Pour chercher : recherche/index.html (la recherche demande JavaScript ; tout le reste s’en passe).
Pour vérifier que rien n’a changé : sha256sum -c {SUMS}

Ce que contient ce dossier ({count} fichiers) :
  {folders} les fiches : une page, et à côté le même texte en Markdown (.md), ses champs
                         en JSON (.json), sa citation en BibTeX (.bib), RIS (.ris) et CSL-JSON (.csl.json)
  {paths} les listes par terme
  id/                    les adresses permanentes, qui mènent aux fiches
  donnees/               toute la base : cas.csv, documents.json, et leur dictionnaire
  recherche/             la recherche et ses données

Les anciennes adresses sont des pages qui mènent aux nouvelles. Les adresses absolues (citations, flux)
sont celles de {base}.

{licence}"""
