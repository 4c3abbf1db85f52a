"""The life of a real case, in a copy of the content: added, renamed, retired; the checks pass each time."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

from click.testing import Result

from tests.conftest import REAL
from tests.rules.test_planted import CASE, TEXT
from web import create_app

Kb = Callable[..., Result]
OLD, NEW = "meudon", "meudon-sur-seine"


def add(root: Path) -> None:
    """A case that nobody knew."""
    (root / CASE).write_text(TEXT, encoding="utf-8")
    (root / "cases" / "salle.png").write_bytes(b"")


def rename(root: Path) -> None:
    """A case under another name, in its file and in all that leads to it."""
    (root / f"cases/{OLD}.md").rename(root / f"cases/{NEW}.md")
    for path in (*root.glob("*/*.md"), root / "taxonomy.yaml"):
        text = path.read_text(encoding="utf-8")
        text = re.sub(rf"\b{OLD}\.md", f"{NEW}.md", text).replace(f"case: {OLD}\n", f"case: {NEW}\n")
        if path.stem == NEW:
            text = text.replace("aliases: []", f"aliases: [{OLD}]")
        path.write_text(text, encoding="utf-8")


def retire(root: Path) -> None:
    """The added case taken away again, which the ledger says."""
    (root / CASE).unlink()
    (root / "cases" / "salle.png").unlink()
    ledger = root / "adresses/cas-9016.yaml"
    gone = 'retired: {date: "2026-11-20", successor: cas-08, reason: "fusionnée"}\n'
    ledger.write_text(ledger.read_text(encoding="utf-8") + gone, encoding="utf-8")


def test_a_case_is_added_renamed_and_retired_and_every_check_passes(kb: Kb, tmp_path: Path) -> None:
    root = Path(shutil.copytree(REAL, tmp_path / "content"))
    had, told = len(list(root.glob("*/*.md"))), []

    for change in (add, rename, retire):
        change(root)
        results = [kb(*words, "--content", root) for words in (("permalinks", "--record"), ("check",))]
        assert [result.exit_code for result in results] == [0, 0], (change.__name__, results[-1].output)
        told.append(results[-1].stdout.splitlines()[-1])

    assert told == [f"{had + more} fiches, aucun problème" for more in (1, 1, 0)]
    client = create_app({"CONTENT": str(root), "INDEX": str(tmp_path / "site"), "WATCH": 0}).test_client()
    assert client.get(f"/cas/{OLD}").headers["Location"] == f"/cas/{NEW}"
    assert client.get(f"/cas/{NEW}").status_code == 200
    gone = client.get(f"/cas/{Path(CASE).stem}")
    assert (gone.status_code, "/id/cas-08" in gone.text) == (410, True)
    assert kb("index", "--content", root).exit_code == 0
