"""Our search beside others on the same documents and questions, in one run; then its growth.

    .venv/bin/python benchmarks/search.py [--sizes 37 1000] [--queries 60] [--sets judgements]

Quality: nDCG@10 by type on each set of judged queries. Every engine gets the same text (names,
title, terms, summary, figures, body), title apart where it has fields, and OR between words: its own
AND default would find less. Growth: documents recombined from the sentences of the real ones, with
invented rare words, a fixed seed; build time, size on disk, memory, and latency of a full answer
(for us with facets, passages and correction; for the others the ten best slugs only).

tantivy is used where it is installed (`pip install tantivy`), and left out otherwise.
"""

from __future__ import annotations

import argparse
import random
import re
import resource
import shutil
import sqlite3
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

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

from kb.content.loading import load_corpus  # noqa: E402
from kb.content.model import Corpus, Document, Section  # noqa: E402
from kb.content.rendering import render  # noqa: E402
from kb.search.evaluation import Report, evaluate_ranking, read_judgements  # noqa: E402
from kb.search.index import ensure_index  # noqa: E402
from kb.search.query import SearchQuery  # noqa: E402
from kb.search.segments import Zone, segments_of  # noqa: E402

try:
    import tantivy
except ImportError:
    tantivy = None

HERE = Path(__file__).resolve().parent.parent
RELEVANCE = HERE / "tests" / "relevance"
#: judged queries: those on which the search was tuned, and those set aside
SETS = ("judgements", "fresh-dev", "heldout", "fresh-test")
Rank = Callable[[str], Sequence[str]]
Texts = list[tuple[str, str, str]]  # slug, title, everything else


def texts_of(corpus: Corpus) -> Texts:
    """What every engine is given."""
    rows = []
    for document in corpus.documents:
        segments = segments_of(document, render(document), corpus.taxonomy)
        rest = "\n".join(segment.text for segment in segments if segment.zone != Zone.TITLE)
        rows.append((document.slug, document.title, rest))
    return rows


def ours(corpus: Corpus, folder: Path) -> Rank:
    """This project's index, whole answers."""
    index = ensure_index(corpus, folder)
    return lambda text: [hit.slug for hit in index.search(SearchQuery(text, per_page=10)).hits]


def whoosh_with(analyzer: Analyzer) -> Callable[[Texts, Path], Rank]:
    """Stock Whoosh: title and body, BM25F, its own parser."""

    def build(texts: Texts, folder: Path) -> Rank:
        schema = Schema(
            slug=ID(stored=True), title=TEXT(analyzer=analyzer, field_boost=2.0), body=TEXT(analyzer=analyzer)
        )
        index = whoosh_index.create_in(str(folder), schema)
        writer = index.writer(limitmb=256)
        for slug, title, body in texts:
            writer.add_document(slug=slug, title=title, body=body)
        writer.commit()
        searcher = index.searcher()
        parser = MultifieldParser(["title", "body"], schema, group=OrGroup)
        return lambda text: [hit["slug"] for hit in searcher.search(parser.parse(text), limit=10)]

    return build


def fts5(texts: Texts, folder: Path) -> Rank:
    """SQLite FTS5 with unicode61, accents removed, title weighted twice."""
    database = sqlite3.connect(folder / "fts.db")
    database.execute(
        "CREATE VIRTUAL TABLE d USING fts5"
        "(slug UNINDEXED, title, body, tokenize='unicode61 remove_diacritics 2')"
    )
    database.executemany("INSERT INTO d VALUES (?, ?, ?)", texts)
    database.commit()

    def rank(text: str) -> list[str]:
        words = " OR ".join(f'"{word}"' for word in re.findall(r"\w+", text))
        if not words:
            return []
        rows = database.execute(
            "SELECT slug FROM d WHERE d MATCH ? ORDER BY bm25(d, 0, 2.0, 1.0) LIMIT 10", (words,)
        )
        return [slug for (slug,) in rows]

    return rank


def tantivy_fr(texts: Texts, folder: Path) -> Rank:
    """tantivy with lower case, French stop words and stemmer, accents folded."""
    filters = tantivy.Filter
    analyzer = (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(filters.lowercase())
        .filter(filters.stopword("french"))
        .filter(filters.stemmer("french"))
        .filter(filters.ascii_fold())
        .build()
    )
    schema = tantivy.SchemaBuilder()
    schema.add_text_field("slug", stored=True, tokenizer_name="raw")
    for name in ("title", "body"):
        schema.add_text_field(name, tokenizer_name="fr")
    index = tantivy.Index(schema.build(), path=str(folder))
    index.register_tokenizer("fr", analyzer)
    writer = index.writer(num_threads=1)
    for slug, title, body in texts:
        writer.add_document(tantivy.Document(slug=[slug], title=[title], body=[body]))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def rank(text: str) -> list[str]:
        query, _ = index.parse_query_lenient(
            re.sub(r"[^\w\" ]", " ", text), ["title", "body"], field_boosts={"title": 2.0}
        )
        return [searcher.doc(address)["slug"][0] for _, address in searcher.search(query, 10).hits]

    return rank


def engines() -> dict[str, Callable[[Texts, Path], Rank]]:
    """Every engine that is compared, ours apart."""
    kerko = RegexTokenizer() | StemFilter(lang="fr") | CharsetFilter(accent_map) | LowercaseFilter()
    found = {
        "Whoosh Standard": whoosh_with(StandardAnalyzer()),
        "Whoosh fr": whoosh_with(LanguageAnalyzer("fr")),
        "chaîne Kerko": whoosh_with(kerko),
        "chaîne flatnotes": whoosh_with(StemmingAnalyzer() | CharsetFilter(accent_map)),
        "SQLite FTS5": fts5,
    }
    return found | ({"tantivy fr": tantivy_fr} if tantivy else {})


def quality(corpus: Corpus, sets: Sequence[str]) -> None:
    """nDCG@10 by type of every engine, on each set of judged queries."""
    texts = texts_of(corpus)
    with tempfile.TemporaryDirectory() as folder:
        ranks: dict[str, Rank] = {}
        for number, (name, build) in enumerate(engines().items()):
            place = Path(folder) / str(number)
            place.mkdir()
            ranks[name] = build(texts, place)
        ranks["kb"] = ours(corpus, Path(folder) / "kb")
        for name in sets:
            judged = read_judgements(RELEVANCE / f"{name}.yaml")
            _table(name, {engine: evaluate_ranking(rank, judged) for engine, rank in ranks.items()})


def _table(name: str, reports: dict[str, Report]) -> None:
    types = [*next(iter(reports.values())).by_type, "ensemble"]
    print(f"\n{name} : nDCG@10")
    print(f"{'':<18}" + "".join(f"{kind[:11]:>12}" for kind in types))
    for engine, report in reports.items():
        scores = [report.by_type[kind] if kind != "ensemble" else report.overall for kind in types]
        print(f"{engine:<18}" + "".join(f"{score.ndcg:>12.3f}" for score in scores))


def growth(corpus: Corpus, size: int, count: int) -> None:
    """Build time, size, memory and latency of every engine over `size` documents."""
    grown = corpus if size <= len(corpus.documents) else multiplied(corpus, size)
    asked = [j.q for name in SETS for j in read_judgements(RELEVANCE / f"{name}.yaml")]
    asked = random.Random(1).sample(asked, min(count, len(asked)))  # noqa: S311 - a choice, no secret
    texts = texts_of(grown)
    print(
        f"\n{len(grown.documents)} documents, {len(asked)} questions; milliseconds\n"
        f"{'':<18}{'build s':>9}{'disk MB':>9}{'RSS MB':>8}{'cold p50':>10}{'p50':>8}{'p95':>8}{'p99':>8}"
    )
    builds: list[tuple[str, Callable[[Path], Rank]]] = [("kb", lambda folder: ours(grown, folder))]
    builds += [(name, lambda folder, build=build: build(texts, folder)) for name, build in engines().items()]  # type: ignore[misc]
    for name, build in builds:
        with tempfile.TemporaryDirectory() as folder:
            began = time.perf_counter()
            rank = build(Path(folder))
            built = time.perf_counter() - began
            disk = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file()) / 1e6
            cold = sorted(_times(rank, asked))
            warm = sorted(_times(rank, asked * 3))
            rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(
                f"{name:<18}{built:>9.1f}{disk:>9.1f}{rss:>8.0f}{_at(cold, 0.5):>10.2f}{_at(warm, 0.5):>8.2f}"
                f"{_at(warm, 0.95):>8.2f}{_at(warm, 0.99):>8.2f}",
                flush=True,
            )


def multiplied(corpus: Corpus, size: int) -> Corpus:
    """`size` documents of about 600 words, made of the sentences of the real ones and rare invented words."""
    chance = random.Random(20261123)  # noqa: S311 - reproducible, no secret
    sentences = [
        sentence
        for document in corpus.documents
        for section in render(document).sections
        for sentence in re.split(r"(?<=[.!?])\s+", section.text.replace("\n", " "))
        if len(sentence) > 30
    ]
    documents = [_invented(corpus, number, sentences, chance) for number in range(size)]
    return Corpus(tuple(documents), corpus.taxonomy, f"synthetic-{size}")


def _invented(corpus: Corpus, number: int, sentences: list[str], chance: random.Random) -> Document:
    model = chance.choice(corpus.documents)
    words, wanted = 0, max(200, chance.gauss(600, 150))
    parts: list[list[str]] = [[] for _ in model.sections]
    while words < wanted:
        sentence = chance.choice(sentences)
        if chance.random() < 0.2:
            sentence += (
                " " + "".join(chance.choice("bcdfglmnprst") + chance.choice("aeiou") for _ in range(4)) + "."
            )
        chance.choice(parts).append(sentence)
        words += sentence.count(" ") + 1
    sections = tuple(
        Section(s.anchor, s.title, " ".join(part).replace("*", "").replace("[", "("), s.line)
        for s, part in zip(model.sections, parts, strict=True)
    )
    return replace(model, slug=f"{model.slug}-{number}", sections=sections)


def _times(rank: Rank, texts: Sequence[str]) -> Iterator[float]:
    for text in texts:
        began = time.perf_counter()
        rank(text)
        yield (time.perf_counter() - began) * 1000


def _at(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def main() -> int:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="*", default=[37, 1000])
    parser.add_argument("--queries", type=int, default=60)
    parser.add_argument("--sets", nargs="*", default=SETS, help="judged queries, none for growth alone")
    args = parser.parse_args()
    corpus = load_corpus(HERE / "content").corpus
    quality(corpus, args.sets)
    for size in args.sizes:
        growth(corpus, size, args.queries)
    shutil.rmtree(HERE / "benchmarks" / "__pycache__", ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
