"""The ledger: every address, anchor and term ever published, in `content/adresses/`.

A file for each document, named by its id, so that two branches never touch the same one; and `termes.yaml`.
`kb permalinks --record` adds what is new and never takes anything away; `kb check` fails where something
once published no longer answers, with the line to write. An anchor stands beside the place where it is
found today. `content/adresses/cas-01.yaml`:

    slugs: [angers]
    anchors:
      en-bref: en-bref                 # still there
      les-moyens: organisation-et-moyens   # renamed: the old anchor stays in the page
      l-equipe: pra-20#les-chiffres    # moved to another document
      annexe: retirée                  # gone, and the page says so

`cas-16.yaml`, of a document that was taken away:

    slugs: [ancien-cas]
    retired: {date: "2027-01-02", successor: cas-03, reason: "fusionné avec Grenoble"}

`termes.yaml`: `theme: {evaluation: evaluation, ancien-theme: retiré}`, a facet each.

Former slugs and former terms are aliases, in the front matter and in the taxonomy. A folder without ledger
has published nothing yet, and nothing is enforced. Until 2026 the ledger was one file, `adresses.yaml`: it
is still read where there is no folder, and `--record` makes the folder of it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, StringConstraints, ValidationError

from kb.content.documents import Corpus, Document
from kb.content.forms import DateText, DocumentId, Frozen, Slug, Text
from kb.content.parsing import Parsed, parse_yaml
from kb.content.rules.drafts import is_draft
from kb.content.sections import heading_anchors
from kb.content.slugs import slugify
from kb.content.validation import problems_of, tuples
from kb.errors import Problem

NAME, TERMS, SINGLE = "adresses", "termes.yaml", "adresses.yaml"
RULE = "adresses"
RETIRED = ("retirée", "retiré")
_HEAD = "# Adresses publiées : on n’en retire jamais. « kb permalinks --record » ajoute les nouvelles.\n"

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


#: facet → term → where it is found today
Terms = Mapping[str, Mapping[Slug, str]]


class Ledger(Frozen):
    """The ledger as read; empty where there is none."""

    documents: Mapping[DocumentId, Entry] = Field({}, description="Par identifiant")
    terms: Terms = Field({}, description="Par facette")


@dataclass(frozen=True)
class Register:
    """A ledger with the lines of its files."""

    ledger: Ledger = field(default_factory=lambda: Ledger.model_validate({}))
    #: False where the folder has no ledger
    kept: bool = False
    #: its files by id, the terms by TERMS; the single file of old by SINGLE
    files: Mapping[str, Parsed] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def place(self, *keys: str) -> tuple[str, int]:
        """(file, line) of `documents, cas-01, anchors, contexte` or of `terms, theme, evaluation`."""
        name = keys[1] if keys[0] == "documents" else TERMS
        if parsed := self.files.get(name):
            return parsed.path, parsed.line_of(keys[2:] if keys[0] == "documents" else keys[1:])
        single = self.files.get(SINGLE)
        return (single.path, single.line_of(keys)) if single else (f"{NAME}/{name}", 1)

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
    if (root / NAME).is_dir():
        return read_ledger({path.name: _text(path) for path in sorted((root / NAME).glob("*.yaml"))}, root)
    if (root / SINGLE).is_file():
        return read_ledger({SINGLE: _text(root / SINGLE)}, root)
    return Register()


def read_ledger(texts: Mapping[str, str | None], root: Path = Path()) -> Register:
    """The ledger written in these files, by their names; None for one that cannot be read."""
    files: dict[str, Parsed] = {}
    problems: list[Problem] = []
    documents: dict[str, Entry] = {}
    terms: Terms = {}
    for name, text in texts.items():
        parsed, ledger, found = _read(name, text, root)
        files[name if name in (TERMS, SINGLE) else name.removesuffix(".yaml")] = parsed
        documents |= ledger.documents
        terms = ledger.terms or terms
        problems += found
    return Register(Ledger(documents=documents, terms=terms), True, files, tuple(problems))


def _read(name: str, text: str | None, root: Path) -> tuple[Parsed, Ledger, Iterable[Problem]]:
    """One file of the ledger: its lines, what it holds, its problems."""
    shown = os.path.relpath(root / name if name == SINGLE else root / NAME / name)
    if text is None:
        fault = Problem(shown, 1, "le registre ne peut pas être lu", "restaurez-le depuis git", RULE)
        return Parsed(shown, {}, {}, "", 1), Ledger(), (fault,)
    data, lines, problems = parse_yaml(text, shown)
    parsed = Parsed(shown, data, lines, "", 1, problems, text)
    if problems and not data:
        return parsed, Ledger(), problems  # the cause, without what follows from it
    inside = {SINGLE: (), TERMS: ("terms",)}.get(name, ("documents", name.removesuffix(".yaml")))
    whole: dict[str, Any] = dict(data)
    for key in reversed(inside):
        whole = {key: whole}
    try:
        return parsed, Ledger.model_validate(tuples(whole)), problems
    except ValidationError as error:
        found = problems_of(error, Ledger, shown, lambda keys: parsed.line_of(keys[len(inside) :]))
        return parsed, Ledger(), (*problems, *(replace(problem, rule=RULE) for problem in found))


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None


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


def write(ledger: Ledger) -> dict[str, str]:
    """The text of each file of the ledger by its name: one line for each thing, so that git shows it."""
    files = {f"{identifier}.yaml": _written(entry) for identifier, entry in ledger.documents.items()}
    if ledger.terms:
        lines = []
        for facet, terms in ledger.terms.items():
            lines.append(f"{facet}:")
            lines += [f"  {_plain(old)}: {_plain(new)}" for old, new in sorted(terms.items())]
        files[TERMS] = _HEAD + "\n".join(lines) + "\n"
    return files


def save(ledger: Ledger, root: Path) -> None:
    """Write the ledger of a content folder, the files that changed only; the single file of old goes."""
    folder = root / NAME
    folder.mkdir(exist_ok=True)
    for name, text in write(ledger).items():
        if _text(folder / name) != text:
            (folder / name).write_text(text, encoding="utf-8", newline="\n")
    (root / SINGLE).unlink(missing_ok=True)


def _written(entry: Entry) -> str:
    lines = [f"slugs: [{', '.join(map(_plain, entry.slugs))}]"]
    if entry.retired:
        gone = entry.retired
        successor = f"successor: {gone.successor}, " if gone.successor else ""
        lines.append(f'retired: {{date: "{gone.date}", {successor}reason: {_quoted(gone.reason)}}}')
    if entry.anchors:
        lines.append("anchors:")
        lines += [f"  {_plain(old)}: {_plain(new)}" for old, new in entry.anchors.items()]
    return _HEAD + "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    """The text as a YAML scalar that stays text: 2018 and yes are quoted."""
    return (
        f'"{text}"'
        if text[:1].isdigit() or text in ("yes", "no", "on", "off", "true", "false", "null", "y", "n")
        else text
    )


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
