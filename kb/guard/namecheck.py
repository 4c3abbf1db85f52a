"""The town that a report names, held against the case that its id or its link leads to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kb.content.documents import Corpus, Document
from kb.guard.flaws import CHANGED, DOUBT, Flaw, Target
from kb.guard.manuscript import Paragraph
from kb.guard.quoting import quotations_of

#: what may stand between a name and its id: « Meudon (cas-09) », « Meudon : cas-09 »
_BETWEEN = re.compile(r"[\s\xa0\u202f]*[(\[,:–—-]?[\s\xa0\u202f]*")


class NameCheck:
    """Knows the cases by the names of their collectivities."""

    def __init__(self, corpus: Corpus) -> None:
        """A name that several cases share says nothing and is passed over."""
        self._named: dict[str, Document] = {}
        shared = set()
        for document in corpus.cases:
            for name in _names(document):
                if self._named.setdefault(name, document) is not document:
                    shared.add(name)
        for name in shared:
            del self._named[name]
        longest = sorted(self._named, key=len, reverse=True)
        self._name = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, longest)) or '(?!)'})(?![\w-])")

    def names(self, paragraph: Paragraph, targets: Sequence[Target]) -> Iterator[Flaw]:
        """Ids and quotations given to one town whose case is that of another."""
        start = 0
        for target in sorted(targets, key=lambda one: one.start):
            if target.document.case:
                yield from self._beside(paragraph, target)
                yield from self._before(paragraph, target, start)
            start = target.end

    def _beside(self, paragraph: Paragraph, target: Target) -> Iterator[Flaw]:
        """« Meudon (cas-09) » where cas-09 is another town's."""
        if paragraph.text[target.start : target.end].lower().startswith("http") or target.anchor:
            return
        if any(link.start <= target.start < link.end for link in paragraph.links):
            return
        for match in self._name.finditer(paragraph.text, 0, target.start):
            said = self._named[match[0]]
            if said is target.document or not _BETWEEN.fullmatch(paragraph.text, match.end(), target.start):
                continue
            yield Flaw(
                target.line,
                CHANGED,
                f"{target.document.id} n’est pas {match[0]}, c’est {_called(target.document)}",
                f"{match[0]} est {said.id}",
            )

    def _before(self, paragraph: Paragraph, target: Target, start: int) -> Iterator[Flaw]:
        """« Toulouse : « … » (fiche) » where the link leads to a case that nobody names."""
        quotes = [(q.start, q.end) for q in quotations_of(paragraph) if start <= q.start < target.start]
        if not quotes or any(
            self._named[m[0]] is target.document for m in self._name.finditer(paragraph.text)
        ):
            return
        told = {
            match[0]: self._named[match[0]]
            for match in self._name.finditer(paragraph.text, start, target.start)
            if not any(a <= match.start() < b for a, b in quotes)
        }
        if len({document.id for document in told.values()}) == 1:
            name = next(iter(told))
            message = f"le texte nomme {name}, le lien mène à la fiche de {_called(target.document)}"
            yield Flaw(target.line, DOUBT, message, f"la fiche de {name} est {told[name].permalink}")


def _names(document: Document) -> Iterator[str]:
    if document.case:
        yield document.case.collectivity.name
        yield from document.case.collectivity.also_known_as


def _called(document: Document) -> str:
    return document.case.collectivity.name if document.case else document.title
