"""Builders killed at any moment of a rebuild while the site is read: nothing is lost, nothing is left.

SOAK_KILLS (500), SOAK_CLIENTS (4).
"""

from __future__ import annotations

import itertools
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from kb import Corpus, load_corpus
from kb.search.index import ASIDE, ensure_index, key_of, open_index
from kb.search.query import SearchQuery
from tests.soak.running import Running, copy_of_content, parameter, tell

READING = Path(__file__).with_name("reading.py")


def builder(corpus: Corpus, folder: Path) -> int:
    """A process that builds the index again, as `kb index --rebuild` does; gives its number."""
    child = os.fork()
    if child:
        return child
    try:
        ensure_index(corpus, folder, rebuild=True).close()
    finally:
        os._exit(0)


def build_time(corpus: Corpus, folder: Path) -> float:
    began = time.monotonic()
    os.waitpid(builder(corpus, folder), 0)
    return time.monotonic() - began


def edited(content: Path, number: int) -> Corpus:
    """The corpus after one more saved change."""
    path = content / "practices" / "newsletters-dediees.md"
    kept = path.read_text(encoding="utf-8").split("\n\nModification")[0].rstrip("\n")
    path.write_text(f"{kept}\n\nModification {number}.\n", encoding="utf-8")
    return load_corpus(content).corpus


def state_of(corpus: Corpus, folder: Path) -> str:
    """What a killed builder left in the place of the index: whole, none (will be built) or bad."""
    if not (folder / key_of(corpus)).exists():
        return "none"
    opened = open_index(corpus, folder)
    if opened is None:
        return "bad"
    with opened:
        return "whole" if opened.search(SearchQuery("budget participatif")).total else "bad"


def test_killed_builders_lose_nothing_and_leave_nothing(tmp_path: Path) -> None:
    content, folder = copy_of_content(tmp_path), tmp_path / "index"
    corpus, chance = load_corpus(content).corpus, random.Random(8)
    kills, clients = parameter("KILLS", 500), parameter("CLIENTS", 4)
    met: Counter[str] = Counter()
    with Running(content, folder, tmp_path / "log", KB_LOG="0") as site:
        usual = build_time(corpus, folder)
        tally = tmp_path / "tally.json"
        reading = subprocess.Popen(
            [sys.executable, str(READING), str(site.port), str(clients), "0.05", str(tally)]
        )
        for number in itertools.takewhile(lambda _: met["killed"] < kills, itertools.count()):
            if number % 10 == 9:  # the site builds the changed content meanwhile, and swaps
                corpus = edited(content, number)
            child = builder(corpus, folder)
            time.sleep(chance.uniform(0, usual * 1.1))
            os.kill(child, signal.SIGKILL)
            _, ended = os.waitpid(child, 0)
            met["killed" if os.WIFSIGNALED(ended) else "had ended"] += 1
            met["left a folder aside"] += any(folder.glob(f"{ASIDE}*"))
            met[state_of(corpus, folder)] += 1
        ensure_index(corpus, folder, rebuild=True).close()
        reading.terminate()
        reading.wait(60)
    left = [path.name for path in folder.iterdir() if path.name not in ("lock", key_of(corpus))]
    read = json.loads(tally.read_text(encoding="utf-8"))

    tell(f"{kills} builders killed, a build takes {usual:.2f} s: {dict(met)}")
    tell(f"left at the end: {left}; read meanwhile: {read}")
    assert met["bad"] == 0
    assert left == []
    assert read["failed"] == 0
    assert read["requests"] > kills
