"""Walks front matter along its model: every scalar with its path and what the model says of it.

Works on the data as read, so that a file with one wrong field still has all its others checked.
What does not have the shape of the model is passed over here; validation tells it.
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel, StringConstraints

KeyPath = tuple[str | int, ...]


@dataclass(frozen=True)
class Leaf:
    """A scalar of the front matter."""

    #: ("costs", 2, "source")
    path: KeyPath
    value: Any
    #: what the model hangs on the type: StringConstraints, FromFacet, SourceRef, DateMark…
    marks: tuple[Any, ...]

    def mark(self, kind: type) -> Any:
        """The first mark of this class, or None."""
        return next((mark for mark in self.marks if isinstance(mark, kind)), None)

    @property
    def is_prose(self) -> bool:
        """Whether the value is text for people: not a code, an address, a date or a slug."""
        return isinstance(self.value, str) and _are_prose(self.marks)

    @property
    def name(self) -> str:
        """`costs[3].source`, counting list items from 1 as people do."""
        return shown(self.path)


@cache
def _are_prose(marks: tuple[Any, ...]) -> bool:
    constraints = [mark for mark in marks if isinstance(mark, StringConstraints)]
    return bool(constraints) and all(constraint.pattern is None for constraint in constraints)


def leaves(model: type[BaseModel], data: Any, at: KeyPath = ()) -> Iterator[Leaf]:
    """Every scalar of `data` that `model` knows, in the order of the model."""
    if isinstance(data, Mapping):
        for name, hint in hints_of(model).items():
            if data.get(name) is not None:
                yield from _under(hint, data[name], (*at, name), ())


@cache
def hints_of(model: type[BaseModel]) -> Mapping[str, Any]:
    """The type of each field of `model`, with all that hangs on it, in order of declaration."""
    known = get_type_hints(model, include_extras=True)
    return {name: known[name] for name in model.model_fields}


def shown(path: KeyPath) -> str:
    """A key path as people write it: `costs[3].amount`."""
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _under(hint: Any, value: Any, at: KeyPath, marks: tuple[Any, ...]) -> Iterator[Leaf]:
    origin = get_origin(hint)
    if origin is Annotated:
        inner, *more = get_args(hint)
        yield from _under(inner, value, at, (*marks, *more))
    elif origin in (Union, types.UnionType):
        branch = next((arg for arg in get_args(hint) if _fits(arg, value)), None)
        if branch is not None:
            yield from _under(branch, value, at, marks)
    elif origin is tuple:
        for number, item in enumerate(value if isinstance(value, list | tuple) else ()):
            arguments = get_args(hint)
            inner = arguments[0] if arguments[-1] is Ellipsis else arguments[min(number, len(arguments) - 1)]
            yield from _under(inner, item, (*at, number), ())
    elif isinstance(hint, type) and issubclass(hint, BaseModel):
        yield from leaves(hint, value, at)
    elif origin is not Literal and not isinstance(value, Mapping | list | tuple):
        yield Leaf(at, value, marks)


def _fits(hint: Any, value: Any) -> bool:
    origin = get_origin(hint)
    if origin is Annotated:
        return _fits(get_args(hint)[0], value)
    if origin in (Union, types.UnionType):
        return any(_fits(arg, value) for arg in get_args(hint))
    if origin is tuple:
        return isinstance(value, list | tuple)
    if origin is Literal:
        return isinstance(value, str)
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return isinstance(value, Mapping)
    return isinstance(hint, type) and isinstance(value, hint)
