"""What makes a header unreadable, in French: where it stands, what it is, how to mend it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import yaml

from kb.errors import Problem

#: quotation marks that YAML takes for letters
CURLY = "“”„‟«»‘’"
_CONFLICT = re.compile(r"^(?:<{7}|={7}|>{7}|\|{7})(?=\s|$)", re.MULTILINE)


class RefusedYAMLError(yaml.MarkedYAMLError):
    """Valid YAML that a content file has no use for: `problem` says what, `note` the remedy."""

    def __init__(self, problem: str, remedy: str, event: yaml.Event) -> None:
        """Keep what is refused, how to do without, and its place."""
        super().__init__(problem=problem, problem_mark=event.start_mark, note=remedy)  # type: ignore[arg-type]


def mark_of(error: yaml.MarkedYAMLError) -> int:
    """Line, from 0, where the fault begins: for what is not closed, its opening."""
    opening = re.search("quoted scalar|flow", error.context or "")
    mark = (error.context_mark if opening else error.problem_mark) or error.problem_mark or error.context_mark
    return mark.line if mark else 0


def line_of_control(text: str, error: yaml.YAMLError) -> int:
    """Line, from 0, of the sign that YAML forbids."""
    found = re.search(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", text)
    position = found.start() if found else getattr(error, "position", 0)
    return text.count("\n", 0, position if isinstance(position, int) else 0)


_YAML_FAULTS = (
    ("mapping values are not allowed", "un deux-points de trop", "mettez la valeur entre guillemets"),
    ("could not find expected ':'", "il manque un deux-points", "écrivez « champ: valeur »"),
    ("found character '\\t'", "une tabulation", "remplacez la tabulation par des espaces"),
    ("found a tab character", "une tabulation", "remplacez la tabulation par des espaces"),
    (
        "found character that cannot start any token",
        "une tabulation ou un caractère réservé",
        "indentez avec des espaces, mettez la valeur entre guillemets",
    ),
    ("found unexpected end of stream", "un guillemet n’est pas refermé", "refermez le guillemet"),
    ("found unexpected document indicator", "un guillemet n’est pas refermé", "refermez le guillemet"),
    (
        "did not find expected key",
        "l’alignement ou un guillemet est fautif",
        "alignez les champs et refermez les guillemets",
    ),
    (
        "did not find expected '-' indicator",
        "l’alignement de la liste est fautif",
        "alignez les tirets de la liste",
    ),
    (
        "did not find expected ',' or",
        "une liste ou une suite de champs n’est pas refermée",
        "refermez [ ] ou { }, séparez par des virgules",
    ),
    (
        "did not find expected node content",
        "une liste ou une suite de champs n’est pas refermée",
        "refermez [ ] ou { }, séparez par des virgules",
    ),
    (
        "undefined tag handle",
        "un point d’exclamation en début de valeur",
        "mettez la valeur entre guillemets",
    ),
    (
        "unknown escape character",
        "une barre oblique inverse entre guillemets",
        "doublez-la, ou employez des guillemets simples",
    ),
    (
        "did not find expected <document start>",
        "un texte là où l’on attend « champ: valeur »",
        "alignez les champs ; mettez la valeur entre guillemets",
    ),
    (
        "alphabetic or numeric character",
        "un * ou un & en début de valeur",
        "mettez la valeur entre guillemets",
    ),
    (
        "block sequence entries are not allowed",
        "un tiret de liste mal placé",
        "passez à la ligne avant le tiret",
    ),
)


def fault_of(error: yaml.MarkedYAMLError, text: str) -> tuple[str, str]:
    """(what is wrong, remedy) in French."""
    if isinstance(error, RefusedYAMLError):
        return str(error.problem), str(error.note)
    line = text.split("\n")[min(mark_of(error), text.count("\n"))]
    if curly := re.search(rf":\s*([{CURLY}])", line):
        return (
            f"le guillemet courbe {curly[1]} n’en est pas un pour YAML",
            'écrivez des guillemets droits : "…"',
        )
    said = f"{error.problem or ''} {error.context or ''}"
    for found, what, hint in _YAML_FAULTS:
        if found in said:
            return what, hint
    return said.strip(), "mettez la valeur entre guillemets"


def conflict(text: str, path: str) -> Problem | None:
    """The problem of a file that git left in conflict, with the lines of its marks, or None."""
    lines = [text.count("\n", 0, mark.start()) + 1 for mark in _CONFLICT.finditer(text)]
    if (
        len(lines) < 2
        or not re.search(r"^<{7}\s", text, re.MULTILINE)
        or not re.search(r"^>{7}\s", text, re.M)
    ):
        return None
    told = f"{', '.join(map(str, lines[:-1]))} et {lines[-1]}"
    return Problem(
        path,
        lines[0],
        f"marques de conflit de git aux lignes {told}",
        "gardez un des deux textes, puis retirez ces lignes",
        "conflit",
    )


def cut_values(node: yaml.ScalarNode, rows: Sequence[str], path: str, first_line: int) -> Iterator[Problem]:
    """What YAML takes away from a value without a word: « #jeparticipe », curly quotes.

    `rows` are the lines of the YAML text, of which the first is line `first_line` of the file.
    """
    line = first_line + node.start_mark.line
    rest = rows[node.end_mark.line][node.end_mark.column :] if node.end_mark else ""
    if cut := re.match(r"[ \t]*(#[^\s#!]\S*)", rest):
        yield Problem(
            path,
            line,
            f"la valeur est coupée à « {cut[1]} », un commentaire pour YAML",
            f'mettez-la entre guillemets : "{node.value} {rest.strip()}"',
            "yaml",
        )
    if node.value[:1] in CURLY and node.value[-1:] in CURLY and len(node.value) > 1:
        yield Problem(
            path,
            line,
            f"les guillemets courbes {node.value[0]} {node.value[-1]} n’en sont pas pour YAML",
            f'écrivez des guillemets droits : "{node.value[1:-1]}"',
            "yaml",
        )
