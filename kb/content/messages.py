"""What an editor is told of each kind of fault that pydantic finds: a table, one sentence a kind."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from kb.content.dates import MONTHS, month_of
from kb.content.fields import hints_of, shown
from kb.content.forms import DATE, Form

Place = tuple[str | int, ...]


@dataclass(frozen=True)
class Fault:
    """What pydantic found at one place."""

    #: ("costs", 2, "amount")
    at: Place
    #: pydantic's name of it: missing, string_type…
    kind: str
    value: Any
    context: Mapping[str, Any]
    model: type[BaseModel]

    @property
    def name(self) -> str:
        """`costs[3].amount`."""
        return shown(self.at)

    @property
    def field(self) -> FieldInfo | None:
        """What the model says of the place."""
        names = [part for part in self.at if isinstance(part, str)]
        parent = model_at(self.model, tuple(names[:-1]))
        return parent.model_fields.get(names[-1]) if parent and names else None


#: (what is wrong, how to mend it)
Said = tuple[str, str]


def said(fault: Fault) -> Said:
    """What is told of a fault."""
    if fault.value is None and fault.kind not in ("missing", "extra_forbidden"):
        return _empty(fault)
    return _SAY.get(fault.kind, _other)(fault)


def _other(fault: Fault) -> Said:
    return f"« {fault.name} » n’est pas valable ({fault.kind})", "voyez docs/champs.md"


def _missing(fault: Fault) -> Said:
    return f"le champ « {fault.name} » manque", "ajoutez-le" + _example(fault.field)


def _empty(fault: Fault) -> Said:
    return f"« {fault.name} » est vide", "remplissez-le ou retirez-le"


def _unknown(fault: Fault) -> Said:
    message, last = f"le champ « {fault.name} » n’existe pas", str(fault.at[-1])
    if re.search(r"\s", last):
        return message, "une virgule coupe la valeur : mettez-la entière entre guillemets"
    parent = model_at(fault.model, fault.at[:-1])
    known = list(parent.model_fields) if parent else []
    close = _nearest(last, known)
    return message, close or f"retirez-le, ou choisissez parmi : {', '.join(known)}"


def _not_text(fault: Fault) -> Said:
    is_number = isinstance(fault.value, int | float) and not isinstance(fault.value, bool)
    quoted = f'écrivez-le entre guillemets : "{fault.value}"'
    return (
        f"« {fault.name} » doit être un texte",
        quoted if is_number else "écrivez une seule valeur" + _example(fault.field),
    )


def _too_long(fault: Fault) -> Said:
    most = fault.context["max_length"]
    return f"« {fault.name} » compte {len(str(fault.value))} signes, {most} au plus", "raccourcissez-le"


def _misshapen(fault: Fault) -> Said:
    return f"« {fault.name} » n’a pas la forme voulue : {fault.value}", _how_to_write(fault)


def _not_a_list(fault: Fault) -> Said:
    return f"« {fault.name} » doit être une liste", f"écrivez-la entre crochets : [{_inline(fault.value)}]"


def _not_fields(fault: Fault) -> Said:
    return f"« {fault.name} » doit être une suite de champs", "écrivez « champ: valeur », une ligne chacun"


def _not_a_choice(fault: Fault) -> Said:
    allowed = [part.strip("' ") for part in fault.context["expected"].replace(" or ", ", ").split(",")]
    close = _nearest(str(fault.value), allowed)
    return (
        f"« {fault.name} » ne peut pas valoir « {fault.value} »",
        (f"{close} " if close else "") + f"valeurs permises : {', '.join(allowed)}",
    )


def _not_a_number(fault: Fault) -> Said:
    if fault.kind.startswith("int") and isinstance(fault.value, float):
        return f"« {fault.name} » doit être un nombre entier", "écrivez-le sans décimale : 20000"
    written = _as_number(fault.value) or "20000 ou 2.5"
    return (
        f"« {fault.name} » doit être un nombre",
        f"écrivez-le sans guillemets, sans espace ni unité : {written}",
    )


def _not_a_switch(fault: Fault) -> Said:
    return f"« {fault.name} » doit valoir true ou false", "écrivez true ou false, sans guillemets"


def _unreal(fault: Fault) -> Said:
    return (
        f"« {fault.name} » : la date {fault.value} n’existe pas",
        "vérifiez l’année, le mois et le jour",
    )


def _out_of_bounds(fault: Fault) -> Said:
    return f"« {fault.name} » est hors limites : {_in_short(fault.value)}", "vérifiez la valeur"


def _too_few(fault: Fault) -> Said:
    return f"« {fault.name} » doit compter au moins {fault.context['min_length']} valeur(s)", "ajoutez-en"


def _not_a_key(fault: Fault) -> Said:
    return (
        f"« {shown(fault.at[:-1])} » contient « {fault.value} », qui n’est pas un champ",
        "une virgule coupe la valeur : écrivez un nombre avec un point (2.5), un texte entre guillemets",
    )


#: what is told of each kind of fault
_SAY: Mapping[str, Callable[[Fault], Said]] = {
    "missing": _missing,
    "extra_forbidden": _unknown,
    "string_type": _not_text,
    "string_too_long": _too_long,
    "string_too_short": _empty,
    "string_pattern_mismatch": _misshapen,
    "tuple_type": _not_a_list,
    "model_type": _not_fields,
    "model_attributes_type": _not_fields,
    "literal_error": _not_a_choice,
    "int_type": _not_a_number,
    "int_from_float": _not_a_number,
    "int_parsing": _not_a_number,
    "float_type": _not_a_number,
    "float_parsing": _not_a_number,
    "bool_type": _not_a_switch,
    "unreal_date": _unreal,
    "greater_than": _out_of_bounds,
    "greater_than_equal": _out_of_bounds,
    "less_than": _out_of_bounds,
    "less_than_equal": _out_of_bounds,
    "too_short": _too_few,
    "invalid_key": _not_a_key,
}


def model_at(model: type[BaseModel], at: Place) -> type[BaseModel] | None:
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
        return f"{named[3]}-{month_of(named[2]):02}" + (f"-{int(named[1]):02}" if named[1] else "")
    figures = re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", text)
    return f"{figures[3]}-{int(figures[2]):02}-{int(figures[1]):02}" if figures else ""


def _how_to_write(fault: Fault) -> str:
    """The value in the form of its field where that can be told, else an example, else the form."""
    form = _form_of(fault)
    if form == DATE and _as_date(fault.value):
        return f'écrivez "{_as_date(fault.value)}"'
    example = fault.field.examples[0] if fault.field and fault.field.examples else None
    if isinstance(example, str):
        return f"exemple {_inline(example)}"
    return form.remedy if form else f"forme attendue : {fault.context['pattern']}"


def _form_of(fault: Fault) -> Form | None:
    """The form that the model gives to the texts of the field."""
    names = [part for part in fault.at if isinstance(part, str)]
    parent = model_at(fault.model, tuple(names[:-1])) if names else None
    return _form_in(hints_of(parent).get(names[-1])) if parent else None


def _form_in(hint: Any) -> Form | None:
    marks = getattr(hint, "__metadata__", ())
    inner = (_form_in(argument) for argument in get_args(hint) if not isinstance(argument, Form))
    return next((mark for mark in (*marks, *inner) if isinstance(mark, Form)), None)


def _nearest(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(known), n=1)
    return f"vouliez-vous dire « {close[0]} » ?" if close else ""
