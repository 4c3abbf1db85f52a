"""A content folder → Corpus, and every Problem of every file; never stops at the first.

Layout: `taxonomy.yaml`, `site.yaml`, and a folder for each kind of document (`kb.content.kinds`).
Files that start with a dot or an underscore are passed over. A file that cannot be read as a document
is left out of the corpus and told among the problems; whether to serve what remains is for the caller
to say.
"""

from __future__ import annotations

import hashlib
import os
import posixpath
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from kb.content.documents import Corpus, Document
from kb.content.files import UnreadError, documents_in, read_file, shown
from kb.content.history import last_changes
from kb.content.kinds import KINDS, kind_of
from kb.content.parsing import Parsed, parse_text, parse_yaml
from kb.content.sections import split_sections
from kb.content.site import NEUTRAL, SiteFields
from kb.content.taxonomy import Taxonomy
from kb.content.validation import problems_of, tuples
from kb.errors import Problem

T = TypeVar("T", bound=BaseModel)


@dataclass(frozen=True)
class Loaded:
    """What a folder holds: the documents that can be read, the files as parsed, the problems."""

    corpus: Corpus
    #: every document file, readable or not, by path relative to the folder
    files: Mapping[str, Parsed]
    problems: tuple[Problem, ...]
    root: Path
    #: day of the last commit that git knows of this folder; "" where it knows none
    committed: str = ""


def load_corpus(root: Path, progress: Callable[[int, int], None] | None = None) -> Loaded:
    """Everything under the content folder `root`.

    `progress` is called with (files read, files in all). Problems are sorted by file and line.
    Raises FileNotFoundError where there is a folder for no kind of document.
    """
    paths = [path for kind in KINDS for path in documents_in(root / kind.folder)]
    if not any((root / kind.folder).is_dir() for kind in KINDS):
        folders = " ni ".join(f"dossier « {kind.folder} »" for kind in KINDS)
        raise FileNotFoundError(f"{root} : ni {folders}")
    taxonomy, problems, vocabulary = _load_taxonomy(root)
    site, faults, identity = _load_yaml(root, "site.yaml", SiteFields, NEUTRAL)
    problems += faults
    digest = hashlib.sha256(vocabulary + b"\0" + identity)
    changes = last_changes(root)
    documents, files = [], {}
    for number, path in enumerate(paths, 1):
        name = f"{path.parent.name}/{path.name}"
        document, parsed, raw = load_document(path, name, root)
        files[name] = parsed
        problems.extend(parsed.problems)
        if document:
            changed = document.fields.updated or changes.get(name) or document.fields.review.date
            documents.append(replace(document, updated=changed))
            digest.update(changed.encode())
        digest.update(os.fsencode(name) + b"\0" + raw + b"\0")
        if progress:
            progress(number, len(paths))
    corpus = Corpus(tuple(documents), taxonomy, digest.hexdigest()[:16], site)
    return Loaded(corpus, files, tuple(sorted(problems)), root, max(changes.values(), default=""))


def load_document(path: Path, name: str, root: Path) -> tuple[Document | None, Parsed, bytes]:
    """(document or None, the file as parsed with all its problems, its bytes)."""
    raw, text, fault = _read(path, root)
    if fault:
        return None, Parsed(shown(path), {}, {}, "", 1, (fault,)), raw
    return *_taken_apart(text, name, shown(path)), raw


@lru_cache(maxsize=256)
def _taken_apart(text: str, name: str, told_as: str) -> tuple[Document | None, Parsed]:
    """The document of a text, and the text as parsed.

    A site that follows its files reads them all when one is saved: the others are remembered.
    """
    parsed = parse_text(text, told_as)
    fields, problems = _fields_of(parsed, kind_of(name).model)
    parsed = replace(parsed, problems=(*parsed.problems, *problems))
    if fields is None:
        return None, parsed
    digest = hashlib.sha256(text.encode()).hexdigest()
    slug = posixpath.basename(name).removesuffix(".md")
    sections = split_sections(parsed.body, parsed.body_line)
    return Document(slug, name, fields, sections, text, digest), parsed


def _fields_of(parsed: Parsed, kind: type[BaseModel]) -> tuple[Any, tuple[Problem, ...]]:
    """(front matter as values or None, problems of its shape)."""
    if not parsed.data:
        return None, ()
    try:
        return kind.model_validate(tuples(parsed.data)), ()
    except ValidationError as error:
        return None, problems_of(error, kind, parsed.path, parsed.line_of)


def _load_taxonomy(root: Path) -> tuple[Taxonomy, list[Problem], bytes]:
    taxonomy, problems, raw = _load_yaml(root, "taxonomy.yaml", Taxonomy, Taxonomy(facets=()))
    if raw or problems:
        return taxonomy, problems, raw
    where = shown(root / "taxonomy.yaml")
    missing = Problem(where, 1, "la taxonomie manque", "restaurez content/taxonomy.yaml", "taxonomie")
    return taxonomy, [missing], raw


def _load_yaml(root: Path, name: str, model: type[T], empty: T) -> tuple[T, list[Problem], bytes]:
    """(a YAML file of the folder as values, its problems, its bytes); `empty` where it gives no values."""
    path = root / name
    if not path.exists() and not path.is_symlink():
        return empty, [], b""
    raw, text, fault = _read(path, root)
    if fault:
        return empty, [fault], raw
    data, lines, problems = parse_yaml(text, shown(path))
    if problems and not data:
        return empty, list(problems), raw  # the cause, without what follows from it
    line_of = Parsed("", {}, lines, "", 1).line_of
    try:
        return model.model_validate(tuples(data)), list(problems), raw
    except ValidationError as error:
        return empty, [*problems, *problems_of(error, model, shown(path), line_of)], raw


def _read(path: Path, root: Path) -> tuple[bytes, str, Problem | None]:
    """(bytes, text, why it cannot be read): what `read_file` refuses, or is not in UTF-8."""
    try:
        raw = read_file(path, root)
    except UnreadError as error:
        return b"", "", error.problem
    try:
        return raw, raw.decode("utf-8"), None
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        fault = Problem(
            shown(path), line, "le fichier n’est pas en UTF-8", "enregistrez-le en UTF-8", "encodage"
        )
        return raw, "", fault
