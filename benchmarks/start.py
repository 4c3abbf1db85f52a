"""Time from the start of `kb serve` to its first answered page, with and without an index.

Usage: python benchmarks/start.py [runs, default 5]. Prints min, median and max in seconds.
"""

from __future__ import annotations

import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 60  # seconds before a start counts as failed


def start_once(index: Path) -> float:
    """Seconds from starting the server to the first page it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    began = time.perf_counter()
    server = subprocess.Popen(
        [
            str(Path(sys.executable).parent / "kb"),
            "serve",
            "--content",
            str(ROOT / "content"),
            "--port",
            str(port),
        ],
        env={"PATH": "/usr/bin:/bin", "KB_INDEX": str(index)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while time.perf_counter() - began < PATIENCE:
            try:
                with urllib.request.urlopen(
                    f"http://127.0.0.1:{port}/recherche?q=budget", timeout=5
                ) as answer:
                    answer.read()
                    return time.perf_counter() - began
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.02)
        raise SystemExit("the server did not answer")
    finally:
        server.terminate()
        server.wait(10)


def main() -> None:
    """Measure both kinds of start in turn."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    cold, warm = [], []
    for _ in range(runs):
        folder = Path(tempfile.mkdtemp())
        cold.append(start_once(folder / "index"))
        warm.append(start_once(folder / "index"))
        shutil.rmtree(folder)
    for name, figures in (("cold (index built)", cold), ("second (index there)", warm)):
        low, mid, high = min(figures), statistics.median(figures), max(figures)
        print(f"{name:22} min {low:.2f} s  median {mid:.2f} s  max {high:.2f} s")


if __name__ == "__main__":
    main()
