"""Why a document stands where it stands: what each word added, how it was met and where.

The amounts are those that ordered the answer, read off the same arrays; they sum to the score.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from kb.search.engine import Ranked, Row
from kb.search.query import WordMatch
from kb.search.reading import Text
from kb.search.segments import ZONE_LABELS
from kb.search.tree import Word

_KINDS = {
    "forme": "le mot et ses formes",
    "exact": "la forme tapée",
    "synonyme": "un synonyme",
    "correction": "une orthographe corrigée",
    "voisinage": "mots voisins",
    "question": "une question à laquelle la fiche répond",
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
    row: Row,
    text: Text,
    ranked: Ranked,
    number: int,
    asked: str,
    place: int | None,
    matched: tuple[WordMatch, ...],
    missing: tuple[str, ...],
) -> Explanation:
    """The explanation of one document of a ranking."""
    words = {word.typed: word for word in (*ranked.tree.inside, *ranked.tree.leaves)}
    parts = [
        Contribution(typed, kind, float(scores[number]), _zones(text, words.get(typed), kind))
        for kind, typed, scores in ranked.parts
        if scores[number]
    ]
    parts.sort(key=lambda part: -part.amount)
    return Explanation(
        row.slug,
        asked,
        float(ranked.score[number]),
        tuple(parts),
        matched,
        missing,
        place,
        int(ranked.found.sum()),
    )


def _zones(text: Text, word: Word | None, kind: str) -> tuple[tuple[str, int], ...]:
    if word is None or kind not in ("exact", "forme", "synonyme", "correction"):
        return ()
    hows = ("exact", "forme") if kind == "forme" else (kind,)
    held = {at for reading in word.readings if reading.how in hows for at in text.of(reading.match)}
    zones = Counter(text.segment_at(at).zone for at in held)
    return tuple((ZONE_LABELS[zone], count) for zone, count in sorted(zones.items()))
