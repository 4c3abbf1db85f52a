"""What the model says of itself, for editors: JSON Schema and the table of fields.

JSON Schema 2020-12, with the terms of the taxonomy as enumerations. `kb.editing.docs` writes both
to files.
"""

from __future__ import annotations

import json
import types
from collections.abc import Iterator
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, StringConstraints

from kb.content.fields import hints_of
from kb.content.forms import Form, FromFacet, SourceRef
from kb.content.kinds import KINDS
from kb.content.taxonomy import Taxonomy, Term

#: opens every generated page
NOTE = "<!-- Fait par « kb docs » : ne pas modifier à la main. -->"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema(model: type[BaseModel], taxonomy: Taxonomy, title: str) -> dict[str, Any]:
    """JSON Schema of a front matter; fields tied to a closed facet list its terms."""
    schema = _tidy(model.model_json_schema(), taxonomy)
    return {"$schema": _DIALECT, "title": title, **schema}


def field_table(model: type[BaseModel]) -> str:
    """Every field of a model, nested ones dotted, as a Markdown table."""
    rows = ["| Champ | Forme | Obligatoire | Ce que c’est | Exemple |", "|---|---|---|---|---|"]
    for name, form, required, description, example in _fields(model, ""):
        rows.append(f"| `{name}` | {form} | {'oui' if required else ''} | {description} | {example} |")
    return "\n".join(rows)


def fields_page() -> str:
    """docs/champs.md."""
    return (
        "\n\n".join(
            [
                "# Les champs de l’en-tête",
                NOTE,
                "`[]` : une liste, dont chaque élément a les champs qui suivent. Un champ « oui » est "
                "obligatoire "
                "dès que ce qui le contient est là. Une valeur que la source ne donne pas se laisse de côté.",
                *(part for kind in KINDS for part in (f"## {kind.plural}", field_table(kind.model))),
            ]
        )
        + "\n"
    )


def _fields(model: type[BaseModel], prefix: str) -> Iterator[tuple[str, str, bool, str, str]]:
    for name, hint in hints_of(model).items():
        field = model.model_fields[name]
        form, nested = _form(hint)
        many = form.startswith("liste")
        examples = field.examples or []
        example = f"`{_shown(examples[0])}`" if examples else ""
        yield f"{prefix}{name}", form, field.is_required(), field.description or "", example
        if nested:
            yield from _fields(nested, f"{prefix}{name}{'[]' if many else ''}.")


def _form(hint: Any) -> tuple[str, type[BaseModel] | None]:
    """(what a value looks like, in French; the model inside, or None)."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _marked(arguments[1:]) or _form(arguments[0])[0], _form(arguments[0])[1]
    if origin in (Union, types.UnionType):
        forms = [_form(argument) for argument in arguments if argument is not type(None)]
        nested = next((inner for _, inner in forms if inner), None)
        return " ou ".join(dict.fromkeys(form for form, _ in forms)), nested
    if origin is tuple:
        form, nested = _form(arguments[0])
        return (f"liste : {form}" if arguments[-1] is Ellipsis else "[minimum, maximum]"), nested
    if origin is Literal:
        return ", ".join(f"`{value}`" for value in arguments), None
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return "champs", hint
    return {int: "nombre", float: "nombre", bool: "`true` ou `false`"}.get(hint, "texte"), None


def _marked(marks: tuple[Any, ...]) -> str:
    """The form that the marks of a type tell, or ""."""
    for mark in marks:
        if isinstance(mark, FromFacet):
            return "terme de la taxonomie"
        if isinstance(mark, SourceRef):
            return "source, avec ou sans page"
    form = next((mark.name for mark in marks if isinstance(mark, Form)), "")
    return form or ("code" if any(isinstance(m, StringConstraints) and m.pattern for m in marks) else "")


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else str(value)


def _tidy(node: Any, taxonomy: Taxonomy) -> Any:
    """The schema without English docstrings and made-up titles, with terms in place of facets."""
    if isinstance(node, list):
        return [_tidy(item, taxonomy) for item in node]
    if not isinstance(node, dict):
        return node
    tidy = {}
    for key, value in node.items():
        if key == "properties":
            tidy[key] = {name: _tidy(item, taxonomy) for name, item in value.items()}
        elif key == "x-facet":
            tidy |= _terms(taxonomy, value)
        elif not (key == "title" and isinstance(value, str)) and not (
            key == "description" and "properties" in node
        ):
            tidy[key] = _tidy(value, taxonomy)
    return tidy


def _terms(taxonomy: Taxonomy, field: str) -> dict[str, Any]:
    facet = taxonomy.facet_of(field)
    terms: tuple[Term, ...] = facet.terms if facet else ()
    if not terms:
        return {}
    return {
        "enum": [term.slug for term in terms],
        "markdownEnumDescriptions": [f"**{term.label}** : {term.definition}" for term in terms],
    }
