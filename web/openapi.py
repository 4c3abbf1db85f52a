"""The API described in OpenAPI 3.1, from the taxonomy and the model; tests hold answers against it."""

from __future__ import annotations

from kb.content.documents import Corpus
from kb.content.taxonomy import UNKNOWN, Taxonomy
from kb.search.query import MAX_FILTERS, MAX_PAGE, MAX_PER_PAGE, MAX_TEXT, PER_PAGE, SORTS
from web.schemas import NATURE, TEXT, Schema, object_of, schemas


def description(corpus: Corpus, base: str) -> Schema:
    """The OpenAPI document of a site whose addresses start with `base`."""
    taxonomy, site = corpus.taxonomy, corpus.site
    licence = {"license": {"name": site.licence.short, "url": site.licence.url}} if site.licence else {}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": site.title,
            "version": "1",
            "summary": "Recherche, fiches, suggestions et vocabulaire, en lecture seule",
            "description": "Lecture seule, sans clé, CORS ouvert. Chaque réponse porte un ETag ; les erreurs "
            "ont une seule forme, application/problem+json (RFC 9457).",
            **licence,
        },
        "servers": [{"url": base}],
        "paths": {
            "/api/v1/search": {"get": _search(taxonomy)},
            "/api/v1/documents": {"get": _documents()},
            "/api/v1/documents/{slug}": {"get": _document()},
            "/api/v1/suggest": {"get": _suggest()},
            "/api/v1/taxonomy": {"get": _taxonomy()},
        },
        "components": {"schemas": schemas(taxonomy), "responses": _problems()},
    }


def _search(taxonomy: Taxonomy) -> Schema:
    facets = [
        _parameter(
            facet.name,
            f"{facet.label} ; répétable (l’un ou l’autre), « -valeur » exclut, « {UNKNOWN} » est une valeur. "
            f"{MAX_FILTERS} valeurs au plus, toutes facettes réunies.",
            {"type": "array", "items": TEXT, "maxItems": MAX_FILTERS},
            facet.terms[0].slug if facet.terms else "",
        )
        for facet in taxonomy.facets
    ]
    return _operation(
        "search",
        "Chercher dans les fiches",
        [
            _parameter(
                "q",
                f"Ce qu’on cherche ; au-delà de {MAX_TEXT} signes, la suite est laissée et dite",
                TEXT,
                "budget",
            ),
            *facets,
            _parameter("mots", "« tous » : seulement les fiches qui ont tous les mots", {"enum": ["tous"]}),
            _parameter("tri", "Ordre des fiches", {"enum": [*SORTS], "default": SORTS[0]}),
            _parameter("page", "Page", {"type": "integer", "minimum": 1, "maximum": MAX_PAGE, "default": 1}),
            _parameter(
                "per_page",
                "Fiches par page",
                {"type": "integer", "minimum": 1, "maximum": MAX_PER_PAGE, "default": PER_PAGE},
            ),
        ],
        "Results",
        [400],
    )


def _documents() -> Schema:
    page = {"type": "integer", "minimum": 1, "maximum": 9999, "default": 1}
    operation = _operation(
        "listDocuments",
        "Toutes les fiches, ou celles d’une nature",
        [
            _parameter("nature", "Nature des fiches", NATURE, "cas"),
            _parameter("page", "Page de 1 000 fiches", page),
        ],
        {"type": "array", "items": {"$ref": "#/components/schemas/Row"}},
        [400],
    )
    link = {"description": 'Page suivante, rel="next", au-delà de 1 000 fiches', "schema": TEXT}
    operation["responses"]["200"]["headers"]["Link"] = link
    return operation


def _document() -> Schema:
    slug = {
        "name": "slug",
        "in": "path",
        "required": True,
        "description": "Nom de la fiche",
        "schema": {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"},
        "example": "angers",
    }
    operation = _operation("getDocument", "Une fiche, tous ses champs", [slug], "Document", [404, 410])
    operation["responses"]["301"] = {
        "description": "Ancien nom : la fiche est à l’adresse de l’en-tête Location",
        "headers": {"Location": {"schema": TEXT}},
    }
    return operation


def _suggest() -> Schema:
    suggestion = object_of({"text": TEXT, "type": TEXT, "label": TEXT, "url": TEXT})
    return _operation(
        "suggest",
        "Compléter ce que l’on tape",
        [_parameter("q", "Lettres tapées", TEXT, "bud")],
        {"type": "array", "items": suggestion, "maxItems": 8},
        [],
    )


def _taxonomy() -> Schema:
    return _operation("getTaxonomy", "Le vocabulaire : facettes, termes, glossaire", [], "Taxonomy", [])


def _operation(
    name: str, summary: str, parameters: list[Schema], answer: str | Schema, errors: list[int]
) -> Schema:
    schema = {"$ref": f"#/components/schemas/{answer}"} if isinstance(answer, str) else answer
    headers = {
        "ETag": {"description": "Version de la réponse, pour If-None-Match", "schema": TEXT},
        "Access-Control-Allow-Origin": {"schema": {"const": "*"}},
    }
    return {
        "operationId": name,
        "summary": summary,
        "parameters": parameters,
        "responses": {
            "200": {
                "description": "La réponse",
                "headers": headers,
                "content": {"application/json": {"schema": schema}},
            },
            **{str(code): {"$ref": f"#/components/responses/{code}"} for code in (*errors, 405)},
        },
    }


def _parameter(name: str, description: str, schema: Schema, example: str = "") -> Schema:
    found = {"name": name, "in": "query", "description": description, "schema": schema}
    if example:
        found["example"] = [example] if schema.get("type") == "array" else example
    return found


def _problems() -> Schema:
    told = {
        400: "Paramètre sans signification",
        404: "Fiche inconnue",
        405: "Méthode non permise",
        410: "Fiche retirée",
    }
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {str(code): {"description": text, "content": content} for code, text in told.items()}
