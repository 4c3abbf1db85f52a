"""Pages are tried before they are served: one that fails keeps the last good version, and is told."""

from __future__ import annotations

import logging
import shutil
import tempfile
import time
from pathlib import Path

import pytest
import yaml
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from kb import load_corpus
from kb.links.registry import load_links
from tests.conftest import SMALL
from web import create_app
from web.state import Snapshot, site_of
from web.trial import failing

BOISJOLI = "cases/boisjoli.md"


def serving(folder: Path, tmp_path: Path, watch: float = 0) -> Flask:
    """The site over `folder`, with a fault of ours: the page of a document that names a breakdown fails."""
    app = create_app({"CONTENT": str(folder), "INDEX": str(tmp_path / "index"), "WATCH": 0})
    endpoint = "documents.page"
    sound = app.view_functions[endpoint]

    def fragile(document: object) -> object:
        text = sound(document=document)
        assert "La panne" not in str(text)
        return text

    app.view_functions[endpoint] = fragile
    if watch:
        site_of(app).watch(watch)
    return app


def rewrite(folder: Path, old: str, new: str) -> None:
    path = folder / BOISJOLI
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_version_whose_page_fails_is_not_served_and_its_file_is_named(
    folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    client = serving(folder, tmp_path).test_client()
    site = site_of(client.application)
    rewrite(folder, "La ville réserve", "La panne réserve")

    assert not site.refresh()

    assert "La ville réserve" in client.get("/cas/boisjoli").text
    health = client.get("/sante")
    assert (health.status_code, health.json["status"]) == (200, "behind")
    assert health.json["reason"] == f"des pages échoueraient : /cas/boisjoli ({BOISJOLI})"
    assert f"/cas/boisjoli ({BOISJOLI})" in caplog.text

    rewrite(folder, "La panne réserve", "La commune réserve")
    assert site.refresh()
    assert "La commune réserve" in client.get("/cas/boisjoli").text
    assert client.get("/sante").json["status"] == "ok"


def test_a_page_that_fails_since_the_start_makes_the_health_fail(folder: Path, tmp_path: Path) -> None:
    rewrite(folder, "La ville réserve", "La panne réserve")
    logging.disable(logging.CRITICAL)
    try:
        client = serving(folder, tmp_path, watch=0.05).test_client()
        for _ in range(500):
            if client.get("/sante").status_code == 503:
                break
            time.sleep(0.02)
    finally:
        logging.disable(logging.NOTSET)

    health = client.get("/sante")
    assert (health.status_code, health.json["status"]) == (503, "unavailable")
    assert health.json["failing"] == [f"/cas/boisjoli ({BOISJOLI})"]
    assert client.get("/cas/clairval").status_code == 200


ODD = [
    *(
        "",
        " ",
        "<b>",
        "{{ 7*7 }}",
        "%s %(x)d {0}",
        "]]>",
        "--- ",
        "É" * 300,
        "\u202e\u2066",
        "𝕏",
        "a\u0301",
        "null",
    ),
    *("0001-01-01", "9999-12-31", "1900", "2026-11", "javascript:alert(1)", "http://[", "//x", "C:\\x"),
    *(0, -1, 1, 10**12, 10**400, 0.5, 1e300, True, None, [], ["a", "a"], [1, 2], [2, 1], {}),
]
PLACES = [
    *(("title",), ("summary",), ("updated",), ("themes",), ("tool_types",), ("aliases",), ("questions",)),
    *(("collectivity", key) for key in ("name", "type", "department", "region", "location", "also_known_as")),
    *(("collectivity", "population", key) for key in ("value", "year", "source")),
    *(("collectivity", "location", key) for key in ("lat", "lon")),
    *(("platforms", 0, key) for key in ("name", "url", "vendor", "since", "until")),
    *(("team", key) for key in ("size", "unit", "label")),
    *(("costs", 0, key) for key in ("label", "amount", "per", "year", "scope", "role")),
    *(("key_figures", 0, key) for key in ("label", "value", "unit", "year")),
    *(("sources", 0, key) for key in ("title", "publisher", "url", "date", "pages", "kind")),
    *(("review", key) for key in ("status", "date", "by")),
    *(("lessons", "keep", "text"), ("disagreements", 0, "subject"), ("disagreements", 0, "kept")),
]


@settings(max_examples=30)
@given(changes=st.lists(st.tuples(st.sampled_from(PLACES), st.sampled_from(ODD)), min_size=1, max_size=3))
def test_whatever_the_fields_hold_every_page_of_what_is_served_answers(
    app: Flask, changes: list[tuple[tuple[str | int, ...], object]]
) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(shutil.copytree(SMALL, Path(place) / "content"))
        path = folder / BOISJOLI
        _, head, body = path.read_text(encoding="utf-8").split("---\n", 2)
        data = yaml.safe_load(head)
        for keys, value in changes:
            put(data, keys, value)
        head = yaml.safe_dump(data, allow_unicode=True, width=10**6)
        path.write_text(f"---\n{head}---\n{body}", encoding="utf-8")
        loaded = load_corpus(folder)
        links = load_links(folder, loaded.corpus)

        kb = Snapshot(loaded.corpus, site_of(app).snapshot.index, "odd", links)

        assert failing(app, kb, loaded.corpus.documents) == ()


def put(data: object, keys: tuple[str | int, ...], value: object) -> None:
    """Set a value at a place of nested fields, where an earlier change left that place."""
    for key in keys[:-1]:
        if not isinstance(data, dict | list) or not data or (isinstance(data, list) and key != 0):
            return
        data = data[key]  # type: ignore[index]
    if isinstance(data, dict):
        data[str(keys[-1])] = value
