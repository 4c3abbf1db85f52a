"""What a document holds, as the guard compares it: its text by section, its numbers, its percentages."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from kb.content.documents import Document
from kb.content.model import CaseFields, PracticeFields
from kb.content.rendering import render
from kb.guard import figures

#: numbers that texts write in words
_SPELT = {
    "dix": 10,
    "onze": 11,
    "douze": 12,
    "treize": 13,
    "quatorze": 14,
    "quinze": 15,
    "seize": 16,
    "vingt": 20,
    "trente": 30,
    "quarante": 40,
    "cinquante": 50,
    "soixante": 60,
    "cent": 100,
    "mille": 1000,
    "dix-huit": 18,
    "vingt-quatre": 24,
    "un million": 1e6,
    "un millier": 1000,
    "une quinzaine": 15,
    "une dizaine": 10,
    "une douzaine": 12,
    "une vingtaine": 20,
    "une trentaine": 30,
    "une centaine": 100,
}


class Holdings:
    """Texts and numbers of documents, read once."""

    def __init__(self) -> None:
        """Nothing read yet."""
        self._texts: dict[str, Mapping[str, str]] = {}
        self._numbers: dict[str, tuple[set[float], set[float]]] = {}

    def text_of(self, document: Document) -> Mapping[str, str]:
        """The plain text of a document by anchor; under "" all of it, fields included."""
        if document.path not in self._texts:
            sections = {s.anchor: f"{s.title}\n{s.text}" for s in render(document).sections}
            whole = "\n".join((document.title, document.summary, *sections.values(), *_fields(document)))
            self._texts[document.path] = {**sections, "": whole}
        return self._texts[document.path]

    def numbers_of(self, document: Document) -> tuple[set[float], set[float]]:
        """(numbers, percentages) of a document: its text, its fields, what it writes in words."""
        if document.path not in self._numbers:
            told = json.dumps(document.fields.model_dump(mode="json"), ensure_ascii=False)
            text = f"{self.text_of(document)['']} {told}"
            spelt = {
                value for word, value in _SPELT.items() if re.search(rf"\b{word}\b", text, re.IGNORECASE)
            }
            charts = document.practice.charts if document.practice else ()
            shares = {float(v.value) for chart in charts if chart.unit == "%" for v in chart.values}
            self._numbers[document.path] = (
                figures.numbers_of(text) | spelt,
                figures.percentages_of(text) | shares,
            )
        return self._numbers[document.path]


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
