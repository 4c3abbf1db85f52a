"""Rules of names: files, slugs, ids, aliases."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.content.kinds import KINDS
from kb.content.rules.page import Finding, Folder, Page
from kb.content.slugs import slugify

_ENDINGS = (".md", ".png", ".jpg", ".jpeg", ".webp", ".gif", ".svg", ".avif")


def stray_files(folder: Folder) -> Iterator[tuple[str, Finding]]:
    """Un dossier de fiches ne contient que des fichiers `.md` et des images, sans sous-dossier de fiches.

    Un fichier `angers.markdown`, `angers.md.txt` ou `angers.MD` serait passé sous silence.
    """
    root = folder.loaded.root
    for kind in KINDS:
        for path in sorted((root / kind.folder).rglob("*")):
            name = path.relative_to(root).as_posix()
            if (
                path.is_dir()
                or any(part[0] in "._" for part in path.relative_to(root).parts)
                or name in folder.pages
            ):
                continue
            if path.suffix == ".md":
                yield (
                    name,
                    Finding(
                        1,
                        "cette fiche est dans un sous-dossier, où elle n’est pas lue",
                        f"déplacez-la dans content/{kind.folder}/",
                    ),
                )
            elif path.suffix not in _ENDINGS:
                yield (
                    name,
                    Finding(
                        1,
                        f"le fichier n’est pas lu : son nom ne finit pas par « .md » ({path.name})",
                        f"renommez-le {slugify(path.name.split('.')[0]) or 'fiche'}.md, ou retirez-le",
                    ),
                )


def file_name(page: Page) -> Iterator[Finding]:
    """Le nom du fichier fait l’adresse : minuscules sans accent, chiffres, tirets, une seule fois `.md`."""
    if re.search(r"\.(md|markdown|txt|html?|docx?|odt)$", page.slug, re.IGNORECASE):
        yield Finding(
            1,
            f"le nom du fichier a deux extensions : {page.slug}.md",
            f"renommez-le {slugify(page.slug.split('.')[0])}.md",
        )
    elif not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", page.slug):
        yield Finding(
            1,
            f"le nom du fichier « {page.slug}.md » ne peut pas faire une adresse",
            f"renommez-le {slugify(page.slug) or 'nom-de-la-fiche'}.md",
        )


def unique_slug(page: Page) -> Iterator[Finding]:
    """Deux fiches ne portent pas le même nom de fichier, même dans deux dossiers."""
    twins = page.folder.by_slug[page.slug]
    if twins[0] is not page:
        yield Finding(
            1, f"le nom « {page.slug} » est déjà celui de {twins[0].name}", "renommez l’un des deux fichiers"
        )


def aliases(page: Page) -> Iterator[Finding]:
    """Un ancien nom (`aliases`) ne renvoie qu’à une fiche et n’est le nom d’aucune fiche vivante."""
    for leaf in page.values("aliases"):
        living = page.folder.by_slug.get(str(leaf.value))
        claims = page.folder.by_alias[str(leaf.value)]
        if living:
            yield Finding(
                leaf.path,
                f"l’ancien nom « {leaf.value} » est le nom d’une fiche vivante, {living[0].name}",
                "retirez-le de aliases",
            )
        elif claims[0] is not page:
            yield Finding(
                leaf.path,
                f"l’ancien nom « {leaf.value} » est déjà pris par {claims[0].name}",
                "retirez-le de l’une des deux fiches",
            )
