"""External links of the documents, and when each last answered.

The dates live in `content/liens.yaml`, in git, so that a link which dies can still be cited with
the day it was last seen. Following links is never in the way: a few hosts are tried first, for
some seconds at most, and without network nothing is followed and nothing is written. Only 404 and
410 count as gone; a refusal or a silence says little about a reader's chances.
"""

from __future__ import annotations

import datetime
import queue
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from kb.content.fields import leaves
from kb.content.forms import WEB, Form
from kb.content.kinds import kind_of
from kb.content.loading import Loaded
from kb.content.parsing import Parsed
from kb.editing.following import status_of
from kb.errors import EditError

FILE = "liens.yaml"
WORKERS = 8
#: hosts tried, and seconds, before saying that there is no network
PROBES, PROBE_SECONDS = 3, 3.0
GONE = "introuvable"

#: an HTTP status, or why there was none
Fetch = Callable[[str, float], int | str]

_NOTE = "# Quand chaque lien externe a répondu pour la dernière fois (seen). Écrit par « kb links ».\n"
_ADDRESS = re.compile(r"https?://(?:[^\s<>()\[\]\"`]|\([^\s<>()]*\))+")


@dataclass(frozen=True)
class LinkPlace:
    """A place that holds an external address."""

    path: str
    line: int


@dataclass(frozen=True)
class Sight:
    """What is known of an external address."""

    #: `ok`, or what the server said; "" where it was never followed
    state: str = ""
    #: day of the last good answer: 2026-11-23
    seen: str = ""
    #: day of the last attempt
    checked: str = ""

    @property
    def is_gone(self) -> bool:
        """Whether the server says that there is nothing there."""
        return self.state.startswith(GONE)

    def as_dict(self) -> dict[str, str]:
        """The values that are known."""
        return {key: value for key, value in vars(self).items() if value}


@dataclass(frozen=True)
class Sightings:
    """What is known of all external addresses, as `content/liens.yaml` holds it."""

    all: Mapping[str, Sight]

    @classmethod
    def read(cls, root: Path) -> Sightings:
        """Those of a content folder; none where nothing was ever followed."""
        path = root / FILE
        if not path.is_file():
            return cls({})
        try:
            held = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
            return cls(
                {str(url): Sight(**{k: str(v) for k, v in known.items()}) for url, known in held.items()}
            )
        except (yaml.YAMLError, AttributeError, TypeError):
            raise EditError(f"{path} est illisible ; supprimez-le, kb links le refera") from None

    def of(self, url: str) -> Sight:
        """What is known of an address."""
        return self.all.get(url, Sight())

    def with_sights(self, states: Mapping[str, str], today: datetime.date) -> Sightings:
        """With what was seen today; a link that fails keeps the day it last answered."""
        day = today.isoformat()
        fresh = {
            url: replace(self.of(url), state=state, checked=day, **({"seen": day} if state == "ok" else {}))
            for url, state in states.items()
        }
        return Sightings({**self.all, **fresh})

    def only(self, urls: Mapping[str, Any]) -> Sightings:
        """Without the addresses that no document holds any more."""
        return Sightings({url: sight for url, sight in self.all.items() if url in urls})

    def write(self, root: Path) -> None:
        """Keep them, sorted by address, so that a change is a small difference."""
        held = {url: sight.as_dict() for url, sight in sorted(self.all.items())}
        text = yaml.safe_dump(held, allow_unicode=True, sort_keys=False, width=1000, default_flow_style=False)
        (root / FILE).write_text(_NOTE + text, encoding="utf-8")


def external_links(loaded: Loaded) -> dict[str, tuple[LinkPlace, ...]]:
    """Every external address of the fields and the text, with its places, sorted."""
    found: dict[str, tuple[LinkPlace, ...]] = {}
    for name, parsed in loaded.files.items():
        for url, line in _addresses(name, parsed):
            link = LinkPlace(parsed.path, line)
            if link not in found.get(url, ()):
                found[url] = (*found.get(url, ()), link)
    return dict(sorted(found.items()))


def online(urls: tuple[str, ...], timeout: float, fetch: Fetch | None = None) -> bool:
    """Whether any of a few hosts answers at all, found out in some seconds at most."""
    hosts = {urlsplit(url).netloc: url for url in reversed(urls)}
    probes = tuple(hosts.values())[:PROBES]
    answers = _each(
        probes, lambda url: (fetch or status_of)(url, min(timeout, PROBE_SECONDS)), PROBE_SECONDS + 1
    )
    return any(isinstance(answer, int) for answer in answers.values())


def look(
    urls: tuple[str, ...],
    timeout: float,
    done: Callable[[], None] = lambda: None,
    fetch: Fetch | None = None,
) -> dict[str, str]:
    """State of each address: `ok`, or what its server said, in French."""

    def follow(url: str) -> int | str:
        try:
            return (fetch or status_of)(url, timeout)
        finally:
            done()

    limit = 2 * timeout * (len(urls) // WORKERS + 2)
    answers = _each(urls, follow, limit)
    return {url: _said(answers.get(url, "sans réponse")) for url in urls}


def _addresses(name: str, parsed: Parsed) -> Iterator[tuple[str, int]]:
    for leaf in leaves(kind_of(name).model, parsed.data):
        if leaf.mark(Form) == WEB:
            yield str(leaf.value), parsed.line_of(leaf.path)
    for number, line in enumerate(parsed.body.split("\n"), parsed.body_line):
        for match in _ADDRESS.finditer(line):
            yield match[0].rstrip(".,;:!?…»*_ \u00a0\u202f"), number


def _each(urls: tuple[str, ...], follow: Callable[[str], int | str], limit: float) -> dict[str, int | str]:
    """Answers by address, from threads that die with the process; those later than `limit` are left out."""
    waiting: queue.SimpleQueue[str] = queue.SimpleQueue()
    answered: queue.SimpleQueue[tuple[str, int | str]] = queue.SimpleQueue()
    for url in urls:
        waiting.put(url)

    def work() -> None:
        while True:
            try:
                url = waiting.get_nowait()
            except queue.Empty:
                return
            answered.put((url, follow(url)))

    for _ in range(min(WORKERS, len(urls))):
        threading.Thread(target=work, daemon=True).start()
    answers: dict[str, int | str] = {}
    end = time.monotonic() + limit
    while len(answers) < len(urls):
        left = end - time.monotonic()
        try:
            url, answer = answered.get(timeout=max(left, 0.001))
        except queue.Empty:
            break
        answers[url] = answer
    return answers


def _said(answer: int | str) -> str:
    if isinstance(answer, str):
        return answer
    if answer < 400:
        return "ok"
    return f"{GONE} ({answer})" if answer in (404, 410) else f"refusé ({answer})"
