"""The ledger: every address, anchor and term ever published, in `content/adresses.yaml`.

`kb permalinks --record` adds what is new and never takes anything away; `kb check` fails where
something once published no longer answers, with the line to write. An anchor stands beside the
place where it is found today:

    documents:
      cas-01:
        slugs: [angers]
        anchors:
          en-bref: en-bref                 # still there
          les-moyens: organisation-et-moyens   # renamed: the old anchor stays in the page
          l-equipe: pra-20#les-chiffres    # moved to another document
          annexe: retirée                  # gone, and the page says so
      cas-16:
        slugs: [ancien-cas]
        retired: {date: "2027-01-02", successor: cas-03, reason: "fusionné avec Grenoble"}
    terms:
      theme: {evaluation: evaluation, ancien-theme: retiré}

Former slugs and former terms are aliases, in the front matter and in the taxonomy.
A folder without ledger has published nothing yet, and nothing is enforced.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints, ValidationError

from kb.content.documents import Corpus, Document
from kb.content.forms import DateText, DocumentId, Frozen, Slug, Text
from kb.content.parsing import Parsed, parse_yaml
from kb.content.rules.drafts import is_draft
from kb.content.sections import heading_anchors
from kb.content.slugs import slugify
from kb.content.validation import problems_of, tuples
from kb.errors import Problem

NAME = "adresses.yaml"
RULE = "adresses"
RETIRED = ("retirée", "retiré")
_HEAD = """\
# Toutes les adresses publiées : on n’en retire jamais. « kb permalinks --record » ajoute les nouvelles.
# Une ancre est suivie de l’endroit où elle mène aujourd’hui : elle-même, une autre ancre de la fiche,
# « pra-03#pourquoi » dans une autre fiche, ou « retirée ».
"""

Place = Annotated[
    str, StringConstraints(pattern=r"^(retirée?|([a-z]+-\d{2,}#)?[a-z0-9]+(-[a-z0-9]+)*|[a-z]+-\d{2,}#)$")
]


class Retirement(Frozen):
    """A document that was taken away, and what replaces it."""

    date: DateText = Field(description="Date du retrait")
    successor: DocumentId | None = Field(None, description="Identifiant de la fiche qui remplace")
    reason: Text = Field(description="Raison, montrée au visiteur")


class Entry(Frozen):
    """What one document has ever been called, and its anchors."""

    slugs: Annotated[tuple[Slug, ...], Field(min_length=1)] = Field(description="Noms successifs")
    anchors: Mapping[Slug, Place] = Field({}, description="Ancre publiée : où elle mène")
    retired: Retirement | None = Field(None, description="Retrait, si la fiche n’est plus là")

    def place(self, anchor: str) -> str:
        """Where an anchor leads today, renamings followed one after another."""
        seen: set[str] = set()
        while anchor in self.anchors and self.anchors[anchor] != anchor and anchor not in seen:
            seen.add(anchor)
            anchor = self.anchors[anchor]
        return anchor


class Ledger(Frozen):
    """The ledger as read; empty where there is none."""

    documents: Mapping[DocumentId, Entry] = Field({}, description="Par identifiant")
    terms: Mapping[str, Mapping[Slug, str]] = Field({}, description="Par facette")


@dataclass(frozen=True)
class Register:
    """A ledger with the lines of its file."""

    ledger: Ledger = field(default_factory=lambda: Ledger.model_validate({}))
    #: False where the folder has no ledger
    kept: bool = False
    parsed: Parsed = field(default_factory=lambda: Parsed(NAME, {}, {}, "", 1))
    problems: tuple[Problem, ...] = ()

    def retired(self, identifier: str) -> Retirement | None:
        """The retirement of the document of this id, or None."""
        entry = self.ledger.documents.get(identifier)
        return entry.retired if entry else None

    def owner(self, slug: str) -> str | None:
        """Id of the document that once had this slug, or None."""
        return next((id_ for id_, entry in self.ledger.documents.items() if slug in entry.slugs), None)

    def former(self, document: Document) -> Mapping[str, str]:
        """Anchors of a document that now stand elsewhere: {former: place}."""
        entry = self.ledger.documents.get(document.id)
        present = anchors_of(document)
        return {old: entry.place(old) for old in entry.anchors if old not in present} if entry else {}


def load_ledger(root: Path) -> Register:
    """The ledger of a content folder with its problems; never raises."""
    path = root / NAME
    shown = os.path.relpath(path)
    if not path.is_file():
        return Register(parsed=Parsed(shown, {}, {}, "", 1))
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        fault = Problem(shown, 1, "le registre ne peut pas être lu", "restaurez-le depuis git", RULE)
        return Register(kept=True, parsed=Parsed(shown, {}, {}, "", 1), problems=(fault,))
    return read_ledger(text, shown)


def read_ledger(text: str, shown: str = NAME) -> Register:
    """The ledger written in `text`."""
    data, lines, problems = parse_yaml(text, shown)
    parsed = Parsed(shown, data, lines, "", 1, problems, text)
    try:
        return Register(Ledger.model_validate(tuples(data)), True, parsed, problems)
    except ValidationError as error:
        found = tuple(replace(p, rule=RULE) for p in problems_of(error, Ledger, shown, parsed.line_of))
        return Register(kept=True, parsed=parsed, problems=(*problems, *found))


def anchors_of(document: Document) -> tuple[str, ...]:
    """Every anchor of a document that is kept for ever: sections, sub-headings, figures."""
    found = []
    for section in document.sections:
        found += [section.anchor]
    found += heading_anchors("\n".join(section.markdown for section in document.sections))
    found += [chart.id for chart in document.practice.charts] if document.practice else []
    return tuple(anchor for anchor in dict.fromkeys(found) if anchor)


def record(register: Register, corpus: Corpus) -> Ledger:
    """The ledger with everything that the corpus publishes; nothing is taken away or moved.

    A draft publishes nothing: its sections may still come and go. Nor does a file whose name is no
    slug, or a heading without a letter or digit: other rules tell them.
    """
    documents = dict(register.ledger.documents)
    for document in corpus.documents:
        if is_draft(document) or slugify(document.slug) != document.slug:
            continue
        entry = documents.get(document.id) or Entry(slugs=(document.slug,))
        slugs = tuple(dict.fromkeys((*entry.slugs, *document.fields.aliases, document.slug)))
        anchors = dict(entry.anchors) | {
            anchor: anchor for anchor in anchors_of(document) if anchor not in entry.anchors
        }
        documents[document.id] = Entry(slugs=slugs, anchors=anchors, retired=entry.retired)
    terms = {name: dict(found) for name, found in register.ledger.terms.items()}
    for facet in corpus.taxonomy.facets:
        for term in facet.terms:
            terms.setdefault(facet.name, {}).setdefault(term.slug, term.slug)
    return Ledger(documents=dict(sorted(documents.items())), terms=terms)


def write(ledger: Ledger) -> str:
    """The text of `adresses.yaml`: one line for each thing, so that git shows what was added."""
    lines = [_HEAD, "documents:"]
    for identifier, entry in ledger.documents.items():
        lines += [f"  {identifier}:", f"    slugs: [{', '.join(map(_plain, entry.slugs))}]"]
        if entry.retired:
            gone = entry.retired
            successor = f"successor: {gone.successor}, " if gone.successor else ""
            lines.append(f'    retired: {{date: "{gone.date}", {successor}reason: {_quoted(gone.reason)}}}')
        if entry.anchors:
            lines.append("    anchors:")
            lines += [f"      {_plain(old)}: {_plain(new)}" for old, new in entry.anchors.items()]
    lines += ["terms:"] if ledger.terms else []
    for facet, terms in ledger.terms.items():
        lines.append(f"  {facet}:")
        lines += [f"    {_plain(old)}: {_plain(new)}" for old, new in terms.items()]
    return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    """The text as a YAML scalar that stays text: 2018 and yes are quoted."""
    return (
        f'"{text}"'
        if text[:1].isdigit() or text in ("yes", "no", "on", "off", "true", "false", "null", "y", "n")
        else text
    )


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
