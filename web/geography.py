"""Where a point stands on the map of France: Lambert-93 on a plane of WIDTH × HEIGHT units.

Source: IGN, « Projections et référentiels »: conic conformal, parallels 44° and 49°, origin 46.5° N
3° E, GRS 80 ellipsoid. The outline in `templates/_france.html` is projected by the same function
(`tools/france-outline`), from Natural Earth 1:50m (public domain).
"""

from __future__ import annotations

import math

WIDTH, HEIGHT = 640, 640
_A, _E = 6378137.0, 0.08181919104281579  # GRS 80: half axis in metres, eccentricity
_LEFT, _TOP, _SCALE = 90_000.0, 7_125_000.0, 1_100_000.0 / WIDTH  # metres; metres a unit


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
