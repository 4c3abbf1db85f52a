"""Datasette over the same documents: a table with full-text search (FTS5) and facets, for comparison.

The nearest thing that installs in one command and gives a searched, faceted, linkable base over files.
Installed in an environment of its own under `build/`, so that it is no part of this project.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlencode

from kb.content.loading import load_corpus
from kb.content.rendering import render

VERSION = "0.65.5"
FACETS = ("nature", "collectivite", "population", "region")
LISTS = ("theme", "outil", "logiciel", "prestataire")


def install(folder: Path) -> Path:
    """Python of an environment under `folder` that has Datasette."""
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        pip = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        subprocess.run([*pip, f"datasette=={VERSION}", "setuptools<81"], check=True)
    return python


def write_database(content: Path, path: Path) -> None:
    """The documents as one table, a column for each facet, with an FTS5 index of titles and bodies."""
    corpus = load_corpus(content).corpus
    path.unlink(missing_ok=True)
    with sqlite3.connect(path) as database:
        columns = ("slug", "title", "summary", *FACETS, *LISTS, "body")
        database.execute(f"CREATE TABLE documents (id INTEGER PRIMARY KEY, {', '.join(columns)})")
        for document in corpus.documents:
            values = {
                facet.name: [slug for slug, _ in facet.values_for(document.values_of(facet.field))]
                for facet in corpus.taxonomy.facets
            }
            body = "\n".join(section.text for section in render(document).sections)
            row = (
                *(document.slug, document.title, document.summary),
                *(next(iter(values.get(name, ())), None) for name in FACETS),
                *(json.dumps(values.get(name, [])) for name in LISTS),
                body,
            )
            database.execute(f"INSERT INTO documents VALUES (NULL{', ?' * len(row)})", row)  # noqa: S608
        database.execute(
            "CREATE VIRTUAL TABLE documents_fts USING fts5 (title, summary, body, "
            "content=documents, content_rowid=id, tokenize='unicode61 remove_diacritics 2')"
        )
        database.execute("INSERT INTO documents_fts (documents_fts) VALUES ('rebuild')")


def command(python: Path, database: Path, port: int) -> list[str]:
    """What serves the database, immutable, with counts made once, as its documentation advises."""
    return [str(python), "-m", "datasette", "-i", str(database), "--port", str(port)]


def address(port: int, database: Path, query: str) -> str:
    """Its search page with the same facets."""
    pairs = [("_search", query)]
    pairs += [("_facet", name) for name in FACETS] + [("_facet_array", name) for name in LISTS]
    return f"http://127.0.0.1:{port}/{database.stem}/documents?{urlencode(pairs)}"
