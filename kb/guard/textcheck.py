"""Quotations, names of sections and figures of a report, held against what the documents hold."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterator, Mapping

from kb.guard import figures
from kb.guard.dates import readings_of
from kb.guard.flaws import CHANGED, FIGURE, LOST, MOVED, Flaw, Target
from kb.guard.holdings import Holdings
from kb.guard.manuscript import Paragraph
from kb.guard.quotations import holds, nearest_passage, normal
from kb.guard.quoting import Quotation, is_attributed, quotations_of

#: likeness from which words that no link claims are a quotation gone wrong
ALIKE = 0.8
_SECTION = re.compile(
    r"\b(?:section|rubrique|partie|passage)s?\s+(?:«\s*([^«»]{2,200}?)\s*»|“([^“”]{2,200})”|\"([^\"\n]{2,200})\")"
)


class TextCheck:
    """Holds the words of a paragraph against the documents that it leads to; counts what it looked at."""

    def __init__(self, seen: Counter[str]) -> None:
        """Nothing read yet."""
        self.seen, self.holdings = seen, Holdings()

    def quotes(self, paragraph: Paragraph, targets: list[Target]) -> Iterator[Flaw]:
        """Quotations that no document linked beside them holds."""
        for quotation in quotations_of(paragraph):
            claimed = [t for t in targets if is_attributed(paragraph, quotation, t.start, t.end)]
            self.seen["citations" if claimed else "citations sans lien"] += 1
            texts = [(target, self.holdings.text_of(target.document)) for target in claimed or targets]
            if not texts or any(holds(text.get(t.anchor, text[""]), quotation.text) for t, text in texts):
                continue
            yield from self._misquoted(paragraph, quotation, texts, claimed=bool(claimed))

    def _misquoted(
        self,
        paragraph: Paragraph,
        quotation: Quotation,
        texts: list[tuple[Target, Mapping[str, str]]],
        *,
        claimed: bool,
    ) -> Iterator[Flaw]:
        line, short = paragraph.line_at(quotation.start), " ".join(quotation.text.split())
        place = next(((t, text) for t, text in texts if holds(text[""], quotation.text)), None)
        if place:
            anchor = next((a for a, part in place[1].items() if a and holds(part, quotation.text)), "")
            if anchor and claimed:
                address = f"{place[0].document.permalink}#{anchor}"
                yield Flaw(line, MOVED, f"« {short} » n’est pas dans la section citée", f"écrivez {address}")
            return
        near = max((nearest_passage(text[""], quotation.text) for _, text in texts), key=lambda pair: pair[0])
        if not claimed and near[0] < ALIKE:
            return  # words of somebody else: counted, not judged
        where = ", ".join(dict.fromkeys(target.document.permalink for target, _ in texts))
        hint = f"le texte dit « {near[1]} »" if near[0] > 0.6 else "vérifiez la citation"
        yield Flaw(line, CHANGED, f"« {short} » n’est pas dans {where}", hint)

    def section_names(self, paragraph: Paragraph, targets: list[Target]) -> Iterator[Flaw]:
        """Sections called as none of the documents linked has one."""
        for match in _SECTION.finditer(paragraph.text):
            documents = [t.document for t in targets]
            titles = [section.title for document in documents for section in document.sections]
            said = next(group for group in match.groups() if group)
            if titles and normal(said) not in map(normal, titles):
                near = difflib.get_close_matches(said, titles, n=1)
                hint = (
                    f"vouliez-vous dire « {near[0]} » ?"
                    if near
                    else f"choisissez parmi : {', '.join(titles)}"
                )
                line = paragraph.line_at(match.start())
                yield Flaw(line, LOST, f"aucune section ne s’appelle « {said} »", hint)

    def figures(self, paragraph: Paragraph, targets: list[Target]) -> Iterator[Flaw]:
        """Figures of a sentence that its links do not give."""
        quotes = [(q.start, q.end) for q in quotations_of(paragraph)]
        dates = [(r.start, r.start + len(r.text)) for r in readings_of(paragraph.text)]
        links = [(link.start, link.end) for link in paragraph.links if "/" in link.text]
        for start, end in _sentences(paragraph.text):
            sources = [t for t in targets if start <= t.start < end]
            if not sources:
                continue
            known = set[float]().union(*(self.holdings.numbers_of(t.document)[0] for t in sources))
            shares = set[float]().union(*(self.holdings.numbers_of(t.document)[1] for t in sources))
            for figure in figures.figures_of(paragraph.text[start:end]):
                at = start + figure.start
                if any(a <= at < b for a, b in (*quotes, *dates, *links)):
                    continue
                self.seen["chiffres"] += 1
                if not figures.is_told(figure, shares if figure.percent else known):
                    where = ", ".join(dict.fromkeys(t.document.permalink for t in sources))
                    what = "l’année" if figures.is_year(figure) else "le chiffre"
                    message = f"{what} {figure.text} n’est pas dans {where}"
                    yield Flaw(paragraph.line_at(at), FIGURE, message, "vérifiez dans la fiche")


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    """(start, end) of each sentence; brackets after the final point belong to the one before."""
    start = 0
    for match in re.finditer(r"[.!?;…](?:[\s\xa0]*[»”\"])?(?=\s+[^\s(])", text):
        yield start, match.end()
        start = match.end()
    yield start, len(text)
