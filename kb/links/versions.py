"""The text of a document as of a day, from git, and what changed from one version to the next.

A day's version is the last commit of that day; the text that is served is a version too, of its own date,
where git has none of it. A version that cannot be read is left out; nothing fails for it.
"""

from __future__ import annotations

import difflib
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from kb.content.documents import Document, Section
from kb.content.history import git
from kb.content.kinds import KINDS
from kb.content.parsing import parse_text
from kb.content.plaintext import plain_text
from kb.content.rendering import describe_source, render_fragment
from kb.content.sections import split_sections
from kb.content.sources import Source
from kb.links.history import History

_CALL = re.compile(r"\[\^([^\]\s]+)\]")
#: versions that one page compares
MOST_TOLD = 50
#: fields told otherwise, or that no reader sees
_APART = ("title", "summary", "review", "updated", "id", "aliases")
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+")


@dataclass(frozen=True)
class PastText:
    """A document as it was."""

    #: YYYY-MM-DD
    day: str
    #: "" for the text that is served and that no commit holds
    commit: str
    title: str
    summary: str
    sections: tuple[Section, ...]
    #: the front matter as it was written
    fields: Mapping[str, Any]

    @property
    def html(self) -> str:
        """Safe HTML of the body, its notes after it."""
        body = "\n\n".join(f"## {section.title}\n\n{section.markdown}" for section in self.sections)
        notes = "\n".join(f"[^{call}]: {self._source(call)}" for call in dict.fromkeys(_CALL.findall(body)))
        return render_fragment(f"{body}\n\n{notes}\n", "cases/version.md")

    def _source(self, call: str) -> str:
        name, _, pages = call.partition("-p")
        for row in self.fields.get("sources") or ():
            if isinstance(row, dict) and row.get("id") in (call, name):
                try:
                    return describe_source(Source.model_validate(row), pages if row["id"] == name else "")
                except ValueError:
                    return str(row.get("title", call))
        return call


@dataclass(frozen=True)
class SectionChange:
    """What changed in a section, or in the fields of the head."""

    title: str
    #: "" for what is no section of today's
    anchor: str
    #: (sentence, True where it was added, False where it was taken away)
    sentences: tuple[tuple[str, bool], ...]


def days_of(history: History, document: Document) -> tuple[str, ...]:
    """The days of which a version is known, newest first; at least that of the text served."""
    days = {change.date for change in history.changes.get(document.path, ())}
    if not days or document.path in history.edited or document.updated < min(days):
        days.add(document.updated)
    return tuple(sorted(days, reverse=True))


def version_on(root: Path, history: History, document: Document, day: str) -> PastText | None:
    """The document as of a day; None before its first version, or where it cannot be read."""
    changes = history.changes.get(document.path, ())
    change = next((change for change in changes if change.date <= day), None)
    # the text served: where git has none of it, or where its own date is before the first commit
    if day >= document.updated and (change is None or document.path in history.edited):
        return _parsed(document.text, document.path, document.updated, "")
    if change is None:
        return None
    text = _committed(root, change.commit, document.path)
    return _parsed(text, document.path, change.date, change.commit)


def versions_of(root: Path, history: History, document: Document) -> tuple[PastText, ...]:
    """One version for each day, newest first; the last MOST_TOLD of them, since each is read from git."""
    days = days_of(history, document)[:MOST_TOLD]
    found = (version_on(root, history, document, day) for day in days)
    return tuple(version for version in found if version)


def changes_between(before: PastText, after: PastText) -> tuple[SectionChange, ...]:
    """What differs between two versions, the head first, then section by section; () where no word does."""
    then = {section.anchor: section for section in before.sections}
    now = {section.anchor: section for section in after.sections}
    found = [SectionChange("Titre et résumé", "", _differences(_head(before), _head(after)))]
    for anchor in dict.fromkeys((*now, *then)):
        if anchor in then and anchor in now and then[anchor].markdown == now[anchor].markdown:
            continue
        texts = (_plain(place[anchor]) if anchor in place else "" for place in (then, now))
        section = now.get(anchor) or then[anchor]
        found.append(SectionChange(section.title, anchor if anchor in now else "", _differences(*texts)))
    found = [change for change in found if change.sentences]
    fields = _fields_changed(before, after)
    return (*found, *([SectionChange(f"Champs modifiés : {', '.join(fields)}", "", ())] if fields else []))


def _fields_changed(before: PastText, after: PastText) -> list[str]:
    """The fields that differ, as the model describes them, to the first comma."""
    told = {name: field for kind in KINDS for name, field in kind.model.model_fields.items()}
    names = [name for name in (*after.fields, *before.fields) if name in told and name not in _APART]
    changed = [n for n in dict.fromkeys(names) if before.fields.get(n) != after.fields.get(n)]
    return [re.split(r"[,:;(]", told[n].description or n)[0].strip().lower() for n in changed]


@lru_cache(maxsize=500)
def _committed(root: Path, commit: str, path: str) -> str:
    """The text of a file in a commit, which never changes; "" where it cannot be read."""
    try:
        return git(root, "show", f"{commit}:./{path}")
    except (OSError, subprocess.SubprocessError):
        return ""


def _parsed(text: str, path: str, day: str, commit: str) -> PastText | None:
    parsed = parse_text(text, path)
    title, summary = (str(parsed.data.get(name, "")).strip() for name in ("title", "summary"))
    sections = split_sections(parsed.body, 1)
    return PastText(day, commit, title, summary, sections, parsed.data) if title else None


def _head(version: PastText) -> str:
    return f"{version.title}\n{version.summary}"


def _plain(section: Section) -> str:
    return plain_text(render_fragment(_CALL.sub("", section.markdown)))


def _differences(before: str, after: str) -> tuple[tuple[str, bool], ...]:
    old, new = (list(filter(None, map(str.strip, _SENTENCE.split(text)))) for text in (before, after))
    return tuple(_changed(old, new)) if old != new else ()


def _changed(old: list[str], new: list[str]) -> Iterator[tuple[str, bool]]:
    for kind, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            yield from ((sentence, False) for sentence in old[a:b])
            yield from ((sentence, True) for sentence in new[c:d])
