"""Links and identifiers of a report, followed in the base of today."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, unquote, urlsplit

from kb.content.documents import Corpus, Document
from kb.content.taxonomy import UNKNOWN
from kb.errors import RemovedDocumentError
from kb.guard.addresses import Addresses
from kb.guard.flaws import CHANGED, DOUBT, LOST, MOVED, Flaw, Target
from kb.guard.manuscript import Hyperlink
from kb.guard.quotations import normal
from kb.links.ledger import anchors_of
from kb.links.registry import Links
from kb.links.replay import Answer, Get
from kb.search.query import SORTS


class LinkCheck:
    """Follows links; `get` answers for a path of the site."""

    def __init__(self, links: Links, get: Get, addresses: Addresses) -> None:
        """Work on one state of the base."""
        self.links, self.get, self.addresses = links, get, addresses

    def foreign(self, link: Hyperlink) -> Iterator[Flaw]:
        """An address of another host that leads to a page called as one of ours."""
        try:
            path = urlsplit(link.href).path
        except ValueError:
            return
        known = {d.permalink for d in self.links.corpus.documents}
        known |= {f"/id/{d.id}" for d in self.links.corpus.documents}
        tail = "/" + "/".join(path.strip("/").split("/")[-2:])
        if tail in known:
            host = self.addresses.host_of(link.href)
            yield Flaw(
                link.line, DOUBT, f"{link.href} : hôte inconnu ({host}), le nôtre ?", f"écrivez {tail}"
            )

    def link(self, link: Hyperlink, path: str) -> tuple[list[Flaw], Target | None]:
        """(what is wrong with a link, the document it leads to)."""
        address, _, fragment = path.partition("#")
        fragment = unquote(fragment)
        page, _, query = address.partition("?")
        answer, final = self._follow(address)
        if answer.status == 410:
            return [self._gone(link, page)], None
        if answer.status != 200:
            return [
                Flaw(link.line, LOST, f"{path} ne répond pas ({answer.status})", self._nearest(page))
            ], None
        document = self._document_of(final)
        found = list(unknown_parameters(self.links.corpus, link, page, query))
        if document and fragment:
            faults, fragment = self._anchor(link, document, fragment, answer)
            found += faults
        elif fragment and not re.search(rf'\sid="{re.escape(fragment)}"', answer.html):
            found.append(Flaw(link.line, LOST, f"{path} : l’ancre n’est pas dans la page", f"écrivez {page}"))
        if final != page and not page.startswith("/id/"):
            tail = f"#{fragment}" if fragment else ""
            found.append(Flaw(link.line, MOVED, f"{page} a changé de nom", f"écrivez {final}{tail}"))
        if document:
            found += self._title(link, document)
        target = Target(document, fragment, link.line, link.start, link.end) if document else None
        return found, target

    def _title(self, link: Hyperlink, document: Document) -> Iterator[Flaw]:
        """The text of a link that is a title, and not that of its document."""
        said, title = link.text.strip().strip('«»“”" '), document.title
        if " : " not in said.replace("\xa0", " ") or len(said.split()) < 4 or "://" in said:
            return
        if normal(said).strip(" .") not in normal(title):
            yield Flaw(
                link.line,
                CHANGED,
                f"« {said} » n’est pas le titre de {document.permalink}",
                f"écrivez « {title} »",
            )

    def _follow(self, address: str) -> tuple[Answer, str]:
        """(the last answer, its path)."""
        for _ in range(5):
            answer = self.get(address)
            if answer.status not in (301, 302, 307, 308):
                break
            address = answer.location
        return answer, address.partition("#")[0].partition("?")[0]

    def _document_of(self, path: str) -> Document | None:
        bare = re.sub(r"(\.(json|md|bib|ris|csl\.json)|/(historique|carte))$", "", path)
        return next((d for d in self.links.corpus.documents if d.permalink == bare), None)

    def _gone(self, link: Hyperlink, page: str) -> Flaw:
        identifier = page.rpartition("/")[2]
        try:
            self.links.by_id(identifier)
            self.links.by_former_slug(re.sub(r"\.[a-z.]+$", "", identifier))
        except RemovedDocumentError as gone:
            hint = f"citez plutôt {gone.successor}" if gone.successor else "retirez le lien"
            return Flaw(link.line, LOST, f"{page} : {gone}", hint)
        return Flaw(link.line, LOST, f"{page} a été retiré")

    def _nearest(self, page: str) -> str:
        known = [document.permalink for document in self.links.corpus.documents]
        known += [f"/id/{document.id}" for document in self.links.corpus.documents]
        known += [
            f"/{f.path}/{slug}" for f in self.links.corpus.taxonomy.facets if f.path for slug in f.by_slug
        ]
        near = difflib.get_close_matches(page, known, n=1, cutoff=0.7)
        return (
            f"vouliez-vous dire {near[0]} ?" if near else "retirez le lien, ou cherchez la fiche sur le site"
        )

    def _anchor(
        self, link: Hyperlink, document: Document, anchor: str, answer: Answer
    ) -> tuple[list[Flaw], str]:
        """(what is wrong with an anchor, the anchor where the passage stands today)."""
        present = anchors_of(document)
        if anchor in present:
            return [], anchor
        moved = next((m for m in self.links.moved(document) if m.anchor == anchor), None)
        if moved and moved.here:
            hint = f"écrivez {document.permalink}#{moved.here}"
            return [Flaw(link.line, MOVED, f"l’ancre #{anchor} a changé de nom", hint)], moved.here
        if moved and moved.elsewhere:
            hint = f"écrivez {moved.elsewhere}"
            return [Flaw(link.line, MOVED, f"le passage #{anchor} a changé de fiche", hint)], ""
        if moved:
            return [Flaw(link.line, LOST, f"le passage #{anchor} a été retiré de {document.permalink}")], ""
        if re.search(rf'\sid="{re.escape(anchor)}"', answer.html):
            return [], ""
        near = difflib.get_close_matches(anchor, present, n=1)
        hint = f"vouliez-vous dire #{near[0]} ?" if near else f"choisissez parmi : {', '.join(present)}"
        return [Flaw(link.line, LOST, f"{document.permalink} n’a pas d’ancre #{anchor}", hint)], ""

    def identifier(self, identifier: str, line: int) -> tuple[list[Flaw], Document | None]:
        """(what is wrong with an id, the document that it names)."""
        try:
            document = self.links.by_id(identifier)
        except RemovedDocumentError as gone:
            hint = f"citez plutôt {gone.successor.removeprefix('/id/')}" if gone.successor else ""
            return [Flaw(line, LOST, str(gone), hint)], None
        if document:
            return [], document
        near = difflib.get_close_matches(identifier, [d.id for d in self.links.corpus.documents], n=1)
        hint = f"vouliez-vous dire {near[0]} ?" if near else ""
        return [Flaw(line, LOST, f"aucune fiche n’a l’identifiant {identifier}", hint)], None


def unknown_parameters(corpus: Corpus, link: Hyperlink, page: str, query: str) -> Iterator[Flaw]:
    """Parameters of a search, a comparison or a selection that name nothing, and values that are none."""
    names = _names_of(page, corpus)
    for name, given in parse_qsl(query, keep_blank_values=True) if names else ():
        if name not in names:
            near = difflib.get_close_matches(name, names, n=1)
            hint = f"vouliez-vous dire {near[0]}= ?" if near else "retirez-le"
            yield Flaw(link.line, LOST, f"{name}= : ce paramètre n’existe pas", hint)
            continue
        value, known = given.removeprefix("-"), names[name]
        if known and value.partition("#")[0] not in known:
            near = difflib.get_close_matches(value, known, n=1)
            hint = f"vouliez-vous dire {name}={near[0]} ?" if near else "retirez-le"
            yield Flaw(link.line, LOST, f"{name}={value} : rien ne s’appelle ainsi", hint)


def _names_of(page: str, corpus: Corpus) -> dict[str, tuple[str, ...]]:
    """The parameters of a page with their values, () where any value is one; {} for other pages."""
    page = page.partition(".")[0]
    if page in ("/recherche", "/api/v1/search"):
        facets = {f.name: (*f.by_slug, UNKNOWN) if f.terms else () for f in corpus.taxonomy.facets}
        return {**facets, "q": (), "mots": ("tous",), "tri": SORTS, "page": (), "per_page": ()}
    slugs = tuple(document.slug for document in corpus.documents)
    return {"/comparer": {"cas": slugs}, "/selection": {"doc": slugs}}.get(page, {})
