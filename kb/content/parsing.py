"""Text of one file → front matter with the line of each key, and body. Strict YAML.

python-frontmatter takes the file apart; PyYAML reads the front matter with the scalar rules of YAML
1.2's core schema, so that a code such as 010 or a word such as NO never turns into something else.
What libraries pass over in silence is a Problem here: a byte-order mark, an unclosed block, a list
instead of fields, a key twice, a scalar that other YAML tools would read differently, a tab. Anchors,
aliases and tags are refused altogether: no field needs them, and they are how a small file becomes a
huge one (« YAML bomb »).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import yaml
from frontmatter.default_handlers import YAMLHandler

from kb.content.yaml_faults import RefusedYAMLError, conflict, cut_values, fault_of, line_of_control, mark_of
from kb.errors import Problem

KeyPath = tuple[str | int, ...]

#: the front matter with its two lines of hyphens; group 1 is the YAML between them
HEADER = re.compile(r"\A---[ \t]*\n(.*?)^---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
#: lists in lists in fields… deeper than this are refused; the model needs four
MAX_DEPTH = 20

_BOOL = re.compile(r"^(true|false)$")
# Python makes no integer of more than 4,300 digits: beyond, it is a float, which the model refuses
_INT = re.compile(r"^(0|-?[1-9][0-9]{0,3999})$")
_FLOAT = re.compile(r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?$")
_NULL = re.compile(r"^(|~|null)$")
#: what YAML 1.1 tools read as a boolean, a date, an octal, sexagesimal or underscored number…
_AMBIGUOUS = re.compile(
    r"^(yes|no|on|off|y|n|true|false|null|0[0-9_]+|0x[0-9a-f_]+|0b[01_]+|0o[0-7]+"
    r"|[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?"
    r"|[-+]?[0-9][0-9_]*_[0-9_]*|\+[0-9]+|[-+]?(\.[0-9]+|[0-9]+\.)|[-+]?[0-9.]+e[-+]?[0-9]+|[-+]?\.(inf|nan)"
    r"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([t ].*)?|=|<<)$",
    re.IGNORECASE,
)


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


class _Handler(YAMLHandler):
    """Front matter between two lines of exactly three hyphens, and nothing lost of the body."""

    FM_BOUNDARY = re.compile(r"^---[ \t]*(?:\n|\Z)", re.MULTILINE)


_HANDLER = _Handler()


@dataclass(frozen=True)
class Parsed:
    """A file taken apart. `data` is {} where the front matter cannot be read."""

    #: path to show in problems
    path: str
    data: Mapping[str, Any]
    #: line of each key or list item, by its path: ("collectivity", "type") → 9
    lines: Mapping[KeyPath, int]
    body: str
    #: line of the first line of `body`; 1 where the front matter has no end
    body_line: int
    problems: tuple[Problem, ...] = field(default=())
    #: the whole text as read
    text: str = field(default="", repr=False)

    def line_of(self, path: KeyPath) -> int:
        """Line of the key at `path`, or of its nearest known parent; 1 where there is none."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def parse_text(text: str, path: str) -> Parsed:
    """The front matter and body of a document; never raises, faults are in `problems`."""
    return replace(_parse(text, path), text=text)


def _parse(text: str, path: str) -> Parsed:
    if text.startswith("\ufeff"):
        rest = _parse(text[1:], path)
        mark = Problem(
            path,
            1,
            "le fichier commence par une marque d’ordre des octets (BOM)",
            "enregistrez-le en UTF-8 sans BOM, ou lancez kb fix",
            "encodage",
        )
        return replace(rest, problems=(mark, *rest.problems))
    text = re.sub(r"\r\n?", "\n", text)
    if fault := conflict(text, path):  # the cause, before what follows from it
        return Parsed(path, {}, {}, "", 1, (fault,))
    if not _HANDLER.detect(text):
        fault = Problem(path, 1, "l’en-tête manque", "commencez le fichier par une ligne « --- »", "en-tete")
        return Parsed(path, {}, {}, text, 1, (fault,))
    try:
        head, body = _HANDLER.split(text)
    except ValueError:  # one boundary only
        fault = Problem(
            path,
            1,
            "l’en-tête n’est pas refermé",
            "ajoutez une ligne « --- » après le dernier champ",
            "en-tete",
        )
        return Parsed(path, {}, {}, "", 1, (fault,))
    body_line = text[: len(text) - len(body)].count("\n") + 1
    data, lines, problems = parse_yaml(head, path, first_line=2)
    return Parsed(path, data, lines, body, body_line, problems)


def parse_yaml(
    text: str, path: str, first_line: int = 1
) -> tuple[dict[str, Any], dict[KeyPath, int], tuple[Problem, ...]]:
    """(mapping, line of each key, problems) of a YAML text whose first line is `first_line`."""
    if fault := conflict(text, path):
        return {}, {}, (fault,)
    try:
        root = compose(text)
    except yaml.MarkedYAMLError as error:
        what, hint = fault_of(error, text)
        line = first_line + min(mark_of(error), max(text.count("\n") - 1, 0))
        return {}, {}, (Problem(path, line, f"YAML illisible : {what}", hint, "yaml"),)
    except yaml.YAMLError as error:
        line = first_line + line_of_control(text, error)
        return (
            {},
            {},
            (
                Problem(
                    path,
                    line,
                    "YAML illisible : caractère interdit",
                    "retirez le caractère de contrôle",
                    "yaml",
                ),
            ),
        )
    if root is None:
        return (
            {},
            {},
            (
                Problem(
                    path, first_line, "l’en-tête est vide", "ajoutez au moins id, title et summary", "en-tete"
                ),
            ),
        )
    if not isinstance(root, yaml.MappingNode):
        return (
            {},
            {},
            (
                Problem(
                    path,
                    first_line + root.start_mark.line,
                    "l’en-tête doit être une suite de champs « nom: valeur »",
                    "retirez le tiret en début de ligne",
                    "en-tete",
                ),
            ),
        )
    lines: dict[KeyPath, int] = {(): first_line}
    problems = tuple(_walk(root, (), first_line, path, lines, text.split("\n")))
    constructor = _StrictLoader("")
    try:
        data = constructor.construct_document(root)
    except (yaml.YAMLError, ValueError, TypeError) as error:
        fault_mark = getattr(error, "problem_mark", None)
        line = first_line + (fault_mark.line if fault_mark else 0)
        return (
            {},
            lines,
            (
                *problems,
                Problem(
                    path,
                    line,
                    "YAML illisible : valeur impossible à lire",
                    "écrivez-la en texte simple, entre guillemets",
                    "yaml",
                ),
            ),
        )
    finally:
        constructor.dispose()
    return data, lines, problems


def compose(text: str) -> yaml.Node | None:
    """The YAML tree of `text`, without anchor, alias, tag or great depth.

    Raises yaml.YAMLError, of which RefusedYAMLError for what is valid but refused.
    """
    if re.search("[\ud800-\udfff]", text):
        raise yaml.YAMLError("surrogate")
    depth = 0
    for event in yaml.parse(text, Loader=_StrictLoader):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise RefusedYAMLError(
                "les ancres YAML (& et *) ne sont pas admises",
                "répétez la valeur, ou mettez le texte entre guillemets",
                event,
            )
        if tag := getattr(event, "tag", None):
            raise RefusedYAMLError(
                f"l’étiquette YAML {tag} n’est pas admise",
                "retirez ce qui commence par « ! », ou mettez le texte entre guillemets",
                event,
            )
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise RefusedYAMLError(
                f"plus de {MAX_DEPTH} niveaux emboîtés",
                "retirez des crochets, des accolades ou des retraits",
                event,
            )
    root: yaml.Node | None = yaml.compose(text, Loader=_StrictLoader)
    return root


def _walk(
    node: yaml.Node,
    at: KeyPath,
    first_line: int,
    path: str,
    lines: dict[KeyPath, int],
    rows: Sequence[str],
) -> Iterator[Problem]:
    """Note the line of every key under `node`, and yield what the loader would pass over."""
    if isinstance(node, yaml.MappingNode):
        keys: dict[str, int] = {}
        for key, value in node.value:
            line = first_line + key.start_mark.line
            if not isinstance(key, yaml.ScalarNode):
                yield Problem(
                    path,
                    line,
                    "un nom de champ doit être un mot",
                    "mettez la valeur entre guillemets",
                    "yaml",
                )
                continue
            name = key.value
            if name in keys:
                yield Problem(
                    path,
                    line,
                    f"le champ « {name} » est écrit deux fois (déjà ligne {keys[name]})",
                    "gardez-en un seul",
                    "champ-en-double",
                )
            keys.setdefault(name, line)
            lines.setdefault((*at, name), line)
            yield from _walk(value, (*at, name), first_line, path, lines, rows)
    elif isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            lines[(*at, number)] = first_line + item.start_mark.line
            yield from _walk(item, (*at, number), first_line, path, lines, rows)
    elif isinstance(node, yaml.ScalarNode) and not node.style:
        yield from cut_values(node, rows, path, first_line)
        if not _AMBIGUOUS.match(node.value) or _BOOL.match(node.value) or _NULL.match(node.value):
            return
        yield Problem(
            path,
            first_line + node.start_mark.line,
            f"la valeur {node.value} n’est pas lue de la même façon par tous les outils",
            f'écrivez-la entre guillemets : "{node.value}"',
            "valeur-ambigue",
        )
