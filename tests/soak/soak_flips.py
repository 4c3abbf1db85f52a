"""Bytes of the index changed at random: each change is noticed, or changes no answer.

SOAK_FLIPS (100).
"""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import yaml

from kb import Corpus
from kb.search.index import Index, ensure_index, open_index
from kb.search.query import SearchQuery
from tests.soak.running import ROOT, parameter, tell


def answers(index: Index) -> list[object]:
    """What the judged queries give."""
    read = yaml.safe_load((ROOT / "tests/relevance/judgements.yaml").read_text(encoding="utf-8"))
    return [index.search(SearchQuery(one["q"])) for one in read[:40]]


def test_a_changed_byte_is_noticed_or_changes_nothing(real: Corpus, tmp_path: Path) -> None:
    chance, flips = random.Random(9), parameter("FLIPS", 100)
    with ensure_index(real, tmp_path) as index:
        place, expected = index.folder, answers(index)
    files = sorted(path for path in place.iterdir() if path.stat().st_size)
    met: Counter[str] = Counter()
    for number in range(flips):
        file = files[number % len(files)]
        body = bytearray(file.read_bytes())
        at = chance.randrange(len(body))
        whole, body[at] = bytes(body), body[at] ^ (1 << chance.randrange(8))
        file.write_bytes(body)
        opened = open_index(real, tmp_path)
        if opened is None:
            met[f"{file.name}: noticed"] += 1
        else:
            with opened:
                assert answers(opened) == expected, f"{file.name}, byte {at}"
            met[f"{file.name}: harmless"] += 1
        if number % 10:
            file.write_bytes(whole)
        else:  # left damaged: the next start builds again
            with ensure_index(real, tmp_path) as built:
                assert answers(built) == expected
            files = sorted(path for path in place.iterdir() if path.stat().st_size)

    tell(f"{flips} flips: {dict(sorted(met.items()))}")
    assert met.total() == flips
