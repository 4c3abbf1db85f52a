"""Measured figures as values, as the page docs/performances.md, and as its chart."""

from __future__ import annotations

import math
import os
import platform
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

PAGE = """\
# Performance, measured

Written by `make performances`: figures of one machine on one day, never asserted by a test.
{when}, {machine}.

## Serving

Medians of {rounds}, 16 connections (wrk on the same machine), each kind in turn. One process,
two threads, granian. The last column sets one answer of a Flask application that says « bonjour » with
our headers on the same server, in the same run, against one of these, by CPU: above 1, ours costs less.

![CPU a request of each kind](images/performances.svg)

| request | requests/s | CPU µs/request (range) | hello ÷ this |
|---|---:|---:|---:|
{serving}

« Asked before » is a page kept by address, as most are: content changes a few times a week. « Never
asked » is the whole work each time, {queries} judged queries in turn: parsing, ranking, eight facets,
passages, HTML, compression. Datasette ({datasette}, immutable mode, uvicorn) has the same documents in
SQLite FTS5 and the same eight facets, without passages, spelling, synonyms or ETag; it wants all words,
so that it often shows fewer rows. Where ranges overlap, the two are not told apart by this run.

The store of answers is what beats « hello », which passes through Flask: a search that was never asked
costs tens of times as much as « hello », since it is work that « hello » does not do.

These are costs of a server that is never idle, which are the lowest: waking up is shared by many
requests. With one client that asks again as soon as it is answered, CPU a request was {light}.

| server | memory, MB (PSS, after the load) |
|---|---:|
{memory}

## Growth

Documents recombined from the sentences of ours with invented rare words, about 600 words each; a whole
answer each time (hits, facets, passages, correction). « First »: nothing held in memory by us.
« Hostile »: {hostile} queries made to be slow (all the common words, six to respell, long phrases).
Memory: taken at most by building, then by opening and asking.

| documents | build s | MB | open s | MB | first p50 ms | p95 | again p95 | hostile p50 | slowest |
|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|
{growth}
"""


@dataclass(frozen=True)
class Serving:
    """One kind of request, measured."""

    name: str
    #: requests a second; the median of the rounds, as the next
    rate: float
    #: microseconds of CPU a request, with the lowest and highest round
    spent: float
    low: float
    high: float


@dataclass(frozen=True)
class Growth:
    """One size of the base, measured; times in milliseconds unless told."""

    documents: int
    build_seconds: float
    peak_mb: float
    open_seconds: float
    rss_mb: float
    p50: float
    p95: float
    again_p95: float
    hostile_p50: float
    hostile_max: float


def report(
    rows: Sequence[Serving], memory: Mapping[str, float], sizes: Sequence[Growth], **told: object
) -> str:
    """The page; `told` fills what else PAGE names; rows[0] is hello."""
    return PAGE.format(
        when=f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        machine=_machine(),
        serving="\n".join(_served(row, rows[0].spent) for row in rows),
        memory="\n".join(f"| {name} | {size:.0f} |" for name, size in memory.items()),
        growth="\n".join(map(_grown, sizes)),
        **told,
    )


def _served(row: Serving, base: float) -> str:
    spent = f"{row.spent:,.0f} ({row.low:,.0f}–{row.high:,.0f})"
    return f"| {row.name} | {row.rate:,.0f} | {spent} | {base / row.spent:.2f} |"


def _grown(size: Growth) -> str:
    times = (size.p50, size.p95, size.again_p95, size.hostile_p50, size.hostile_max)
    return (
        f"| {size.documents:,} | {size.build_seconds:.1f} | {size.peak_mb:.0f} | {size.open_seconds:.2f} "
        f"| {size.rss_mb:.0f} | {' | '.join(f'{time:.1f}' for time in times)} |"
    )


def chart(rows: Sequence[Serving]) -> str:
    """The CPU of each kind of request as bars, on a scale of tens."""
    left, width, step = 300, 420, 30
    most = max(row.spent for row in rows) * 1.3
    least = 10 ** int(f"{min(row.spent for row in rows):e}".partition("e")[2])
    scale = width / math.log10(most / least)
    height = step * len(rows) + 50
    title = "CPU a request, microseconds, logarithmic scale"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {left + width + 90} {height}" role="img" '
        f'aria-label="{title}" font-family="sans-serif" font-size="14">',
        f'<rect width="100%" height="100%" fill="#fff"/><text x="8" y="22" font-weight="bold">{title}</text>',
    ]
    for number, row in enumerate(rows):
        y = 40 + step * number
        length = max(2.0, math.log10(row.spent / least) * scale)
        colour = {"F": "#6b6b6b", "D": "#a15c00"}.get(row.name[0], "#1f5fa8")
        parts.append(
            f'<text x="{left - 8}" y="{y + 15}" text-anchor="end">{row.name.replace("`", "")}</text>'
            f'<rect x="{left}" y="{y}" width="{length:.1f}" height="{step - 10}" fill="{colour}"/>'
            f'<text x="{left + length + 6:.1f}" y="{y + 15}">{row.spent:,.0f}</text>'
        )
    return "\n".join([*parts, "</svg>"]) + "\n"


def _machine() -> str:
    """Processor, cores, load and version of Python."""
    found = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    processor = found[1] if found else platform.machine()
    load = os.getloadavg()[2]
    return f"{processor}, {os.cpu_count()} cores, load {load:.1f}, Python {platform.python_version()}"
