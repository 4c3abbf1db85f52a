"""Mends what is mechanical in a content file: typography, trailing spaces, the final newline.

Typography goes over the body and over the front matter's text for people (titles, summaries,
labels…), never over codes, addresses, dates, slugs or code. Lines stay where they are; mending
twice changes nothing more; the fields of the mended file are those of the file.
"""

from __future__ import annotations

import re

import yaml

from kb.content.fields import KeyPath, leaves
from kb.content.model import CaseFields, PracticeFields
from kb.content.parsing import HEADER, compose
from kb.content.typography import french, french_markdown


def fix_text(text: str) -> str:
    """The text of a content file, mended. A header that cannot be read is left as it is."""
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
    nodes = dict(_scalars(root, ()))
    data = _plain(root)
    model = PracticeFields if isinstance(data, dict) and "kind" in data else CaseFields
    places = {leaf.path for leaf in leaves(model, data) if leaf.is_prose}
    starts = [0]
    for line in head.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    for path in sorted(places, key=lambda path: nodes[path].start_mark.index, reverse=True):
        node = nodes[path]
        start, end = (starts[mark.line] + mark.column for mark in (node.start_mark, node.end_mark))
        head = head[:start] + _fix_scalar(head[start:end], node.style) + head[end:]
    return head


def _fix_scalar(raw: str, style: str | None) -> str:
    if style == "'":
        return "'" + french(raw[1:-1].replace("''", "'")).replace("'", "''") + "'"
    if style == '"':
        return raw if "\\" in raw.replace('\\"', "") else french(raw)
    if style in ("|", ">"):
        indicator, newline, text = raw.partition("\n")
        return indicator + newline + french(text)
    return french(raw)


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
