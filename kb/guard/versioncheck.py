"""Dates of reading and versions that a report names, held against the history of the documents."""

from __future__ import annotations

import subprocess
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from kb.content.documents import Document
from kb.content.history import git
from kb.content.parsing import parse_text
from kb.content.sections import split_sections
from kb.formatting import date
from kb.guard.dates import Reading, readings_of
from kb.guard.flaws import CHANGED, DATE, LOST, Flaw, Target
from kb.guard.manuscript import Paragraph
from kb.guard.quotations import words_of
from kb.links.history import Change
from kb.links.registry import Links


class VersionCheck:
    """Compares the section cited then with that of today."""

    def __init__(self, links: Links, root: Path, seen: Counter[str]) -> None:
        """`root` is the content folder, whose git tells the past."""
        self.links, self.root, self.seen = links, root, seen

    def changes(self, paragraph: Paragraph, targets: list[Target]) -> Iterator[Flaw]:
        """Days that do not exist, and what changed in the cited passages since they were read."""
        for reading in readings_of(paragraph.text):
            self.seen["dates"] += 1
            line = paragraph.line_at(reading.start)
            if not reading.day:
                yield Flaw(line, DATE, f"« {reading.text} » : ce jour n’existe pas", "corrigez la date")
            elif targets:
                yield from self._since(line, reading, targets)

    def _since(self, line: int, reading: Reading, targets: list[Target]) -> Iterator[Flaw]:
        history, commit, day = self.links.history, reading.commit, reading.day
        for path, anchor in dict.fromkeys((t.document.path, t.anchor) for t in targets):
            document = next(t.document for t in targets if t.document.path == path)
            changes = history.changes.get(path, ()) if history.known else ()
            if not changes:
                continue
            then = next((c for c in changes if commit and c.commit.startswith(commit)), None)
            if commit and then is None and history.partial:
                continue
            if commit and then is None:
                last = f"la dernière version est {changes[0].short}"
                yield Flaw(line, LOST, f"{document.permalink} n’a pas de version {commit}", last)
                continue
            if then and then.date != day:
                yield Flaw(
                    line,
                    DATE,
                    f"la version {commit} n’est pas du {date(day)}",
                    f"elle est du {date(then.date)}",
                )
            then = then or next((c for c in changes if c.date <= day), None)
            if then is None:
                if not history.partial:
                    first = f"elle date du {date(changes[-1].date)}"
                    yield Flaw(line, LOST, f"{document.permalink} n’existait pas le {date(day)}", first)
                continue
            yield from self._compared(line, document, anchor, then)

    def _compared(self, line: int, document: Document, anchor: str, then: Change) -> Iterator[Flaw]:
        before, now = self._sections_at(then.commit, document), _sections_of(document)
        names = [anchor] if anchor in now else list(dict.fromkeys((*before, *now)))
        changed = [name for name in names if words_of(before.get(name, "")) != words_of(now.get(name, ""))]
        if before and changed:
            places = ", ".join(f"#{name}" for name in changed)
            here = document.permalink
            hint = f"relisez {here}{'#' + anchor if anchor else ''} et {here}/historique"
            message = f"{document.permalink} a changé depuis la version du {date(then.date)} ({places})"
            yield Flaw(line, CHANGED, message, hint)

    def _sections_at(self, commit: str, document: Document) -> Mapping[str, str]:
        """The sections of a document at a commit: {anchor: Markdown}; {} where it cannot be read."""
        try:
            text = git(self.root, "show", f"{commit}:./{document.path}")
        except (OSError, subprocess.SubprocessError):
            return {}
        parsed = parse_text(text, document.path)
        return {section.anchor: section.markdown for section in split_sections(parsed.body, 1)}


def _sections_of(document: Document) -> Mapping[str, str]:
    return {section.anchor: section.markdown for section in document.sections}
