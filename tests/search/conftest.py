"""The search over the real documents, opened once for all tests of this room."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.content.documents import Corpus
from kb.search.index import Index, ensure_index


@pytest.fixture(scope="session")
def served(real: Corpus, real_index: Path) -> Iterator[Index]:
    """The index of the real documents."""
    with ensure_index(real, real_index) as opened:
        yield opened
