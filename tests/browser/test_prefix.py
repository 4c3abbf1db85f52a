"""The site under /kb/ behind nginx: a whole visit in Chromium, and no request leaves the prefix."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

from tests.browser.conftest import ROOT
from web import create_app

#: what nginx hands to the site: the address as it is, or without the prefix
HANDED = {"whole": "", "without": "/"}


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def wait_until_it_listens(server: subprocess.Popen[bytes], port: int) -> None:
    while server.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.02)
    pytest.fail(f"nginx a fini avec {server.returncode}")


@pytest.fixture(scope="module", params=HANDED)
def site(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, real_index: Path
) -> Iterator[str]:
    """The address of the site, `http://127.0.0.1:PORT/kb`."""
    folder, port = tmp_path_factory.mktemp("nginx"), free_port()
    base = f"http://127.0.0.1:{port}/kb"
    settings = {"CONTENT": str(ROOT / "content"), "INDEX": str(real_index), "WATCH": 0, "BASE_URL": base}
    app = create_app(settings)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    behind = f"http://127.0.0.1:{server.server_port}{HANDED[request.param]}"
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}}\n"
        f"http {{ access_log off; {temporary} server {{ listen 127.0.0.1:{port};\n"
        f"location /kb/ {{ proxy_pass {behind}; proxy_set_header Host $host; }} }} }}\n",
        encoding="utf-8",
    )
    nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    assert nginx, "nginx manque : make doctor le dit"
    command = [nginx, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
    with subprocess.Popen(command) as running:
        try:
            wait_until_it_listens(running, port)
            yield base
        finally:
            running.terminate()
            server.shutdown()


@pytest.fixture
def requested(page: Page) -> Iterator[list[str]]:
    """The requests of the page so far, each with its status; at the end all are under the prefix."""
    told: list[str] = []
    page.on("response", lambda answer: told.append(f"{answer.status} {urlsplit(answer.url).path}"))
    yield told
    assert told
    assert [line for line in told if not re.match(r"(200|30[1478]) /kb/", line)] == []


def test_no_request_of_a_visit_leaves_the_prefix(site: str, page: Page, requested: list[str]) -> None:
    page.goto(f"{site}/")
    page.locator("main input[name=q]").press_sequentially("budget part", delay=20)
    expect(page.locator("[role=option]").first).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"^{site}/recherche\?q=budget"))
    page.locator(".filters label:has(input:not(:disabled))").first.click()
    page.get_by_role("button", name="Appliquer les filtres").click()
    page.locator(".hits h3 a").first.click()
    expect(page).to_have_url(re.compile(rf"^{site}/(cas|pratiques)/"))
    page.locator(".tags a").first.click()
    for name in page.locator("header.site nav li a").all_inner_texts():
        page.get_by_label("Menu principal").get_by_role("link", name=name, exact=True).click()
        page.wait_for_load_state()
    page.goto(f"{site}/comparer?cas=angers&cas=rennes")
    page.locator("table.compare th a").first.click()
    expect(page).to_have_url(f"{site}/cas/angers")

    assert any("/kb/static/" in line for line in requested)
    assert any("/kb/api/v1/suggest" in line for line in requested)


def test_every_link_of_every_page_of_the_map_of_the_site_is_under_the_prefix(site: str, page: Page) -> None:
    page.goto(f"{site}/plan-du-site")
    pages = page.locator("main a").evaluate_all("links => links.map(a => a.href)")
    found: set[str] = set()
    for address in pages[:: max(1, len(pages) // 12)]:
        page.goto(address)
        found |= set(
            page.locator("a[href], link[href], form[action]").evaluate_all(
                "all => all.map(e => new URL(e.getAttribute('href') || e.action, location).href)"
            )
        )

    here = {address for address in found if address.startswith(site.removesuffix("/kb"))}
    assert len(here) > 100
    assert [address for address in here if not address.startswith(f"{site}/")] == []


def test_a_former_name_and_a_missing_page_keep_to_the_prefix(site: str, page: Page) -> None:
    page.goto(f"{site}/id/cas-01")
    expect(page).to_have_url(re.compile(rf"^{site}/cas/"))
    page.goto(f"{site}/themes")
    expect(page).to_have_url(f"{site}/themes/")
    answer = page.goto(f"{site}/cas/nulle-part")

    assert answer is not None and answer.status == 404
    assert page.locator("form[role=search]").first.get_attribute("action") == "/kb/recherche"
