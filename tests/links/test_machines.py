"""What machines read: feeds, sitemap, the description of the API, the whole base."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient

BASE = "http://127.0.0.1:8000"
ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def entries(client: FlaskClient, path: str) -> list[str]:
    response = client.get(path)
    assert response.status_code == 200
    assert response.mimetype == "application/atom+xml"
    feed = ElementTree.fromstring(response.data)
    for name in ("id", "title", "updated"):
        assert feed.findtext(ATOM + name)
    links = {link.get("rel"): link.get("href", "") for link in feed.findall(f"{ATOM}link")}
    assert links["self"].startswith(BASE)
    assert all(
        re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", u.text or "") for u in feed.iter(f"{ATOM}updated")
    )
    return [entry.findtext(f"{ATOM}id", "").rpartition("/")[2] for entry in feed.findall(f"{ATOM}entry")]


def test_the_feed_holds_every_document_the_newest_first(client: FlaskClient) -> None:
    rows = client.get("/api/v1/documents").get_json()

    found = entries(client, "/flux.atom")

    assert set(found) == {row["id"] for row in rows}
    days = {row["id"]: row["updated"] for row in rows}
    assert [days[one] for one in found] == sorted(days.values(), reverse=True)


def test_a_term_and_any_search_have_their_feed(client: FlaskClient) -> None:
    term = client.get("/api/v1/search?theme=evaluation").get_json()
    search = client.get("/api/v1/search?q=vote&theme=evaluation").get_json()

    assert len(entries(client, "/themes/evaluation.atom")) == term["total"]
    assert len(entries(client, "/recherche.atom?q=vote&theme=evaluation")) == search["total"]
    assert 'href="/themes/evaluation.atom"' in client.get("/themes/evaluation").text
    assert 'href="/recherche.atom?q=vote' in client.get("/recherche?q=vote").text


def test_a_former_term_leads_to_the_feed_of_the_present_one(client: FlaskClient) -> None:
    assert client.get("/themes/budgets.atom").headers["Location"] == "/themes/budget-participatif.atom"


def test_every_page_of_the_sitemap_answers(client: FlaskClient) -> None:
    root = ElementTree.fromstring(client.get("/sitemap.xml").data)
    found = [entry.text or "" for entry in root.iter(f"{SITEMAP}loc")]

    assert len(found) == len(set(found)) > 20
    for address in found:
        assert client.get(address.removeprefix(BASE)).status_code == 200, address
    assert f"{BASE}/cas/boisjoli" in found
    assert "2026-11-02" in [entry.text for entry in root.iter(f"{SITEMAP}lastmod")]


def test_crawlers_and_browsers_find_their_files(client: FlaskClient) -> None:
    assert f"Sitemap: {BASE}/sitemap.xml" in client.get("/robots.txt").text
    assert f"{BASE}/recherche?q={{searchTerms}}" in client.get("/opensearch.xml").text
    assert 'href="/opensearch.xml"' in client.get("/").text


def test_absolute_addresses_come_from_the_configuration_and_never_from_the_request(
    client: FlaskClient,
) -> None:
    for path in ("/flux.atom", "/sitemap.xml", "/cas/boisjoli", "/cas/boisjoli.bib", "/api/openapi.json"):
        assert "mechant.example" not in client.get(path, headers={"Host": "mechant.example"}).text


def test_the_table_of_cases_has_a_line_each_and_a_word_on_every_column(client: FlaskClient) -> None:
    response = client.get("/donnees/cas.csv")
    rows = list(csv.DictReader(io.StringIO(response.text.removeprefix("\ufeff"))))

    assert response.mimetype == "text/csv"
    assert [row["slug"] for row in rows] == ["boisjoli", "clairval", "petitbourg"]
    assert rows[0]["insee"] == "01004"
    assert rows[0]["adresse"] == f"{BASE}/id/cas-01"
    dictionary = client.get("/donnees/").text
    for name in rows[0]:
        assert f"<code>{name}</code>" in dictionary


def test_the_whole_base_is_one_json_file(client: FlaskClient) -> None:
    found = client.get("/donnees/documents.json").get_json()

    assert found[0] == client.get(f"/api/v1/documents/{found[0]['slug']}").get_json()
    assert len(found) == 6


@pytest.mark.parametrize("text", ["=1+1", "+33", "-2", "@x", "\tx"])
def test_a_cell_that_a_spreadsheet_would_run_is_led_by_an_apostrophe(text: str) -> None:
    from kb.links.tables import cell

    assert cell(text) == f"'{text}"
    assert cell(-2.5) == "-2.5"


REQUESTS = [
    "/api/v1/search",
    "/api/v1/search?q=budget&theme=evaluation&outil=-forum&mots=tous&tri=date&per_page=2",
    "/api/v1/search?q=budjet",
    "/api/v1/search?q=zzzz&theme=evaluation",
    "/api/v1/search?page=0",
    "/api/v1/documents",
    "/api/v1/documents?nature=piste",
    "/api/v1/documents?nature=roman",
    "/api/v1/documents/boisjoli",
    "/api/v1/documents/clairval",
    "/api/v1/documents/comparer-les-outils",
    "/api/v1/documents/chiffres-de-l-enquete",
    "/api/v1/documents/inconnu",
    "/api/v1/suggest?q=bo",
    "/api/v1/suggest",
    "/api/v1/taxonomy",
]


@pytest.mark.parametrize("address", REQUESTS)
def test_the_api_answers_as_it_is_described(client: FlaskClient, address: str) -> None:
    from jsonschema import Draft202012Validator

    described = client.get("/api/openapi.json").get_json()
    response = client.get(address)

    answer = operation(described, address)["responses"][str(response.status_code)]
    answer = resolved(described, answer)
    schema = answer["content"][response.mimetype]["schema"]
    faults = list(
        Draft202012Validator({**schema, "components": described["components"]}).iter_errors(
            response.get_json()
        )
    )
    assert faults == []


def test_the_description_is_valid_and_names_every_operation(app: Flask, client: FlaskClient) -> None:
    from openapi_spec_validator import validate

    described = client.get("/api/openapi.json").get_json()
    rules = {
        re.sub(r"<(\w+)[^>]*>", r"{\1}", rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/")
    }

    validate(described)
    assert set(described["paths"]) == rules


def test_the_readable_page_shows_examples_that_answer(client: FlaskClient) -> None:
    page = client.get("/api").text
    examples = re.findall(r'href="(/api/v1/[^"]*)"', page)

    assert len(examples) >= 5
    for example in examples:
        response = client.get(example.replace("&amp;", "&"))
        assert response.status_code in (200, 400), example
        json.loads(response.text)


def operation(described: dict[str, Any], address: str) -> dict[str, Any]:
    path = address.partition("?")[0]
    for template, methods in described["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path):
            return dict(methods["get"])
    raise AssertionError(address)


def resolved(described: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in node:
        return node
    found: Any = described
    for part in node["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    return dict(found)
