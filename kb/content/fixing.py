"""Mends what is mechanical in a content file: typography, order of fields, spaces, final newline.

Typography goes over the body and over the front matter's text for people (titles, summaries,
labels…), never over codes, addresses, dates, slugs or code. Mending twice changes nothing more;
the fields of the mended file are those of the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import yaml

from kb.content.blocks import FENCE
from kb.content.fields import KeyPath, leaves
from kb.content.kinds import KINDS
from kb.content.parsing import HEADER, compose
from kb.content.typography import french, french_markdown, french_signs

#: the order of the fields of a header; one that is not here comes last
KEY_ORDER = (
    *("id", "title", "kind", "summary", "lessons", "collectivity", "themes", "tool_types"),
    *("questions", "platforms", "team", "costs", "evaluation", "key_figures"),
    *("illustrated_by", "disagreements", "charts", "estimates"),
    *("sources", "review", "aliases", "updated"),
)

#: keys under which taxonomy.yaml and site.yaml speak to people
_SAID = frozenset(
    (
        *("label", "plural", "definition", "scope", "introduction"),
        *(
            "tagline",
            "description",
            "provenance",
            "credit",
            "promise",
            "limits",
            "title",
            "short",
            "lead",
            "text",
        ),
    )
)


def fix_text(text: str) -> str:
    """The text of a content file, mended. A header that cannot be read is left as it is."""
    text = fix_typography(text)
    header = HEADER.match(text)
    if not header:
        return text
    body = french_signs(_pasted(text[header.end() :]))
    return f"{text[: header.start(1)]}{_in_order(header[1])}{text[header.end(1) : header.end()]}{body}"


def _pasted(body: str) -> str:
    """Text without what word processors and PDF leave in it: signs that nobody sees, bullets of their own."""
    lines: list[str] = []
    fenced = False
    for line in body.split("\n"):
        fenced ^= bool(FENCE.match(line))
        if not fenced:
            line = re.sub("[\u00ad\u200b\u200c\u2060\ufeff]", "", line)
            bullet = re.match(r"\s*[•●▪◦‣∙·][ \t\u00a0\u202f]+(?=\S)", line)
            if bullet:
                if lines and lines[-1].strip() and not lines[-1].startswith("- "):
                    lines.append("")
                line = f"- {line[bullet.end() :]}"
        lines.append(line)
    return "\n".join(lines)


def fix_typography(text: str) -> str:
    """The text of a content file with French spaces and apostrophes; every line stays where it is."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    header = HEADER.match(text)
    head, body = (text[: header.end()], text[header.end() :]) if header else ("", text)
    if header:
        head = f"{head[: header.start(1)]}{_fix_head(header[1])}{head[header.end(1) :]}"
    head = re.sub(r"[ \t]+$", "", head, flags=re.MULTILINE)
    body = re.sub(r"[ \t\u00a0\u202f]+$", "", french_markdown(body), flags=re.MULTILINE)
    return (head + body).rstrip("\n") + "\n"


def _fix_head(head: str) -> str:
    """Front matter with French typography in its text for people."""
    try:
        root = compose(head)
    except yaml.YAMLError:
        return head
    if root is None:
        return head
    data = _plain(root)
    names = set(data) if isinstance(data, dict) else set()
    model = max((kind.model for kind in KINDS), key=lambda model: len(names & set(model.model_fields)))
    places = {leaf.path for leaf in leaves(model, data) if leaf.is_prose}
    return _fix_scalars(head, [node for path, node in _scalars(root, ()) if path in places], french)


def fix_vocabulary(text: str) -> str:
    """The text of taxonomy.yaml or site.yaml with French typography in what it says to people."""
    try:
        root = compose(text)
    except yaml.YAMLError:
        return text
    nodes = [node for path, node in _scalars(root, ()) if path[-1] in _SAID] if root else []
    return _fix_scalars(text, nodes, french_markdown)


def _fix_scalars(text: str, nodes: list[yaml.ScalarNode], change: Callable[[str], str]) -> str:
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    for node in sorted(nodes, key=lambda node: node.start_mark.index, reverse=True):
        start, end = (starts[mark.line] + mark.column for mark in (node.start_mark, node.end_mark))
        text = text[:start] + _fix_scalar(text[start:end], node.style, change) + text[end:]
    return text


def _in_order(head: str) -> str:
    """Front matter with its fields in the usual order, comments before theirs.

    Left alone where a field is unknown or written twice: a mistake is not to be moved about.
    """
    parts: list[tuple[str, list[str]]] = []
    comments: list[str] = []
    for line in head.rstrip("\n").split("\n"):
        name = re.match(r"([a-z_]+):", line)
        if name:
            parts.append((name[1], [*comments, line]))
            comments = []
        elif line.startswith("#") or not parts:
            comments.append(line)
        else:
            parts[-1][1].extend([*comments, line])
            comments = []
    names = [name for name, _ in parts]
    known = {name for kind in KINDS for name in kind.model.model_fields}
    if len(set(names)) < len(names) or not set(names) <= known:
        return head
    parts.sort(key=lambda part: [*KEY_ORDER, part[0]].index(part[0]))
    lines = [*(line for _, lines in parts for line in lines), *comments]
    return "\n".join(lines) + head[len(head.rstrip("\n")) :]


def _fix_scalar(raw: str, style: str | None, change: Callable[[str], str]) -> str:
    if style == "'":
        return "'" + change(raw[1:-1].replace("''", "'")).replace("'", "''") + "'"
    if style == '"':
        return raw if "\\" in raw.replace('\\"', "") else change(raw)
    if style in ("|", ">"):
        indicator, newline, text = raw.partition("\n")
        return indicator + newline + change(text)
    return change(raw)


def _scalars(node: yaml.Node, at: KeyPath) -> list[tuple[KeyPath, yaml.ScalarNode]]:
    if isinstance(node, yaml.ScalarNode):
        return [(at, node)]
    if isinstance(node, yaml.MappingNode):
        children = [
            ((*at, key.value), value) for key, value in node.value if isinstance(key, yaml.ScalarNode)
        ]
    else:
        children = [((*at, number), item) for number, item in enumerate(node.value)]
    return [pair for path, child in children for pair in _scalars(child, path)]


def _plain(node: yaml.Node) -> object:
    """The node as dicts, lists and text; numbers and other non-text become None."""
    if isinstance(node, yaml.MappingNode):
        return {key.value: _plain(value) for key, value in node.value if isinstance(key, yaml.ScalarNode)}
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item) for item in node.value]
    return node.value if node.tag == "tag:yaml.org,2002:str" else None
