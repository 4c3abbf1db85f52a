"""The skeleton of a new document: valid, with an instruction wherever a person has to decide.

Every instruction bears the mark that `kb check` looks for (`kb.content.rules.drafts`), so the
check of a fresh skeleton is the list of what to write and nothing else. Optional fields stand
in comments, ready to be uncommented; a value nobody documented is left out, never guessed.
"""

from __future__ import annotations

import datetime
import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import get_args

from kb.content.fixing import fix_text
from kb.content.kinds import Kind, Nature, kind_of
from kb.content.loading import Loaded
from kb.content.rules.drafts import MARK, TERM_MARK
from kb.content.slugs import slugify
from kb.content.sources import Source
from kb.content.taxonomy import Taxonomy
from kb.errors import EditError
from kb.links.ledger import load_ledger

_SOURCE_KINDS = ", ".join(get_args(Source.model_fields["kind"].annotation))

_CASE_FIELDS = """\
collectivity:
  name: $name
  # also_known_as: [autre nom, sigle, graphie que l’on tape]
  type: $type
  # codes: {insee: "49007", siren: "214900078", departement: "49"}
  # department: Maine-et-Loire
  # region: Pays de la Loire
  # population: {value: 155000, year: "2019", source: s1}
  # location: {lat: 47.4712, lon: -0.5476, source: s1}
themes: $themes
tool_types: []   # au choix : $tools
# Facultatif : retirez le « # » de ce que la source donne, effacez le reste (docs/champs.md).
# platforms:
#   - {name: Nom de la plateforme, url: "https://exemple.fr", software: Decidim, vendor: interne, source: s1}
# lessons:
#   keep: {text: Ce qu’il y a à reprendre, section: en-bref, source: s1}
#   avoid: {text: Ce qu’il y a à éviter, section: en-bref, source: s1}
# team: {size: 2.5, unit: ETP, label: "composition de l’équipe (2,5 ETP)", source: s1}
# costs:
#   - {label: Plateforme, role: outil, amount: 20000, tax: TTC, per: an, year: "2019", source: s1}
# key_figures:
#   - {label: Votants, value: 9498, unit: votants, year: "2019", source: s1}
"""

_PRACTICE_FIELDS = """\
themes: $themes
tool_types: []   # au choix : $tools
# Facultatif : retirez le « # » de ce qui sert, effacez le reste (docs/champs.md).
# illustrated_by:
#   - {case: $case, section: $section, why: ce que ce passage montre, stance: appui, evidence: recit}
"""

#: the fields that only documents of a kind have, by its name; a kind without has the common ones
_FIELDS: Mapping[str, str] = {"case": _CASE_FIELDS, "practice": _PRACTICE_FIELDS}
_COMMON_FIELDS = """\
themes: $themes
tool_types: []   # au choix : $tools
"""

_FRAME = """\
---
id: $id
title: $title
${kind}summary: >-
  $summary
${fields}sources:
  - id: s1
    title: $source
    kind: $source_kind
    # publisher: Éditeur ou auteur
    # url: "https://exemple.fr/document"
    # date: "2020"
    # accessed: "$today"
    # pages: "9"
review: {status: brouillon, date: "$today"}
---

$sections
"""


@dataclass(frozen=True)
class Answers:
    """What the editor already knows; "" stands for what is still to be said."""

    title: str = ""
    #: type of collectivity, for a case
    type: str = ""
    #: nature, for a kind that has several
    kind: str = ""


@dataclass(frozen=True)
class Skeleton:
    """A document to begin."""

    path: Path
    id: str
    text: str
    permalink: str


def plan(loaded: Loaded, kind: Kind, slug: str, answers: Answers, today: datetime.date) -> Skeleton:
    """The skeleton of a new document of the folder, not written yet.

    Raises EditError for a slug that is taken or cannot be one, or for an unknown type or nature.
    """
    _check_slug(loaded, slug)
    taxonomy = loaded.corpus.taxonomy
    types = _terms(taxonomy, "collectivity.type")
    _check_choice("type", answers.type, types)
    natures = natures_of(kind)
    _check_choice("kind", answers.kind, natures)
    nature = kind.nature(answers.kind)
    identifier = next_id(loaded, kind)
    shown = next(((c.slug, c.sections[0].anchor) for c in loaded.corpus.cases if c.sections), ("", ""))
    values = {
        "id": identifier,
        "title": _quoted(answers.title or f"{MARK} : le titre, qui dit ce que l’on retient"),
        "kind": f"kind: {_chosen(nature.slug, natures, known=bool(answers.kind))}\n" if natures else "",
        "summary": f"{MARK} : l’essentiel en une ou deux phrases, 300 caractères au plus.",
        "name": _quoted(f"{MARK} : le nom officiel, par exemple Ville d’Angers"),
        "type": answers.type or _chosen(TERM_MARK, types, known=False),
        "themes": f"[{TERM_MARK}]   # {MARK} : un ou plusieurs parmi {', '.join(_terms(taxonomy, 'themes'))}",
        "tools": ", ".join(_terms(taxonomy, "tool_types")),
        "source": _quoted(f"{MARK} : le titre de la source"),
        "source_kind": f"rapport   # {MARK} : au choix {_SOURCE_KINDS}",
        "case": shown[0],
        "section": shown[1],
        "today": today.isoformat(),
        "sections": _sections(nature),
    }
    frame = _FRAME.replace("${fields}", _FIELDS.get(kind.name, _COMMON_FIELDS))
    text = fix_text(Template(frame).substitute(values))
    path = loaded.root / kind.folder / f"{slug}.md"
    return Skeleton(path, identifier, text, f"/{kind.address}/{slug}")


def natures_of(kind: Kind) -> tuple[str, ...]:
    """What one may choose from for the field `kind`; () for a kind that has one nature."""
    return tuple(nature.slug for nature in kind.natures) if len(kind.natures) > 1 else ()


def next_id(loaded: Loaded, kind: Kind) -> str:
    """The first id after all those ever used for this kind: in its files, readable or not, or the ledger."""
    claimed = [
        str(parsed.data.get("id", "")) for name, parsed in loaded.files.items() if kind_of(name) is kind
    ]
    prefixes = Counter(name.rpartition("-")[0] for name in claimed if re.fullmatch(r"[a-z]+-\d+", name))
    prefix = prefixes.most_common(1)[0][0] if prefixes else kind.prefix
    used = "\n".join(parsed.text for parsed in loaded.files.values())
    register = load_ledger(loaded.root)
    used += "\n".join((*register.files, *(parsed.text for parsed in register.files.values())))
    numbers = [int(number) for number in re.findall(rf"(?<![\w-]){prefix}-(\d{{2,}})\b", used)]
    return f"{prefix}-{max(numbers, default=0) + 1:02d}"


def _check_slug(loaded: Loaded, slug: str) -> None:
    if not slug or slugify(slug) != slug:
        meant = slugify(slug.removesuffix(".md"))
        raise EditError(
            f"« {slug} » ne peut pas faire une adresse"
            + (f" ; essayez {meant}" if meant else " ; écrivez des lettres sans accent et des tirets")
        )
    for name in loaded.files:
        if name.rpartition("/")[2] == f"{slug}.md":
            raise EditError(f"« {slug} » est déjà le nom de {loaded.root / name} ; prenez un autre nom")
    for document in loaded.corpus.documents:
        if slug in document.fields.aliases:
            raise EditError(
                f"« {slug} » est un ancien nom de {loaded.root / document.path}, "
                "dont l’adresse doit continuer d’y mener ; prenez un autre nom"
            )


def _check_choice(option: str, value: str, choices: tuple[str, ...]) -> None:
    if value and choices and value not in choices:
        raise EditError(f"--{option} {value} : écrivez l’un de ces mots : {', '.join(choices)}")


def _terms(taxonomy: Taxonomy, field: str) -> tuple[str, ...]:
    facet = taxonomy.facet_of(field)
    return tuple(term.slug for term in facet.terms) if facet else ()


def _chosen(value: str, choices: tuple[str, ...], *, known: bool) -> str:
    return value if known else f"{value}   # {MARK} : au choix {', '.join(choices)}"


def _quoted(text: str) -> str:
    """A YAML scalar, whatever signs the text holds; straight quotes become French ones."""
    text = re.sub(r'"([^"]*)"', r"« \1 »", " ".join(text.split()))
    return json.dumps(text, ensure_ascii=False)


def _sections(nature: Nature) -> str:
    return "\n\n".join(f"## {title}\n\n{MARK} : {prompt}[^s1]." for title, prompt in nature.sections.items())
