"""The index is one that any Whoosh tool can open, and Whoosh's own queries find the documents that we find.

`make whoosh3` runs these and the search tests with the other distribution, in an environment of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from whoosh import index as whoosh_index
from whoosh import query as whoosh_query
from whoosh.qparser import QueryParser

from kb import Corpus
from kb.search.evaluation import read_judgements
from kb.search.index import Index, ensure_index
from kb.search.parsing import parse
from kb.search.query import SearchQuery
from kb.search.tree import Match, Tree
from kb.search.whoosh_engine import FIELDS, query_of
from tests.corpora import index_of, note

JUDGED = Path(__file__).resolve().parents[1] / "relevance"
QUERIES = [
    j.q
    for name in ("judgements", "heldout", "fresh-dev", "fresh-test", "unseen")
    for j in read_judgements(JUDGED / f"{name}.yaml")
]


@pytest.fixture(scope="module")
def index(real: Corpus, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """The index of the base."""
    with ensure_index(real, tmp_path_factory.mktemp("whoosh")) as opened:
        yield opened


@pytest.fixture(scope="module")
def opened(index: Index) -> Iterator[Any]:
    """The index of the base, opened by Whoosh alone."""
    with whoosh_index.open_dir(str(index.folder), readonly=True).searcher() as searcher:
        yield searcher


def slugs(searcher: Any, query: Any) -> set[str]:
    return {hit["slug"] for hit in searcher.search(query, limit=None)}


def test_the_queries_of_whoosh_find_the_documents_that_we_find(index: Index, opened: Any) -> None:
    compared = 0
    for text in sorted(set(QUERIES)):
        tree = index.searcher.matcher.match(parse(text))
        if any(_is_gapped(match) for match in _matches(tree)):
            continue  # « choix du prestataire »: a `Phrase` of Whoosh has no gaps
        found = index.engine.rank(tree).found
        ours = {row.slug for row, held in zip(index.engine.rows, found, strict=True) if held}
        assert slugs(opened, query_of(tree)) == ours, text
        compared += 1

    assert compared >= 200


def _is_gapped(match: Match) -> bool:
    return [at for at, _ in match.words] != list(range(len(match.words)))


def _matches(tree: Tree) -> list[Match]:
    return [reading.match for word in tree.leaves for reading in word.readings if reading.how != "correction"]


def test_a_parser_of_whoosh_reads_our_fields_by_our_analyzer(index: Index, opened: Any) -> None:
    parser = QueryParser("body", opened.schema)

    assert slugs(opened, parser.parse("Évaluées")) == slugs(opened, whoosh_query.Term("body", "evaluees"))
    assert "marcq-en-baroeul" in slugs(opened, parser.parse('"université Lille 2"'))


def test_facets_are_keywords(opened: Any, real: Corpus) -> None:
    told = {d.slug for d in real.documents if "evaluation" in d.fields.themes}

    assert slugs(opened, whoosh_query.Term("facet_theme", "evaluation")) == told


def test_the_text_of_every_zone_is_analysed_with_positions_and_stored(opened: Any) -> None:
    for field in FIELDS:
        form = next(iter(opened.reader().lexicon(field))).decode()
        matcher = opened.reader().postings(field, form)

        assert matcher.value_as("positions")
        assert opened.stored_fields(matcher.id())[field]


def test_each_document_keeps_its_positions(tmp_path: Path) -> None:
    notes = [note(f"note-{n}", f"Le mot commun et le mot{n} seul.") for n in range(150)]
    with index_of(tmp_path, *notes) as index:
        found = {n: index.search(SearchQuery(f"mot{n}")).hits[0] for n in (0, 63, 64, 127, 128, 149)}

        assert {n: hit.slug for n, hit in found.items()} == {n: f"note-{n}" for n in found}
        assert all(f"mot{n} seul" in hit.passages[0].text for n, hit in found.items())
