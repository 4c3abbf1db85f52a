"""How good the search is on judged queries: nDCG@10, MRR@10 and recall@10, by type and over all.

nDCG@10 takes 2^grade − 1 as gain and log2(rank + 1) as discount; MRR@10 the first document of any
grade; recall@10 the share of the judged documents (at most ten) among the first ten. A query for
which nothing is relevant counts 1 where no document answers (first tier) and 0 otherwise.

Source: Järvelin & Kekäläinen, Cumulated gain-based evaluation of IR techniques (2002); the gain is
that of Burges et al. (2005).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from kb.errors import KBError
from kb.search.query import Results, SearchQuery

DEPTH = 10


@dataclass(frozen=True)
class Judgement:
    """A query with the documents that answer it."""

    id: str
    q: str
    type: str
    #: grade 1 to 3 by slug; empty where nothing must be found
    relevant: Mapping[str, int]


@dataclass(frozen=True)
class Scores:
    """Means over some queries."""

    queries: int
    ndcg: float
    mrr: float
    recall: float


@dataclass(frozen=True)
class Report:
    """All scores of one evaluation; `str()` is what `kb evaluate` prints."""

    overall: Scores
    by_type: Mapping[str, Scores]
    #: (judgement, slugs of the first ten, nDCG@10), in the order of the file
    queries: tuple[tuple[Judgement, tuple[str, ...], float], ...]

    def as_dict(self) -> dict[str, Any]:
        """The report as plain values, for JSON."""
        rows = {"ensemble": self.overall, **self.by_type}
        return {
            "scores": {
                name: {
                    "queries": s.queries,
                    "ndcg@10": round(s.ndcg, 4),
                    "mrr@10": round(s.mrr, 4),
                    "recall@10": round(s.recall, 4),
                }
                for name, s in rows.items()
            },
            "queries": [
                {"id": j.id, "q": j.q, "type": j.type, "ndcg@10": round(ndcg, 4), "found": list(found)}
                for j, found, ndcg in self.queries
            ],
        }

    def __str__(self) -> str:
        """A table with a row for each type."""
        lines = [f"{'type':<14}{'questions':>10}{'nDCG@10':>10}{'MRR@10':>10}{'rappel@10':>11}"]
        for name, s in (*self.by_type.items(), ("ensemble", self.overall)):
            lines.append(f"{name:<14}{s.queries:>10}{s.ndcg:>10.3f}{s.mrr:>10.3f}{s.recall:>11.3f}")
        return "\n".join(lines)


def read_judgements(path: Path) -> tuple[Judgement, ...]:
    """The judged queries of a YAML file: a list of {id, q, type, relevant: {slug: grade}}.

    Raises KBError where the file is no such list.
    """
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    try:
        return tuple(
            Judgement(
                str(row["id"]),
                str(row["q"]),
                str(row.get("type", "")),
                {str(slug): int(grade) for slug, grade in (row["relevant"] or {}).items()},
            )
            for row in data
        )
    except (TypeError, KeyError, ValueError, AttributeError) as error:
        raise KBError(f"{path} : une liste de {{id, q, type, relevant}} est attendue ({error})") from error


def evaluate(search: Callable[[SearchQuery], Results], judgements: Sequence[Judgement]) -> Report:
    """The report of a search over judged queries."""

    def rank(judgement: Judgement) -> Sequence[str]:
        results = search(SearchQuery(judgement.q, per_page=DEPTH))
        return [hit.slug for hit in results.hits if judgement.relevant or hit.tier == "repond"]

    return _report(rank, judgements)


def evaluate_ranking(rank: Callable[[str], Sequence[str]], judgements: Sequence[Judgement]) -> Report:
    """The report of anything that gives slugs, best first, for a text; so that engines compare."""
    return _report(lambda judgement: rank(judgement.q), judgements)


def _report(rank: Callable[[Judgement], Sequence[str]], judgements: Sequence[Judgement]) -> Report:
    rows = []
    for judgement in judgements:
        found = tuple(rank(judgement))[:DEPTH]
        rows.append((judgement, found, _measures(found, judgement.relevant)))
    by_type = {
        name: _mean([m for j, _, m in rows if j.type == name])
        for name in dict.fromkeys(j.type for j, _, _ in rows)
    }
    return Report(_mean([m for _, _, m in rows]), by_type, tuple((j, found, m[0]) for j, found, m in rows))


def _measures(found: Sequence[str], relevant: Mapping[str, int]) -> tuple[float, float, float]:
    """(nDCG, reciprocal rank, recall) of one answer."""
    if not relevant:
        right = 0.0 if found else 1.0
        return right, right, right
    gains = [2 ** relevant.get(slug, 0) - 1 for slug in found]
    ideal = _discounted(sorted((2**grade - 1 for grade in relevant.values()), reverse=True)[:DEPTH])
    first = next((rank for rank, slug in enumerate(found, 1) if slug in relevant), 0)
    recall = len(set(found) & set(relevant)) / min(len(relevant), DEPTH)
    return _discounted(gains) / ideal, 1 / first if first else 0.0, recall


def _discounted(gains: Sequence[float]) -> float:
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, 1))


def _mean(rows: Sequence[tuple[float, float, float]]) -> Scores:
    count = len(rows)
    ndcg, mrr, recall = (
        sum(column) / count if count else 0.0
        for column in (zip(*rows, strict=True) if rows else ((), (), ()))
    )
    return Scores(count, ndcg, mrr, recall)
