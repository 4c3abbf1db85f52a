"""Requests a second and CPU per request of the site, against a bare Flask « hello » on the same server.

Both answer with the same headers, in the same run, in turn; neither tells its requests, but for the
lines « logged », which give what the log costs. Needs wrk (Debian package `wrk`).
Usage: python benchmarks/serving.py [rounds, default 3]. Read ratios, not single figures.
"""

from __future__ import annotations

import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from flask import Flask, Response

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
HELLO, SITE, LOGGED = 8301, 8302, 8303
SEARCH = f"http://127.0.0.1:{SITE}/recherche?q=budget"


def hello() -> Flask:
    """The least that Flask can do with our headers."""
    from web.front.headers import init_app

    app = Flask("hello", static_folder=None)
    init_app(app)
    kept = {"ETag": 'W/"hello"', "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
    app.add_url_rule("/", "hello", lambda: Response("bonjour", headers=kept))
    return app


def family(pid: int) -> list[int]:
    """A process and all its children."""
    found = [pid]
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[1])
            except OSError:
                continue
            if parent == pid:
                found += family(int(entry.name))
    return found


def cpu(pids: list[int]) -> float:
    """Seconds of CPU that processes have used."""
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def measure(server: subprocess.Popen[bytes], url: str, headers: list[str]) -> tuple[float, float]:
    """(requests a second, microseconds of CPU a request) over three seconds at 16 connections."""
    pids = family(server.pid)
    options = [part for header in headers for part in ("-H", header)]
    before = cpu(pids)
    told = subprocess.run(
        ["wrk", "-t1", "-c16", "-d3s", *options, url],
        capture_output=True,
        text=True,
        check=True,
        encoding="utf-8",
    ).stdout
    used = cpu(pids) - before
    requests = int(re.search(r"(\d+) requests in", told)[1])  # type: ignore[index]
    return requests / 3, used / requests * 1e6


def wait_for(port: int) -> None:
    """Return once something answers there; raises OSError after a minute."""
    until = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/").close()
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def main() -> None:
    """Measure each kind of request in turn, some rounds."""
    if not shutil.which("wrk"):
        raise SystemExit("wrk is needed: apt-get install wrk")
    environment = {**os.environ, "KB_INDEX": tempfile.mkdtemp(), "PYTHONPATH": str(ROOT)}
    bare = [str(BIN / "granian"), "--interface", "wsgi", "--factory", "--port", str(HELLO), "--workers", "1",
            "--http", "1", "--blocking-threads", "2", "benchmarks.serving:hello"]  # fmt: skip
    real, logged = (
        [str(BIN / "kb"), "serve", "--port", str(port), "--content", str(ROOT / "content")]
        for port in (SITE, LOGGED)
    )
    lines = os.open(Path(tempfile.mkdtemp(), "lines"), os.O_WRONLY | os.O_CREAT)
    servers = [
        subprocess.Popen(c, cwd=ROOT, env={**environment, "KB_LOG": log}, stdout=lines, stderr=lines)
        for c, log in ((bare, "0"), (real, "0"), (logged, "1"))
    ]
    try:
        for port in (HELLO, SITE, LOGGED):
            wait_for(port)
        with urllib.request.urlopen(SEARCH) as answer:
            etag = answer.headers["ETag"]
        kinds = {
            "hello": (servers[0], f"http://127.0.0.1:{HELLO}/", []),
            "search, kept": (servers[1], SEARCH, ["Accept-Encoding: gzip"]),
            "  logged": (servers[2], SEARCH.replace(str(SITE), str(LOGGED)), ["Accept-Encoding: gzip"]),
            "search, 304": (servers[1], SEARCH, [f"If-None-Match: {etag}"]),
            "case, kept": (servers[1], f"http://127.0.0.1:{SITE}/cas/angers", ["Accept-Encoding: gzip"]),
            "api, kept": (
                servers[1],
                f"http://127.0.0.1:{SITE}/api/v1/search?q=budget",
                ["Accept-Encoding: gzip"],
            ),
        }
        rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
        figures = {name: [] for name in kinds}  # type: ignore[var-annotated]
        for _ in range(rounds):
            for name, arguments in kinds.items():
                figures[name].append(measure(*arguments))
        base = statistics.median(spent for _, spent in figures["hello"])
        for name, runs in figures.items():
            rate, spent = (statistics.median(column) for column in zip(*runs, strict=True))
            print(
                f"{name:14} {rate:8.0f} requests/s  {spent:6.0f} µs CPU/request  {base / spent:5.1f} × hello"
            )
    finally:
        for server in servers:
            server.terminate()


if __name__ == "__main__":
    main()
