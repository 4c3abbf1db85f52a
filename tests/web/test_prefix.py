"""The site under https://exemple.fr/kb: every address it gives is under the prefix, and answers there."""

from __future__ import annotations

import html
import re
from collections import deque
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import Client

from kb.search.query import SearchQuery
from tests.conftest import SMALL
from web import create_app
from web.export import write_site

BASE = "https://exemple.fr/kb"
LINK = re.compile(r'\s(?:href|src|action|data-suggest)="([^"#]*)')


@pytest.fixture(scope="module")
def prefixed(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    index = str(tmp_path_factory.mktemp("index"))
    return create_app({"CONTENT": str(SMALL), "INDEX": index, "WATCH": 0, "BASE_URL": BASE})


def test_every_address_that_a_page_gives_is_under_the_prefix_and_answers(prefixed: Flask) -> None:
    client = Client(prefixed)
    waiting, seen = deque(["/kb/"]), {"/kb/"}
    while waiting and len(seen) < 1500:
        address = waiting.popleft()
        answer = client.get(address)
        assert answer.status_code in (200, 301, 308, 410), address
        found = (
            [html.unescape(href) for href in LINK.findall(answer.text)] if "html" in answer.mimetype else []
        )
        for href in [*found, answer.headers.get("Location", "").partition("#")[0]]:
            inside = href.removeprefix("https://exemple.fr") if href.startswith(BASE) else href
            if not inside or re.match(r"[a-z]+:", inside):
                continue
            assert inside.startswith("/kb/"), f"{address}: {href}"
            if inside not in seen and inside.count("?") * inside.count("&") == 0:
                seen.add(inside)
                waiting.append(inside)

    assert not waiting
    assert len(seen) > 150


@pytest.mark.parametrize(
    "path", ["/flux.atom", "/recherche.atom?q=budget", "/sitemap.xml", "/opensearch.xml"]
)
def test_absolute_addresses_of_feeds_are_under_the_prefix(prefixed: Flask, path: str) -> None:
    text = Client(prefixed).get(f"/kb{path}").text
    found = re.findall(r"https://exemple\.fr[^\"<]*", text)

    assert found
    assert all(address.startswith(f"{BASE}/") for address in found)
    assert f"{BASE}/kb" not in text


def test_links_inside_texts_suggestions_and_errors_are_under_the_prefix(prefixed: Flask) -> None:
    client = Client(prefixed)
    texts = client.get("/kb/donnees/documents.json").text
    offered = client.get("/kb/api/v1/suggest?q=bud").get_json()
    error = client.get("/kb/api/v1/documents/nulle-part").get_json()

    assert 'href=\\"/kb/cas/' in texts or 'href=\\"/kb/pratiques/' in texts
    assert not re.search(r'(href|src)=\\"/(?!kb/)', texts)
    assert offered and all(one["url"].startswith("/kb/") for one in offered)
    assert error["instance"] == "/kb/api/v1/documents/nulle-part"


def test_a_proxy_may_take_the_prefix_off_or_leave_it(prefixed: Flask) -> None:
    client = Client(prefixed)

    assert client.get("/cas/boisjoli").text == client.get("/kb/cas/boisjoli").text
    assert client.get("/kb").text == client.get("/kb/").text
    assert client.get("/sante").status_code == 200
    assert client.get("/kbis/cas/boisjoli").status_code == 404


def test_a_server_that_mounts_the_site_itself_is_believed(prefixed: Flask) -> None:
    mounted = Client(prefixed).get("/cas/boisjoli", base_url="http://localhost/ailleurs").text

    assert 'href="/ailleurs/cas/"' in mounted
    assert 'href="/kb/cas/"' in Client(prefixed).get("/kb/cas/boisjoli").text


def test_no_request_can_claim_a_prefix(app: Flask) -> None:
    claimed = {"X-Forwarded-Prefix": "/mal", "X-Script-Name": "/mal", "X-Forwarded-Host": "mal.example"}

    text = Client(app).get("/cas/?_=prefixe", headers=claimed).text

    assert "/mal" not in text
    assert "mal.example" not in text


def test_an_export_is_the_same_files_under_a_prefix(prefixed: Flask, app: Flask, tmp_path: Path) -> None:
    written = write_site(prefixed, tmp_path / "under")
    write_site(app, tmp_path / "root")

    under, root = (
        sorted(str(p.relative_to(tmp_path / name)) for p in (tmp_path / name).rglob("*"))
        for name in ("under", "root")
    )
    assert written.broken == ()
    assert under == root
    assert not re.search(
        r'(href|src|action)="/', (tmp_path / "under/cas/boisjoli/index.html").read_text(encoding="utf-8")
    )


def test_a_search_has_one_address_under_the_prefix(prefixed: Flask) -> None:
    from web.addresses import absolute, link

    with prefixed.test_request_context("/"):
        assert link(SearchQuery("budget")) == "/kb/recherche?q=budget"
        assert absolute(link(SearchQuery("budget"))) == f"{BASE}/recherche?q=budget"
