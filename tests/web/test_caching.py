"""The store of answers in front of the site: what it keeps, what it never keeps."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from werkzeug.test import Client

from web.front import cache
from web.front.cache import Cache


class Counting:
    """A WSGI application that counts its calls and answers as told."""

    def __init__(self, status: str = "200 OK", body: bytes = b"bonjour " * 100, **headers: str) -> None:
        self.calls, self.status, self.body = 0, status, body
        self.headers = [
            ("Content-Type", "text/html; charset=utf-8"),
            *((k.replace("_", "-"), v) for k, v in headers.items()),
        ]

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.calls += 1
        start_response(self.status, self.headers)
        return [self.body]


def client_of(application: Counting, version: list[str] | None = None) -> Client:
    held = version or ["1"]
    return Client(Cache(application, lambda: held[0]))


def test_a_page_asked_again_is_not_made_again() -> None:
    application = Counting()
    client = client_of(application)

    answers = {client.get("/page?q=a").data for _ in range(3)}

    assert application.calls == 1
    assert answers == {application.body}


def test_each_address_has_its_own_answer_and_tag() -> None:
    client = client_of(Counting())

    assert client.get("/a").headers["ETag"] != client.get("/b").headers["ETag"]
    assert client.get("/a?x=1").headers["ETag"] != client.get("/a").headers["ETag"]


def test_a_new_version_makes_every_page_again_under_another_tag() -> None:
    application, version = Counting(), ["1"]
    client = client_of(application, version)
    before = client.get("/a").headers["ETag"]

    version[0] = "2"

    assert client.get("/a", headers={"If-None-Match": before}).status_code == 200
    assert application.calls == 2


def test_a_tag_that_the_client_has_costs_no_work() -> None:
    application = Counting()
    client = client_of(application)
    etag = client.get("/a").headers["ETag"]

    response = client.get("/a", headers={"If-None-Match": f'"autre", {etag}'})

    assert response.status_code == 304
    assert application.calls == 1


def test_errors_and_answers_marked_no_store_are_not_kept() -> None:
    for application in (
        Counting("404 NOT FOUND"),
        Counting("500 ERROR"),
        Counting(Cache_Control="no-store"),
        Counting("301 MOVED"),
    ):
        client = client_of(application)

        client.get("/a")
        client.get("/a")

        assert application.calls == 2


def test_other_verbs_pass_through() -> None:
    application = Counting()
    client = client_of(application)

    client.get("/a")
    client.post("/a")

    assert application.calls == 2


def test_the_store_is_bounded(monkeypatch: Any) -> None:
    monkeypatch.setattr(cache, "MAX_BYTES", 10_000)
    application = Counting(body=b"x" * 1000)
    store = Cache(application, lambda: "1")
    client = Client(store)

    for number in range(100):
        client.get(f"/{number}")

    assert store._size <= 10_000
    assert len(store._kept) < 10


def test_long_addresses_and_headers_count_in_the_store(monkeypatch: Any) -> None:
    monkeypatch.setattr(cache, "MAX_BYTES", 100_000)
    store = Cache(Counting(body=b"x", X_Told="y" * 4000), lambda: "1")
    client = Client(store)

    for number in range(100):
        client.get(f"/?q={'a' * 4000}{number}")

    assert len(store._kept) < 10


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [
        ("gzip", True),
        ("br, gzip;q=0.5", True),
        ("gzip;q=0.8, identity;q=0", True),
        ("gzip;q=0", False),
        ("identity, gzip; q=0.0", False),
        ("*;q=0", False),
        ("", False),
    ],
)
def test_who_refuses_gzip_does_not_get_it(accepted: str, packed: bool) -> None:
    client = client_of(Counting())
    for _ in range(2):  # made, then kept
        answer = client.get("/a", headers={"Accept-Encoding": accepted})

        assert ("Content-Encoding" in answer.headers) == packed


@pytest.mark.parametrize("form", ["{}", '"x", {}', 'W/"zz",{}', "*"])
def test_a_client_that_has_the_page_is_told_so_however_it_says_it(form: str) -> None:
    client = client_of(Counting())
    tag = client.get("/a").headers["ETag"]

    assert client.get("/a", headers={"If-None-Match": form.format(tag)}).status_code == 304


def test_a_very_large_answer_passes_through(monkeypatch: Any) -> None:
    monkeypatch.setattr(cache, "MAX_BODY", 100)
    application = Counting()
    client = client_of(application)

    assert client.get("/a").data == application.body
    client.get("/a")

    assert application.calls == 2
