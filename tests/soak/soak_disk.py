"""A disk that is really full: a small file system of memory, in a namespace of the test's own.

Needs unshare and mount (util-linux) and a kernel that lets one's own account use them.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from kb import load_corpus
from kb.search.index import ensure_index
from tests.soak.running import ROOT, copy_of_content, tell

#: run in the namespace: CONTENT and DISK are folders, SIZE is in kilobytes
SCRIPT = """
set -u
mount -t tmpfs -o size=${SIZE}k,mode=700 none "$DISK"
export KB_INDEX="$DISK/index"
kb="$PYTHON -m kb"
$kb index --content "$CONTENT" && echo "built"
cp "$CONTENT/cases/angers.md" "$DISK.saved"
echo "Un mot de plus." >> "$CONTENT/cases/angers.md"
$kb index --content "$CONTENT" 2>&1; echo "exit $?"
echo "left over: $(find "$KB_INDEX" -name '.building-*' | wc -l)"
cp "$DISK.saved" "$CONTENT/cases/angers.md"
$kb search budget --limit 1 --content "$CONTENT" && echo "former answers"
mount -o remount,size=$((SIZE * 3))k "$DISK"
echo "Un mot de plus." >> "$CONTENT/cases/angers.md"
$kb index --content "$CONTENT" && echo "built with room"
"""


def test_a_full_disk_is_told_and_the_former_index_answers(tmp_path: Path) -> None:
    content, disk = copy_of_content(tmp_path), tmp_path / "disk"
    disk.mkdir()
    with ensure_index(load_corpus(content).corpus, tmp_path / "tried") as index:
        size = sum(path.stat().st_size for path in index.folder.iterdir()) // 1024
    settings = {
        "CONTENT": str(content),
        "DISK": str(disk),
        "SIZE": str(int(size * 2.4)),
        "PYTHON": sys.executable,
    }

    told = subprocess.run(
        ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", SCRIPT],
        cwd=ROOT,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
    )

    tell(f"an index of {size} kB on a disk of {settings['SIZE']} kB:\n{told.stdout}{told.stderr}")
    lines = [
        line for line in told.stdout.splitlines() if line.startswith(("built", "exit", "left", "former"))
    ]
    assert lines == ["built", "exit 2", "left over: 0", "former answers", "built with room"]
    assert "le disque est plein" in told.stdout
    assert "Traceback" not in told.stdout + told.stderr
