"""Whose an id and an address are: the ledger's word, never the alphabet's.

A copy left beside a document (« angers (1).md », « angers - Copie.md », a conflict of a synchroniser) has its
id: it is told, and never served in the place of the published one.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import replace

from kb.content.documents import Corpus
from kb.content.loading import Loaded
from kb.content.slugs import slugify
from kb.errors import Problem, one_line
from kb.links.ledger import Register, load_ledger

RULE = "identifiant"


def problems_of_owners(loaded: Loaded) -> Iterator[Problem]:
    """Un identifiant (`id`) ne sert qu’à une fiche, et n’est jamais réutilisé.

    Entre deux fichiers du même identifiant, celui que le registre connaît le garde ; l’autre est une copie à
    retirer, ou une nouvelle fiche à numéroter. Il n’est pas publié.
    """
    register = load_ledger(loaded.root)
    names: dict[str, list[str]] = {}
    for name, parsed in loaded.files.items():
        if parsed.data.get("id"):
            names.setdefault(str(parsed.data["id"]), []).append(name)
    for identifier, held in names.items():
        owner = _owner(register, identifier, held)
        for name in held:
            if name != owner:
                parsed = loaded.files[name]
                yield Problem(
                    parsed.path,
                    parsed.line_of(("id",)),
                    f"l’identifiant « {identifier} » est déjà celui de {posixpath.basename(owner)} : "
                    "ce fichier n’est pas publié",
                    f"retirez-le si c’est une copie ; sinon prenez le suivant : {_next(identifier, names)}",
                    RULE,
                )


def published(corpus: Corpus, register: Register) -> tuple[Corpus, tuple[str, ...]]:
    """The documents that may be served, and why each other one is not, in French.

    Left out: a file whose name cannot be an address, and one whose id or address is another's.
    """
    by_id: dict[str, list[str]] = {}
    for document in corpus.documents:
        by_id.setdefault(document.id, []).append(document.path)
    kept, refused = [], []
    slugs: set[str] = set()
    for document in corpus.documents:
        owner = _owner(register, document.id, by_id[document.id])
        if slugify(document.slug) != document.slug:
            refused.append(f"{document.path} : ce nom ne peut pas faire une adresse")
        elif document.path != owner:
            refused.append(f"{document.path} : son identifiant {document.id} est celui de {owner}")
        elif document.slug in slugs:
            refused.append(f"{document.path} : son nom est celui d’une autre fiche")
        else:
            kept.append(document)
            slugs.add(document.slug)
    told = tuple(map(one_line, refused))
    return (replace(corpus, documents=tuple(kept)) if refused else corpus), told


def _owner(register: Register, identifier: str, names: list[str]) -> str:
    """The file that has an id: the last published one, else one with a right name, the shortest first."""
    entry = register.ledger.documents.get(identifier)
    known = entry.slugs if entry else ()

    def rank(name: str) -> tuple[int, bool, int, str]:
        slug = posixpath.basename(name).removesuffix(".md")
        place = known[::-1].index(slug) if slug in known else len(known)
        return place, slugify(slug) != slug, len(slug), name

    return min(names, key=rank)


def _next(identifier: str, names: dict[str, list[str]]) -> str:
    prefix = identifier.rpartition("-")[0]
    numbers = [
        int(found[1]) for name in names if (found := re.fullmatch(rf"{re.escape(prefix)}-(\d+)", name))
    ]
    return f"{prefix}-{max(numbers, default=0) + 1:02d}"
