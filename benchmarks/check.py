"""Time of `kb check`: on the real content, and on ten thousand documents made from it.

python benchmarks/check.py [DOCUMENTS]
"""

from __future__ import annotations

import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KB = Path(sys.executable).with_name("kb")


def multiplied(folder: Path, count: int) -> None:
    """Write `count` documents: the real ones, again and again, each under a name and an id of its own."""
    shutil.copy(ROOT / "content" / "taxonomy.yaml", folder)
    real = sorted(ROOT.glob("content/*/*.md"))
    for number in range(count):
        path = real[number % len(real)]
        turn = number // len(real)
        text = path.read_text(encoding="utf-8")
        if turn:
            text = re.sub(r"^id: ([a-z]+)-(\d+)", rf"id: \1-{turn:04}\2", text, count=1, flags=re.MULTILINE)
            text = re.sub(r"^aliases:.*\n", "", text, flags=re.MULTILINE)
        kind = path.parent.name
        target = folder / kind / (path.name if not turn else f"{path.stem}-{turn}.md")
        target.parent.mkdir(exist_ok=True)
        target.write_text(text, encoding="utf-8")


def timed(folder: Path) -> tuple[float, float, str]:
    """(seconds, seconds of processor, last line) of `kb check` on a folder, in a process of its own."""
    start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    done = subprocess.run(
        [KB, "check", "--content", folder], capture_output=True, text=True, check=False, encoding="utf-8"
    )
    worked = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
    return time.perf_counter() - start, worked, done.stdout.strip().rpartition("\n")[2]


def main() -> None:
    """Print both times."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    seconds, worked, said = timed(ROOT / "content")
    print(f"real content: {seconds:.2f} s, {worked:.2f} s of processor ({said})")
    with tempfile.TemporaryDirectory() as name:
        multiplied(Path(name), count)
        seconds, worked, said = timed(Path(name))
        print(f"{count} documents: {seconds:.1f} s, {worked:.1f} s of processor ({said})")


if __name__ == "__main__":
    main()
