"""Walks front matter along its model: every scalar with its path and what the model says of it.

Works on the data as read, so that a file with one wrong field still has all its others checked.
What does not have the shape of the model is passed over here; validation tells it.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel, StringConstraints

KeyPath = tuple[str | int, ...]


class Leaf(NamedTuple):
    """A scalar of the front matter."""

    #: ("costs", 2, "source")
    path: KeyPath
    value: Any
    #: what the model hangs on the type: StringConstraints, Form, FromFacet, SourceRef…
    marks: tuple[Any, ...]
    #: whether the value is text for people: not a code, an address, a date or a slug
    is_prose: bool

    def mark(self, kind: type) -> Any:
        """The first mark of this class, or None."""
        for mark in self.marks:
            if isinstance(mark, kind):
                return mark
        return None

    @property
    def name(self) -> str:
        """`costs[3].source`, counting list items from 1 as people do."""
        return shown(self.path)


#: takes a value and its path, and adds the scalars of it to a list
Walk = Callable[[Any, KeyPath, list[Leaf]], None]


def leaves(model: type[BaseModel], data: Any) -> list[Leaf]:
    """Every scalar of `data` that `model` knows, in the order of the model."""
    found: list[Leaf] = []
    _model_walk(model)(data, (), found)
    return found


@cache
def hints_of(model: type[BaseModel]) -> Mapping[str, Any]:
    """The type of each field of `model`, with all that hangs on it, in order of declaration."""
    known = get_type_hints(model, include_extras=True)
    return {name: known[name] for name in model.model_fields}


@lru_cache(maxsize=4096)
def shown(path: KeyPath) -> str:
    """A key path as people write it: `costs[3].amount`."""
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else part
    return text


@cache
def _model_walk(model: type[BaseModel]) -> Walk:
    """The walk of a model, made once: a folder has many files."""
    fields = {name: _walk(hint, ()) for name, hint in hints_of(model).items()}

    def walk(value: Any, at: KeyPath, found: list[Leaf]) -> None:
        if isinstance(value, Mapping):
            for name, field in fields.items():
                if (inner := value.get(name)) is not None:
                    field(inner, (*at, name), found)

    return walk


def _walk(hint: Any, marks: tuple[Any, ...]) -> Walk:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _walk(arguments[0], (*marks, *arguments[1:]))
    if origin in (Union, types.UnionType):
        return _union_walk(tuple((argument, _walk(argument, marks)) for argument in arguments))
    if origin is tuple:
        return _list_walk(tuple(_walk(argument, ()) for argument in arguments if argument is not Ellipsis))
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return _model_walk(hint)
    return _scalar_walk(marks) if origin is not Literal else _no_walk


def _union_walk(branches: tuple[tuple[Any, Walk], ...]) -> Walk:
    def walk(value: Any, at: KeyPath, found: list[Leaf]) -> None:
        branch = next((branch for hint, branch in branches if _fits(hint, value)), _no_walk)
        branch(value, at, found)

    return walk


def _list_walk(items: tuple[Walk, ...]) -> Walk:
    """The walk of `tuple[X, ...]`, or of `tuple[X, Y]` where the last stands for what is too much."""

    def walk(value: Any, at: KeyPath, found: list[Leaf]) -> None:
        for number, item in enumerate(value if isinstance(value, list | tuple) else ()):
            items[min(number, len(items) - 1)](item, (*at, number), found)

    return walk


def _scalar_walk(marks: tuple[Any, ...]) -> Walk:
    constraints = [mark for mark in marks if isinstance(mark, StringConstraints)]
    of_prose = bool(constraints) and all(constraint.pattern is None for constraint in constraints)

    def walk(value: Any, at: KeyPath, found: list[Leaf]) -> None:
        if not isinstance(value, Mapping | list | tuple):
            found.append(Leaf(at, value, marks, of_prose and isinstance(value, str)))

    return walk


def _no_walk(value: Any, at: KeyPath, found: list[Leaf]) -> None:
    """Adds nothing: a choice of words, or a value without the shape of the model, is for validation."""


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
