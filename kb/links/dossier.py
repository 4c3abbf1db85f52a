"""The dossier: chosen passages one after the other, with their notes numbered once over all of it.

What two passages take from the same page of the same source is one note. The passages are safe HTML and
Markdown, whose links lead to the base from anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import NamedTuple

from kb.content.documents import Corpus, Document
from kb.content.rendering import Rendering, describe_source
from kb.content.typography import french
from kb.links.citations import Citation

_CALL = re.compile(r'<sup(?P<next> class="next")? id="fnref\d*-(?P<call>[^"]+)">.*?</sup>')
_ID = re.compile(r' id="[^"]*"')
_MARKDOWN_CALL = re.compile(r"\[\^([^\]]+)\]")
_MARKDOWN_LINK = re.compile(r"\]\((?:\.\./)?(?:[a-z]+/)?([a-z0-9-]+)\.md(#[^)\s]*)?\)")


class Told(NamedTuple):
    """One fact of a document: « Budget », « environ 30 000 € (période non précisée) », its source there."""

    label: str
    text: str
    #: "" for what is counted here
    source: str


@dataclass(frozen=True)
class Note:
    """A place of a source, once."""

    number: int
    #: in one line of plain text: publisher, title, date, pages
    text: str
    #: "" where the source has none
    url: str


@dataclass(frozen=True)
class Passage:
    """A passage with the citation that names it."""

    citation: Citation
    #: safe HTML: calls lead to `#note-3`, nothing else has an anchor; a whole document opens with
    #: its summary and its facts
    html: str
    #: calls are `[^3]`, links absolute
    markdown: str


@dataclass(frozen=True)
class Dossier:
    """Everything chosen."""

    passages: tuple[Passage, ...]
    notes: tuple[Note, ...]


def gather(
    chosen: Sequence[Citation],
    corpus: Corpus,
    rendering: Callable[[Document], Rendering],
    facts: Callable[[Document], Sequence[Told]],
) -> Dossier:
    """The dossier of what citations name, in their order; a whole document brings its `facts`."""
    notes = _Notes()
    passages = tuple(
        _passage(one, corpus, rendering(one.document), facts(one.document), notes) for one in chosen
    )
    return Dossier(passages, notes.all)


class _Notes:
    """Numbers, given as calls are met."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, str], int] = {}

    @property
    def all(self) -> tuple[Note, ...]:
        return tuple(Note(number, text, url) for (text, url), number in self._numbers.items())

    def number(self, document: Document, call: str) -> int:
        found = document.source(call)
        told = (describe_source(*found), found[0].url or "") if found else (call, "")
        return self._numbers.setdefault(told, len(self._numbers) + 1)


def _facts_html(facts: Sequence[Told], document: Document, notes: _Notes) -> str:
    """The facts of a document as a list, each with the call of its note."""
    items = ""
    for fact in facts:
        number = notes.number(document, fact.source) if fact.source else 0
        call = f'<sup><a href="#note-{number}">{number}</a></sup>' if number else ""
        items += f"<li><strong>{escape(fact.label)}</strong>\xa0: {escape(french(fact.text))}{call}</li>"
    return f"<ul>{items}</ul>" if items else ""


def _facts_markdown(facts: Sequence[Told]) -> str:
    """The facts of a document as a list; calls name the source in the document."""
    items = (
        f"- **{fact.label}**\xa0: {french(fact.text)}" + (f"[^{fact.source}]" if fact.source else "")
        for fact in facts
    )
    return "".join(f"{item}\n" for item in items) + "\n"


def _passage(
    one: Citation, corpus: Corpus, rendering: Rendering, facts: Sequence[Told], notes: _Notes
) -> Passage:
    document = one.document
    anchor = one.anchor or (document.sections[0].anchor if document.sections else "")
    sections = [section for section in rendering.sections if section.anchor == anchor]
    section = document.section(anchor)
    whole = not (one.anchor and section)
    html = "".join(section.html for section in sections)
    text = section.markdown if section else ""
    if whole:
        html = f"<p>{escape(french(document.summary))}</p>{_facts_html(facts, document, notes)}{html}"
        text = f"{french(document.summary)}\n\n{_facts_markdown(facts)}{text}"

    def call(found: re.Match[str]) -> str:
        number = notes.number(document, found["call"])
        return f'<sup{found["next"] or ""}><a href="#note-{number}">{number}</a></sup>'

    def target(found: re.Match[str]) -> str:
        other = corpus.by_slug.get(found[1])
        return f"]({one.base}{other.permalink}{found[2] or ''})" if other else found[0]

    calls = re.split(r"(<sup[^>]*>.*?</sup>)", _CALL.sub(call, html))
    kept = "".join(part if part.startswith("<sup") else _ID.sub("", part) for part in calls)
    numbered = _MARKDOWN_CALL.sub(lambda found: f"[^{notes.number(document, found[1])}]", text)
    return Passage(one, kept, _MARKDOWN_LINK.sub(target, numbered).strip())
