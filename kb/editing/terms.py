"""Use of the terms of the taxonomy, and their renaming in every file.

Renaming edits text, not data: each place is found through YAML's marks and only the slug itself
is replaced, so comments, order and layout stay and the difference is one that a person can read.
The former slug becomes an alias of the term: its addresses and searches lead to the new one.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from kb.content.documents import Corpus
from kb.content.loading import Loaded
from kb.content.parsing import HEADER, compose, parse_text, parse_yaml
from kb.content.slugs import slugify
from kb.content.taxonomy import UNKNOWN, Facet, Taxonomy
from kb.errors import EditError

Splice = tuple[int, int, str]


@dataclass(frozen=True)
class TermUse:
    """The documents that carry a term."""

    facet: str
    term: str
    label: str
    #: slugs of documents
    documents: tuple[str, ...]


@dataclass(frozen=True)
class Edit:
    """A file and its text before and after."""

    path: Path
    before: str
    after: str

    @property
    def diff(self) -> str:
        """What changes, as git would show it."""
        name = os.path.relpath(self.path)
        lines = difflib.unified_diff(
            self.before.splitlines(True), self.after.splitlines(True), name, name, n=1
        )
        return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)

    def write(self) -> None:
        """Put the new text in place, in one move."""
        draft = self.path.with_name(f".{self.path.name}.kb")
        draft.write_bytes(self.after.encode("utf-8"))
        draft.replace(self.path)


def uses(corpus: Corpus, facet_name: str = "") -> tuple[TermUse, ...]:
    """Every term of every closed facet (or of one) with the documents that carry it.

    Raises EditError for an unknown facet.
    """
    closed = [facet for facet in corpus.taxonomy.facets if facet.terms]
    if facet_name and facet_name not in [facet.name for facet in closed]:
        known = ", ".join(facet.name for facet in closed)
        raise EditError(f"la facette « {facet_name} » n’a pas de termes ; facettes : {known}")
    return tuple(use for facet in closed if facet_name in ("", facet.name) for use in _uses_of(corpus, facet))


def plan_rename(loaded: Loaded, old: str, new: str, facet_name: str = "") -> tuple[Edit, ...]:
    """The edits that rename a term, documents first, the taxonomy last; nothing is written.

    Raises EditError where the term or the new slug does not allow it, or where a file cannot be read.
    """
    taxonomy = loaded.corpus.taxonomy
    facet = _facet_of(taxonomy, old, facet_name)
    _check_new(facet, old, new)
    if loaded.problems and len(loaded.files) > len(loaded.corpus.documents):
        raise EditError(f"une fiche est illisible, corrigez-la d’abord : {loaded.problems[0]}")
    edits = [
        edit
        for name, parsed in loaded.files.items()
        if (edit := _document_edit(loaded.root / name, parsed.data, facet, old, new))
    ]
    return (*edits, _taxonomy_edit(loaded.root / "taxonomy.yaml", facet, old, new))


def _uses_of(corpus: Corpus, facet: Facet) -> Iterator[TermUse]:
    carried: dict[str, list[str]] = {}
    for document in corpus.documents:
        for slug, _ in facet.values_for(document.values_of(facet.field)):
            carried.setdefault(slug, []).append(document.slug)
    for term in facet.terms:
        yield TermUse(facet.name, term.slug, term.label, tuple(carried.get(term.slug, ())))


def _facet_of(taxonomy: Taxonomy, old: str, facet_name: str) -> Facet:
    named = [facet for facet in taxonomy.facets if facet_name in ("", facet.name)]
    found = [facet for facet in named if any(term.slug == old for term in facet.terms)]
    if len(found) > 1:
        names = ", ".join(facet.name for facet in found)
        raise EditError(f"« {old} » est un terme de plusieurs facettes ({names}) ; dites --facet")
    if not found:
        former = next((f.by_slug[old].slug for f in named if old in f.by_slug), None)
        near = former or next((near for f in named if (near := f.nearest(old))), None)
        raise EditError(
            f"aucun terme « {old} »{f' dans la facette {facet_name}' if facet_name else ''}"
            + (f" ; vouliez-vous dire « {near} » ?" if near else " ; termes : content/taxonomy.yaml")
        )
    if found[0].field == "nature":
        raise EditError(f"les termes de la facette « {found[0].name} » sont ceux du modèle : non modifiables")
    return found[0]


def _check_new(facet: Facet, old: str, new: str) -> None:
    if not new or slugify(new) != new:
        raise EditError(f"« {new} » n’est pas un slug ; essayez {slugify(new) or 'nom-du-terme'}")
    if new == UNKNOWN:
        raise EditError(f"« {UNKNOWN} » est réservé ; choisissez un autre nom")
    holder = facet.by_slug.get(new)
    if holder is not None and (holder.slug == new or holder.slug != old):
        raise EditError(f"« {new} » est déjà un nom du terme « {holder.slug} » ; choisissez un autre nom")


def _document_edit(path: Path, data: Mapping[str, Any], facet: Facet, old: str, new: str) -> Edit | None:
    """The edit of one document, or None where it does not carry the term."""
    # newlines as they stand: read_text would turn Windows ones into others
    text = path.read_bytes().decode("utf-8")
    if "\r" in text:
        raise EditError(f"{path} : fins de ligne de Windows ; lancez kb fix, puis recommencez")
    expected = _replaced(data, tuple(facet.field.split(".")), old, new)
    if expected == data:
        return None
    header = HEADER.match(text)
    root = compose(header[1]) if header else None
    if root is None or header is None:
        return None
    nodes = _scalars_at(root, tuple(facet.field.split(".")))
    splices = [
        (*_range(header[1], node, header.start(1)), new)
        for node in nodes
        if node.tag.endswith(":str") and node.value == old
    ]
    if not splices:
        return None
    after = _spliced(text, [_inner(text, splice, old) for splice in splices])
    if parse_text(after, str(path)).data != expected:
        raise EditError(f"{path} : le terme ne peut pas être remplacé sans risque ; changez-le à la main")
    return Edit(path, text, after)


def _taxonomy_edit(path: Path, facet: Facet, old: str, new: str) -> Edit:
    """The edit of the taxonomy: the slug, and the former one among the aliases."""
    text = path.read_bytes().decode("utf-8")
    root = compose(text)
    term = _term_node(root, facet.name, old)
    fields = {key.value: value for key, value in term.value}
    former = [node for node in getattr(fields.get("aliases"), "value", ()) if node.value != new]
    splices = [_inner(text, (*_range(text, fields["slug"]), new), old)]
    aliases = ", ".join([*(node.value for node in former), old])
    if "aliases" in fields:
        if fields["aliases"].flow_style:
            splices.append((*_range(text, fields["aliases"]), f"[{aliases}]"))
        else:
            splices += _block_splices(text, fields["aliases"], old, new)
    elif term.flow_style:
        _, end = _range(text, term)
        splices.append((end - 1, end - 1, f", aliases: [{aliases}]"))
    else:
        key, value = next(pair for pair in term.value if pair[0].value == "slug")
        line_end = _line_end(text, _range(text, value)[1])
        splices.append((line_end, line_end, f"\n{' ' * key.start_mark.column}aliases: [{aliases}]"))
    after = _spliced(text, splices)
    data, _, problems = parse_yaml(after, str(path))
    written = next(f for f in data["facets"] if f["name"] == facet.name)["terms"] if not problems else []
    before = next(f for f in parse_yaml(text, str(path))[0]["facets"] if f["name"] == facet.name)["terms"]
    expected = [
        {**t, "slug": new, "aliases": [n.value for n in former] + [old]} if t["slug"] == old else t
        for t in before
    ]
    if written != expected:
        raise EditError(f"{path} : le terme ne peut pas être remplacé sans risque ; changez-le à la main")
    return Edit(path, text, after)


def _block_splices(text: str, names: yaml.Node, old: str, new: str) -> Iterator[Splice]:
    """Puts `old` last in a list written a line each, and takes `new` out."""
    indent = " " * names.start_mark.column
    for node in names.value:
        if node.value == new:
            start = text.rfind("\n", 0, _range(text, node)[0])
            yield start, _line_end(text, start + 1), ""
    end = _line_end(text, _range(text, names.value[-1])[1])
    yield end, end, f"\n{indent}- {old}"


def _line_end(text: str, at: int) -> int:
    found = text.find("\n", at)
    return len(text) if found < 0 else found


def _term_node(root: yaml.Node | None, facet_name: str, slug: str) -> yaml.MappingNode:
    for facet in _items(root, "facets"):
        if _value(facet, "name") == facet_name:
            for term in _items(facet, "terms"):
                if _value(term, "slug") == slug and isinstance(term, yaml.MappingNode):
                    return term
    raise EditError(f"« {slug} » est introuvable dans content/taxonomy.yaml ; lancez kb check")


def _items(node: yaml.Node | None, key: str) -> list[yaml.Node]:
    pairs = node.value if isinstance(node, yaml.MappingNode) else ()
    return next((list(value.value) for name, value in pairs if name.value == key), [])


def _value(node: yaml.Node, key: str) -> Any:
    pairs = node.value if isinstance(node, yaml.MappingNode) else ()
    return next((value.value for name, value in pairs if name.value == key), None)


def _scalars_at(node: yaml.Node, field: tuple[str, ...]) -> list[yaml.ScalarNode]:
    """The scalars at a dotted field, through every list on the way."""
    if isinstance(node, yaml.SequenceNode):
        return [found for item in node.value for found in _scalars_at(item, field)]
    if isinstance(node, yaml.MappingNode):
        return [
            found
            for key, value in node.value
            if field and key.value == field[0]
            for found in _scalars_at(value, field[1:])
        ]
    return [node] if isinstance(node, yaml.ScalarNode) and not field else []


def _range(text: str, node: yaml.Node, offset: int = 0) -> tuple[int, int]:
    """Where a node stands; by line and column, because libyaml's indexes are not Python's."""
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    return (
        offset + starts[node.start_mark.line] + node.start_mark.column,
        offset + starts[node.end_mark.line] + node.end_mark.column,
    )


def _inner(text: str, splice: Splice, old: str) -> Splice:
    """The splice narrowed to the slug itself, inside the quotes where there are some."""
    start, end, new = splice
    at = re.search(re.escape(old), text[start:end])
    return (start + at.start(), start + at.end(), new) if at else splice


def _spliced(text: str, splices: list[Splice]) -> str:
    for start, end, new in sorted(splices, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _replaced(data: Any, field: tuple[str, ...], old: str, new: str) -> Any:
    if isinstance(data, list):
        return [_replaced(item, field, old, new) for item in data]
    if isinstance(data, Mapping):
        return {
            key: _replaced(value, field[1:], old, new) if field and key == field[0] else value
            for key, value in data.items()
        }
    return new if not field and data == old else data
