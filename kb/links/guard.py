"""The report guard: everything a report takes from the base, held against the base of today.

Looked at, block by block: links to the base (page, former name, anchor, parameters), ids such as
`cas-01` in the text, versions, and phrases in « guillemets » of three words or more that stand in the same
block as a link to a document, or beside its id. A quotation is compared without regard to spaces,
signs of typography and footnote calls; « […] » and « … » stand for what was left out.

Where the block says when the base was read (« consulté le 3 mars 2027 », « version du 3 mars 2027,
5b00ef2 »), the cited section of then is compared with that of today.

Three kinds of findings: `perdu` (does not answer, was never there), `déplacé` (answers elsewhere: the
address to write is given), `changé` (the text is no longer what was cited).
"""

from __future__ import annotations

import difflib
import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from kb.content.dates import month_of
from kb.content.documents import Document
from kb.content.history import git
from kb.content.model import CaseFields, PracticeFields
from kb.content.parsing import parse_text
from kb.content.rendering import render
from kb.content.sections import split_sections
from kb.content.taxonomy import UNKNOWN
from kb.errors import RemovedDocumentError
from kb.formatting import date
from kb.links.history import Change
from kb.links.ledger import anchors_of
from kb.links.manuscript import Hyperlink, Paragraph, paragraphs_of
from kb.links.quotations import holds, nearest_passage, words_of
from kb.links.registry import Links
from kb.links.replay import Answer, Get

LOST, MOVED, CHANGED = "perdu", "déplacé", "changé"
MIN_WORDS = 3
_QUOTE = re.compile(r"«\s*([^«»]+?)\s*»")
_READ_ON = re.compile(
    r"(?:consultée?s?|vue?s?|lue?s?)\s+le\s+(\d{1,2})(?:er)?[\s\xa0]+([a-zéûôè]+)[\s\xa0]+(\d{4})", re.I
)
_VERSION = re.compile(
    r"version\s+du\s+(\d{1,2})(?:er)?\s+([a-zéûôè]+)\s+(\d{4})(?:\s*,\s*([0-9a-f]{7,40})\b)?", re.I
)


@dataclass(frozen=True, order=True)
class Flaw:
    """One thing to mend in a report."""

    line: int
    kind: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        """The finding in one line, after the name of the file."""
        return f"{self.line}: {self.kind} : {self.message}" + (f" ; {self.hint}" if self.hint else "")


@dataclass(frozen=True)
class _Target:
    """A document that a block links to, with the section where one is named."""

    document: Document
    anchor: str
    line: int


class Guard:
    """Checks reports against one state of the base."""

    def __init__(self, links: Links, get: Get, root: Path, bases: Iterable[str]) -> None:
        """`get` answers for a path of the site; `bases` are the addresses that the site has or had."""
        self.links, self.get, self.root = links, get, root
        #: (host, prefix) of each base: https://exemple.fr/kb → ("exemple.fr", "/kb")
        self.bases = {(urlsplit(base).netloc.lower(), urlsplit(base).path.rstrip("/")) for base in bases}
        prefixes = {document.id.rpartition("-")[0] for document in links.corpus.documents}
        prefixes |= {name.rpartition("-")[0] for name in links.register.ledger.documents}
        self._id = re.compile(rf"\b(?:{'|'.join(sorted(prefixes)) or 'cas'})-\d{{2,}}\b")
        self._texts: dict[str, Mapping[str, str]] = {}

    def check(self, text: str, kind: str) -> tuple[Flaw, ...]:
        """Everything to mend in a report; `kind` is `md` or `html`."""
        found: dict[Flaw, None] = {}
        for block in paragraphs_of(text, kind):
            for one in self._block(block):
                found.setdefault(one)
        return tuple(sorted(found))

    def _block(self, block: Paragraph) -> Iterator[Flaw]:
        targets: list[_Target] = []
        for link in block.links:
            path = self._path(link.href)
            if path is None:
                continue
            found, target = self._link(link, path)
            yield from found
            if target:
                targets.append(target)
        for match in self._id.finditer(_BARE_ADDRESS.sub(lambda m: " " * len(m[0]), block.text)):
            line = block.line_of(match[0])
            found, document = self._identifier(match[0], line)
            yield from found
            if document and all(target.document is not document for target in targets):
                targets.append(_Target(document, "", line))
        if targets:
            yield from self._quotes(block, targets)
            yield from self._changes(block, targets)

    def _path(self, href: str) -> str | None:
        """Path inside the site, query and fragment of a link to the base, or None for any other link."""
        parts = urlsplit(href)
        host = parts.netloc.lower() if parts.scheme in ("http", "https") else ""
        if not host and (parts.scheme or parts.netloc or not href.startswith("/")):
            return None
        address = href.partition("://")[2][len(host) :] if host else href
        for known, prefix in self.bases:
            inside = address.removeprefix(prefix)
            if host in ("", known) and address.startswith(prefix) and inside[:1] in ("", "/", "?", "#"):
                return inside if inside.startswith("/") else f"/{inside}"
        return None if host else address

    def _link(self, link: Hyperlink, path: str) -> tuple[list[Flaw], _Target | None]:
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
        found = list(self._parameters(link, page, query))
        if document and fragment:
            faults, fragment = self._anchor(link, document, fragment, answer)
            found += faults
        elif fragment and not re.search(rf'\sid="{re.escape(fragment)}"', answer.html):
            found.append(Flaw(link.line, LOST, f"{path} : l’ancre n’est pas dans la page", f"écrivez {page}"))
        if final != page and not page.startswith("/id/"):
            tail = f"#{fragment}" if fragment else ""
            found.append(Flaw(link.line, MOVED, f"{page} a changé de nom", f"écrivez {final}{tail}"))
        return found, _Target(document, fragment, link.line) if document else None

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

    def _parameters(self, link: Hyperlink, page: str, query: str) -> Iterator[Flaw]:
        """Values of a search or a selection that name nothing."""
        taxonomy = self.links.corpus.taxonomy
        if not re.fullmatch(r"/(recherche|api/v1/search)(\.[a-z.]+)?", page):
            return
        for name, given in parse_qsl(query):
            facet = taxonomy.facet(name)
            value = given.removeprefix("-")
            if facet is None or not facet.terms or value in (*facet.by_slug, UNKNOWN):
                continue
            near = difflib.get_close_matches(value, facet.by_slug, n=1)
            hint = f"vouliez-vous dire {name}={near[0]} ?" if near else "retirez ce filtre"
            yield Flaw(link.line, LOST, f"{name}={value} : ce terme n’existe pas", hint)

    def _identifier(self, identifier: str, line: int) -> tuple[list[Flaw], Document | None]:
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

    def _quotes(self, block: Paragraph, targets: list[_Target]) -> Iterator[Flaw]:
        for match in _QUOTE.finditer(block.text):
            quote = match[1]
            if len(re.findall(r"\w+", quote)) < MIN_WORDS:
                continue
            line = block.line + block.text.count("\n", 0, match.start())
            texts = [(target, self._text(target.document)) for target in targets]
            if any(holds(text.get(target.anchor, text[""]), quote) for target, text in texts):
                continue
            place = next(((t, text) for t, text in texts if holds(text[""], quote)), None)
            short = " ".join(quote.split())
            if place is None:
                where = ", ".join(dict.fromkeys(target.document.permalink for target in targets))
                near = max((nearest_passage(text[""], quote) for _, text in texts), key=lambda pair: pair[0])
                hint = f"le texte dit « {near[1]} »" if near[0] > 0.6 else "vérifiez la citation"
                yield Flaw(line, CHANGED, f"« {short} » n’est pas dans {where}", hint)
                continue
            anchor = next((a for a, part in place[1].items() if a and holds(part, quote)), "")
            if anchor:
                address = f"{place[0].document.permalink}#{anchor}"
                yield Flaw(line, MOVED, f"« {short} » n’est pas dans la section citée", f"écrivez {address}")

    def _changes(self, block: Paragraph, targets: list[_Target]) -> Iterator[Flaw]:
        """What changed in the cited passages since they were read."""
        history = self.links.history
        version, read = _VERSION.search(block.text), _READ_ON.search(block.text)
        match = version or read
        day = _day(match) if match else ""
        if not match or not day or not history.known:
            return
        line = block.line_of(match[0])
        commit = version[4] if version else None
        for target in dict.fromkeys((t.document.path, t.anchor) for t in targets):
            document = next(t.document for t in targets if t.document.path == target[0])
            changes = history.changes.get(document.path, ())
            if not changes:
                continue
            then = next((c for c in changes if commit and c.commit.startswith(commit)), None)
            if commit and then is None and history.partial:
                continue
            if commit and then is None:
                last = f"la dernière version est {changes[0].short}"
                yield Flaw(line, LOST, f"{document.permalink} n’a pas de version {commit}", last)
                continue
            then = then or next((c for c in changes if c.date <= day), None)
            if then is None:
                if not history.partial:
                    first = f"elle date du {date(changes[-1].date)}"
                    yield Flaw(line, LOST, f"{document.permalink} n’existait pas le {date(day)}", first)
                continue
            yield from self._compared(line, document, target[1], then)

    def _compared(self, line: int, document: Document, anchor: str, then: Change) -> Iterator[Flaw]:
        before, now = self._sections_at(then.commit, document), _sections_of(document)
        names = [anchor] if anchor in now else list(dict.fromkeys((*before, *now)))
        changed = [name for name in names if words_of(before.get(name, "")) != words_of(now.get(name, ""))]
        if before and changed:
            places = ", ".join(f"#{name}" for name in changed)
            here = document.permalink
            hint = f"relisez {here}{'#' + anchor if anchor else ''} et {here}/historique"
            message = f"{document.permalink} a changé depuis la version du {date(then.date)} ({places})"
            yield Flaw(line, CHANGED, message, hint)

    def _sections_at(self, commit: str, document: Document) -> Mapping[str, str]:
        """The sections of a document at a commit: {anchor: Markdown}; {} where it cannot be read."""
        try:
            text = git(self.root, "show", f"{commit}:./{document.path}")
        except (OSError, subprocess.SubprocessError):
            return {}
        parsed = parse_text(text, document.path)
        return {section.anchor: section.markdown for section in split_sections(parsed.body, 1)}

    def _text(self, document: Document) -> Mapping[str, str]:
        """The plain text of a document by anchor; under "" all of it, fields included."""
        if document.path not in self._texts:
            sections = {s.anchor: f"{s.title}\n{s.text}" for s in render(document).sections}
            whole = "\n".join((document.title, document.summary, *sections.values(), *_fields(document)))
            self._texts[document.path] = {**sections, "": whole}
        return self._texts[document.path]


_BARE_ADDRESS = re.compile(r"https?://\S+")


def _fields(document: Document) -> Iterator[str]:
    """Texts of the front matter that a page shows."""
    fields = document.fields
    for item in fields.disagreements:
        yield from (item.subject, item.reason, item.kept or "", *(value.value for value in item.values))
    yield from (source.title for source in fields.sources)
    if isinstance(fields, CaseFields):
        if fields.lessons:
            yield from (fields.lessons.keep.text, fields.lessons.avoid.text)
        yield from (cost.label for cost in fields.costs)
        yield from (figure.label for figure in fields.key_figures)
        yield fields.team.label if fields.team else ""
    if isinstance(fields, PracticeFields):
        yield from (illustration.why for illustration in fields.illustrated_by)
        yield from (chart.title for chart in fields.charts)


def _sections_of(document: Document) -> Mapping[str, str]:
    return {section.anchor: section.markdown for section in document.sections}


def _day(match: re.Match[str]) -> str:
    """2027-03-03 from « 3 mars 2027 »; "" for a month that is none."""
    month = month_of(match[2])
    return f"{match[3]}-{month:02d}-{int(match[1]):02d}" if month else ""
