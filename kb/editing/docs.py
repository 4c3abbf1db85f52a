"""The docs made from model and rules: `kb docs` writes them, a test fails when they are stale.

`docs/champs.md` is the table of fields; `docs/regles.md` has every rule of `kb check`, of the
documents and of the links, with examples and its very words; `docs/schema/*.json` and
`.vscode/fiches.code-snippets` give completion in editors.
"""

from __future__ import annotations

import inspect
import json
import tempfile
from collections.abc import Mapping
from contextlib import chdir
from pathlib import Path
from typing import Any

from kb.content.checking import FOLDER_RULES, PAGE_RULES, READING, WARNINGS, check
from kb.content.kinds import KINDS
from kb.content.loading import load_corpus
from kb.content.rules.examples import DAY, EXAMPLES, Example
from kb.content.rules.sample import Place, written
from kb.content.schema import NOTE, fields_page, json_schema
from kb.content.snippets import snippets
from kb.content.taxonomy import Taxonomy
from kb.content.typography import french_markdown
from kb.errors import Problem
from kb.links.registry import LINK_RULES, check_links

#: every rule of `kb check` and what it asks, in French, in the order of docs/regles.md
RULES: Mapping[str, str] = {
    **READING,
    **{
        slug: inspect.getdoc(rule) or ""
        for rules in (PAGE_RULES, FOLDER_RULES, LINK_RULES)
        for slug, rule in rules.items()
    },
}


def write_docs(docs: Path, taxonomy: Taxonomy) -> tuple[Path, ...]:
    """Write every generated file under the folder `docs`; gives their paths."""
    paths = []
    for name, text in generated(taxonomy).items():
        path = docs / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    return tuple(paths)


def generated(taxonomy: Taxonomy) -> Mapping[str, str]:
    """The text of every generated file, by path relative to docs/."""
    return {
        "champs.md": french_markdown(fields_page()),
        "regles.md": french_markdown(rules_page()),
        **{
            f"schema/{kind.name}.json": _json(
                json_schema(kind.model, taxonomy, f"En-tête d’une {kind.label}")
            )
            for kind in KINDS
        },
        "../.vscode/fiches.code-snippets": snippets(taxonomy),
    }


def rules_page() -> str:
    """docs/regles.md: every rule with a bad and a good example, and what `kb check` says."""
    parts = [
        "# Les règles de `kb check`",
        NOTE,
        "Chaque règle a son nom, un exemple à éviter avec ce que dit `kb check`, et le même bien écrit. "
        "Ces exemples sont aussi les tests des règles.",
    ]
    for slug, text in RULES.items():
        example = EXAMPLES[slug]
        said = "\n".join(
            f"{problem}" for problem in problems_of(example, example.bad) if problem.rule == slug
        )
        parts += [
            f"## {slug}",
            text,
            "À éviter :",
            _fenced(example.bad, example.place),
            "`kb check` dit :",
            f"```text\n{said}\n```",
            "À écrire :",
            _fenced(example.good, example.place),
        ]
    parts += [
        "# Les avertissements",
        "`kb check` les montre à part, et finit sans faute s’il n’y a qu’eux : ce que le temps fait passer "
        "ne rend jamais une fiche fautive.",
        *(part for slug, text in WARNINGS.items() for part in (f"## {slug}", text)),
    ]
    return "\n\n".join(parts) + "\n"


def problems_of(example: Example, text: str) -> tuple[Problem, ...]:
    """What `kb check` finds in the sound folder of examples with `text` put where the example goes."""
    with tempfile.TemporaryDirectory() as name, chdir(name):
        folder = Path("content")
        written(folder, text, example.place, example.raw)
        loaded = load_corpus(folder)
        return tuple(sorted({*check(loaded, DAY), *check_links(loaded)}))


def _fenced(text: str, place: Place) -> str:
    if place == "nom":
        return f"`{text}`"
    text = text.replace("\ufeff", "[BOM]").replace("\u202f", " ").replace("\u00a0", " ")
    if len(text) > 1200:
        text = text[:600].rstrip() + "\n[… plus d’un million de signes]"
    language = {"texte": "markdown", "fichier": "markdown"}.get(place, "yaml")
    return f"```{language}\n{text.rstrip()}\n```"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
