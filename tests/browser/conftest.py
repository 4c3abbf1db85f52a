"""A real browser on the real content, served by real sockets."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page
from werkzeug.serving import make_server

from tests.browser.qa import checkers
from web import create_app

ROOT = Path(__file__).resolve().parents[2]
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
VIOLATIONS = """async only => {
 const found = await axe.run(document, {runOnly: only, resultTypes: ['violations'], preload: false});
 return found.violations.map(v => [v.id, v.impact, v.nodes.map(n => n.html.slice(0, 120))]); }"""
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "RGAAv4", "best-practice"]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Chromium without a screen if it is there: the same pages in half the time."""
    chromium = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    assert chromium, "Chromium manque ; tapez : make doctor"
    return {**browser_type_launch_args, "executable_path": chromium, "args": ARGS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "locale": "fr-FR", "reduced_motion": "reduce", "service_workers": "block"}


@pytest.fixture(scope="session")
def real_app(real_index: Path) -> Flask:
    return create_app({"CONTENT": str(ROOT / "content"), "INDEX": str(real_index), "WATCH": 0})


@pytest.fixture(scope="session")
def base_url(real_app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, real_app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture
def axe(page: Page) -> Callable[..., list[Any]]:
    """Runs axe on the page, all rules or the named ones: (rule, impact, elements) of each violation.

    Only violations are described and sent out of the page: axe describes every element that passes as
    well otherwise, four times as long on a page of a thousand.
    """
    source = (checkers() / "axe-core/axe.min.js").read_text(encoding="utf-8")

    def run(rules: list[str] | None = None) -> list[Any]:
        if page.evaluate("typeof axe === 'undefined'"):
            page.evaluate(source)  # the site's policy blocks a script element, not this
        only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": TAGS}
        return list(page.evaluate(VIOLATIONS, only))

    return run
