"""French full-text search: analysis, index, ranking, facets, passages, spelling.

Data flows one way: `analysis` (text → tokens) → `index` (Whoosh postings and token columns on
disk) → `ranking`, `facets`, `passages`, `spelling`, `expansion` (pure functions and small values)
→ `searcher` (one object that answers). Whoosh is imported in `index` alone; the values asked and
answered are in `query`.
"""

from kb.search.query import Filter, Hit, Passage, Results, SearchQuery, Suggestion

__all__ = ["Filter", "Hit", "Passage", "Results", "SearchQuery", "Suggestion"]
