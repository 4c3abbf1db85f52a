"""`kb serve` and what stands in front of Flask: log, host names, health, workers that die."""

from __future__ import annotations

import http.client
import json
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import Client

from tests.conftest import SMALL
from tests.soak.running import Running, free_port
from web import create_app
from web.front.headers import HEADERS
from web.front.hosts import Hosts, names_in
from web.front.logs import AccessLog, JsonFormatter, client_of, network_of
from web.state import site_of


class Told:
    """A client of the site whose log lines are kept."""

    def __init__(self, app: Flask, proxies: int = 0) -> None:
        self.written: list[bytes] = []
        self.client = Client(AccessLog(app.wsgi_app, proxies=proxies, write=self.written.append))

    def line(self, path: str = "/", **request: Any) -> dict[str, Any]:
        """The line about one request."""
        self.client.open(path, **request)
        assert self.written[-1].count(b"\n") == 1
        return dict(json.loads(self.written[-1]))


@pytest.fixture
def told(app: Flask) -> Told:
    return Told(app)


def test_a_request_is_told_in_a_line_of_json(told: Told) -> None:
    line = told.line("/cas/boisjoli", environ_base={"REMOTE_ADDR": "198.51.100.77"})

    assert line.keys() == {"time", "request", "client", "method", "path", "status", "bytes", "ms"}
    assert (line["method"], line["path"], line["status"]) == ("GET", "/cas/boisjoli", 200)
    assert line["bytes"] > 1000
    assert line["ms"] >= 0
    assert line["time"][10:11] + line["time"][-1] == "TZ"


def test_each_request_has_a_number_of_its_own(told: Told) -> None:
    assert len({told.line()["request"] for _ in range(20)}) == 20


def test_what_was_searched_is_not_written(told: Told) -> None:
    told.line("/recherche?q=secret", headers={"User-Agent": "secret", "Referer": "https://secret.fr/"})

    assert b"secret" not in told.written[-1]


def test_answers_of_every_kind_are_told_with_what_was_sent(told: Told, client: FlaskClient) -> None:
    etag = told.client.get("/cas/boisjoli").headers["ETag"]

    assert told.line("/cas/boisjoli", headers={"If-None-Match": etag})["status"] == 304
    assert told.line("/cas/boisjoli", headers={"If-None-Match": etag})["bytes"] == 0
    assert told.line("/cas/boisjoli", method="HEAD")["bytes"] == 0
    assert told.line("/nulle-part")["status"] == 404
    assert told.line("/", method="POST")["status"] == 405
    whole = len(client.get("/nulle-part").data)
    assert told.line("/nulle-part")["bytes"] == whole


def test_an_application_that_fails_is_told_as_500() -> None:
    def failing(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        raise RuntimeError("broken")

    written: list[bytes] = []
    with pytest.raises(RuntimeError):
        Client(AccessLog(failing, write=written.append)).get("/")

    assert json.loads(written[0])["status"] == 500


def test_a_log_that_cannot_be_written_costs_no_request(app: Flask) -> None:
    def full(line: bytes) -> None:
        raise OSError(28, "No space left on device")

    assert Client(AccessLog(app.wsgi_app, write=full)).get("/").status_code == 200


@given(st.text(max_size=2000), st.text(alphabet=st.characters(max_codepoint=255), max_size=50))
def test_no_request_can_write_a_line_of_its_own_or_signs_to_a_terminal(path: str, method: str) -> None:
    written: list[bytes] = []
    log = AccessLog(lambda environ, start: [], write=written.append)

    log({"REQUEST_METHOD": method, "PATH_INFO": path, "REMOTE_ADDR": "\r\n{"}, lambda *_: None)

    assert len(written) == 1
    assert len(written[0]) < 4096
    assert all(32 <= sign < 127 for sign in written[0][:-1])
    assert json.loads(written[0])["client"] == "-"


#: (address, what is written of it)
NETWORKS = [
    ("198.51.100.77", "198.51.100.0"),
    ("2001:db8:1234:5678::9", "2001:db8:1234::"),
    ("::ffff:198.51.100.77", "198.51.100.0"),
    ("fe80::1%eth0", "fe80::"),
    ("::1", "::"),
    ("", "-"),
    ("evil\r\n", "-"),
    ("198.51.100.77, 203.0.113.1", "-"),
]


@pytest.mark.parametrize(("address", "written"), NETWORKS)
def test_of_an_address_only_the_network_is_written(address: str, written: str) -> None:
    assert network_of(address) == written


#: (proxies, X-Forwarded-For, client)
FORWARDED = [
    (0, "203.0.113.9", "192.0.2.1"),
    (1, "203.0.113.9", "203.0.113.9"),
    (1, "6.6.6.6, 203.0.113.9", "203.0.113.9"),
    (2, "6.6.6.6, 203.0.113.9, 198.51.100.1", "203.0.113.9"),
    (2, "203.0.113.9", "192.0.2.1"),
    (1, "", "192.0.2.1"),
]


@pytest.mark.parametrize(("proxies", "header", "client"), FORWARDED)
def test_a_forwarded_address_is_believed_only_as_far_as_our_proxies_wrote_it(
    proxies: int, header: str, client: str
) -> None:
    environ = {"REMOTE_ADDR": "192.0.2.1", "HTTP_X_FORWARDED_FOR": header}

    assert client_of(environ, proxies) == client


def test_the_number_of_a_request_comes_from_a_trusted_proxy_only(app: Flask) -> None:
    asked = {"headers": {"X-Request-ID": "0123456789abcdef"}}

    assert Told(app).line(**asked)["request"] != "0123456789abcdef"
    assert Told(app, proxies=1).line(**asked)["request"] == "0123456789abcdef"
    forged = Told(app, proxies=1).line(headers={"X-Request-ID": 'a","status":200,"x":"'})
    assert len(forged["request"]) < 20


def test_forwarding_headers_change_no_page(client: FlaskClient) -> None:
    forged = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "gopher",
        "X-Forwarded-Prefix": "/evil",
        "Forwarded": "host=evil.example",
    }

    for path in ("/", "/sitemap.xml", "/flux.atom", "/cas/boisjoli.json", "/cas"):
        assert client.get(path, headers=forged).data == client.get(path).data
        assert "evil" not in str(client.get(path, headers=forged).headers)


def test_what_the_site_tells_is_a_line_of_json_with_the_request_it_is_about(app: Flask) -> None:
    lines: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(JsonFormatter().format(record))  # type: ignore[method-assign]
    logger = logging.getLogger("tests.serving")
    logger.addHandler(handler)

    def telling(environ: dict[str, Any], start_response: Any) -> Any:
        try:
            raise ValueError("two\nlines")
        except ValueError:
            logger.exception("a\nb")
        return app.wsgi_app(environ, start_response)

    written: list[bytes] = []
    Client(AccessLog(telling, write=written.append)).get("/")
    logger.removeHandler(handler)

    assert "\n" not in lines[0]
    line = json.loads(lines[0])
    assert (line["level"], line["message"]) == ("error", "a\nb")
    assert "ValueError" in line["exception"]
    assert line["request"] == json.loads(written[0])["request"]


#: (Host, status) where the site is base.ville.fr
NAMED = [
    ("base.ville.fr", 200),
    ("BASE.ville.fr:8443", 200),
    ("base.ville.fr.", 200),
    ("localhost:8000", 200),
    ("127.0.0.1", 200),
    ("[::1]:80", 200),
    ("evil.example", 400),
    ("base.ville.fr.evil.example", 400),
    ("evil.example:80@base.ville.fr", 400),
    ("base.ville.fr:evil", 400),
    ("base.ville.fr evil", 400),
    ("base.ville.fr, evil.example", 400),
    ("", 400),
]
#: a name that no site has: missing, doubled, not a name
MISNAMED = ["", " ", "un.fr, deux.fr", "un fr", "<b>", "un.fr/deux", "un.fr:port", "é.fr"]


@pytest.mark.parametrize(("host", "status"), NAMED)
def test_only_requests_for_our_names_are_answered(app: Flask, host: str, status: int) -> None:
    client = Client(Hosts(app.wsgi_app, names_in("base.ville.fr, www.ville.fr")))
    client.get("/", headers={"Host": "base.ville.fr"})

    answer = client.get("/", environ_overrides={"HTTP_HOST": host, "SERVER_NAME": ""})

    assert answer.status_code == status
    assert HEADERS.items() <= dict(answer.headers).items()


@pytest.mark.parametrize("host", MISNAMED)
def test_a_request_without_a_name_is_refused_where_any_name_will_do(app: Flask, host: str) -> None:
    answer = Client(app).get("/", environ_overrides={"HTTP_HOST": host, "SERVER_PROTOCOL": "HTTP/1.1"})

    assert answer.status_code == 400
    assert "Host" in answer.text
    assert HEADERS.items() <= dict(answer.headers).items()


def test_a_request_of_before_there_were_names_is_answered(app: Flask) -> None:
    answer = Client(app).get("/", environ_overrides={"HTTP_HOST": "", "SERVER_PROTOCOL": "HTTP/1.0"})

    assert answer.status_code == 200


def test_the_names_of_the_site_are_configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_HOSTS", "base.ville.fr")
    client = create_app({"CONTENT": str(SMALL), "INDEX": str(tmp_path), "WATCH": 0}).test_client()

    assert client.get("/", headers={"Host": "base.ville.fr"}).status_code == 200
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400


def test_health_tells_the_content_and_the_age_of_the_index(client: FlaskClient, app: Flask) -> None:
    answer = client.get("/sante")

    told = answer.get_json()
    assert (answer.status_code, told["status"], told["documents"]) == (200, "ok", 6)
    assert told["version"] == site_of(app).snapshot.corpus.version
    assert 0 <= told["index"]["age_seconds"] < 3600
    assert told["index"]["built"].endswith("Z")


def test_health_is_503_where_nothing_can_be_found(tmp_path: Path) -> None:
    app = create_app({"CONTENT": str(SMALL), "INDEX": str(tmp_path), "WATCH": 0})
    site_of(app).snapshot.index.close()

    answer = app.test_client().get("/sante")

    assert (answer.status_code, answer.get_json()["status"]) == (503, "unavailable")
    assert HEADERS["Content-Security-Policy"] == answer.headers["Content-Security-Policy"]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The command itself, behind one proxy that the test plays."""
    folder = tmp_path_factory.mktemp("serving")
    with Running(SMALL, folder / "index", folder / "log", KB_PROXIES="1", KB_HOSTS="base.ville.fr") as site:
        yield site


def test_the_command_serves_and_tells_its_requests(running: Running) -> None:
    running.get("/cas/boisjoli")

    lines = [
        json.loads(line)
        for line in running.log.read_text(encoding="utf-8").splitlines()
        if line.startswith('{"')
    ]
    assert any(line.get("path") == "/cas/boisjoli" and line["client"] == "127.0.0.0" for line in lines)
    assert any(line.get("message", "").startswith("index ") for line in lines)


def test_the_server_refuses_a_foreign_name_and_odd_verbs(running: Running) -> None:
    statuses = {}
    for method, host in (("GET", "evil.example"), ("TRACE", "localhost"), ("CONNECT", "localhost")):
        connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=20)
        connection.request(method, "/", headers={"Host": host})
        statuses[method] = connection.getresponse().status
        connection.close()

    assert statuses["GET"] == 400
    assert statuses["TRACE"] == 405
    assert statuses["CONNECT"] >= 400


#: (bytes of an address, statuses it may get)
ADDRESSES = [(30_000, {200}), (40_000, {414}), (300_000, {414, 431})]


@pytest.mark.parametrize(("length", "statuses"), ADDRESSES)
def test_a_long_address_is_refused_before_it_fills_the_memory(
    running: Running, length: int, statuses: set[int]
) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=20)
    try:
        connection.request("GET", "/recherche?q=" + "a" * length)
        answered = connection.getresponse().status
    except ConnectionError:  # closed before all was sent
        answered = 414
    connection.close()

    assert answered in statuses
    running.get("/")


def test_after_a_worker_is_killed_the_next_request_is_answered(running: Running) -> None:
    for killed in running.workers():
        os.kill(killed, signal.SIGKILL)

        running.get("/recherche?q=budget")

        assert killed not in running.workers()


def test_as_many_workers_as_asked_end_with_their_parent(folder: Path, tmp_path: Path) -> None:
    with Running(folder, tmp_path / "index", tmp_path / "log", KB_WORKERS="2", KB_LOG="0") as site:
        workers = site.workers()
        assert len(workers) == 2
        site.process.kill()
        site.process.wait()
        until = time.monotonic() + 20
        while any(is_alive(worker) for worker in workers) and time.monotonic() < until:
            time.sleep(0.05)

    assert not any(is_alive(worker) for worker in workers)
    assert '"client"' not in site.log.read_text(encoding="utf-8"), "KB_LOG=0"


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_what_keeps_the_site_from_starting_is_told_in_one_line(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    environment = {**os.environ, "KB_INDEX": str(tmp_path / "file" / "index")}
    command = [sys.executable, "-m", "kb", "serve", "--content", str(folder), "--port", str(free_port())]

    failed = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, encoding="utf-8"
    )

    assert failed.returncode == 2
    assert "choisissez-en un avec KB_INDEX" in failed.stderr
    assert "Traceback" not in failed.stderr


@pytest.mark.parametrize("name", ["KB_WORKERS", "KB_THREADS", "KB_BACKPRESSURE"])
def test_a_size_that_cannot_be_is_refused_at_the_start(
    kb: Callable[..., Result], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "0")

    refused = kb("serve")

    assert refused.exit_code == 2
    assert f"--{name[3:].lower()}" in refused.output


@pytest.mark.parametrize("name", ["KB_PROXIES", "KB_WATCH"])
def test_a_variable_that_must_be_a_number_is_told_when_it_is_not(
    kb: Callable[..., Result], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "deux")

    refused = kb("serve")

    assert refused.exit_code == 2
    assert f"{name} doit être un nombre" in refused.output


#: (variable, value, address, what is read there)
CONFIGURED = [
    (
        "KB_BASE_URL",
        "https://base.ville.fr/",
        "/sitemap.xml",
        "<loc>https://base.ville.fr/cas/boisjoli</loc>",
    ),
    ("KB_PUBLISHER", "Ville de Boisjoli", "/mentions-legales", "Ville de Boisjoli"),
    ("KB_DIRECTOR", "la directrice de la ville", "/mentions-legales", "la directrice de la ville"),
    ("KB_HOST", "Hébergeur & Cie", "/mentions-legales", "Hébergeur &amp; Cie"),
    ("KB_CONTACT", "base@ville.fr", "/mentions-legales", "base@ville.fr"),
    ("KB_FORGE", "https://forge.ville.fr/base", "/cas/boisjoli", "https://forge.ville.fr/base"),
    ("KB_SHOW_PROBLEMS", "1", "/cas/boisjoli", "data-version="),
]


@pytest.mark.parametrize(("name", "value", "path", "text"), CONFIGURED)
def test_what_the_operator_sets_is_in_the_pages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, path: str, text: str
) -> None:
    monkeypatch.setenv("KB_CONTENT", str(SMALL))
    monkeypatch.setenv("KB_INDEX", str(tmp_path))
    monkeypatch.setenv("KB_WATCH", "0")
    assert text not in create_app().test_client().get(path).text

    monkeypatch.setenv(name, value)

    assert text in create_app().test_client().get(path).text
