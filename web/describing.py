"""The data and the API told to people and machines: `/donnees/`, `/api`, `/api/openapi.json`."""

from __future__ import annotations

import json

from flask import Blueprint, Response, render_template

from kb import serialising
from kb.content.model import CaseFields, PracticeFields
from kb.content.rendering import render_fragment
from kb.content.schema import field_table
from kb.links.tables import COLUMNS, case_table
from web.api import base_url
from web.linking import csv_file
from web.openapi import description
from web.state import current

describing = Blueprint("describing", __name__)


@describing.after_request
def open_to_all(response: Response) -> Response:
    """Any site may read data, not pages."""
    if response.mimetype != "text/html":
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@describing.get("/donnees/")
def dictionary() -> str:
    """What each file and each field holds."""
    tables = [
        ("cas-champs", "Champs d’une étude de cas", render_fragment(field_table(CaseFields))),
        ("pratiques-champs", "Champs d’une note de pratique", render_fragment(field_table(PracticeFields))),
    ]
    return render_template("data.html", kb=current(), columns=COLUMNS, tables=tables)


@describing.get("/donnees/cas.csv")
def cases_csv() -> Response:
    """All cases, one a line."""
    return csv_file(case_table(current().corpus, base_url()), "cas")


@describing.get("/donnees/documents.json")
def documents_json() -> Response:
    """All documents with all their fields and sections."""
    kb = current()
    whole = [
        serialising.document_whole(d, kb.rendering(d), kb.corpus, base_url()) for d in kb.corpus.documents
    ]
    text = json.dumps(whole, ensure_ascii=False, separators=(",", ":"))
    return Response(text, mimetype="application/json")


@describing.get("/api")
def guide() -> str:
    """The API with examples."""
    kb = current()
    return render_template("api.html", kb=kb, described=description(kb.corpus.taxonomy, base_url()))


@describing.get("/api/openapi.json")
def openapi() -> Response:
    """The API in OpenAPI 3.1."""
    text = json.dumps(description(current().corpus.taxonomy, base_url()), ensure_ascii=False, indent=1)
    return Response(text, mimetype="application/json")
