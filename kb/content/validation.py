"""pydantic's findings as Problems: in French, with the line, the remedy and the nearest name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from kb.content.messages import Fault, Place, model_at, said
from kb.errors import Problem


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
    faults = [
        Fault(_without_branches(f["loc"], model), f["type"], f["input"], f.get("ctx", {}), model)
        for f in error.errors(include_url=False)
    ]
    for fault in faults:
        at = fault.at
        inner = isinstance(fault.value, list | tuple) and any(f.at[: len(at)] == at != f.at for f in faults)
        if at not in found and not inner:
            message, hint = said(fault)
            found[at] = Problem(path, line_of(at), message, hint, "champ")
    return tuple(found.values())


def _without_branches(location: Place, model: type[BaseModel]) -> Place:
    """The location without the names that pydantic adds for the branches of a union."""
    kept: list[str | int] = []
    for part in location:
        parent = model_at(model, tuple(kept))
        if isinstance(part, int) or (
            parent is not None and (part in parent.model_fields or part == location[-1])
        ):
            kept.append(part)
    while kept and isinstance(kept[-1], str) and model_at(model, tuple(kept[:-1])) is None:
        kept.pop()
    return tuple(kept)
