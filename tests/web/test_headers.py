"""The security headers on every answer: each route of the site, each status it can have."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.conftest import SMALL
from web import create_app
from web.front.headers import CARD_HEADERS, HEADERS, headers_of
from web.state import site_of

#: an address for every rule of the site: a new route needs its line here
ADDRESSES: Mapping[str, str] = {
    "/": "/",
    "/static/<hashed>": "STYLE",
    "/sante": "/sante",
    "/api": "/api",
    "/api/openapi.json": "/api/openapi.json",
    "/api/v1/search": "/api/v1/search?q=budget",
    "/api/v1/documents": "/api/v1/documents?nature=cas",
    "/api/v1/documents/<slug:document>": "/api/v1/documents/boisjoli",
    "/api/v1/suggest": "/api/v1/suggest?q=bud",
    "/api/v1/taxonomy": "/api/v1/taxonomy",
    "/<kind:kind>/": "/cas/",
    "/<document:document>": "/cas/boisjoli",
    "/<document:document>.<any('json', 'md', 'bib', 'ris', 'csl.json'):ending>": "/cas/boisjoli.bib",
    "/<document:document>/historique": "/cas/boisjoli/historique",
    "/<document:document>/carte": "/cas/boisjoli/carte",
    "/<document:document>/<chart>.csv": "/pratiques/chiffres-de-l-enquete/CHART.csv",
    "/selection": "/selection?doc=boisjoli",
    "/selection.<any(bib, ris, 'csl.json', md, docx):ending>": "/selection.ris?doc=boisjoli",
    "/recherche": "/recherche?q=budget",
    "/recherche.<any('csv', 'json', 'md', 'bib', 'ris', 'csl.json'):ending>": "/recherche.csv?q=budget",
    "/recherche.atom": "/recherche.atom?q=budget",
    "/flux.atom": "/flux.atom",
    "/<term:place>.atom": "/themes/evaluation.atom",
    "/<facet:facet>/": "/themes/",
    "/<term:place>": "/themes/evaluation",
    "/id/<identifier:document>": "/id/cas-01",
    "/id/<identifier:document>/v/<day:day>": "/id/cas-01/v/2099-01-01",
    "/id/<identifier:document>/timemap": "/id/cas-01/timemap",
    "/sitemap.xml": "/sitemap.xml",
    "/favicon.ico": "/favicon.ico",
    "/robots.txt": "/robots.txt",
    "/opensearch.xml": "/opensearch.xml",
    "/donnees/": "/donnees/",
    "/donnees/cas.csv": "/donnees/cas.csv",
    "/donnees/documents.json": "/donnees/documents.json",
    "/comparer": "/comparer?cas=boisjoli&cas=clairval",
    "/comparer.csv": "/comparer.csv?cas=boisjoli&cas=clairval",
    "/comme-ma-collectivite": "/comme-ma-collectivite?habitants=12000",
    "/quel-budget": "/quel-budget?besoin=outil&habitants=12000",
    **{
        path: path
        for path in (
            "/carte",
            "/reperes",
            "/panorama",
            "/chiffres-discutes",
            "/a-propos",
            "/aide",
            "/glossaire",
            "/accessibilite",
            "/mentions-legales",
            "/plan-du-site",
        )
    },
}
MOVED = ["/cas", "/themes", "/cas/bois-joli", "/cas//boisjoli", "/id/cas-01", "/api/v1/documents/bois-joli"]
UNKNOWN = ["/nulle-part", "/cas/x", "/static/x", "/id/x", "/api/v1/documents/x", "/api/x", "/cas/x/carte"]
REFUSED = [
    "/api/v1/search?page=x",
    "/recherche.csv?tri=x",
    "/selection.bib",
    "/selection.docx",
    "/cas/boisjoli.bib?section=x",
]


@pytest.fixture(scope="module")
def addresses(app: Flask) -> list[str]:
    """One address of each route."""
    page = app.test_client().get("/").text
    style = re.search(r"/static/style\.[0-9a-f]+\.css", page)
    assert style
    chart = re.search(r"/pratiques/[^\"]+\.csv", app.test_client().get("/reperes").text)
    filled = {"STYLE": style[0], ADDRESSES["/<document:document>/<chart>.csv"]: chart[0] if chart else ""}
    return [filled.get(address, address) for address in ADDRESSES.values()]


def test_the_headers_are_those_that_were_measured() -> None:
    policy = HEADERS["Content-Security-Policy"]

    assert dict(HEADERS) == {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Frame-Options": "DENY",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), browsing-topics=()",
    }
    assert "'unsafe" not in policy
    assert "http" not in policy
    for directive in (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ):
        assert directive in policy.split("; ")


def test_every_route_is_tried_here(app: Flask) -> None:
    assert {rule.rule for rule in app.url_map.iter_rules()} == set(ADDRESSES)


def test_200_and_304_and_head(client: FlaskClient, addresses: list[str]) -> None:
    for address in addresses:
        response = client.get(address)
        check(response, address, 301 if address == "/id/cas-01" else 200)
        check(client.head(address), address, response.status_code)
        if etag := response.headers.get("ETag"):
            check(client.get(address, headers={"If-None-Match": etag}), address, 304)


def test_301_and_308_stay_on_the_site(client: FlaskClient) -> None:
    for address in MOVED:
        response = client.get(address, headers={"Host": "ailleurs.example"})
        check(response, address, 308 if address in ("/cas", "/themes", "/cas//boisjoli") else 301)
        assert re.match(r"/(?![/\\])", response.headers["Location"])


def test_400(client: FlaskClient) -> None:
    for address in REFUSED:
        check(client.get(address), address, 400)


def test_404(client: FlaskClient) -> None:
    for address in UNKNOWN:
        check(client.get(address), address, 404)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "PROPFIND", "X"])
def test_405(client: FlaskClient, addresses: list[str], method: str) -> None:
    for address in addresses:
        response = client.open(address, method=method)
        check(response, address, 405)
        assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_410(folder: Path, tmp_path: Path) -> None:
    ledger = """\
documents:
  cas-09:
    slugs: [vieuxville]
    retired: {date: "2026-01-02", reason: "fait double emploi"}
"""
    (folder / "adresses.yaml").write_text(ledger, encoding="utf-8")
    site = create_app({"CONTENT": str(folder), "INDEX": str(tmp_path / "index"), "WATCH": 0}).test_client()

    for address in ("/cas/vieuxville", "/cas/vieuxville.json", "/id/cas-09", "/api/v1/documents/vieuxville"):
        check(site.get(address), address, 410)


def test_413_and_414(client: FlaskClient, addresses: list[str]) -> None:
    for address in addresses:
        check(client.post(address, data=b"x" * 1_000_000), address, 413)
        check(client.get(f"{address.partition('?')[0]}?{'x' * 40_000}"), address, 414)


def test_500(tmp_path: Path, addresses: list[str]) -> None:
    app = create_app({"CONTENT": str(SMALL), "INDEX": str(tmp_path / "index"), "WATCH": 0})
    app.config["PROPAGATE_EXCEPTIONS"] = False
    site_of(app).snapshot = SimpleNamespace(version="broken")  # type: ignore[assignment]

    for address in addresses:
        if not address.startswith(
            ("/static/", "/favicon.ico", "/robots.txt", "/opensearch.xml")
        ):  # these need no content
            response = app.test_client().get(address)
            check(response, address, 500)
            assert "Référence à citer" in response.text
            assert "Traceback" not in response.text
            assert "SimpleNamespace" not in response.text


def test_a_foreign_host_is_refused_with_all_headers(tmp_path: Path, addresses: list[str]) -> None:
    config = {"CONTENT": str(SMALL), "INDEX": str(tmp_path / "index"), "WATCH": 0, "HOSTS": "kb.example"}
    site = create_app(config).test_client()

    for address in addresses:
        check(site.get(address, headers={"Host": "ailleurs.example"}), address, 400)
        assert site.get(address, headers={"Host": "kb.example"}).status_code in (200, 301)


def test_the_card_alone_may_be_framed() -> None:
    assert headers_of("/cas/boisjoli/carte") is CARD_HEADERS
    assert "frame-ancestors *" in CARD_HEADERS["Content-Security-Policy"]
    assert "script-src" not in CARD_HEADERS["Content-Security-Policy"]
    for path in ("/carte", "/cas/boisjoli", "/cas/carte", "/x/cas/y/carte", "/cas/a/b/carte"):
        assert headers_of(path) is HEADERS


def check(response: TestResponse, address: str, status: int) -> None:
    """The status wanted, all headers, no cookie, nothing told of what serves; errors are never kept."""
    where = f"{response.status_code} {address}"
    assert response.status_code == status, where
    for name, value in headers_of(address.partition("?")[0]).items():
        if name == "Cross-Origin-Resource-Policy":  # what may be read from other sites may be loaded there
            open_to_all = "Access-Control-Allow-Origin" in response.headers or value == "cross-origin"
            value = "cross-origin" if open_to_all else value
        assert response.headers.getlist(name) == [value], f"{where}: {name}"
    assert "Set-Cookie" not in response.headers, where
    assert not {"Server", "X-Powered-By"} & set(response.headers.keys()), where
    if response.mimetype == "text/html":
        assert "Access-Control-Allow-Origin" not in response.headers, where
    if response.data and response.mimetype.startswith("text/"):
        assert "charset=utf-8" in response.content_type, where
    if status >= 400:
        assert response.headers["Cache-Control"] == "no-store", where
