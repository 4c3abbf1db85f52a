"""pydantic's findings as Problems: in French, with the line, the remedy and the nearest name."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from kb.errors import Problem

MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)


def tuples(value: Any) -> Any:
    """The value with every list made a tuple, at any depth, as the frozen models want them."""
    if isinstance(value, Mapping):
        return {key: tuples(item) for key, item in value.items()}
    if isinstance(value, list):
        return tuple(tuples(item) for item in value)
    return value


def problems_of(
    error: ValidationError, model: type[BaseModel], path: str, line_of: Callable[[tuple[str | int, ...]], int]
) -> tuple[Problem, ...]:
    """One Problem for each field at fault; the branches of a choice count once.

    A list whose items are at fault is not said to be short of items, nor to be no number.
    """
    found: dict[tuple[str | int, ...], Problem] = {}
    faults = error.errors(include_url=False)
    places = [_without_branches(fault["loc"], fault["input"], model) for fault in faults]
    for fault, at in zip(faults, places, strict=True):
        is_list = isinstance(fault["input"], list | tuple)
        inner = is_list and any(place[: len(at)] == at != place for place in places)
        if at not in found and not inner:
            message, hint = _say(fault, at, model)
            found[at] = Problem(path, line_of(at), message, hint, "champ")
    return tuple(found.values())


def _say(fault: Any, at: tuple[str | int, ...], model: type[BaseModel]) -> tuple[str, str]:
    name, kind, context = _shown(at), fault["type"], fault.get("ctx", {})
    value = fault["input"]
    if kind == "missing":
        return f"le champ « {name} » manque", "ajoutez-le" + _example(_field(model, at))
    if value is None and kind != "extra_forbidden":
        return f"« {name} » est vide", "remplissez-le ou retirez-le"
    if kind == "extra_forbidden":
        if re.search(r"\s", str(at[-1])):
            return (
                f"le champ « {name} » n’existe pas",
                "une virgule coupe la valeur : mettez-la entière entre guillemets",
            )
        parent = _model_at(model, at[:-1])
        known = list(parent.model_fields) if parent else []
        close = difflib.get_close_matches(str(at[-1]), known, n=1)
        return f"le champ « {name} » n’existe pas", (
            f"vouliez-vous dire « {close[0]} » ?"
            if close
            else f"retirez-le, ou choisissez parmi : {', '.join(known)}"
        )
    if kind == "string_type" and isinstance(value, int | float) and not isinstance(value, bool):
        return f"« {name} » doit être un texte", f'écrivez-le entre guillemets : "{value}"'
    if kind == "string_type":
        return f"« {name} » doit être un texte", "écrivez une seule valeur" + _example(_field(model, at))
    if kind == "string_too_long":
        return (
            f"« {name} » compte {len(str(value))} signes, {context['max_length']} au plus",
            "raccourcissez-le",
        )
    if kind == "string_too_short":
        return f"« {name} » est vide", "remplissez-le ou retirez-le"
    if kind == "string_pattern_mismatch":
        return f"« {name} » n’a pas la forme voulue : {value}", _formed(value, context["pattern"], model, at)
    if kind == "tuple_type":
        return f"« {name} » doit être une liste", f"écrivez-la entre crochets : [{_inline(value)}]"
    if kind in ("model_type", "model_attributes_type"):
        return f"« {name} » doit être une suite de champs", "écrivez « champ: valeur », une ligne chacun"
    if kind == "literal_error":
        allowed = [part.strip("' ") for part in context["expected"].replace(" or ", ", ").split(",")]
        close = difflib.get_close_matches(str(value), allowed, n=1)
        return f"« {name} » ne peut pas valoir « {value} »", (
            f"vouliez-vous dire « {close[0]} » ? " if close else ""
        ) + f"valeurs permises : {', '.join(allowed)}"
    if kind in ("int_type", "int_from_float") and isinstance(value, float):
        return f"« {name} » doit être un nombre entier", "écrivez-le sans décimale : 20000"
    if kind in ("int_type", "float_type", "float_parsing", "int_parsing"):
        return f"« {name} » doit être un nombre", (
            f"écrivez-le sans guillemets, sans espace ni unité : {_as_number(value) or '20000 ou 2.5'}"
        )
    if kind == "bool_type":
        return f"« {name} » doit valoir true ou false", "écrivez true ou false, sans guillemets"
    if kind == "unreal_date":
        return f"« {name} » : la date {value} n’existe pas", "vérifiez l’année, le mois et le jour"
    if kind in ("greater_than", "greater_than_equal", "less_than", "less_than_equal"):
        return f"« {name} » est hors limites : {_in_short(value)}", "vérifiez la valeur"
    if kind == "too_short":
        return f"« {name} » doit compter au moins {context['min_length']} valeur(s)", "ajoutez-en"
    if kind == "invalid_key":
        whole = _shown(at[:-1])
        return (
            f"« {whole} » contient « {value} », qui n’est pas un champ",
            "une virgule coupe la valeur : écrivez un nombre avec un point (2.5), un texte entre guillemets",
        )
    return f"« {name} » n’est pas valable ({kind})", "voyez docs/champs.md"


def _shown(at: tuple[str | int, ...]) -> str:
    """`costs[2].amount`, counting list items from 1 as people do."""
    text = ""
    for part in at:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _without_branches(
    location: tuple[str | int, ...], _value: Any, model: type[BaseModel]
) -> tuple[str | int, ...]:
    """The location without the names that pydantic adds for the branches of a union."""
    kept: list[str | int] = []
    for part in location:
        parent = _model_at(model, tuple(kept))
        if isinstance(part, int) or (
            parent is not None and (part in parent.model_fields or part == location[-1])
        ):
            kept.append(part)
    while kept and isinstance(kept[-1], str) and _model_at(model, tuple(kept[:-1])) is None:
        kept.pop()
    return tuple(kept)


def _field(model: type[BaseModel], at: tuple[str | int, ...]) -> FieldInfo | None:
    names = [part for part in at if isinstance(part, str)]
    parent = _model_at(model, tuple(names[:-1]))
    return parent.model_fields.get(names[-1]) if parent and names else None


def _model_at(model: type[BaseModel], at: tuple[str | int, ...]) -> type[BaseModel] | None:
    """The model class found by following field names, list items passed over."""
    current: type[BaseModel] | None = model
    for part in at:
        if isinstance(part, int):
            continue
        if current is None or part not in current.model_fields:
            return None
        current = _model_in(current.model_fields[part].annotation)
    return current


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for argument in get_args(annotation) if (found := _model_in(argument))), None)


def _example(field: FieldInfo | None) -> str:
    if field is None or not field.examples:
        return ""
    return f", par exemple {_inline(field.examples[0])}"


def _inline(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(str, value)) + "]"
    return f"« {value} »" if isinstance(value, str) else str(value)


def _in_short(value: Any) -> str:
    """A number as it can be read in one line."""
    written = str(value)
    return written if len(written) <= 20 else f"un nombre de {len(written)} signes"


def _as_number(value: Any) -> str:
    """`18430` for « 18 430 », `2.5` for « 2,5 ETP »; "" where the text is not one number."""
    found = re.fullmatch(
        r"(\d[\d \u00a0\u202f]*)(?:[.,](\d+))?[ \u00a0\u202f]*[^\W\d]*[ \u00a0\u202f]*[€%]?", str(value)
    )
    if not found:
        return ""
    return re.sub(r"\D", "", found[1]) + (f".{found[2]}" if found[2] else "")


def _as_date(value: Any) -> str:
    """`2018-01-29` for « 29 janvier 2018 » or « 29/01/2018 », `2018-01` for « janvier 2018 »; else ""."""
    text = str(value).strip().lower()
    named = re.fullmatch(rf"(?:(\d{{1,2}})(?:er)?\s+)?({'|'.join(MONTHS)})\s+(\d{{4}})", text)
    if named:
        return f"{named[3]}-{MONTHS.index(named[2]) + 1:02}" + (f"-{int(named[1]):02}" if named[1] else "")
    figures = re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", text)
    return f"{figures[3]}-{int(figures[2]):02}-{int(figures[1]):02}" if figures else ""


def _formed(value: Any, pattern: str, model: type[BaseModel], at: tuple[str | int, ...]) -> str:
    """How to write a text that does not have the form of its field."""
    if pattern.startswith("^\\d{4}") and _as_date(value):
        return f'écrivez "{_as_date(value)}"'
    field = _field(model, at)
    example = field.examples[0] if field and field.examples else None
    return f"exemple {_inline(example)}" if isinstance(example, str) else _form(pattern)


def _form(pattern: str) -> str:
    if pattern.startswith("^[a-z0-9]"):
        return "minuscules sans accent, chiffres et tirets : budgets-participatifs"
    if pattern.startswith("^\\d{4}"):
        return 'une date comme "2019", "2018-01", "2018-01-29" ou "2008-2014"'
    if pattern.startswith("^https"):
        return "une adresse qui commence par https:// ou http://"
    return f"forme attendue : {pattern}"
