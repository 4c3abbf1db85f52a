"""Snippets of VS Code for the front matter: each field with its form, its terms to choose from.

VS Code's YAML extension reads no front matter in Markdown files (tried: with the body taken for
YAML it reports every line), so the JSON Schema cannot complete there; snippets, which VS Code
itself offers in Markdown, can. They are made from the same model and taxonomy. What is passed over
bears the mark that `kb check` tells, so no example is ever taken for a fact.
"""

from __future__ import annotations

import json
import types
from collections.abc import Iterator
from itertools import count
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from kb.content.fields import hints_of
from kb.content.forms import FromFacet
from kb.content.kinds import KINDS
from kb.content.rules.drafts import MARK, TERM_MARK
from kb.content.taxonomy import Taxonomy

#: VS Code takes the front matter of a Markdown file for an island of YAML
SCOPE = "markdown,yaml"


def snippets(taxonomy: Taxonomy) -> str:
    """The text of `.vscode/fiches.code-snippets`: the file's own field names are what one types."""
    found: dict[str, dict[str, Any]] = {}
    for model in (kind.model for kind in KINDS):
        for name, hint in hints_of(model).items():
            description = model.model_fields[name].description or name
            for prefix, body in _bodies(name, hint, model, taxonomy):
                found[f"champ {prefix}"] = {
                    "scope": SCOPE,
                    "prefix": prefix,
                    "description": description,
                    "body": body,
                }
    found["appel de note"] = {
        "scope": SCOPE,
        "prefix": "note",
        "description": "Appel de note : une source déclarée, avec ou sans page",
        "body": ["[^${1:fiche}${2:-p1}]"],
    }
    return "// Fait par « kb docs » : ne pas modifier à la main.\n" + (
        json.dumps(found, ensure_ascii=False, indent=2) + "\n"
    )


def _bodies(
    name: str, hint: Any, model: type[BaseModel], taxonomy: Taxonomy
) -> Iterator[tuple[str, list[str]]]:
    """(what one types, lines put in its place); a list has one more, `+name`, for an item."""
    inner, many = _unwrapped(hint)
    places = count(1)
    if isinstance(inner, type) and issubclass(inner, BaseModel):
        lines = list(_lines(inner, places, taxonomy))
        if not many:
            yield name, [f"{name}:", *(f"  {line}" for line in lines)]
            return
        item = [f"  {'- ' if number == 0 else '  '}{line}" for number, line in enumerate(lines)]
        yield name, [f"{name}:", *item]
        yield f"+{name}", [line[2:] for line in item]
        return
    value = _value(inner, places, taxonomy)
    yield name, [f"{name}: [{value}]" if many else f"{name}: {value}"]
    if many:
        yield f"+{name}", [value]


def _lines(model: type[BaseModel], places: Iterator[int], taxonomy: Taxonomy) -> Iterator[str]:
    """The lines of a group of fields; groups inside it in one line each."""
    for name, hint in hints_of(model).items():
        inner, many = _unwrapped(hint)
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            text = f"{{{', '.join(_lines(inner, places, taxonomy))}}}"
        else:
            text = _value(inner, places, taxonomy)
        yield f"{name}: [{text}]" if many else f"{name}: {text}"


def _unwrapped(hint: Any) -> tuple[Any, bool]:
    """(the hint without « or nothing » and without its list, whether there was a list)."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _unwrapped(next(argument for argument in arguments if argument is not type(None)))
    if origin is tuple and arguments[-1] is Ellipsis:
        return _unwrapped(arguments[0])[0], True
    if origin is Annotated and get_origin(arguments[0]) is tuple:
        return _unwrapped(arguments[0])
    return hint, False


def _value(hint: Any, places: Iterator[int], taxonomy: Taxonomy) -> str:
    """A place to fill, in the form of the value: a choice, a number, or text between quotes."""
    place = next(places)
    facet = next(
        (taxonomy.facet_of(mark.field) for mark in get_args(hint) if isinstance(mark, FromFacet)), None
    )
    if facet:
        return f"${{{place}|{','.join([TERM_MARK, *(term.slug for term in facet.terms)])}|}}"
    inner = get_args(hint)[0] if get_origin(hint) is Annotated else hint
    if inner is bool:
        return f"${{{place}|false,true|}}"
    if get_origin(inner) is Literal:
        return f"${{{place}|{','.join([MARK, *map(str, get_args(inner))])}|}}"
    return f"${place}" if _is_number(inner) else f'"${{{place}:{MARK}}}"'


def _is_number(hint: Any) -> bool:
    branches = get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)
    inner = [get_args(branch)[0] if get_origin(branch) is Annotated else branch for branch in branches]
    return any(branch in (int, float) or get_origin(branch) in (Union, types.UnionType) for branch in inner)
