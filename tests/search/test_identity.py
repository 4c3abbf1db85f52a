"""Any fact of a case sheet's identity table is found in the first three results."""

from pathlib import Path

import pytest
import yaml

from kb import Corpus
from kb.search.index import Index, ensure_index
from kb.search.query import SearchQuery

FACTS = yaml.safe_load(
    (Path(__file__).parents[1] / "relevance" / "identity.yaml").read_text(encoding="utf-8")
)


@pytest.fixture(scope="module")
def index(real: Corpus, tmp_path_factory: pytest.TempPathFactory) -> Index:
    return ensure_index(real, tmp_path_factory.mktemp("index"))


@pytest.mark.parametrize(("slug", "fact"), [(slug, fact) for slug, facts in FACTS.items() for fact in facts])
def test_a_fact_of_an_identity_table_is_found(index: Index, slug: str, fact: str) -> None:
    first = [hit.slug for hit in index.search(SearchQuery(str(fact))).hits[:3]]

    assert slug in first
