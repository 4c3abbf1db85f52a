"""Every defence that `make mutants` takes away is still where it says, with a test file that is there."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


def defences() -> dict[str, Any]:
    spec = importlib.util.spec_from_file_location("mutants", ROOT / "tools/mutants.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["mutants"] = module
    spec.loader.exec_module(module)
    return {found.name: found for found in module.DEFENCES}


DEFENCES = defences()


@pytest.mark.parametrize("name", DEFENCES)
def test_a_defence_is_where_the_list_says(name: str) -> None:
    defence = DEFENCES[name]
    text = (ROOT / defence.path).read_text(encoding="utf-8")

    assert [old for old, _ in defence.edits if old not in text] == []
    assert (ROOT / defence.arguments[0]).is_file()
