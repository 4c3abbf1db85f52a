"""Where amounts stand on a chart with two logarithmic scales: inhabitants across, euros upwards.

All is computed here and drawn by the page, so that it needs no script; units are those of the viewBox.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from kb.compare.budgets import Budgets, Point, SurveyRange
from kb.content.survey import Bounds

WIDTH, HEIGHT = 720, 460
#: room for the labels of the axes
LEFT, BOTTOM, TOP, RIGHT = 90, 50, 20, 20
#: powers of ten at the ends of both axes; beyond them a mark stands on the edge
ACROSS, UPWARDS = (3, 6.5), (2.5, 6)
#: marks nearer than this get their labels on two sides
CLOSE = 26


@dataclass(frozen=True)
class Mark:
    """A case: its point, the ends of its range, and on which side its number stands."""

    number: int
    point: Point
    x: float
    y: float
    high: float
    low: float
    label_x: float


@dataclass(frozen=True)
class Box:
    """A range of the survey."""

    letter: str
    range: SurveyRange
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Scatter:
    """Everything that is drawn."""

    marks: tuple[Mark, ...]
    boxes: tuple[Box, ...]
    #: (x, value) of each line of the scale of inhabitants, (y, value) of the scale of euros
    columns: tuple[tuple[float, int], ...]
    rows: tuple[tuple[float, int], ...]
    #: x of the size asked for
    asked: float | None


def scatter(found: Budgets, inhabitants: float | None = None) -> Scatter:
    """The chart of what was found; numbers and letters are those of the tables, in their order."""
    marks: list[Mark] = []
    for number, point in enumerate(found.points, 1):
        low, high = point.cost.amount if isinstance(point.cost.amount, tuple) else (point.middle,) * 2
        x, y = across(point.inhabitants), upwards(math.sqrt(max(low, 1) * high) if low else high)
        crowded = any(abs(m.x - x) < CLOSE and abs(m.y - y) < CLOSE and m.label_x > m.x for m in marks)
        side = -11 if crowded else 11
        marks.append(Mark(number, point, x, y, upwards(high), upwards(low), round(x + side, 1)))
    boxes = [
        _box(chr(ord("A") + place), found_range)
        for place, found_range in enumerate(found.ranges)
        if found_range.estimate.inhabitants
    ]
    return Scatter(
        tuple(marks),
        tuple(boxes),
        tuple((across(10**power), 10**power) for power in (3, 4, 5, 6)),
        tuple((upwards(10**power), 10**power) for power in (3, 4, 5, 6)),
        across(inhabitants) if inhabitants else None,
    )


def across(inhabitants: float) -> float:
    """The x of a size; what lies beyond the scale stands on its edge."""
    return _scaled(inhabitants, ACROSS, LEFT, WIDTH - RIGHT)


def upwards(euros: float) -> float:
    """The y of an amount, 0 € at the foot."""
    return _scaled(euros, UPWARDS, HEIGHT - BOTTOM, TOP)


def _scaled(value: float, powers: tuple[float, float], start: float, end: float) -> float:
    power = math.log10(value) if value > 0 else powers[0]
    share = (min(max(power, powers[0]), powers[1]) - powers[0]) / (powers[1] - powers[0])
    return round(start + share * (end - start), 1)


def _box(letter: str, found: SurveyRange) -> Box:
    sizes, amount = found.estimate.inhabitants or Bounds(), found.estimate.amount
    left, right = across(sizes.least or 0), across(sizes.most or math.inf)
    foot, head = upwards(amount.least or 0), upwards(amount.most or math.inf)
    return Box(letter, found, left, head, round(right - left, 1), max(round(foot - head, 1), 3))
