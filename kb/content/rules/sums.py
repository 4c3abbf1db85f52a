"""Rule of tables: a column adds up to the total that its last row tells."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.content.blocks import Block, cells
from kb.content.rules.page import Finding, Page


def table_sums(page: Page) -> Iterator[Finding]:
    """Dans un tableau dont la dernière ligne commence par « Total », chaque colonne de nombres fait ce total.

    Une colonne où une valeur manque ou n’est pas un nombre n’est pas jugée ; un écart d’arrondi est admis.
    """
    for block in page.blocks:
        if block.kind == "table":
            yield from _sums(block)


def _sums(block: Block) -> Iterator[Finding]:
    rows = [cells(row) for row in block.text.split("\n")]
    if len(rows) < 5 or not re.match(r"\W*total", rows[-1][0], re.IGNORECASE):
        return
    for column in range(1, min(map(len, rows))):
        numbers = [_number(row[column]) for row in rows[2:]]
        if any(number is None for number in numbers):
            continue
        *parts, total = [number for number in numbers if number is not None]
        units = {unit for _, unit, _ in (*parts, total)}
        slack = sum(10**-decimals for _, _, decimals in parts) / 2 if total[1] == "%" or total[2] else 0
        made = round(sum(value for value, _, _ in parts), 6)
        if len(units) == 1 and abs(made - total[0]) > slack + 1e-9:
            yield Finding(
                block.line + len(rows) - 1,
                f"la colonne « {rows[0][column]} » fait {_shown(made)}, le total dit {_shown(total[0])}",
                "vérifiez les lignes et le total",
            )


def _number(cell: str) -> tuple[float, str, int] | None:
    """(value, unit, decimals) of a cell that is one number and at most a unit, or None."""
    plain = re.sub(r"\[\^[^\]]+\]|\*", "", cell).strip()
    match = re.fullmatch(
        r"(-?\d{1,3}(?:[ \u00a0\u202f]\d{3})+|-?\d+)(?:,(\d+))?[ \u00a0\u202f]?(€|%|[^\W\d]*)", plain
    )
    if not match:
        return None
    whole = re.sub(r"[ \u00a0\u202f]", "", match[1])
    return float(f"{whole}.{match[2] or 0}"), match[3], len(match[2] or "")


def _shown(value: float) -> str:
    return f"{value:,.6f}".rstrip("0").rstrip(".").replace(",", "\u202f").replace(".", ",")
