"""Every address that any commit published, and whether it still answers.

The history is read with git's plumbing, each blob parsed once; front matter is read loosely, so that
texts older than today's model still count. How an address answers is given by the caller, so that
the same check serves the site and the export.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kb.content.documents import Corpus
from kb.content.history import git
from kb.content.kinds import kind_in, kind_of
from kb.content.parsing import parse_text, parse_yaml
from kb.content.sections import heading_anchors, split_sections
from kb.errors import KBError
from kb.links.ledger import anchors_of

_IDENTIFIER = re.compile(r'name="citation_technical_report_number" content="([^"]*)"')
_ID = re.compile(r'\sid="([^"]*)"')


@dataclass(frozen=True, order=True)
class Address:
    """An address once published."""

    path: str
    #: "" for the page itself
    anchor: str = ""
    #: id of the document it must lead to; "" for a term
    identifier: str = ""

    def __str__(self) -> str:
        """The address as people write it."""
        return self.path + (f"#{self.anchor}" if self.anchor else "")


@dataclass(frozen=True)
class Answer:
    """What an address gives."""

    status: int
    #: where a redirect leads, as a path
    location: str = ""
    html: str = ""


@dataclass(frozen=True)
class Lost:
    """An address that no longer answers as it must."""

    address: Address
    reason: str
    #: commit that published it, "" where not known
    commit: str = ""


Get = Callable[[str], Answer]


def published(corpus: Corpus) -> frozenset[Address]:
    """Every address of a corpus: documents, ids, aliases, anchors, terms."""
    found: set[Address] = set()
    for document in corpus.documents:
        folder = document.permalink.rpartition("/")[0]
        found |= _of_document(
            folder, (document.slug, *document.fields.aliases), document.id, anchors_of(document)
        )
    for facet in corpus.taxonomy.facets:
        if facet.path:
            found |= {Address(f"/{facet.path}/{slug}") for slug in facet.by_slug}
    return frozenset(found)


def history_of(root: Path, since: str) -> Iterator[tuple[str, frozenset[Address]]]:
    """(commit, what it published) from `since` to the present, the oldest first; `first` is the first.

    Raises KBError where git does not know `since`, or the folder.
    """
    try:
        reach = "HEAD" if since == "first" else f"{since}..HEAD"
        commits = git(root, "rev-list", "--reverse", reach, "--", ".").split()
        if since != "first":
            commits.insert(0, git(root, "rev-parse", "--verify", f"{since}^{{commit}}").strip())
    except (OSError, subprocess.SubprocessError) as error:
        raise KBError(
            f"git ne connaît pas « {since} » dans {root} ; « first » part du premier commit"
        ) from error
    blobs: dict[str, frozenset[Address]] = {}
    for commit in commits:
        found: set[Address] = set()
        listing = git(root, "ls-tree", "-r", "-z", commit, "--", ".")
        for entry in listing.split("\0"):
            head, _, name = entry.partition("\t")
            if not _is_published(name):
                continue
            blob = head.split()[2]
            key = f"{blob} {name}"
            if key not in blobs:
                blobs[key] = _of_file(name, git(root, "cat-file", "blob", blob))
            found |= blobs[key]
        yield commit, frozenset(found)


def lost(addresses: Mapping[Address, str], get: Get) -> Iterator[Lost]:
    """The addresses, with the commit that published each, that do not answer."""
    client = _Client(get)
    for address, commit in sorted(addresses.items()):
        reason = client.fault(address)
        if reason:
            yield Lost(address, reason, commit)


@dataclass
class _Client:
    """Follows redirects and keeps the pages it has seen."""

    get: Get
    _pages: dict[str, Answer] = field(default_factory=dict)

    def fault(self, address: Address) -> str:
        """Why an address is lost, or ""."""
        answer = self._page(address.path)
        if answer.status == 410:
            return ""
        if answer.status != 200:
            return f"répond {answer.status}"
        if address.identifier:
            found = _IDENTIFIER.search(answer.html)
            if not found or found[1] != address.identifier:
                return f"mène à {found[1] if found else 'une autre page'}, pas à {address.identifier}"
        if address.anchor and address.anchor not in _ID.findall(answer.html):
            return "l’ancre n’est plus dans la page"
        return ""

    def _page(self, path: str) -> Answer:
        if path not in self._pages:
            answer, hops = self.get(path), 0
            while answer.status in (301, 302, 307, 308) and hops < 5:
                answer, hops = self.get(answer.location.partition("#")[0]), hops + 1
            self._pages[path] = answer
        return self._pages[path]


def _is_published(name: str) -> bool:
    """Whether a file of the content is a document or the vocabulary; what begins with a dot or _ is not."""
    folder, _, file = name.partition("/")
    document = kind_in(folder) is not None and re.fullmatch(r"[^/._][^/]*\.md", file) is not None
    return document or name == "taxonomy.yaml"


def _of_file(name: str, text: str) -> frozenset[Address]:
    if name == "taxonomy.yaml":
        return _of_taxonomy(parse_yaml(text, name)[0])
    parsed = parse_text(text, name)
    identifier = str(parsed.data.get("id", ""))
    if not identifier:
        return frozenset()
    anchors = [section.anchor for section in split_sections(parsed.body, 1)]
    anchors += heading_anchors(parsed.body)
    anchors += [str(chart.get("id")) for chart in _mappings(parsed.data.get("charts"))]
    aliases = parsed.data.get("aliases")
    slugs = (
        name.partition("/")[2].removesuffix(".md"),
        *(map(str, aliases) if isinstance(aliases, list) else ()),
    )
    return _of_document(f"/{kind_of(name).address}", slugs, identifier, anchors)


def _of_document(folder: str, slugs: tuple[str, ...], identifier: str, anchors: Any) -> frozenset[Address]:
    paths = [f"/id/{identifier}", *(f"{folder}/{slug}" for slug in slugs)]
    pages = {Address(path, "", identifier) for path in paths}
    return frozenset(pages | {Address(path, anchor, identifier) for path in paths for anchor in anchors})


def _of_taxonomy(data: Mapping[str, Any]) -> frozenset[Address]:
    return frozenset(
        Address(f"/{facet['path']}/{term['slug']}")
        for facet in _mappings(data.get("facets"))
        if facet.get("path")
        for term in _mappings(facet.get("terms"))
        if term.get("slug")
    )


def _mappings(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []
