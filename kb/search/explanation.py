"""Why a document stands where it stands: what each word added, how it was met and where.

The amounts are those that ordered the answer, read off the same arrays; they sum to the score.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kb.search.collection import Collection
from kb.search.matching import Word
from kb.search.query import WordMatch
from kb.search.ranking import Ranked
from kb.search.segments import ZONE_LABELS

_KINDS = {
    "forme": "le mot et ses formes",
    "exact": "la forme tapée",
    "synonyme": "un synonyme",
    "correction": "une orthographe corrigée",
    "voisinage": "mots voisins",
    "nom": "la fiche est nommée",
}


@dataclass(frozen=True)
class Contribution:
    """A part of a score."""

    #: words of the query, as typed; "" for a name
    words: str
    #: forme, exact, synonyme, correction, voisinage, nom
    kind: str
    amount: float
    #: (zone in French, occurrences) where the words were met
    zones: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Explanation:
    """How one document answers one text; `str()` is what `kb why` prints."""

    slug: str
    text: str
    score: float
    contributions: tuple[Contribution, ...]
    matched: tuple[WordMatch, ...]
    missing: tuple[str, ...]
    #: rank among the answers, from 1; None where the document is no answer
    place: int | None
    total: int

    def __str__(self) -> str:
        """The explanation in French, a line for each part."""
        lines = [
            f"{self.slug} : "
            + (f"{self.place}e sur {self.total}" if self.place else "pas dans la réponse")
            + f", score {self.score:.3f}"
        ]
        for part in self.contributions:
            zones = ", ".join(f"{zone} {count}" for zone, count in part.zones)
            about = f" « {part.words} »" if part.words else ""
            lines.append(
                f"{part.amount:+9.3f}  {_KINDS[part.kind]}{about}" + (f" ({zones})" if zones else "")
            )
        for match in self.matched:
            found = f" : {', '.join(match.found)}" if match.found else ""
            lines.append(f"           « {match.word} » trouvé ({match.how}){found}")
        if self.missing:
            lines.append(f"           absent : {', '.join(self.missing)}")
        return "\n".join(lines)


def explain(
    collection: Collection,
    ranked: Ranked,
    number: int,
    text: str,
    place: int | None,
    total: int,
    matched: tuple[WordMatch, ...],
    missing: tuple[str, ...],
) -> Explanation:
    """The explanation of one document of a ranking."""
    matched_words = (*ranked.matched.inside, *ranked.matched.words, *ranked.matched.phrases)
    words = {word.typed: word for word in matched_words}
    parts = [
        Contribution(typed, kind, float(scores[number]), _zones(collection, number, words.get(typed), kind))
        for kind, typed, scores in ranked.parts
        if scores[number]
    ]
    parts.sort(key=lambda part: -part.amount)
    return Explanation(
        collection.rows[number].slug,
        text,
        float(ranked.score[number]),
        tuple(parts),
        matched,
        missing,
        place,
        total,
    )


def _zones(collection: Collection, number: int, word: Word | None, kind: str) -> tuple[tuple[str, int], ...]:
    if word is None or kind not in ("exact", "forme", "synonyme", "correction"):
        return ()
    hows = ("exact", "forme") if kind == "forme" else (kind,)
    positions = collection.within(number, word.of(*hows))
    zones = collection.segment_zone[collection.segments_at(positions)]
    return tuple(
        (ZONE_LABELS[zone], int(count))
        for zone, count in zip(*np.unique(zones, return_counts=True), strict=True)
    )
