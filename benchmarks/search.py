"""Our search beside others on the same documents and questions, in one run; then its growth.

    .venv/bin/python benchmarks/search.py [--sizes 37 1000] [--queries 20] [--sets judgements]

Quality: nDCG@10 by type on each set of judged queries. Every engine gets the same text (names, title,
terms, summary, figures, body), title apart where it has fields, and OR between words: its own AND
default would find less. Growth: documents recombined from the sentences of the real ones, with invented
rare words, a fixed seed; build time, size on disk, memory taken by opening and asking, each in a process
of its own, and latency of a full answer by type of query (for us with facets, passages and correction;
for the others the ten best slugs only). « premier » is the first time a query is asked, nothing held in
memory by us, files in the system's cache; « ensuite » the second time.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import re
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from engines import Engine, Rank, Texts, engines

from kb.content.documents import Corpus, Document, Section
from kb.content.loading import load_corpus
from kb.content.rendering import render
from kb.search.evaluation import Report, evaluate_ranking, read_judgements
from kb.search.index import build_index, open_index
from kb.search.query import SearchQuery
from kb.search.segments import Zone, segments_of

HERE = Path(__file__).resolve().parent.parent
RELEVANCE = HERE / "tests" / "relevance"
#: every set of judged queries: judgements and fresh-dev are those on which the search was tuned
SETS = tuple(sorted(path.stem for path in RELEVANCE.glob("*.yaml") if path.stem != "identity"))
#: the engines of the same kind as ours, which the larger sizes leave out: Whoosh's own need minutes
SLOW = ("Whoosh", "chaîne")


def texts_of(corpus: Corpus) -> Texts:
    """What every engine is given."""
    rows = []
    for document in corpus.documents:
        segments = segments_of(document, render(document), corpus.taxonomy)
        rest = "\n".join(segment.text for segment in segments if segment.zone != Zone.TITLE)
        rows.append((document.slug, document.title, rest))
    return rows


def ours(corpus: Corpus) -> Engine:
    """This project's index, whole answers."""

    def opened(folder: Path) -> Rank:
        index = open_index(corpus, folder)
        if index is None:
            raise RuntimeError(f"no index in {folder}")
        return lambda text: [hit.slug for hit in index.search(SearchQuery(text, per_page=10)).hits]

    return Engine(lambda _, folder: (folder.chmod(0o700), build_index(corpus, folder))[0], opened)


def quality(corpus: Corpus, sets: Sequence[str]) -> None:
    """nDCG@10 by type of every engine, on each set of judged queries."""
    texts = texts_of(corpus)
    with tempfile.TemporaryDirectory() as folder:
        ranks: dict[str, Rank] = {}
        for number, (name, engine) in enumerate((engines() | {"kb": ours(corpus)}).items()):
            place = Path(folder) / str(number)
            place.mkdir()
            engine.build(texts, place)
            ranks[name] = engine.open(place)
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
    asked = _asked(count)
    texts = texts_of(grown)
    print(f"\n{len(grown.documents)} documents, {sum(map(len, asked.values()))} questions")
    print(
        f"{'':<18}{'build s':>8}{'peak MB':>8}{'disk MB':>8}{'open s':>7}{'RSS MB':>7}"
        f"{'p50 ms':>8}{'p95':>7}{'p99':>7}{'ensuite p95':>13}   premier p95 : "
        + " ".join(f"{kind[:10]:>10}" for kind in asked)
    )
    for name, engine in ({"kb": ours(grown)} | engines()).items():
        if size > 1_000 and name.startswith(SLOW):
            continue
        with tempfile.TemporaryDirectory() as folder:
            built, peak = _aside(_build, engine, texts, Path(folder))
            disk = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file()) / 1e6
            opened, rss, first, again = _aside(_ask, engine, Path(folder), asked)
        every, later = (sorted(t for times in part.values() for t in times) for part in (first, again))
        print(
            f"{name:<18}{built:>8.1f}{peak:>8.0f}{disk:>8.1f}{opened:>7.2f}{rss:>7.0f}"
            f"{_at(every, 0.5):>8.1f}{_at(every, 0.95):>7.1f}{_at(every, 0.99):>7.1f}"
            f"{_at(later, 0.95):>13.1f}"
            + " " * 17
            + " ".join(f"{_at(sorted(times), 0.95):>10.1f}" for times in first.values()),
            flush=True,
        )


def _asked(count: int) -> dict[str, list[str]]:
    """At most `count` judged queries of each type, drawn with a fixed seed."""
    by_type: dict[str, list[str]] = {}
    for judgement in (j for name in SETS for j in read_judgements(RELEVANCE / f"{name}.yaml")):
        by_type.setdefault(judgement.type, []).append(judgement.q)
    chance = random.Random(1)  # noqa: S311 - a choice, no secret
    return {kind: chance.sample(texts, min(count, len(texts))) for kind, texts in by_type.items()}


def _build(engine: Engine, texts: Texts, folder: Path) -> tuple[float, float]:
    """(seconds, MB of memory taken at most)."""
    before, began = _rss(), time.perf_counter()
    engine.build(texts, folder)
    took = time.perf_counter() - began
    return took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - before


def _ask(
    engine: Engine, folder: Path, asked: dict[str, list[str]]
) -> tuple[float, float, dict[str, list[float]], dict[str, list[float]]]:
    """(seconds to open, MB taken, milliseconds of each query by type the first time and the second)."""
    before, began = _rss(), time.perf_counter()
    rank = engine.open(folder)
    opened = time.perf_counter() - began
    first, again = ({kind: _times(rank, texts) for kind, texts in asked.items()} for _ in range(2))
    return opened, _rss() - before, first, again


def _aside(work: Callable[..., Any], *args: Any) -> Any:
    """What a function gives, called in a process of its own, so that memory is its own."""
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe()
    process = context.Process(target=lambda: there.send(work(*args)))
    process.start()
    there.close()
    result = here.recv()
    process.join()
    return result


def _rss() -> float:
    """MB of memory that this process holds."""
    pages = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[1])
    return pages * resource.getpagesize() / 2**20


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


def _times(rank: Rank, texts: Sequence[str]) -> list[float]:
    times = []
    for text in texts:
        began = time.perf_counter()
        rank(text)
        times.append((time.perf_counter() - began) * 1000)
    return times


def _at(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def main() -> int:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="*", default=[37, 1000])
    parser.add_argument("--queries", type=int, default=20, help="of each type")
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
