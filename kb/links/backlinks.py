"""ReportsFile that cite us, from `content/rapports.yaml`; pages show them as « Cité par ».

rapports:
  - title: La participation en ligne, dix ans après
    publisher: Observatoire
    url: https://exemple.fr/rapport.pdf
    date: "2027-03"
    cites: [cas-01, cas-03#evaluation-et-resultats]
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints, ValidationError

from kb.content.forms import DateText, Frozen, Text, Url
from kb.content.loading import Loaded
from kb.content.parsing import Parsed, parse_yaml
from kb.content.validation import problems_of, tuples
from kb.errors import Problem
from kb.links.ledger import anchors_of, load_ledger

NAME = "rapports.yaml"
RULE = "rapports"
Cited = Annotated[str, StringConstraints(pattern=r"^[a-z]+-\d{2,}(#[a-z0-9]+(-[a-z0-9]+)*)?$")]


class CitingReport(Frozen):
    """A report that cites documents or their sections."""

    title: Text = Field(description="Titre du rapport")
    publisher: Text | None = Field(None, description="Éditeur ou auteur")
    url: Url | None = Field(None, description="Adresse du rapport")
    date: DateText | None = Field(None, description="Date de publication")
    cites: Annotated[tuple[Cited, ...], Field(min_length=1)] = Field(
        description="Ce qu’il cite : id ou id#ancre", examples=[["cas-01", "cas-03#en-bref"]]
    )

    def sections_of(self, identifier: str) -> tuple[str, ...]:
        """Anchors that the report cites of a document; "" for the whole of it."""
        cited = (text.partition("#") for text in self.cites)
        return tuple(anchor for found, _, anchor in cited if found == identifier)


class ReportsFile(Frozen):
    """The file as read."""

    rapports: tuple[CitingReport, ...] = Field((), description="Rapports qui nous citent")


@dataclass(frozen=True)
class Backlinks:
    """The reports with the lines of their file."""

    reports: tuple[CitingReport, ...] = ()
    parsed: Parsed | None = None
    problems: tuple[Problem, ...] = ()

    def citing(self, identifier: str) -> tuple[CitingReport, ...]:
        """ReportsFile that cite the document of this id."""
        return tuple(report for report in self.reports if report.sections_of(identifier))


def load_reports(root: Path) -> Backlinks:
    """The reports of a content folder, none where there is no file; never raises."""
    path = root / NAME
    shown = os.path.relpath(path)
    if not path.is_file():
        return Backlinks()
    data, lines, problems = parse_yaml(path.read_text(encoding="utf-8", errors="replace"), shown)
    parsed = Parsed(shown, data, lines, "", 1, problems)
    if problems and not data:
        return Backlinks((), parsed, problems)
    try:
        return Backlinks(ReportsFile.model_validate(tuples(data)).rapports, parsed, problems)
    except ValidationError as error:
        found = tuple(replace(p, rule=RULE) for p in problems_of(error, ReportsFile, shown, parsed.line_of))
        return Backlinks((), parsed, (*problems, *found))


def problems_of_reports(loaded: Loaded) -> Iterator[Problem]:
    """Un rapport de `rapports.yaml` cite des fiches et des sections qui existent ou qui ont existé."""
    backlinks = load_reports(loaded.root)
    yield from backlinks.problems
    if not backlinks.reports:
        return
    register = load_ledger(loaded.root)
    by_id = {document.id: document for document in loaded.corpus.documents}
    for number, report in enumerate(backlinks.reports):
        for place, cited in enumerate(report.cites):
            identifier, _, anchor = cited.partition("#")
            document, entry = by_id.get(identifier), register.ledger.documents.get(identifier)
            known = (*(anchors_of(document) if document else ()), *(entry.anchors if entry else ()))
            if (document or entry) and (not anchor or anchor in known):
                continue
            assert backlinks.parsed  # noqa: S101 - there are reports, so there was a file
            near = difflib.get_close_matches(
                anchor if document else identifier, known if document else by_id, n=1
            )
            yield Problem(
                backlinks.parsed.path,
                backlinks.parsed.line_of(("rapports", number, "cites", place)),
                f"« {cited} » n’existe pas",
                f"vouliez-vous dire « {f'{identifier}#' if document else ''}{near[0]} » ?"
                if near
                else "vérifiez l’id au bas de la fiche citée",
                RULE,
            )
