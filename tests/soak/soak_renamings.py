"""Two hundred commits of renaming at random, after which every address ever published still answers.

SOAK_RENAMINGS (200).
"""

from __future__ import annotations

from pathlib import Path

from tests.links.test_ledger import assert_renamings_lose_no_address
from tests.soak.running import parameter, tell


def test_two_hundred_commits_of_renaming_lose_no_address(folder: Path, tmp_path: Path) -> None:
    times = parameter("RENAMINGS", 200)

    published = assert_renamings_lose_no_address(folder, tmp_path, times)

    tell(f"{times} renamings, {published} addresses published, each still answers")
    assert published > 2 * times
