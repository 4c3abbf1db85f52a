"""The engines that our search is measured beside; each gets the same texts and no AND between words.

Whoosh with its own analyzers, with the chains of Kerko and flatnotes (two note and library search sites
built on it), SQLite FTS5, and tantivy with its French chain, where it is installed: the group `bench` of
pyproject.toml. Title and body apart, the title twice as heavy, as each one's documentation suggests.
"""

from __future__ import annotations

import re
import sqlite3
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

warnings.filterwarnings("ignore", category=SyntaxWarning)

from whoosh import index as whoosh_index  # noqa: E402
from whoosh.analysis import (  # noqa: E402
    Analyzer,
    CharsetFilter,
    LanguageAnalyzer,
    LowercaseFilter,
    RegexTokenizer,
    StandardAnalyzer,
    StemFilter,
    StemmingAnalyzer,
)
from whoosh.fields import ID, TEXT, Schema  # noqa: E402
from whoosh.qparser import MultifieldParser, OrGroup  # noqa: E402
from whoosh.support.charset import accent_map  # noqa: E402

try:
    import tantivy
except ImportError:
    tantivy = None

#: slugs, the best first, for a text
Rank = Callable[[str], Sequence[str]]
#: slug, title, everything else
Texts = list[tuple[str, str, str]]


class Engine(NamedTuple):
    """A way to build an index in a folder and to open it again."""

    build: Callable[[Texts, Path], None]
    open: Callable[[Path], Rank]


def engines() -> dict[str, Engine]:
    """Every engine by name."""
    kerko = RegexTokenizer() | StemFilter(lang="fr") | CharsetFilter(accent_map) | LowercaseFilter()
    found = {
        "Whoosh Standard": whoosh_with(StandardAnalyzer()),
        "Whoosh fr": whoosh_with(LanguageAnalyzer("fr")),
        "chaîne Kerko": whoosh_with(kerko),
        "chaîne flatnotes": whoosh_with(StemmingAnalyzer() | CharsetFilter(accent_map)),
        "SQLite FTS5": Engine(build_fts5, open_fts5),
    }
    return found | ({"tantivy fr": Engine(build_tantivy, open_tantivy)} if tantivy else {})


def whoosh_with(analyzer: Analyzer) -> Engine:
    """Stock Whoosh: title and body, BM25F, its own parser."""
    schema = Schema(
        slug=ID(stored=True), title=TEXT(analyzer=analyzer, field_boost=2.0), body=TEXT(analyzer=analyzer)
    )

    def build(texts: Texts, folder: Path) -> None:
        writer = whoosh_index.create_in(str(folder), schema).writer(limitmb=256)
        for slug, title, body in texts:
            writer.add_document(slug=slug, title=title, body=body)
        writer.commit()

    def opened(folder: Path) -> Rank:
        searcher = whoosh_index.open_dir(str(folder)).searcher()
        parser = MultifieldParser(["title", "body"], schema, group=OrGroup)
        return lambda text: [hit["slug"] for hit in searcher.search(parser.parse(text), limit=10)]

    return Engine(build, opened)


def build_fts5(texts: Texts, folder: Path) -> None:
    """SQLite FTS5 with unicode61, accents removed."""
    database = sqlite3.connect(folder / "fts.db")
    database.execute(
        "CREATE VIRTUAL TABLE d USING fts5"
        "(slug UNINDEXED, title, body, tokenize='unicode61 remove_diacritics 2')"
    )
    database.executemany("INSERT INTO d VALUES (?, ?, ?)", texts)
    database.commit()
    database.close()


def open_fts5(folder: Path) -> Rank:
    """The same, opened."""
    database = sqlite3.connect(folder / "fts.db")

    def rank(text: str) -> list[str]:
        words = " OR ".join(f'"{word}"' for word in re.findall(r"\w+", text))
        if not words:
            return []
        rows = database.execute(
            "SELECT slug FROM d WHERE d MATCH ? ORDER BY bm25(d, 0, 2.0, 1.0) LIMIT 10", (words,)
        )
        return [slug for (slug,) in rows]

    return rank


def build_tantivy(texts: Texts, folder: Path) -> None:
    """Tantivy with lower case, French stop words and stemmer, accents folded."""
    schema = tantivy.SchemaBuilder()
    schema.add_text_field("slug", stored=True, tokenizer_name="raw")
    for name in ("title", "body"):
        schema.add_text_field(name, tokenizer_name="fr")
    index = tantivy.Index(schema.build(), path=str(folder))
    index.register_tokenizer("fr", _french())
    writer = index.writer(num_threads=1)
    for slug, title, body in texts:
        writer.add_document(tantivy.Document(slug=[slug], title=[title], body=[body]))
    writer.commit()
    writer.wait_merging_threads()


def open_tantivy(folder: Path) -> Rank:
    """The same, opened."""
    index = tantivy.Index.open(str(folder))
    index.register_tokenizer("fr", _french())
    searcher = index.searcher()

    def rank(text: str) -> list[str]:
        query, _ = index.parse_query_lenient(
            re.sub(r"[^\w\" ]", " ", text), ["title", "body"], field_boosts={"title": 2.0}
        )
        return [searcher.doc(address)["slug"][0] for _, address in searcher.search(query, 10).hits]

    return rank


def _french() -> Any:
    filters = tantivy.Filter
    chain = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple()).filter(filters.lowercase())
    for kept in (filters.stopword("french"), filters.stemmer("french"), filters.ascii_fold()):
        chain = chain.filter(kept)
    return chain.build()
