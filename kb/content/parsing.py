"""Text of one file → front matter with the line of each key, and body. Strict YAML.

python-frontmatter splits the file; PyYAML reads it with the scalar rules of YAML 1.2's core
schema, so that a code such as 010 or a word such as NO never turns into something else. What
libraries pass over in silence is a Problem here: a byte-order mark, an unclosed block, a list
instead of fields, a key twice, a scalar that other YAML tools would read differently, a tab.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import frontmatter
import yaml

from kb.errors import Problem

KeyPath = tuple[str | int, ...]

_BOOL = re.compile(r"^(true|false)$")
_INT = re.compile(r"^(0|-?[1-9][0-9]*)$")
_FLOAT = re.compile(r"^-?(0|[1-9][0-9]*)\.[0-9]+$")
_NULL = re.compile(r"^(|~|null)$")
#: what YAML 1.1 tools read as a boolean, an octal, sexagesimal or underscored number…
_AMBIGUOUS = re.compile(
    r"^(yes|no|on|off|y|n|true|false|null|0[0-9_]+|0x[0-9a-f_]+|0b[01_]+|0o[0-7]+|[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?"
    r"|[-+]?[0-9][0-9_]*_[0-9_]*|\+[0-9]+|[-+]?(\.[0-9]+|[0-9]+\.)|[-+]?[0-9.]+e[-+]?[0-9]+|[-+]?\.(inf|nan))$", re.IGNORECASE)


class _StrictLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Safe loader without YAML 1.1's surprises; dates stay text."""


_StrictLoader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("tag:yaml.org,2002:bool", _BOOL, "tf"),
    ("tag:yaml.org,2002:int", _INT, "-0123456789"),
    ("tag:yaml.org,2002:float", _FLOAT, "-0123456789"),
    ("tag:yaml.org,2002:null", _NULL, ["~", "n", ""]),
):
    _StrictLoader.add_implicit_resolver(_tag, _pattern, list(_first))


@dataclass(frozen=True)
class Parsed:
    """A file taken apart. `data` is {} where the front matter cannot be read."""

    #: path to show in problems
    path: str
    data: Mapping[str, Any]
    #: line of each key or list item, by its path: ("collectivity", "type") → 9
    lines: Mapping[KeyPath, int]
    body: str
    #: line of the first line of `body`
    body_line: int
    problems: tuple[Problem, ...] = field(default=())

    def line_of(self, path: KeyPath) -> int:
        """Line of the key at `path`, or of its nearest known parent; 1 where there is none."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def parse_text(text: str, path: str) -> Parsed:
    """The front matter and body of a document; never raises, faults are in `problems`."""
    if text.startswith("\ufeff"):
        rest = parse_text(text[1:], path)
        mark = Problem(path, 1, "le fichier commence par une marque d’ordre des octets (BOM)",
                       "enregistrez-le en UTF-8 sans BOM", "encodage")
        return Parsed(path, rest.data, rest.lines, rest.body, rest.body_line, (mark, *rest.problems))
    text = text.replace("\r\n", "\n")
    handler = frontmatter.YAMLHandler()
    if not text.startswith("---\n"):
        fault = Problem(path, 1, "l’en-tête manque", "commencez le fichier par une ligne « --- »", "en-tete")
        return Parsed(path, {}, {}, text, 1, (fault,))
    if not re.search(r"^---[ \t]*$", text[4:], re.MULTILINE):
        fault = Problem(path, 1, "l’en-tête n’est pas refermé", "ajoutez une ligne « --- » après le dernier champ", "en-tete")
        return Parsed(path, {}, {}, "", 1, (fault,))
    head, _ = handler.split(text)
    close = re.search(r"^---[ \t]*\n?", text[4:], re.MULTILINE)
    assert close  # noqa: S101 - searched above
    body_start = 4 + close.end()
    body_line = text.count("\n", 0, body_start) + 1
    data, lines, problems = parse_yaml(head.lstrip("\n"), path, first_line=2 + _leading_newlines(text[4:]))
    return Parsed(path, data, lines, text[body_start:], body_line, problems)


def parse_yaml(text: str, path: str, first_line: int = 1) -> tuple[dict[str, Any], dict[KeyPath, int], tuple[Problem, ...]]:
    """(mapping, line of each key, problems) of a YAML text whose first line is `first_line`."""
    try:
        root = yaml.compose(text, Loader=_StrictLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = first_line + (mark.line if mark else 0)
        return {}, {}, (Problem(path, line, f"YAML illisible : {_in_french(error)}", _yaml_hint(error), "yaml"),)
    except yaml.YAMLError as error:
        # a control character: no line mark on these errors
        position = getattr(error, "position", 0)
        line = first_line + text.count("\n", 0, position if isinstance(position, int) else 0)
        return {}, {}, (Problem(path, line, "YAML illisible : caractère interdit",
                                "retirez le caractère de contrôle", "yaml"),)
    if root is None:
        return {}, {}, (Problem(path, first_line, "l’en-tête est vide", "ajoutez au moins id, title et summary", "en-tete"),)
    if not isinstance(root, yaml.MappingNode):
        return {}, {}, (Problem(path, first_line, "l’en-tête doit être une suite de champs « nom: valeur »",
                                "retirez le tiret en début de ligne", "en-tete"),)
    lines: dict[KeyPath, int] = {(): first_line}
    problems = tuple(_walk(root, (), first_line, path, lines))
    constructor = _StrictLoader("")
    try:
        data = constructor.construct_document(root)
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = first_line + (mark.line if mark else 0)
        return {}, lines, (*problems, Problem(path, line, "YAML illisible : valeur impossible à lire",
                                              "écrivez-la en texte simple, entre guillemets", "yaml"))
    finally:
        constructor.dispose()
    return data, lines, problems


def _walk(node: yaml.Node, at: KeyPath, first_line: int, path: str, lines: dict[KeyPath, int],
          seen: frozenset[int] = frozenset()) -> Iterator[Problem]:
    """Note the line of every key under `node`, and yield what the loader would pass over."""
    if id(node) in seen:
        yield Problem(path, first_line + node.start_mark.line, "une ancre YAML se contient elle-même", "retirez & et *", "yaml")
        return
    seen = seen | {id(node)}
    if isinstance(node, yaml.MappingNode):
        keys: dict[str, int] = {}
        for key, value in node.value:
            line = first_line + key.start_mark.line
            name = key.value if isinstance(key, yaml.ScalarNode) else ""
            if name in keys:
                yield Problem(path, line, f"le champ « {name} » est écrit deux fois (déjà ligne {keys[name]})",
                              "gardez-en un seul", "champ-en-double")
            keys.setdefault(name, line)
            lines.setdefault((*at, name), line)
            yield from _walk(value, (*at, name), first_line, path, lines, seen)
    elif isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            lines[(*at, number)] = first_line + item.start_mark.line
            yield from _walk(item, (*at, number), first_line, path, lines, seen)
    elif isinstance(node, yaml.ScalarNode) and node.style is None and _AMBIGUOUS.match(node.value) \
            and not _BOOL.match(node.value) and not _NULL.match(node.value):
        yield Problem(path, first_line + node.start_mark.line,
                      f"la valeur {node.value} n’est pas lue de la même façon par tous les outils",
                      f'écrivez-la entre guillemets : "{node.value}"', "valeur-ambigue")


def _leading_newlines(text: str) -> int:
    return len(text) - len(text.lstrip("\n"))


_YAML_FAULTS = (
    ("mapping values are not allowed", "un deux-points de trop", "mettez la valeur entre guillemets"),
    ("could not find expected ':'", "il manque un deux-points", "écrivez « champ: valeur »"),
    ("found character '\\t'", "une tabulation", "remplacez la tabulation par des espaces"),
    ("found character that cannot start any token", "une tabulation ou un caractère réservé",
     "indentez avec des espaces, mettez la valeur entre guillemets"),
    ("found unexpected end of stream", "un guillemet n’est pas refermé", "refermez le guillemet"),
    ("did not find expected key", "l’alignement ou un guillemet est fautif", "alignez les champs et refermez les guillemets"),
    ("did not find expected '-' indicator", "l’alignement de la liste est fautif", "alignez les tirets de la liste"),
    ("did not find expected ',' or", "une liste ou une suite de champs n’est pas refermée", "refermez [ ] ou { }, séparez par des virgules"),
    ("found undefined alias", "un astérisque en début de valeur", "mettez la valeur entre guillemets"),
    ("block sequence entries are not allowed", "un tiret de liste mal placé", "passez à la ligne avant le tiret"),
)


def _fault_of(error: yaml.MarkedYAMLError) -> tuple[str, str]:
    said = f"{error.problem or ''} {error.context or ''}"
    for found, what, hint in _YAML_FAULTS:
        if found in said:
            return what, hint
    return said.strip(), "mettez la valeur entre guillemets"


def _in_french(error: yaml.MarkedYAMLError) -> str:
    return _fault_of(error)[0]


def _yaml_hint(error: yaml.MarkedYAMLError) -> str:
    return _fault_of(error)[1]
