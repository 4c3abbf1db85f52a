"""The nginx file of deploy/ in front of the command itself: names, rates, compression, forwarding, deaths.

Needs nginx (Debian package `nginx`) and openssl; ports above 1024, so no account but one's own.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from tests.soak.running import ROOT, Running, free_port, tell

NAME = "base.example.fr"


class Proxied:
    """nginx and the site behind it, asked over TLS."""

    def __init__(self, site: Running, http_port: int, port: int) -> None:
        self.site, self.http_port, self.port = site, http_port, port

    def ask(
        self, path: str, *, name: str = NAME, **headers: str
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        """Status, headers and body of an answer."""
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        plain = socket.create_connection(("127.0.0.1", self.port), 20)
        connection = http.client.HTTPConnection(name, timeout=20)
        connection.sock = context.wrap_socket(plain, server_hostname=name)
        connection.request("GET", path, headers={"Host": name, **headers})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, answer.msg, body

    def told(self) -> list[dict[str, object]]:
        """The lines of requests in the site's log."""
        time.sleep(0.2)
        lines = self.site.log.read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines if '"client"' in line]


@pytest.fixture(scope="module")
def proxied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxied]:
    folder = tmp_path_factory.mktemp("nginx")
    http_port, port = free_port(), free_port()
    certificate = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "1",
        "-subj",
        f"/CN={NAME}",
    ]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    subprocess.run([*certificate, *files], check=True, capture_output=True)
    settings = {"KB_PROXIES": "1", "KB_HOSTS": NAME}
    with Running(ROOT / "content", folder / "index", folder / "log", "--workers", "2", **settings) as site:
        text = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
        for old, new in (
            (r"/etc/letsencrypt/live/base.example.fr/fullchain.pem", str(folder / "cert.pem")),
            (r"/etc/letsencrypt/live/base.example.fr/privkey.pem", str(folder / "key.pem")),
            (r"127\.0\.0\.1:8000", f"127.0.0.1:{site.port}"),
            (r"listen \[::\].*;\n", ""),
            (r"listen 80", f"listen 127.0.0.1:{http_port}"),
            (r"listen 443", f"listen 127.0.0.1:{port}"),
        ):
            text, count = re.subn(old, new, text)
            assert count, old
        (folder / "site.conf").write_text(text, encoding="utf-8")
        temporary = "".join(
            f"{kind}_temp_path {folder}/{kind};"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        (folder / "nginx.conf").write_text(
            f"daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}}\n"
            f"http {{ include /etc/nginx/mime.types; {temporary} include {folder}/site.conf; }}\n",
            encoding="utf-8",
        )
        command = [
            "nginx",
            "-p",
            str(folder),
            "-c",
            str(folder / "nginx.conf"),
            "-e",
            str(folder / "error.log"),
        ]
        subprocess.run([*command, "-t"], check=True, capture_output=True)
        nginx = subprocess.Popen(command)
        try:
            found = Proxied(site, http_port, port)
            until = time.monotonic() + 20
            while time.monotonic() < until:
                try:
                    found.ask("/sante")
                    break
                except OSError:
                    time.sleep(0.1)
            yield found
        finally:
            nginx.send_signal(signal.SIGTERM)
            nginx.wait(20)


def test_the_site_answers_over_tls_with_its_headers_and_hsts(proxied: Proxied) -> None:
    status, headers, _ = proxied.ask("/cas/angers")

    assert status == 200
    assert headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert headers["Server"] == "nginx"


def test_a_foreign_name_gets_no_answer_and_no_certificate(proxied: Proxied) -> None:
    with pytest.raises(ssl.SSLError, match="UNRECOGNIZED_NAME"):
        proxied.ask("/", name="evil.example")
    with closing(http.client.HTTPConnection("127.0.0.1", proxied.http_port, timeout=20)) as connection:
        connection.request("GET", "/", headers={"Host": "evil.example"})
        with pytest.raises(http.client.RemoteDisconnected):
            connection.getresponse()


def test_plain_http_leads_to_tls(proxied: Proxied) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", proxied.http_port, timeout=20)) as connection:
        connection.request("GET", "/cas/angers?a=b", headers={"Host": NAME})
        answer = connection.getresponse()
        answer.read()

    assert (answer.status, answer.headers["Location"]) == (308, f"https://{NAME}/cas/angers?a=b")


@pytest.mark.parametrize("path", ["/cas/angers", "/nulle-part", "/flux.atom", "/api/v1/documents"])
def test_text_is_compressed_kept_or_not(proxied: Proxied, path: str) -> None:
    _, plain_headers, plain = proxied.ask(path)
    _, headers, body = proxied.ask(path, **{"Accept-Encoding": "gzip"})

    assert plain_headers["Content-Encoding"] is None
    assert headers["Content-Encoding"] == "gzip"
    assert len(body) < len(plain)


def test_a_page_that_the_visitor_has_is_not_sent_again(proxied: Proxied) -> None:
    _, headers, _ = proxied.ask("/cas/angers", **{"Accept-Encoding": "gzip"})

    status, _, body = proxied.ask("/cas/angers", **{"If-None-Match": headers["ETag"]})

    assert (status, body) == (304, b"")


def test_what_a_visitor_claims_about_himself_does_not_pass(proxied: Proxied) -> None:
    proxied.ask(
        "/a-propos",
        **{
            "X-Forwarded-For": "203.0.113.9",
            "X-Forwarded-Host": "evil.example",
            "X-Request-ID": "forged-forged",
        },
    )

    line = proxied.told()[-1]
    assert (line["path"], line["client"]) == ("/a-propos", "127.0.0.0")
    assert re.fullmatch("[0-9a-f]{32}", str(line["request"]))


def test_an_address_that_is_too_long_and_a_body_are_refused(proxied: Proxied) -> None:
    assert proxied.ask("/recherche?q=" + "a" * 40_000)[0] == 414
    assert proxied.ask("/recherche?q=" + "a" * 3_000)[0] == 200


def test_a_worker_that_dies_costs_no_request(proxied: Proxied) -> None:
    statuses: Counter[int] = Counter()
    for number in range(30):
        if number == 10:
            os.kill(proxied.site.workers()[0], signal.SIGKILL)
        statuses[proxied.ask("/cas/rennes")[0]] += 1

    tell(f"30 requests, a worker killed at the tenth: {dict(statuses)}")
    assert statuses == {200: 30}


def test_searching_without_pause_is_slowed_and_reading_is_not(proxied: Proxied) -> None:
    time.sleep(6)  # the allowance spent above fills again
    with ThreadPoolExecutor(16) as readers:
        searches = Counter(readers.map(lambda n: proxied.ask(f"/recherche?q=budget+{n}")[0], range(80)))
        pages = Counter(readers.map(lambda _: proxied.ask("/cas/angers")[0], range(60)))

    tell(f"80 searches at once: {dict(searches)}; 60 pages: {dict(pages)}")
    assert searches.keys() == {200, 429}
    assert searches[200] >= 20
    assert pages == {200: 60}
