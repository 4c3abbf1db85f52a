"""The report guard: everything a report takes from the base, held against the base of today.

Looked at, paragraph by paragraph, notes joined to their call: links to the base (page, former name, anchor,
parameters, title), ids such as `cas-01` in any form, quotations of three words or more that stand beside a
link or an id, towns named beside an id or a quotation, figures in a sentence that a link gives as its
source, dates of reading and versions. A
quotation is compared without regard to spaces, signs of typography and calls of notes; « […] » stands for
what was left out, « [L]a » for a capital.

Kinds of findings: `perdu` (does not answer, was never there), `déplacé` (answers elsewhere: the address to
write is given), `changé` (the text is no longer what was cited), `chiffre` (the document has no such figure),
`date` (no such day), `à vérifier` (an address that is perhaps ours). What was recognised is counted
(`Guard.seen`): silence means that it was held against the base.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from kb.guard.addresses import Addresses
from kb.guard.flaws import DOUBT, Flaw, Target
from kb.guard.linkcheck import LinkCheck
from kb.guard.manuscript import Hyperlink, Paragraph
from kb.guard.namecheck import NameCheck
from kb.guard.quoting import quotations_of
from kb.guard.textcheck import TextCheck
from kb.guard.versioncheck import VersionCheck
from kb.links.registry import Links
from kb.links.replay import Get

_BARE_ADDRESS = re.compile(r"(?:https?://|www\.)\S+")
#: a paragraph that only tells where the one before comes from
_SOURCE_LINE = re.compile(r"^\s*(?:\(|\[|[—–-]|source|d’après|voir|in\b|https?://|www\.)", re.IGNORECASE)


class Guard:
    """Checks reports against one state of the base."""

    def __init__(self, links: Links, get: Get, root: Path, bases: Iterable[str]) -> None:
        """`get` answers for a path of the site; `bases` are the addresses that the site has or had."""
        #: how many links to the base, other links, ids, quotations, figures and dates were recognised
        self.seen: Counter[str] = Counter()
        self.addresses = Addresses(bases)
        self.linkcheck = LinkCheck(links, get, self.addresses)
        self.textcheck = TextCheck(self.seen)
        self.namecheck = NameCheck(links.corpus)
        self.versioncheck = VersionCheck(links, root, self.seen)
        prefixes = {document.id.rpartition("-")[0] for document in links.corpus.documents}
        prefixes |= {name.rpartition("-")[0] for name in links.register.ledger.documents}
        self._id = _pattern_of(prefixes)

    def check(self, paragraphs: Iterable[Paragraph]) -> tuple[Flaw, ...]:
        """Everything to mend in a report."""
        self.seen.clear()
        found: dict[Flaw, None] = {}
        for paragraph in _joined(tuple(paragraphs)):
            for one in self._paragraph(paragraph):
                found.setdefault(one)
        return tuple(sorted(found))

    def _paragraph(self, paragraph: Paragraph) -> Iterator[Flaw]:
        targets: list[Target] = []
        for link in self._links_of(paragraph):
            ours = self.addresses.of(link.href)
            if ours is None:
                self.seen["autres liens"] += 1
                yield from self.linkcheck.foreign(link)
                continue
            self.seen["liens"] += 1
            found, target = self.linkcheck.link(link, ours.path)
            yield from (_in_note(flaw, link) for flaw in found)
            if ours.oddity and ours.oddity.startswith("l’hôte") and not found:
                yield Flaw(
                    link.line,
                    DOUBT,
                    f"{link.href} : {ours.oddity}",
                    f"écrivez {ours.path} à la bonne adresse",
                )
            if target:
                targets.append(target)
        for match in self._id.finditer(_BARE_ADDRESS.sub(lambda m: " " * len(m[0]), paragraph.text)):
            self.seen["identifiants"] += 1
            line = paragraph.line_at(match.start())
            faults, document = self.linkcheck.identifier(_written(match), line)
            yield from faults
            if document and all(target.document is not document for target in targets):
                targets.append(Target(document, "", line, match.start(), match.end()))
        yield from self.textcheck.quotes(paragraph, targets)
        yield from self.namecheck.names(paragraph, targets)
        yield from self.textcheck.section_names(paragraph, targets)
        yield from self.textcheck.figures(paragraph, targets)
        yield from self.versioncheck.changes(paragraph, targets)

    def _links_of(self, paragraph: Paragraph) -> Iterator[Hyperlink]:
        """The links of a paragraph, and the addresses of the base that are typed without their scheme."""
        yield from paragraph.links
        for match in self.addresses.bare.finditer(paragraph.text):
            if not any(link.start <= match.start() < link.end for link in paragraph.links):
                href = match[0].rstrip(".,;:!?…'’")
                yield Hyperlink(paragraph.line_at(match.start()), href, href, match.start(), match.end())


def _pattern_of(prefixes: set[str]) -> re.Pattern[str]:
    """An id in any form: CAS-99, cas\u201199, cas 99, cas n° 99; not « en tout cas 25 communes »."""
    known = "|".join(sorted(map(re.escape, prefixes))) or "cas"
    joined = rf"(?P<a>{known})[\u2010-\u2015_.-]\s?(?P<an>\d{{1,4}})"
    apart = (
        rf"(?<!tout )(?<!ce )(?<!des )(?<!les )(?<!\d )(?P<b>{known})(?:[\s\xa0]n°|[\s\xa0])[\s\xa0]?"
        r"(?P<bn>\d{2,3})(?![\s\xa0]\w*s\b)"
    )
    return re.compile(rf"(?<![\w/-])(?:{joined}|{apart})(?![\w-]|[.,]\d|[\s\xa0]?[%€])", re.IGNORECASE)


def _written(match: re.Match[str]) -> str:
    """An id as the base writes it: `cas-01`."""
    return f"{(match['a'] or match['b']).lower()}-{int(match['an'] or match['bn']):02d}"


def _in_note(flaw: Flaw, link: Hyperlink) -> Flaw:
    return replace(flaw, message=f"{flaw.message} (note, ligne {link.note})") if link.note else flaw


def _joined(paragraphs: Sequence[Paragraph]) -> Iterator[Paragraph]:
    """The paragraphs, a quotation with the line before or after it that tells where it comes from."""
    at = 0
    while at < len(paragraphs):
        one = paragraphs[at]
        following = paragraphs[at + 1] if at + 1 < len(paragraphs) else None
        if following and following.is_quote and one.text.rstrip().endswith(":") and one.links:
            one, at = one.followed_by(following), at + 1
            following = paragraphs[at + 1] if at + 1 < len(paragraphs) else None
        elif following and not one.links and any(quotations_of(one)) and _tells_source(following):
            one, at = one.followed_by(following), at + 1
        yield one
        at += 1


def _tells_source(paragraph: Paragraph) -> bool:
    apart = len(paragraph.text.split()) - sum(len(link.text.split()) for link in paragraph.links)
    starts = bool(_SOURCE_LINE.match(paragraph.text)) or any(link.start <= 2 for link in paragraph.links)
    return bool(paragraph.links) and starts and apart <= 12 and not any(quotations_of(paragraph))
