"""What is searched of a document: its text cut into segments, each in a zone.

A zone says what kind of text it is and thus how much a word found there weighs (`ranking`).
A segment is what a passage is cut from: the summary, a section, a line of figures.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from kb.content.documents import Document
from kb.content.model import CaseFields, Cost, KeyFigure, PracticeFields
from kb.content.rendering import Rendering
from kb.content.taxonomy import Taxonomy
from kb.formatting import cost, headcount
from kb.search.analysis import SEPARATOR, normalise


class Zone(IntEnum):
    """Kinds of text, in the order in which a document's positions run."""

    NAME = 0  # the collectivity and what else it is called
    TITLE = 1
    PLATFORM = 2  # platforms, software, vendors
    TERM = 3  # labels of the terms it is filed under, department and region
    HEADING = 4  # and what a note says of each case that shows it
    QUESTION = 5  # what the document says it answers
    SUMMARY = 6
    FIGURE = 7  # costs, key figures, team, charts, disagreements
    BODY = 8


#: zones in French, for explanations
ZONE_LABELS = ("nom", "titre", "plateforme", "terme", "intertitre", "question", "résumé", "chiffres", "texte")
#: zones whose segments can be shown as passages
SHOWN = (Zone.QUESTION, Zone.SUMMARY, Zone.FIGURE, Zone.BODY)


@dataclass(frozen=True)
class Segment:
    """A run of text without break: phrases and proximity never cross its ends."""

    zone: Zone
    text: str
    #: title and anchor of the section it belongs to; "" outside sections
    section: str = ""
    anchor: str = ""


def segments_of(document: Document, rendering: Rendering, taxonomy: Taxonomy) -> tuple[Segment, ...]:
    """All text of a document that a search reads, in the order of the zones."""
    found = [*_front(document, taxonomy), Segment(Zone.SUMMARY, document.summary, "Résumé")]
    found += [Segment(Zone.FIGURE, line, "Chiffres") for line in _figures(document)]
    found += _lessons(document)
    found += [
        Segment(Zone.BODY, section.text, section.title, section.anchor) for section in rendering.sections
    ]
    return tuple(
        Segment(s.zone, normalise(s.text).replace(SEPARATOR, " "), s.section, s.anchor)
        for s in found
        if s.text
    )


def names_of(document: Document) -> tuple[str, ...]:
    """The names that a document goes by: collectivity and aliases; for a note, its slug and title."""
    if document.case:
        return (document.case.collectivity.name, *document.case.collectivity.also_known_as)
    return (document.slug.replace("-", " "), re.split(r"\s:\s|\s?\(", document.title)[0])


def _front(document: Document, taxonomy: Taxonomy) -> Iterator[Segment]:
    fields = document.fields
    if isinstance(fields, CaseFields):
        for name in names_of(document):
            yield Segment(Zone.NAME, name)
    yield Segment(Zone.TITLE, document.title)
    if isinstance(fields, CaseFields):
        for platform in fields.platforms:
            for text in (platform.name, platform.software, platform.vendor):
                yield Segment(Zone.PLATFORM, text or "")
    for facet in taxonomy.facets:
        if facet.terms:
            for _, label in facet.values_for(document.values_of(facet.field)):
                yield Segment(Zone.TERM, label)
    if isinstance(fields, CaseFields):
        yield Segment(Zone.TERM, fields.collectivity.department or "")
        yield Segment(Zone.TERM, fields.collectivity.region or "")
    for section in document.sections:
        for heading in re.findall(r"^#{3,4}\s+(.+)$", section.markdown, re.MULTILINE):
            yield Segment(Zone.HEADING, heading, section.title, section.anchor)
    if isinstance(fields, PracticeFields):
        for illustration in fields.illustrated_by:
            yield Segment(Zone.HEADING, illustration.why)
    for question in fields.questions:
        answer = document.section(question.section)
        yield Segment(Zone.QUESTION, question.text, answer.title if answer else "", question.section)


def _lessons(document: Document) -> Iterator[Segment]:
    """What a case gives to take over and to avoid; found under the section that tells it."""
    lessons = document.case.lessons if document.case else None
    for name, lesson in (("À reprendre", lessons.keep), ("À éviter", lessons.avoid)) if lessons else ():
        section = document.section(lesson.section)
        title = section.title if section else name
        yield Segment(Zone.BODY, f"{name} : {lesson.text}", title, lesson.section)


def _figures(document: Document) -> Iterator[str]:
    fields = document.fields
    if isinstance(fields, CaseFields):
        if fields.collectivity.population:
            yield f"Population : {_number(fields.collectivity.population.value)} habitants"
        if fields.team:
            yield " · ".join(filter(None, (f"Équipe : {fields.team.label}", headcount(fields.team))))
        yield from map(_cost, fields.costs)
        yield from map(_key_figure, fields.key_figures)
        codes = fields.collectivity.codes
        yield " · ".join(
            filter(None, (codes.insee and f"Insee {codes.insee}", codes.siren and f"Siren {codes.siren}"))
        )
    if isinstance(fields, PracticeFields):
        for chart in fields.charts:
            values = " · ".join(
                f"{value.label} : {_number(value.value)} {chart.unit or ''}".strip() for value in chart.values
            )
            yield " · ".join(filter(None, (chart.title, chart.question, values)))
    for difference in fields.disagreements:
        yield f"{difference.subject} : {' ou '.join(value.value for value in difference.values)}"


def _cost(value: Cost) -> str:
    return f"{value.label} : {cost(value)}" + (f", {value.scope}" if value.scope else "")


def _key_figure(figure: KeyFigure) -> str:
    about = "environ " if figure.approx else ""
    return f"{figure.label} : {about}{_number(figure.value)} {figure.unit or ''}".strip() + (
        f" ({figure.year})" if figure.year else ""
    )


def _number(value: float) -> str:
    text = f"{value:,}" if isinstance(value, int) or value.is_integer() is False else f"{int(value):,}"
    return text.replace(",", "\u202f").replace(".", ",")
