"""What we rely on in Whoosh, so that an upgrade or its continuation `whoosh3` shows at once what it breaks.

`make whoosh3` runs these and the search tests with the other distribution, in an environment of its own.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from whoosh import index as whoosh_index
from whoosh.fields import STORED, Schema
from whoosh.reading import TermNotFound

from kb.search.index import FIELD, PositionsField
from kb.search.query import SearchQuery
from tests.corpora import index_of, note

#: more than the postings of one block of Whoosh's codec
MANY = 300


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """An index written, committed and opened again: texts and positions in documents apart."""
    folder = str(tmp_path_factory.mktemp("whoosh"))
    writer = whoosh_index.create_in(folder, Schema(**{FIELD: PositionsField(), "texts": STORED()})).writer()
    for number in range(MANY):
        writer.add_document(texts=[(number, "é", b"\x00\xff")])
        writer.add_document(
            **{FIELD: {"œuvre": bytes([number % 256, 0, 0, 0]), f"seul{number}": b"\1\0\0\0"}}
        )
    writer.commit()
    opened = whoosh_index.open_dir(folder, readonly=True).reader()
    yield opened
    opened.close()


def postings(reader: Any, form: str) -> list[tuple[int, bytes]]:
    found, matcher = [], reader.postings(FIELD, form)
    while matcher.is_active():
        found.append((matcher.id(), matcher.value()))
        matcher.next()
    return found


def test_values_come_back_byte_for_byte_in_the_order_in_which_documents_were_added(reader: Any) -> None:
    assert postings(reader, "œuvre") == [(2 * n + 1, bytes([n % 256, 0, 0, 0])) for n in range(MANY)]


def test_a_form_of_one_document_has_one_posting(reader: Any) -> None:
    assert postings(reader, "seul7") == [(15, b"\1\0\0\0")]


def test_an_unknown_form_is_told_by_its_exception(reader: Any) -> None:
    with pytest.raises(TermNotFound):
        reader.postings(FIELD, "absent")


def test_stored_values_come_back_as_they_were_given(reader: Any) -> None:
    assert reader.stored_fields(14)["texts"] == [(7, "é", b"\x00\xff")]


def test_every_document_is_counted_in_one_segment(reader: Any) -> None:
    assert reader.doc_count() == 2 * MANY
    assert len(reader.leaf_readers()) == 1


def test_forms_are_those_that_were_given_and_nothing_is_analysed(reader: Any) -> None:
    assert set(reader.field_terms(FIELD)) == {"œuvre"} | {f"seul{n}" for n in range(MANY)}


def test_bundles_of_documents_keep_each_position_in_its_document(tmp_path: Path) -> None:
    notes = [note(f"note-{n}", f"Le mot commun et le mot{n} seul.") for n in range(150)]
    with index_of(tmp_path, *notes) as index:
        found = {n: index.search(SearchQuery(f"mot{n}")).hits[0] for n in (0, 63, 64, 127, 128, 149)}

        assert {n: hit.slug for n, hit in found.items()} == {n: f"note-{n}" for n in found}
        assert all(f"mot{n} seul" in hit.passages[0].text for n, hit in found.items())
        assert index.search(SearchQuery("commun")).total == 150
