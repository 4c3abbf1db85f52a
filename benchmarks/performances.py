"""All that is measured in one run, into docs/performances.md: `python benchmarks/performances.py`

    [--rounds 3] [--sizes 37 1000 10000] [--queries 20]

Serving: requests a second and CPU a request of each kind of page, beside the least that Flask can do on
the same server with the same headers, and beside Datasette over the same documents; in turn, some rounds,
medians. Growth: build, memory and latency over documents recombined from ours (`search.py`), queries
made to be slow among them. Needs wrk (Debian package `wrk`) and, once, pip for Datasette.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote_plus, urlsplit

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path[:0] = [str(ROOT), str(HERE)]

import datasette as other  # noqa: E402
import search  # noqa: E402
from figures import Growth, Serving, chart, report  # noqa: E402
from serving import BIN, cpu, family  # noqa: E402

from kb.content.loading import load_corpus  # noqa: E402
from kb.search.evaluation import read_judgements  # noqa: E402

HELLO, SITE, DATASETTE = 8311, 8312, 8313
SECONDS = 4
HELLO_NAME = "Flask « hello », same headers"
GZIP = "Accept-Encoding: gzip"
#: asked of us and of Datasette; ordinary ones
QUERIES = [
    j.q for j in read_judgements(ROOT / "tests" / "relevance" / "judgements.yaml") if j.type != "vide"
][:60]
#: made to be slow: all the common words, six words to respell, long phrases and exclusions, doubled signs
HOSTILE = [
    "les des une pour dans avec par sur plus que qui ville participation citoyenne numérique plateforme "
    "budget habitants projet projets consultation métropole outil outils commune citoyens",
    "budjet partissipatif metropolle consultassion plateformme numerrique evalluation",
    '"la participation citoyenne" "de la ville" "budget participatif" -"des habitants" -"de la métropole"',
    " ".join(f"{a}{b}" for a in "abcdefgh" for b in "aeiou"),
    "a b c d e f g h i j k l m n o p q r s t u v w x y z 0 1 2 3 4 5 6 7 8 9",
    "participationcitoyennenumeriqueplateformebudgetparticipatifmetropole" * 2,
    "-budget -ville -citoyens -participation -numérique -les -des",
    "«" * 60 + '"' * 60 + "é" * 60,
    "10 000 000 000 € 1,5 million 20 k€ 2019 2018 2017 100 000 habitants 3 ETP",
    "BP AMO MEL ETP CD44 budget participatif enveloppe participative remontée de dysfonctionnements",
]


def serving(rounds: int) -> tuple[list[Serving], dict[str, float], tuple[float, float]]:
    """(each kind of request, memory of each server in MB, CPU of hello and of a kept page at light load)."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        database = folder / "kb.db"
        other.write_database(ROOT / "content", database)
        python = other.install(ROOT / "build" / "datasette")
        environment = {
            **os.environ,
            "KB_INDEX": str(folder / "index"),
            "PYTHONPATH": str(ROOT),
            "KB_LOG": "0",
        }
        granian = [str(BIN / "granian"), "--interface", "wsgi", "--factory", "--workers", "1", "--http", "1"]
        commands = {
            "hello": [*granian, "--port", str(HELLO), "--blocking-threads", "2", "benchmarks.serving:hello"],
            "kb": [str(BIN / "kb"), "serve", "--port", str(SITE), "--content", str(ROOT / "content")],
            "datasette": other.command(python, database, DATASETTE),
        }
        servers = {}
        for name, command in commands.items():
            servers[name] = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            stack.callback(servers[name].terminate)
        kinds = _kinds(database)
        for _, url, _ in kinds.values():
            _wait(url)
        figures: dict[str, list[tuple[float, float]]] = {name: [] for name in kinds}
        for number in range(rounds):
            for name, (server, url, headers) in kinds.items():
                script = _script(folder, url, f"{number}") if "AFRESH" in url else None
                figures[name].append(_measure(servers[server].pid, url, headers, script))
                print(f"{name:42} {figures[name][-1][0]:8.0f}/s {figures[name][-1][1]:8.0f} µs", flush=True)
        light = tuple(
            statistics.median(_light(servers[server].pid, url) for _ in range(rounds))
            for server, url, _ in (kinds[HELLO_NAME], kinds["search, asked before"])
        )
        memory = {name: _memory(server.pid) for name, server in servers.items()}
    found = []
    for name, runs in figures.items():
        rates, spent = zip(*runs, strict=True)
        found.append(
            Serving(name, statistics.median(rates), statistics.median(spent), min(spent), max(spent))
        )
    return found, memory, (light[0], light[1])


def _kinds(database: Path) -> dict[str, tuple[str, str, list[str]]]:
    """Kind → (server, address, headers); AFRESH stands for a query that was never asked."""
    site = f"http://127.0.0.1:{SITE}"
    _wait(f"{site}/sante")
    kept, case = f"{site}/recherche?q=budget", f"{site}/cas/angers"
    return {
        HELLO_NAME: ("hello", f"http://127.0.0.1:{HELLO}/", []),
        "home": ("kb", f"{site}/", [GZIP]),
        "search, asked before": ("kb", kept, [GZIP]),
        "search, 304": ("kb", kept, [f"If-None-Match: {_etag(kept)}"]),
        "search, never asked": ("kb", f"{site}/recherche?q=AFRESH", [GZIP]),
        "case": ("kb", case, [GZIP]),
        "case, 304": ("kb", case, [f"If-None-Match: {_etag(case)}"]),
        "API search, asked before": ("kb", f"{site}/api/v1/search?q=budget", [GZIP]),
        "API search, never asked": ("kb", f"{site}/api/v1/search?per_page=20&q=AFRESH", [GZIP]),
        "Datasette search": ("datasette", other.address(DATASETTE, database, "AFRESH"), [GZIP]),
        "Datasette hello (its `/-/versions.json`)": (
            "datasette",
            f"http://127.0.0.1:{DATASETTE}/-/versions.json",
            [],
        ),
    }


def _script(folder: Path, url: str, tag: str) -> Path:
    """A wrk script that asks the judged queries one after another, each time as if it were the first."""
    path = re.sub("^http://[^/]+", "", url)
    targets = [path.replace("AFRESH", quote_plus(query)) for query in QUERIES]
    # the API refuses parameters that it does not know: spaces make another address of the same words
    mark = 'string.rep("%20", math.floor(n / #paths))' if "/api/" in path else f'"&essai={tag}-" .. n'
    listed = ", ".join(json.dumps(target) for target in targets)
    script = folder / "afresh.lua"
    script.write_text(
        f"local paths = {{{listed}}}\nlocal n = {int(tag) * 50 * len(targets)}\n"
        f'request = function() n = n + 1; return wrk.format("GET", paths[n % #paths + 1] .. {mark}) end\n',
        encoding="utf-8",
    )
    return script


def _measure(pid: int, url: str, headers: Sequence[str], script: Path | None) -> tuple[float, float]:
    """(requests a second, microseconds of CPU a request) at 16 connections."""
    pids = family(pid)
    options = [part for header in headers for part in ("-H", header)] + (
        ["-s", str(script)] if script else []
    )
    command = [
        "wrk",
        "-t1",
        "-c16",
        f"-d{SECONDS}s",
        "--timeout",
        "10s",
        *options,
        url.replace("AFRESH", "budget"),
    ]
    before = cpu(pids)
    told = subprocess.run(command, capture_output=True, text=True, check=True, encoding="utf-8").stdout
    used = cpu(pids) - before
    if "Non-2xx" in told:
        raise RuntimeError(f"{url}: {told}")
    found = re.search(r"(\d+) requests in ([\d.]+)s", told)
    if not found:
        raise RuntimeError(told)
    return int(found[1]) / float(found[2]), used / int(found[1]) * 1e6


def _light(pid: int, url: str) -> float:
    """Microseconds of CPU a request where one client asks again as soon as it has its answer."""
    parts = urlsplit(url)
    client = http.client.HTTPConnection(parts.netloc)
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    before, count, until = cpu(family(pid)), 0, time.monotonic() + SECONDS
    while time.monotonic() < until:
        client.request("GET", target, headers={"Accept-Encoding": "gzip"})
        answer = client.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{url}: {answer.status}")
        count += 1
    client.close()
    return (cpu(family(pid)) - before) / count * 1e6


def _etag(url: str) -> str:
    with urllib.request.urlopen(url) as answer:  # noqa: S310 - our own server
        return str(answer.headers["ETag"])


def _wait(url: str) -> None:
    """Until the address answers, one minute at most."""
    for _ in range(240):
        try:
            urllib.request.urlopen(url.replace("AFRESH", "budget")).close()  # noqa: S310
        except OSError:
            time.sleep(0.25)
        else:
            return
    raise RuntimeError(f"{url} does not answer")


def _memory(pid: int) -> float:
    """MB of memory of a process and its children, shared pages counted once (PSS)."""
    total = 0
    for member in family(pid):
        found = re.search(
            r"^Pss:\s+(\d+)", Path(f"/proc/{member}/smaps_rollup").read_text(encoding="utf-8"), re.MULTILINE
        )
        total += int(found[1]) if found else 0
    return total / 1024


def growth(size: int, count: int) -> Growth:
    """Build, open and ask a base of `size` documents."""
    corpus = load_corpus(ROOT / "content").corpus
    grown = corpus if size <= len(corpus.documents) else search.multiplied(corpus, size)
    asked = {**search._asked(count), "hostile": HOSTILE}
    engine = search.ours(grown)
    with tempfile.TemporaryDirectory() as folder:
        build, peak = search._aside(search._build, engine, search.texts_of(grown), Path(folder))
        opened, rss, first, again = search._aside(search._ask, engine, Path(folder), asked)
    hostile = sorted(first.pop("hostile"))
    again.pop("hostile")
    times, later = (sorted(t for part in parts.values() for t in part) for parts in (first, again))
    at = search._at
    return Growth(
        *(len(grown.documents), build, peak, opened, rss),
        *(at(times, 0.5), at(times, 0.95), at(later, 0.95), at(hostile, 0.5), hostile[-1]),
    )


def main() -> int:
    """Measure and write; see the module."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sizes", type=int, nargs="*", default=[37, 1_000, 10_000])
    parser.add_argument("--queries", type=int, default=20, help="of each type, for the growth")
    args = parser.parse_args()
    if not shutil.which("wrk"):
        print("wrk is needed: apt-get install wrk", file=sys.stderr)
        return 2
    rows, memory, light = serving(args.rounds)
    sizes = []
    for size in args.sizes:
        sizes.append(growth(size, args.queries))
        print(sizes[-1], flush=True)
    told = report(
        rows,
        memory,
        sizes,
        rounds=f"{args.rounds} rounds of {SECONDS} s",
        queries=len(QUERIES),
        hostile=len(HOSTILE),
        datasette=other.VERSION,
        light=f"{light[0]:.0f} µs for hello, {light[1]:.0f} µs for a search asked before",
    )
    (ROOT / "docs" / "performances.md").write_text(told, encoding="utf-8")
    (ROOT / "docs" / "images" / "performances.svg").write_text(chart(rows), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
