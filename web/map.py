"""`/carte`: where the cases are, on a map of France and as a list by region.

A point stands in Lambert-93 on a plane of WIDTH × HEIGHT units. Source: IGN, « Projections et
référentiels »: conic conformal, parallels 44° and 49°, origin 46.5° N 3° E, GRS 80 ellipsoid. The outline
in `templates/_france.html` is projected by the same function (`tools/france-outline`), from Natural Earth
1:50m (public domain).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from flask import Blueprint, render_template

from kb.content.documents import Document
from web.state import current

blueprint = Blueprint("map", __name__)
#: units between two points of the map, so that each can be pressed by a finger
APART = 30.0
WIDTH, HEIGHT = 640, 640
_A, _E = 6378137.0, 0.08181919104281579  # GRS 80: half axis in metres, eccentricity
_LEFT, _TOP, _SCALE = 90_000.0, 7_125_000.0, 1_100_000.0 / WIDTH  # metres; metres a unit


@dataclass(frozen=True)
class Point:
    """A case on the map: where it is, and where its mark stands once marks are moved apart."""

    document: Document
    x: float
    y: float
    mark_x: float
    mark_y: float


@blueprint.get("/carte")
def page() -> str:
    """The cases on a map of France, and the same as a list by region."""
    kb = current()
    regions: dict[str, list[Document]] = {}
    for document in sorted(kb.corpus.cases, key=lambda d: d.slug):
        regions.setdefault(document.case.collectivity.region or "Sans région", []).append(document)  # type: ignore[union-attr]
    return render_template("map.html", points=points(kb.corpus.cases), regions=sorted(regions.items()))


def points(cases: Iterable[Document]) -> list[Point]:
    """The cases that have a place, their marks moved apart where they would touch."""
    placed = [
        (d, *on_map(d.case.collectivity.location.lat, d.case.collectivity.location.lon))
        for d in cases
        if d.case and d.case.collectivity.location
    ]
    marks = [[x, y] for _, x, y in placed]
    for _ in range(60):  # enough for the marks of a dense region to settle
        for i, a in enumerate(marks):
            for b in marks[i + 1 :]:
                dx, dy = b[0] - a[0] or 0.01, b[1] - a[1]
                gap = (dx * dx + dy * dy) ** 0.5
                if gap < APART:
                    push = (APART - gap) / gap / 2
                    a[0], a[1], b[0], b[1] = (
                        a[0] - dx * push,
                        a[1] - dy * push,
                        b[0] + dx * push,
                        b[1] + dy * push,
                    )
    return [
        Point(d, x, y, round(m[0], 1), round(m[1], 1)) for (d, x, y), m in zip(placed, marks, strict=True)
    ]


def _m(phi: float) -> float:
    return math.cos(phi) / math.sqrt(1 - (_E * math.sin(phi)) ** 2)


def _t(phi: float) -> float:
    sine = _E * math.sin(phi)
    value: float = math.tan(math.pi / 4 - phi / 2) / ((1 - sine) / (1 + sine)) ** (_E / 2)
    return value


_P0, _P1, _P2 = map(math.radians, (46.5, 44.0, 49.0))
_N = (math.log(_m(_P1)) - math.log(_m(_P2))) / (math.log(_t(_P1)) - math.log(_t(_P2)))
_F = _m(_P1) / (_N * _t(_P1) ** _N)
_R0 = _A * _F * _t(_P0) ** _N


def lambert93(lat: float, lon: float) -> tuple[float, float]:
    """Easting and northing in metres of a point in degrees."""
    radius = _A * _F * _t(math.radians(lat)) ** _N
    angle = _N * math.radians(lon - 3)
    return 700_000 + radius * math.sin(angle), 6_600_000 + _R0 - radius * math.cos(angle)


def on_map(lat: float, lon: float) -> tuple[float, float]:
    """(x, y) on the map, one decimal, y downwards; None-free: points outside fall outside the frame."""
    east, north = lambert93(lat, lon)
    return round((east - _LEFT) / _SCALE, 1), round((_TOP - north) / _SCALE, 1)
