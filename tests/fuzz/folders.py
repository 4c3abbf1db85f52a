"""What must hold for whatever lies in a folder: names of files, git's history, reports, values of fields.

As `invariants`, for inputs that come as files. Each takes bytes; AssertionError is a broken promise.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from flask import Flask

from kb.cli.linking import _client
from kb.content.checking import check
from kb.content.loading import load_corpus
from kb.errors import KBError, Problem
from kb.guard.guard import Guard
from kb.guard.reading import paragraphs_of
from kb.links.ledger import load_ledger
from kb.links.ownership import published
from kb.links.registry import check_links, load_links
from tests.fuzz import invariants

ENDINGS = (".md", ".html", ".tex", ".txt", ".docx", ".odt")
#: fields of a case that a fuzzed value takes the place of, a line each
FIELDS = (
    *("title", "summary", "updated", "themes", "tool_types", "aliases", "questions", "collectivity"),
    *("platforms", "team", "evaluation", "costs", "key_figures", "lessons", "sources", "review"),
    *("disagreements", "since", "id"),
)
#: pages that show it
PAGES = (b"/", b"/cas/boisjoli", b"/cas/boisjoli.json", b"/panorama", b"/flux.atom", b"/carte")


def told(problems: Iterable[Problem]) -> None:
    """Every problem is one line that a terminal and a CI show as it is."""
    for problem in problems:
        assert problem.line >= 1, problem
        assert problem.message, problem
        assert "\n" not in str(problem), problem


def file_name(folder: Path, data: bytes) -> None:
    """A document of any name is published under a sound address or told, and never takes another's."""
    name = re.sub(rb"[/\x00]", b"", data)[:200]
    path = os.path.join(os.fsencode(folder / "cases"), name)  # noqa: PTH118 - bytes, as they are on disk
    if name in (b"", b".", b"..") or os.path.exists(path):  # noqa: PTH110
        return
    text = (folder / "cases/boisjoli.md").read_bytes()
    try:
        with open(path, "xb") as file:  # noqa: PTH123
            file.write(text)
    except OSError:
        return  # the system has no such name
    try:
        loaded = load_corpus(folder)
        told((*check(loaded), *check_links(loaded)))
        served, _ = published(loaded.corpus, load_ledger(folder))
        assert served.by_slug["boisjoli"].id == "cas-01"
        assert all(re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", slug) for slug in served.by_slug)
    finally:
        os.remove(path)  # noqa: PTH107


def history(folder: Path, data: bytes) -> None:
    """Any commit, of any name, subject, author and date, costs at most its own history."""
    shutil.rmtree(folder / ".git", ignore_errors=True)
    git = ["git", "-C", str(folder)]
    subprocess.run([*git, "init", "-q", "-b", "main"], check=True)
    first, _, rest = data.partition(b"\n")
    name = b"cases/" + (re.sub(rb"[/\x00\n]", b"", first)[:100] or b"x") + b".md"
    subject = rest[:400]
    stream = b"".join(
        b"commit refs/heads/main\ncommitter %s <e@x> %d +0000\ndata %d\n%s\n"
        % (who, day, len(subject), subject)
        + b'M 100644 inline "%s"\ndata 1\nx\n' % file.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
        for who, day, file in ((b"A", 1_600_000_000, name), (b"B", 1_700_000_000, b"cases/boisjoli.md"))
    )
    done = subprocess.run([*git, "fast-import", "--quiet", "--force"], input=stream, capture_output=True)
    if done.returncode:
        return  # git itself refuses
    loaded = load_corpus(folder)
    links = load_links(folder, loaded.corpus)
    told(check_links(loaded))
    change = links.history.changes["cases/boisjoli.md"][0]
    assert change.date == "2023-11-14"
    assert change.subject.isprintable()


def report(guard: Guard, folder: Path, data: bytes) -> None:
    """Any file is read as a report, or refused with the reason; each point has its line."""
    path = folder / f"rapport{ENDINGS[len(data) % len(ENDINGS)]}"
    path.write_bytes(data)
    try:
        found = guard.check(paragraphs_of(path))
    except KBError as error:
        assert str(error)
        return
    for one in found:
        assert "\n" not in str(one), one


def guard_of(app: Flask, folder: Path) -> Guard:
    """A guard over the content folder."""
    return Guard(
        load_links(folder, load_corpus(folder).corpus), _client(app), folder, ("https://base.exemple.fr",)
    )


def value(app: Flask, folder: Path, data: bytes) -> None:
    """Whatever a field holds, it is refused with its line, or every page that shows it answers."""
    from web.state import site_of

    text = data.decode("utf-8", "replace")
    field, given = FIELDS[len(data) % len(FIELDS)], re.sub(r"\n---", "", text)[:600]
    path = folder / "cases/boisjoli.md"
    sound = path.read_text(encoding="utf-8")
    head = re.sub(rf"(?ms)^{field}:.*?(?=^\S)", "", sound)
    path.write_text(head.replace("---\n", f"---\n{field}: {given}\n", 1), encoding="utf-8")
    try:
        loaded = load_corpus(folder)
        told((*loaded.problems, *check(loaded)))
        site_of(app).refresh()
        for address in PAGES:
            invariants.request(app, "GET", address, b"", {})
    finally:
        path.write_text(sound, encoding="utf-8")
