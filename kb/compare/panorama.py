"""All cases at a glance, by type of collectivity: the facts of each, then how each of its sections opens.

A section stands for a phase of the work: why, with what, with whom, how people were reached, what was
given back, what was evaluated. A case without the section is a hole, and told as one. Only types of
which the base holds a case have a column.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from kb.content.documents import Corpus, Document
from kb.content.kinds import kind_of_model
from kb.content.model import CaseFields
from kb.content.rendering import Rendering
from kb.content.slugs import slugify
from kb.content.taxonomy import Term

#: characters of an opening; a longer sentence is cut after a whole word
LONGEST = 240
#: characters from which a sentence says something by itself
TELLING = 50
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+(?=[^\W\d_a-z]|«|\d)")


@dataclass(frozen=True)
class Opening:
    """How the section of a case opens."""

    document: Document
    text: str


@dataclass(frozen=True)
class Cell:
    """One phase in one type of collectivity."""

    type: Term
    passages: tuple[Opening, ...]
    #: cases of this type that do not have the section
    silent: tuple[Document, ...]


@dataclass(frozen=True)
class Phase:
    """One section over all cases."""

    title: str
    anchor: str
    cells: tuple[Cell, ...]


def panorama(corpus: Corpus, rendering: Callable[[Document], Rendering]) -> tuple[Phase, ...]:
    """The phases that the site names, else every section of a case but the first; () without cases."""
    columns = by_type(corpus)
    openings = {d.slug: {s.anchor: opening(s.text) for s in rendering(d).sections} for d in corpus.cases}
    phases = []
    titles = {slugify(title): title for title in kind_of_model(CaseFields).natures[0].sections}
    for anchor in corpus.site.phases or list(titles)[1:]:
        cells = [_cell(term, held, anchor, openings) for term, held in columns]
        if cells:
            phases.append(Phase(titles[anchor], anchor, tuple(cells)))
    return tuple(phases)


def by_type(corpus: Corpus) -> tuple[tuple[Term, tuple[Document, ...]], ...]:
    """The types of collectivity that have a case, in the order of the vocabulary, each with its cases."""
    facet = corpus.taxonomy.facet_of("collectivity.type")
    groups = (
        (term, tuple(d for d in corpus.cases if d.case and d.case.collectivity.type == term.slug))
        for term in (facet.terms if facet else ())
    )
    return tuple((term, cases) for term, cases in groups if cases)


def opening(text: str) -> str:
    """The first sentences that say something by themselves, from the plain text of a section.

    Headings, list items and what announces a list are passed over; a first sentence of a few words
    takes the next one with it.
    """
    told = ""
    for line in text.split("\n"):
        for sentence in _SENTENCE_END.split(line.strip()):
            if sentence[:1].isupper() and sentence.endswith((".", "!", "?", "…")):
                told = f"{told} {sentence}".strip()
                if len(told) >= TELLING:
                    return told if len(told) <= LONGEST else told[:LONGEST].rsplit(maxsplit=1)[0] + "…"
    return told


def _cell(
    term: Term, cases: Sequence[Document], anchor: str, openings: Mapping[str, Mapping[str, str]]
) -> Cell:
    told = {d.slug: openings[d.slug].get(anchor, "") for d in cases}
    return Cell(
        term,
        tuple(Opening(d, told[d.slug]) for d in cases if told[d.slug]),
        tuple(d for d in cases if not told[d.slug]),
    )
