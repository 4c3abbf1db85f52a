"""What was published and no longer answers: the ledger held against the content of today."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from kb.content.documents import Corpus, Document
from kb.content.loading import Loaded
from kb.errors import Problem
from kb.links.ledger import NAME, RETIRED, RULE, SINGLE, Entry, Register, anchors_of, load_ledger, record
from kb.links.withdrawn import problems_of_withdrawn


def problems_of_ledger(loaded: Loaded, register: Register | None = None) -> Iterator[Problem]:
    """Tout ce qui a été publié, et que `content/adresses/` retient, répond encore.

    Un identifiant, un nom de fichier, une ancre, un terme publiés ne disparaissent pas et ne
    changent pas de sens : un nouveau nom laisse l’ancien en alias, une ancre renommée mène à la
    nouvelle, une fiche retirée dit ce qui la remplace.
    """
    register = register or load_ledger(loaded.root)
    yield from register.problems
    if not register.kept or register.problems:
        return
    corpus = loaded.corpus
    by_id = {document.id: document for document in corpus.documents}
    unread = len(loaded.files) > len(corpus.documents)  # told by other rules; may be the missing one
    for identifier, entry in register.ledger.documents.items():
        document = by_id.get(identifier)
        if document is None and entry.retired is None and not unread:
            yield _lost_document(register, identifier)
        elif document is None and entry.retired:
            yield from _successor(register, identifier, entry.retired.successor or identifier, by_id)
            yield from _taken_slugs(identifier, entry, corpus, loaded)
        elif document and entry.retired:
            place = register.place("documents", identifier, "retired")
            hint = f"donnez un autre id à {document.path} : celui d’une fiche retirée n’est jamais repris"
            yield _problem(place, f"l’identifiant retiré « {identifier} » est réutilisé", hint)
        elif document:
            yield from _lost_slugs(document, entry, corpus, loaded)
            yield from _lost_anchors(register, document, entry, by_id)
    if corpus.taxonomy.facets:  # where it could not be read, that is the one thing to mend
        yield from _lost_terms(register, corpus)
    yield from problems_of_withdrawn(loaded.root, register)
    yield from _not_recorded(register, corpus, loaded.root)


def _lost_document(register: Register, identifier: str) -> Problem:
    return _problem(
        register.place("documents", identifier),
        f"la fiche « {identifier} » a été publiée et n’est plus là",
        "remettez-la, ou ajoutez sous cette ligne : "
        'retired: {date: "AAAA-MM-JJ", successor: cas-00, reason: "…"}',
    )


def _successor(
    register: Register, identifier: str, successor: str, known: Mapping[str, Document]
) -> Iterator[Problem]:
    if successor not in known and successor not in register.ledger.documents:
        place = register.place("documents", identifier, "retired", "successor")
        near = difflib.get_close_matches(successor, known, n=1)
        hint = f"vouliez-vous dire « {near[0]} » ?" if near else "écrivez l’id d’une fiche, ou retirez-le"
        yield _problem(place, f"« {successor} » n’est l’id d’aucune fiche", hint)


def _taken_slugs(identifier: str, entry: Entry, corpus: Corpus, loaded: Loaded) -> Iterator[Problem]:
    for slug in entry.slugs:
        if other := corpus.by_slug.get(slug):
            yield Problem(
                os.path.relpath(loaded.root / other.path),
                1,
                f"le nom « {slug} » est celui d’une fiche retirée, {identifier}",
                "renommez ce fichier : un nom publié ne change pas de sens",
                RULE,
            )


def _lost_slugs(document: Document, entry: Entry, corpus: Corpus, loaded: Loaded) -> Iterator[Problem]:
    known = {document.slug, *document.fields.aliases}
    shown = os.path.relpath(loaded.root / document.path)
    for slug in entry.slugs:
        if slug in known:
            continue
        other = corpus.by_slug.get(slug)
        if other:
            shown_other = os.path.relpath(loaded.root / other.path)
            yield Problem(
                shown_other,
                1,
                f"le nom « {slug} » a été publié pour {document.id} et ne peut pas servir à {other.id}",
                f"renommez ce fichier, et ajoutez {slug} aux aliases de {document.path}",
                RULE,
            )
            continue
        every = ", ".join((*document.fields.aliases, slug))
        yield Problem(
            shown,
            1,
            f"l’ancien nom « {slug} » de cette fiche ne répond plus",
            f"ajoutez la ligne : aliases: [{every}]",
            RULE,
        )


def _lost_anchors(
    register: Register, document: Document, entry: Entry, by_id: Mapping[str, Document]
) -> Iterator[Problem]:
    present = anchors_of(document)
    fresh = [anchor for anchor in present if anchor not in entry.anchors]
    for old, place in entry.anchors.items():
        if old in present and place == old:
            continue
        line = register.place("documents", document.id, "anchors", old)
        if old in present:
            yield _problem(
                line,
                f"l’ancre « {old} » de {document.path} a mené à « {place} » et désigne de nouveau un titre",
                f"changez ce titre : une ancre ne change pas de sens (s’il est revenu, « {old}: {old} »)",
            )
        elif not _resolves(register, entry.place(old), present, by_id):
            near = difflib.get_close_matches(old, fresh or present, n=1, cutoff=0.0)
            proposal = near[0] if near else RETIRED[0]
            yield _problem(
                line,
                f"l’ancre « {old} » de {document.path} ne mène plus à rien",
                f"remplacez la ligne par « {old}: {proposal} », ou par « {old}: retirée »",
            )


def _resolves(
    register: Register, place: str, present: tuple[str, ...], by_id: Mapping[str, Document]
) -> bool:
    identifier, mark, anchor = place.partition("#")
    if not mark:
        return place in RETIRED or place in present
    other, entry = by_id.get(identifier), register.ledger.documents.get(identifier)
    known = (*(anchors_of(other) if other else ()), *(entry.anchors if entry else ()))
    return bool(other or entry) and (not anchor or anchor in known)


def _lost_terms(register: Register, corpus: Corpus) -> Iterator[Problem]:
    for name, terms in register.ledger.terms.items():
        facet = corpus.taxonomy.facet(name)
        for slug, place in terms.items():
            if place in RETIRED or (facet and slug in facet.by_slug):
                continue
            yield _problem(
                register.place("terms", name, slug),
                f"le terme « {slug} » de la facette « {name} » a été publié et n’existe plus",
                f"dans content/taxonomy.yaml, ajoutez au terme qui le remplace : aliases: [{slug}] ; "
                f"sans remplaçant, écrivez ici « {slug}: retiré »",
            )


def _not_recorded(register: Register, corpus: Corpus, root: Path) -> Iterator[Problem]:
    """One problem, at the first thing that the ledger does not know, since one command records them all."""
    ledger = record(register, corpus)
    if ledger == register.ledger and SINGLE not in register.files:
        return
    fresh = [
        (id_, anchor)
        for id_, entry in ledger.documents.items()
        for anchor in entry.anchors
        if id_ not in register.ledger.documents or anchor not in register.ledger.documents[id_].anchors
    ]
    paths = {document.id: document.path for document in corpus.documents}
    first = next((paths.get(id_, NAME) for id_, _ in fresh), NAME)
    named = f" ({fresh[0][0]}#{fresh[0][1]}{'…' if len(fresh) > 1 else ''})" if fresh else ""
    yield _problem(
        (os.path.relpath(root / first), 1),
        f"des adresses nouvelles manquent au registre{named}",
        "lancez : kb permalinks --record",
    )


def _problem(place: tuple[str, int], message: str, hint: str) -> Problem:
    return Problem(*place, message, hint, RULE)
