"""Readers of the running site, each on a connection of its own: real and hostile requests in turn.

As a command: python reading.py PORT CLIENTS PAUSE FILE, until ended (SIGTERM); FILE then holds the
tally as JSON. PAUSE is in seconds, between an answer and the next request of the same reader.
"""

from __future__ import annotations

import http.client
import json
import random
import signal
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml

ROOT = Path(__file__).resolve().parents[2]
#: what a reader of goodwill may get
FINE = frozenset({200, 301, 304})
#: what hostile addresses may get besides: refused in order, never an error of ours
REFUSED = FINE | {400, 404, 405, 410, 413, 414}

HOSTILE_TEXTS = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{7*7}}", "${jndi:ldap://x}",
    "' OR 1=1 --", '"' * 150, "(" * 180, "-" * 199, "a " * 500, "é" * 5000, "*", "?*?*?*", "ville~4",
    "-ville", '"budget', "titre:", "\x00budget", "budget\r\nSet-Cookie: a=b", "\u202ebudget", "😀" * 60,
    "NEAR(a b)", "le la les de", "bugdet particpatif", "bu*", "\ud7ff\ue000", "1 " * 90,
    "œuvre ŒUVRE", "a" * 190,
)  # fmt: skip
HOSTILE_PATHS = (
    "/cas/..%2f..%2fetc%2fpasswd", "/cas/%00", "/../../../etc/passwd", "/static/..%2f__init__.py",
    "/recherche?page=99999999999999999999", "/recherche?page=-1", "/recherche?per_page=1e9",
    "/recherche?theme=" + "&theme=".join(f"x{n}" for n in range(60)), "/api/v1/search?theme=nulle-part",
    "/api/v1/search?page=zzz", "/comparer?cas=a&cas=b&cas=c&cas=d&cas=e&cas=f", "/id/cas-99999",
    "/.kb/lock", "/.git/config", "/recherche?q=%ff%fe%80", "/%e2%80%ae", "/cas/" + "a" * 3000,
    "/api/v1/suggest?q=%00", "/comme-ma-collectivite?habitants=1e400&budget=-1&etp=nan", "//evil.example/",
    "/recherche?" + "q=a&" * 300,
)  # fmt: skip


def targets(chance: random.Random) -> list[tuple[str, frozenset[int]]]:
    """Addresses with the statuses they may have: every document and page, real searches, hostile ones."""
    slugs = {
        kind: [path.stem for path in sorted((ROOT / "content" / kind).glob("*.md"))]
        for kind in ("cases", "practices")
    }
    pages = ["/", "/cas/", "/pratiques/", "/themes/", "/outils/", "/carte", "/reperes", "/a-propos", "/aide"]
    pages += ["/plan-du-site", "/sitemap.xml", "/robots.txt", "/opensearch.xml", "/flux.atom", "/sante"]
    pages += [f"/cas/{slug}{twin}" for slug in slugs["cases"] for twin in ("", ".json", ".md", ".bib")]
    pages += [f"/pratiques/{slug}{twin}" for slug in slugs["practices"] for twin in ("", ".ris")]
    pages += ["/comparer?cas=angers&cas=rennes", "/api/v1/documents", "/api/v1/taxonomy", "/api/openapi.json"]
    queries = _queries()
    searches = [f"/recherche?q={quote(text)}" for text in queries]
    searches += [f"/recherche?q={quote(text)}&theme=budget-participatif&mots=tous" for text in queries[::3]]
    searches += [f"/api/v1/search?q={quote(text)}&per_page=50" for text in queries[::2]]
    searches += [f"/api/v1/suggest?q={quote(text[:4])}" for text in queries]
    searches += [f"/recherche.atom?q={quote(text)}" for text in queries[::8]]
    hostile = [
        f"{path}?q={quote(text, errors='surrogatepass')}"
        for text in HOSTILE_TEXTS
        for path in ("/recherche", "/api/v1/search", "/api/v1/suggest")
    ]
    hostile += HOSTILE_PATHS
    chosen = [(path, FINE) for path in (*pages, *searches)] + [(path, REFUSED) for path in hostile]
    chance.shuffle(chosen)
    return chosen


def _queries() -> list[str]:
    found: list[str] = []
    for path in sorted((ROOT / "tests" / "relevance").glob("*.yaml")):
        read = yaml.safe_load(path.read_text(encoding="utf-8"))
        found += [one["q"] for one in read if isinstance(one, dict) and isinstance(one.get("q"), str)]
    return list(dict.fromkeys(found))


class Readers:
    """Some readers at once, each in a thread; `tally` is what they met."""

    def __init__(self, port: int, clients: int, pause: float) -> None:
        self.port, self.pause = port, pause
        self.stopped = threading.Event()
        self._lock = threading.Lock()
        self._statuses: Counter[int] = Counter()
        self._failures: list[str] = []
        self._failed = 0
        self._times: list[float] = []
        self._threads = [threading.Thread(target=self._read, args=(seed,)) for seed in range(clients)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self.stopped.set()
        for thread in self._threads:
            thread.join()

    def tally(self) -> dict[str, Any]:
        """Requests by status, failures (the first hundred in words) and milliseconds by quantile."""
        with self._lock:
            times = sorted(self._times)
            quantiles = {
                name: round(times[int(len(times) * share)] * 1000, 1) if times else 0.0
                for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99), ("p999", 0.999))
            }
            return {
                "requests": self._statuses.total(),
                "statuses": {str(status): n for status, n in sorted(self._statuses.items())},
                "failed": self._failed,
                "failures": self._failures,
                "ms": {**quantiles, "max": round(times[-1] * 1000, 1) if times else 0.0},
            }

    def _read(self, seed: int) -> None:
        chance = random.Random(seed)
        asked = targets(chance)
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        tags: dict[str, str] = {}
        while not self.stopped.is_set():
            path, allowed = chance.choice(asked)
            headers = {"Accept-Encoding": "gzip"}
            if path in tags and chance.random() < 0.3:
                headers["If-None-Match"] = tags[path]
            began = time.perf_counter()
            try:
                connection.putrequest("GET", path, skip_accept_encoding=True)
                for name, value in headers.items():
                    connection.putheader(name, value)
                connection.endheaders()
                answer = connection.getresponse()
                answer.read()
                if tag := answer.getheader("ETag"):
                    tags[path] = tag
                self._note(path, answer.status, allowed, time.perf_counter() - began)
            except (OSError, http.client.HTTPException) as error:
                self._fail(f"{path}: {type(error).__name__} {error}")
                connection.close()
            self.stopped.wait(self.pause)
        connection.close()

    def _note(self, path: str, status: int, allowed: frozenset[int], seconds: float) -> None:
        with self._lock:
            self._statuses[status] += 1
            self._times.append(seconds)
        if status not in allowed:
            self._fail(f"{path}: {status}")

    def _fail(self, told: str) -> None:
        with self._lock:
            self._failed += 1
            if len(self._failures) < 100:
                self._failures.append(told[:300])


def main() -> None:
    """Read until ended."""
    port, clients, pause, file = sys.argv[1:]
    readers = Readers(int(port), int(clients), float(pause))
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    readers.start()
    ended.wait()
    readers.stop()
    Path(file).write_text(json.dumps(readers.tally(), ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
