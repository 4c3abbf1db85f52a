"""The JSON API: shapes, parameters, errors."""

import pytest
from flask.testing import FlaskClient


def test_a_search_answers_in_the_agreed_shape(client: FlaskClient) -> None:
    found = client.get("/api/v1/search?q=budget").get_json()

    assert {"query", "total", "page", "per_page", "results", "facets", "correction", "all_words"} <= set(
        found
    )
    hit = found["results"][0]
    assert {"slug", "nature", "title", "summary", "url", "score", "passages", "matched", "missing"} <= set(
        hit
    )
    for passage in hit["passages"]:
        assert all(0 <= start < end <= len(passage["text"]) for start, end in passage["spans"])


@pytest.mark.parametrize(
    "facet", ["theme", "outil", "collectivite", "population", "nature", "logiciel", "prestataire", "region"]
)
def test_each_count_is_what_adding_the_value_gives(client: FlaskClient, facet: str) -> None:
    values = client.get("/api/v1/search").get_json()["facets"][facet]

    for value in values:
        assert (
            client.get("/api/v1/search", query_string={facet: value["value"]}).get_json()["total"]
            == value["count"]
        )


@pytest.mark.parametrize(
    "arguments",
    ["page=0", "page=x", "per_page=51", "tri=hasard", "mots=aucun", "couleur=bleu", "page=99999999999"],
)
def test_a_parameter_without_meaning_is_a_problem(client: FlaskClient, arguments: str) -> None:
    response = client.get(f"/api/v1/search?{arguments}")

    assert response.status_code == 400
    assert response.content_type == "application/problem+json"
    assert {"type", "title", "status", "detail"} <= set(response.get_json())


def test_documents_are_listed_and_filtered_by_nature(client: FlaskClient) -> None:
    rows = client.get("/api/v1/documents").get_json()

    assert len(rows) == 6
    assert all({"id", "slug", "nature", "title", "summary", "url", "updated"} <= set(row) for row in rows)
    assert [row["slug"] for row in client.get("/api/v1/documents?nature=piste").get_json()] == [
        "analyser-les-contributions"
    ]
    assert client.get("/api/v1/documents?nature=roman").status_code == 400


def test_a_document_gives_fields_sections_and_practices(client: FlaskClient) -> None:
    found = client.get("/api/v1/documents/boisjoli").get_json()

    assert found["costs"][0]["amount"] == 900
    assert [section["anchor"] for section in found["sections"]] == [
        "en-bref",
        "le-dispositif",
        "evaluation-et-resultats",
    ]
    assert "[^" not in found["sections"][0]["text"]
    assert found["practices"][0]["practice"] == "comparer-les-outils"


def test_an_unknown_document_is_a_404_problem(client: FlaskClient) -> None:
    response = client.get("/api/v1/documents/nulle-part")

    assert response.status_code == 404
    assert response.content_type == "application/problem+json"


def test_suggestions_lead_somewhere(client: FlaskClient) -> None:
    offered = client.get("/api/v1/suggest?q=bud").get_json()

    assert offered
    for row in offered:
        assert {"text", "type", "url"} <= set(row)
        assert client.get(row["url"]).status_code == 200


def test_the_api_may_be_read_from_other_sites(client: FlaskClient) -> None:
    assert client.get("/api/v1/taxonomy").headers["Access-Control-Allow-Origin"] == "*"


def test_the_health_page_tells_the_version_and_is_never_kept(client: FlaskClient) -> None:
    response = client.get("/sante")

    assert response.get_json()["documents"] == 6
    assert response.headers["Cache-Control"] == "no-store"
