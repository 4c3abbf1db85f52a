"""Rule of `site.yaml`: what the base says of itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kb.content.fields import KeyPath
from kb.content.kinds import NATURES
from kb.content.parsing import Parsed, parse_yaml
from kb.content.rules.language import difference
from kb.content.rules.page import Finding, Folder
from kb.content.slugs import slugify
from kb.content.typography import french_markdown, french_signs

NAME = "site.yaml"
#: keys whose text is a code, an address or what one types, not a sentence
_CODES = frozenset(("url", "page", "path", "anchor", "language", "country", "q", "phases"))


def site(folder: Folder) -> Iterator[tuple[str, Finding]]:
    """Ce que `site.yaml` dit de la base se tient, avec la typographie des fiches.

    Une adresse du menu, une page et une ancre d’« À propos » ne servent qu’une fois ; une étape du panorama
    (`phases`) est une section des cas.
    """
    path = folder.loaded.root / NAME
    said = folder.loaded.corpus.site
    if not said.model_fields_set:
        return
    _, lines, _ = parse_yaml(path.read_text(encoding="utf-8"), "")
    line_of = Parsed("", {}, lines, "", 1).line_of
    twice = [
        *_twice("menu", "path", [entry.path for entry in said.menu]),
        *_twice("prepare", "path", [entry.path for entry in said.prepare]),
        *_twice("pages", "name", [page.name for page in said.pages]),
        *_twice("about", "anchor", [passage.anchor for passage in said.about]),
    ]
    for where, message, hint in [*twice, *_phases(said.phases), *_typography(said.model_dump(), ())]:
        yield NAME, Finding(line_of(where) if isinstance(where, tuple) else where, message, hint)


def _twice(name: str, key: str, values: list[str]) -> Iterator[Finding]:
    for number, value in enumerate(values):
        if value in values[:number]:
            yield Finding((name, number, key), f"« {value} » est écrit deux fois", "gardez-en un")


def _phases(phases: tuple[str, ...]) -> Iterator[Finding]:
    sections = [slugify(title) for nature in NATURES.values() for title in nature.sections]
    for number, phase in enumerate(phases):
        if phase not in sections:
            yield Finding(
                ("phases", number),
                f"« {phase} » n’est l’ancre d’aucune section",
                f"choisissez parmi : {', '.join(dict.fromkeys(sections))}",
            )


def _typography(value: Any, at: KeyPath) -> Iterator[Finding]:
    if isinstance(value, dict):
        for key, item in value.items():
            if key not in _CODES:
                yield from _typography(item, (*at, key))
    elif isinstance(value, list | tuple):
        for number, item in enumerate(value):
            yield from _typography(item, (*at, number))
    elif isinstance(value, str):
        for before, after in zip(
            value.split("\n"), french_signs(french_markdown(value)).split("\n"), strict=True
        ):
            if before != after:
                yield Finding(at, difference(before, after), f"écrivez « {after.strip()} »")
