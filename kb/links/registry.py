"""What the site knows of links beyond the documents: ledger, versions, reports that cite us."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kb.content.documents import Corpus, Document
from kb.content.loading import Loaded
from kb.errors import Problem, RemovedDocumentError
from kb.links import backlinks, ledger, losses, ownership
from kb.links.backlinks import Backlinks, CitingReport, load_reports
from kb.links.history import NOTHING, History, Version, load_history
from kb.links.ledger import RETIRED, Register, load_ledger


@dataclass(frozen=True)
class Moved:
    """A former anchor of a page and where it leads today."""

    anchor: str
    #: the anchor it stands at in this page; "" where it left the page
    here: str
    #: address of the passage in another document, or ""
    elsewhere: str = ""


@dataclass(frozen=True)
class Links:
    """The registry of one content folder."""

    corpus: Corpus
    register: Register = field(default_factory=Register)
    history: History = NOTHING
    backlinks: Backlinks = field(default_factory=Backlinks)
    #: changes with any of these files and with git's history
    digest: str = ""

    def version(self, document: Document) -> Version:
        """The version that a citation of this document names."""
        return self.history.version(document)

    def moved(self, document: Document) -> tuple[Moved, ...]:
        """The former anchors of a document."""
        return tuple(Moved(old, *self._place(place)) for old, place in self.register.former(document).items())

    def citing(self, document: Document) -> tuple[CitingReport, ...]:
        """Reports that cite a document."""
        return self.backlinks.citing(document.id)

    def by_id(self, identifier: str) -> Document | None:
        """The document of an id, or None; raises RemovedDocumentError for one taken away."""
        found = next((d for d in self.corpus.documents if d.id == identifier), None)
        if found is None:
            self._refuse_retired(identifier)
        return found

    def by_former_slug(self, slug: str) -> Document | None:
        """The document that has or had this slug; raises RemovedDocumentError for one taken away."""
        if slug in self.corpus.by_slug:
            return self.corpus.by_slug[slug]
        found = next((d for d in self.corpus.documents if slug in d.fields.aliases), None)
        owner = None if found else self.register.owner(slug)
        return found or (self.by_id(owner) if owner else None)

    def _refuse_retired(self, identifier: str) -> None:
        gone = self.register.retired(identifier)
        if gone:
            successor = f"/id/{gone.successor}" if gone.successor else ""
            raise RemovedDocumentError(identifier, gone.date, gone.reason, successor)

    def _place(self, place: str) -> tuple[str, str]:
        identifier, mark, anchor = place.partition("#")
        if place in RETIRED:
            return "", ""
        if not mark:
            return place, ""
        other = next((d for d in self.corpus.documents if d.id == identifier), None)
        return "", f"{other.permalink}{mark if anchor else ''}{anchor}" if other else ""


def load_links(root: Path, corpus: Corpus) -> Links:
    """Everything about links in a content folder."""
    register, history, citing = load_ledger(root), load_history(root), load_reports(root)
    digest = hashlib.sha256(repr((register.ledger, citing.reports)).encode())
    for document in corpus.documents:
        digest.update(repr((history.version(document), history.changes.get(document.path))).encode())
    return Links(corpus, register, history, citing, digest.hexdigest()[:8])


def check_links(loaded: Loaded) -> Iterator[Problem]:
    """Every problem of the ledger and of the reports that cite us."""
    for rule in LINK_RULES.values():
        yield from rule(loaded)


#: the rules over the links of a folder, by slug, in the order of docs/regles.md
LINK_RULES: Mapping[str, Callable[[Loaded], Iterator[Problem]]] = {
    ownership.RULE: ownership.problems_of_owners,
    ledger.RULE: losses.problems_of_ledger,
    backlinks.RULE: backlinks.problems_of_reports,
}
