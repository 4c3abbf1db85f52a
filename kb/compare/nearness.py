"""Cases like a profile, ranked, each with its reasons and what each criterion added.

A criterion gives weight × likeness. Likeness is 1 for the same value; for amounts it falls to 0 at a
factor of ten (1 − |log10(a / b)|), because a town of 20,000 is to one of 40,000 what 200,000 is to
400,000; for tools it is the share in common (Jaccard). A criterion that the profile leaves empty is
not asked; one that the case does not document adds nothing and is told. The score is the sum over
the weights asked, so 1 is the same on every count.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kb.compare.profile import Profile, profile_of
from kb.content.documents import Document
from kb.content.site import EQUAL, Weights

#: likeness from which a criterion is named as a reason
TELLING = 0.5


@dataclass(frozen=True)
class Contribution:
    """What one criterion added for one case."""

    #: field of Weights
    criterion: str
    #: part of the score, from 0 to weight / weights asked
    amount: float
    #: 0 to 1, or None where the case does not document it
    likeness: float | None


@dataclass(frozen=True)
class Near:
    """A case with its likeness to a profile."""

    document: Document
    #: 0 to 1
    score: float
    contributions: tuple[Contribution, ...]


def nearest(
    profile: Profile, cases: Iterable[Document], without: str = "", weights: Weights = EQUAL
) -> tuple[Near, ...]:
    """The cases by likeness to `profile`, best first, then by slug; `without` is the slug to leave out."""
    profiled = ((document, profile_of(document)) for document in cases if document.slug != without)
    return nearest_of(profile, profiled, weights)


def nearest_of(
    profile: Profile, profiled: Iterable[tuple[Document, Profile]], weights: Weights = EQUAL
) -> tuple[Near, ...]:
    """The same of cases whose profiles are at hand."""
    counted = weights.model_dump()
    found = [_compare(profile, document, other, counted) for document, other in profiled]
    return tuple(sorted(found, key=lambda near: (-near.score, near.document.slug)))


def _compare(profile: Profile, document: Document, other: Profile, weights: Mapping[str, float]) -> Near:
    likeness = {
        "type": _same(profile.type, other.type),
        "inhabitants": _amounts(profile.inhabitants, other.inhabitants),
        "budget": _amounts(profile.budget, other.budget),
        "fte": _amounts(profile.fte, other.fte),
        "tool_types": _shared(profile.tool_types, other.tool_types),
    }
    asked = [name for name in weights if getattr(profile, name) not in (None, frozenset())]
    total = sum(weights[name] for name in asked) or 1.0
    contributions = tuple(
        Contribution(name, weights[name] * (likeness[name] or 0) / total, likeness[name]) for name in asked
    )
    return Near(document, sum(c.amount for c in contributions), contributions)


def _same(a: str | None, b: str | None) -> float | None:
    return None if a is None or b is None else float(a == b)


def _amounts(a: float | None, b: float | None) -> float | None:
    if a is None or b is None:
        return None
    if a <= 0 or b <= 0:
        return float(a == b)
    return max(0.0, 1 - abs(math.log10(a / b)))


def _shared(a: frozenset[str], b: frozenset[str]) -> float | None:
    return len(a & b) / len(a | b) if a and b else None
