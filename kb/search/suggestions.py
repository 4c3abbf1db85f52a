"""Completions while typing: documents by name and title, terms, glossary, questions; accent-blind.

What is typed must begin the words of an entry, in any order for all but the last, which may be
unfinished. An entry that starts as typed comes before one that holds it further on, then the one
with fewer words, then documents before terms. Two places are kept for questions that documents answer. A
term found by another way of saying it is shown with that one.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kb.content.documents import Document
from kb.content.taxonomy import Taxonomy
from kb.search.analysis import normalise, tokens
from kb.search.engine import Row
from kb.search.query import MAX_TEXT, Suggestion

LIMIT = 8
#: types of suggestions that are neither a nature nor a facet
QUESTION, GLOSSARY = "question", "glossaire"
QUESTIONS = 2  # of the limit, where there are as many
MAX_CANDIDATES = 2_000  # entries looked at for one prefix


class _Entry(NamedTuple):
    #: 0 documents, 1 terms, 2 questions
    rank: int
    forms: tuple[str, ...]
    shown: Suggestion


class Suggestions:
    """All entries, found by the beginning of any of their words."""

    def __init__(self, taxonomy: Taxonomy, rows: Sequence[Row], documents: Sequence[Document]) -> None:
        """Read rows, terms and questions."""
        self._entries = [
            entry
            for entry in (
                *_of_rows(rows),
                *_of_terms(taxonomy),
                *_of_values(taxonomy, rows),
                *_of_questions(documents),
            )
            if entry.forms
        ]
        pairs = sorted(
            (form, number)
            for number, entry in enumerate(self._entries)
            for form in dict.fromkeys(entry.forms)
        )
        self._words = [form for form, _ in pairs]
        self._numbers = [number for _, number in pairs]

    def suggest(self, text: str, limit: int = LIMIT) -> tuple[Suggestion, ...]:
        """At most `limit` completions of what is typed, the best first; () for nothing typed."""
        typed = [token.form for token in tokens(normalise(text[:MAX_TEXT]))]
        if not typed or limit < 1:
            return ()
        last, whole = typed[-1], typed[:-1]
        found = []
        for number in self._with_prefix(last):
            entry = self._entries[number]
            if all(any(form.startswith(word) for form in entry.forms) for word in whole):
                starts = "".join(entry.forms).startswith("".join(typed))
                found.append((not starts, len(entry.forms), entry.rank, number, entry.shown))
        chosen: dict[tuple[str, str], Suggestion] = {}
        for *_, shown in sorted(found, key=lambda item: item[:4]):
            chosen.setdefault((shown.type, shown.target), shown)
        questions = [shown for shown in chosen.values() if shown.type == QUESTION]
        others = [shown for shown in chosen.values() if shown.type != QUESTION]
        kept = others[: max(limit - min(len(questions), QUESTIONS), 1)]
        return tuple((*kept, *questions)[:limit])

    def _with_prefix(self, prefix: str) -> tuple[int, ...]:
        start = bisect_left(self._words, prefix)
        end = bisect_left(self._words, prefix + "\uffff", start)
        return tuple(dict.fromkeys(self._numbers[start : min(end, start + MAX_CANDIDATES)]))


def _of_rows(rows: Sequence[Row]) -> Iterator[_Entry]:
    for row in rows:
        shown = Suggestion(row.title, row.nature, row.slug)
        for name in (*row.names, row.title, *row.platforms):
            yield _Entry(0, _forms(name), shown)


def _of_terms(taxonomy: Taxonomy) -> Iterator[_Entry]:
    named = [(facet.name, facet.terms) for facet in taxonomy.facets] + [(GLOSSARY, taxonomy.glossary)]
    for kind, terms in named:
        for term in terms:
            yield _Entry(1, _forms(term.label), Suggestion(term.label, kind, term.slug))
            for text in (*term.acronyms, *term.synonyms):
                yield _Entry(1, _forms(text), Suggestion(f"{term.label} ({text})", kind, term.slug))


def _of_questions(documents: Sequence[Document]) -> Iterator[_Entry]:
    for document in documents:
        for question in document.fields.questions:
            target = f"{document.slug}#{question.section}"
            yield _Entry(2, _forms(question.text), Suggestion(question.text, QUESTION, target))


def _of_values(taxonomy: Taxonomy, rows: Sequence[Row]) -> Iterator[_Entry]:
    """Values found in the documents for facets without terms: software, vendors, regions."""
    for facet in taxonomy.facets:
        if not facet.terms:
            values = dict.fromkeys(
                (slug, label) for row in rows for slug, label in row.facets.get(facet.name, ())
            )
            for slug, label in values:
                yield _Entry(1, _forms(label), Suggestion(label, facet.name, slug))


def _forms(text: str) -> tuple[str, ...]:
    return tuple(token.form for token in tokens(normalise(text)))
