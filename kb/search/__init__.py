"""French full-text search: analysis, index, ranking, facets, passages, spelling.

`analysis` turns text into words, `segments` documents into what is indexed, `whoosh_engine` keeps it (the
one module that imports Whoosh). A query goes `parsing` → `matching` (a `tree` of readings) → `engine` and
`ranking` → `tiers`, `facets`, `passages`, `answer`; `search.Search` is the object that does it all. The
values asked and answered are in `query`.
"""

from kb.search.query import Filter, Hit, Passage, Results, SearchQuery, Suggestion

__all__ = ["Filter", "Hit", "Passage", "Results", "SearchQuery", "Suggestion"]
