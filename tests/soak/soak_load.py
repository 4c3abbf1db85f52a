"""Readers without rest while the content changes and the index is built again: no error, flat memory.

SOAK_MINUTES (20), SOAK_CLIENTS (16), SOAK_REBUILD (seconds between two changes, 20), SOAK_WORKERS (2),
SOAK_PAUSE (milliseconds between an answer and the next request of a reader, 20).
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

from tests.soak.running import ROOT, Running, copy_of_content, parameter, tell

READING = Path(__file__).with_name("reading.py")
CHANGED = "practices/newsletters-dediees.md"


def change(content: Path, number: int) -> None:
    """Save one more version of a document."""
    path = content / CHANGED
    kept = path.read_text(encoding="utf-8").split("\n\nModification")[0].rstrip("\n")
    path.write_text(f"{kept}\n\nModification numéro {number}.\n", encoding="utf-8")


def served_within(site: Running, number: int, seconds: float) -> bool:
    """True once the page shows that version."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if f"Modification numéro {number}." in site.get("/pratiques/newsletters-dediees").decode():
            return True
        time.sleep(0.25)
    return False


def test_load_with_rebuilds_meets_no_error_and_holds_its_memory(tmp_path: Path) -> None:
    content, index, tally = copy_of_content(tmp_path), tmp_path / "index", tmp_path / "tally.json"
    seconds, every = parameter("MINUTES", 20) * 60, parameter("REBUILD", 20)
    memory: list[float] = []
    swaps = 0
    options = ("--workers", str(parameter("WORKERS", 2)))
    with Running(content, index, tmp_path / "log", *options) as site:
        reading = subprocess.Popen(
            [
                *(sys.executable, str(READING), str(site.port), str(parameter("CLIENTS", 16))),
                *(str(parameter("PAUSE", 20) / 1000), str(tally)),
            ]
        )
        began = time.monotonic()
        while time.monotonic() < began + seconds:
            due = time.monotonic() + every
            change(content, swaps + 1)
            rebuild = [sys.executable, "-m", "kb", "index", "--rebuild", "--content", str(content)]
            subprocess.run(rebuild, cwd=ROOT, env=site.environment, check=True, capture_output=True)
            assert served_within(site, swaps + 1, 60)
            swaps += 1
            time.sleep(max(0.0, due - time.monotonic()))
            memory.append(site.resident())
        reading.terminate()
        reading.wait(60)
        told = [line for line in site.log.read_text(encoding="utf-8").splitlines() if '"error"' in line]
    read = json.loads(tally.read_text(encoding="utf-8"))
    quarter = max(1, len(memory) // 4)
    early, late = (
        statistics.median(part) for part in (memory[quarter : 2 * quarter] or memory, memory[-quarter:])
    )

    tell(f"{seconds / 60:.0f} minutes, {swaps} versions swapped in, each rebuilt by another process too")
    tell(f"read: {read}, {read['requests'] / seconds:.0f} requests/s")
    tell(f"memory in MB: second quarter {early:.0f}, last quarter {late:.0f}: {[round(m) for m in memory]}")
    assert read["failed"] == 0
    assert told == []
    assert late < early * 1.1
