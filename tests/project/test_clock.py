"""Time: one clock, given from outside; the passing of it alone makes nothing wrong."""

from __future__ import annotations

import ast
import datetime
import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result

from kb import clock, load_corpus
from kb.content.checking import check
from kb.content.rules.sample import written
from kb.errors import KBError
from tests.conftest import SMALL

ROOT = Path(__file__).parents[2]
Kb = Callable[..., Result]
#: calls that ask the machine what time it is
ASKING = {"now", "today", "utcnow", "time", "time_ns", "localtime", "gmtime", "ctime"}


def calls(path: Path) -> Iterator[str]:
    """`name.attribute` of every call of a module."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield f"{ast.unparse(node.func.value).rpartition('.')[2]}.{node.func.attr}"


def test_one_module_asks_the_machine_what_time_it_is() -> None:
    asking = {
        path.relative_to(ROOT).as_posix(): call
        for folder in ("kb", "web")
        for path in ROOT.joinpath(folder).rglob("*.py")
        for call in calls(path)
        if call.partition(".")[0] in ("datetime", "date", "time") and call.partition(".")[2] in ASKING
    }

    assert asking == {"kb/clock.py": "datetime.now"}


def test_the_rooms_that_the_gate_tries_on_one_day_only_know_no_clock() -> None:
    gate = (ROOT / ".ci/run").read_text(encoding="utf-8")
    rooms = gate.partition("timeless=(")[2].partition(")")[0].split()

    knowing = [
        path.relative_to(ROOT).as_posix()
        for room in rooms
        for path in (ROOT / "kb" / room).rglob("*.py")
        if re.search(r"\bclock\b", path.read_text(encoding="utf-8"))
    ]

    assert len(rooms) == 5
    assert knowing == []


#: (variable, value, day that is read)
CLOCKS = [
    ("KB_TODAY", "2020-02-29", "2020-02-29"),
    ("KB_TODAY", "2031-12-31", "2031-12-31"),
    ("SOURCE_DATE_EPOCH", "1582977600", "2020-02-29"),
    ("SOURCE_DATE_EPOCH", "0", "1970-01-01"),
]


@pytest.mark.parametrize(("name", "value", "day"), CLOCKS)
def test_the_environment_stands_for_the_clock(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, day: str
) -> None:
    monkeypatch.delenv("KB_TODAY", raising=False)
    monkeypatch.setenv(name, value)

    assert clock.now().date().isoformat() == day
    assert abs(clock.today() - clock.now().date()) <= clock.GRACE


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KB_TODAY", "hier"),
        ("KB_TODAY", "2026-02-31"),
        ("SOURCE_DATE_EPOCH", "deux"),
        ("SOURCE_DATE_EPOCH", "9" * 30),
    ],
)
def test_an_environment_that_names_no_day_is_told_in_one_line(
    monkeypatch: pytest.MonkeyPatch, kb: Kb, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)

    told = kb("check")

    assert told.exit_code == 2
    assert told.output.startswith(f"kb : {name} doit être")
    with pytest.raises(KBError):
        clock.now()


def says(folder: Path, day: datetime.date, date: str) -> list[str]:
    """What is told of a review on `date` by a clock at `day`."""
    written(folder, f'updated: "{date}"', "champs")
    return [problem.message for problem in check(load_corpus(folder), day)]


#: (date written, whether it is still to come on the 23rd of November 2026)
TO_COME = [
    ("2026-11-23", False),
    ("2026-11-24", False),  # today in Nouméa, while the machine is at the 23rd
    ("2026-11-25", True),
    ("2026-11", False),
    ("2026-12", True),
    ("2026", False),
    ("2027", True),
]


@pytest.mark.parametrize(("date", "to_come"), TO_COME)
def test_a_date_has_a_day_of_grace(tmp_path: Path, date: str, to_come: bool) -> None:
    told = says(tmp_path, datetime.date(2026, 11, 23), date)

    assert told == ([f"la date {date} est à venir"] if to_come else [])


LATER = ["2026-11-24", "2027-01-05", "2028-02-29", "2032-12-31", "2126-01-01"]


@pytest.mark.parametrize("day", LATER)
def test_the_passing_of_time_makes_no_file_wrong(day: str) -> None:
    loaded = load_corpus(ROOT / "content")

    assert [str(p) for p in check(loaded, datetime.date.fromisoformat(day)) if p.level == "erreur"] == []


@pytest.mark.parametrize("day", ["2020-01-01", "1970-01-01", "2019-02-28"])
def test_a_clock_that_is_behind_is_told_once_and_ends_well(
    monkeypatch: pytest.MonkeyPatch, kb: Kb, tmp_path: Path, day: str
) -> None:
    copy = shutil.copytree(ROOT / "content", tmp_path / "content")
    monkeypatch.setenv("KB_TODAY", day)

    told, in_json = kb("check", "--content", copy), kb("check", "--json", "--content", copy)

    assert (told.exit_code, in_json.exit_code) == (0, 0)
    assert told.stdout.splitlines()[-1].endswith("fiches, aucun problème")
    assert told.stderr.count("avertissement : ") == 1
    assert f"l’horloge de cette machine est en retard : elle dit {day}" in told.stderr
    assert [problem["level"] for problem in json.loads(in_json.output)] == ["avertissement"]


def test_a_clock_earlier_than_the_last_commit_is_told(tmp_path: Path) -> None:
    folder = shutil.copytree(SMALL, tmp_path / "content")
    commit = "git init -q && git add . && git -c user.name=a -c user.email=a@b.fr commit -qm a"
    date = "2031-05-06T12:00:00Z"
    environment = {"GIT_COMMITTER_DATE": date, "GIT_AUTHOR_DATE": date, "PATH": "/usr/bin:/bin", "HOME": "/"}
    subprocess.run(commit, shell=True, cwd=tmp_path, check=True, env=environment)  # noqa: S602

    told = check(load_corpus(folder), datetime.date(2031, 5, 4))

    assert [problem.level for problem in told] == ["avertissement"]
    assert "le contenu est du 2031-05-06" in told[0].message
    assert check(load_corpus(folder), datetime.date(2031, 5, 5)) == ()


def test_a_date_to_come_is_told_by_a_clock_that_is_behind_too(tmp_path: Path) -> None:
    assert "la date 2999-01-01 est à venir" in says(tmp_path, datetime.date(1970, 1, 1), "2999-01-01")
