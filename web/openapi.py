"""The API described in OpenAPI 3.1, from the taxonomy and the model; tests hold answers against it."""

from __future__ import annotations

from typing import Any

from kb.content.documents import Corpus
from kb.content.kinds import KINDS, NATURES
from kb.content.model import CaseFields
from kb.content.schema import json_schema
from kb.content.taxonomy import UNKNOWN, Taxonomy
from kb.search.query import MAX_FILTERS, MAX_PAGE, MAX_PER_PAGE, MAX_TEXT, PER_PAGE, SORTS

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_WHOLE: Schema = {"type": "integer", "minimum": 0}
_NATURE: Schema = {"enum": list(NATURES)}
_HOW: Schema = {"enum": ["exact", "forme", "synonyme", "correction"]}


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
        "components": {"schemas": _schemas(taxonomy), "responses": _problems()},
    }


def _search(taxonomy: Taxonomy) -> Schema:
    facets = [
        _parameter(
            facet.name,
            f"{facet.label} ; répétable (l’un ou l’autre), « -valeur » exclut, « {UNKNOWN} » est une valeur. "
            f"{MAX_FILTERS} valeurs au plus, toutes facettes réunies.",
            {"type": "array", "items": _TEXT, "maxItems": MAX_FILTERS},
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
                _TEXT,
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
            _parameter("nature", "Nature des fiches", _NATURE, "cas"),
            _parameter("page", "Page de 1 000 fiches", page),
        ],
        {"type": "array", "items": {"$ref": "#/components/schemas/Row"}},
        [400],
    )
    link = {"description": 'Page suivante, rel="next", au-delà de 1 000 fiches', "schema": _TEXT}
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
        "headers": {"Location": {"schema": _TEXT}},
    }
    return operation


def _suggest() -> Schema:
    suggestion = _object({"text": _TEXT, "type": _TEXT, "label": _TEXT, "url": _TEXT})
    return _operation(
        "suggest",
        "Compléter ce que l’on tape",
        [_parameter("q", "Lettres tapées", _TEXT, "bud")],
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
        "ETag": {"description": "Version de la réponse, pour If-None-Match", "schema": _TEXT},
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


def _object(properties: Schema, optional: tuple[str, ...] = ()) -> Schema:
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _schemas(taxonomy: Taxonomy) -> Schema:
    row = {
        "id": _TEXT,
        "slug": _TEXT,
        "nature": _NATURE,
        "title": _TEXT,
        "summary": {"type": "string", "maxLength": 300},
        "url": {"type": "string", "format": "uri"},
        "updated": _TEXT,
    }
    return {
        "Row": _object(row),
        "Document": _whole(row, taxonomy),
        "Results": _results(),
        "Taxonomy": _vocabulary(),
        "Problem": _object(
            {
                "type": _TEXT,
                "title": _TEXT,
                "status": {"type": "integer"},
                "detail": _TEXT,
                "instance": _TEXT,
                "successor": _TEXT,
            },
            optional=("successor",),
        ),
    }


def _whole(row: Schema, taxonomy: Taxonomy) -> Schema:
    """A document: its row, the fields of its kind, its sections, and what it illustrates."""
    section = _object({"anchor": _TEXT, "title": _TEXT, "url": _TEXT, "text": _TEXT, "html": _TEXT})
    practice = _object(
        {"practice": _TEXT, "case": _TEXT, "section": _TEXT, "why": _TEXT, "stance": _TEXT, "evidence": _TEXT}
    )
    kinds = []
    for kind in KINDS:
        more = {"practices": _list(practice)} if kind.model is CaseFields else {}
        fields = json_schema(kind.model, taxonomy, kind.model.__name__)
        definitions = fields.pop("$defs", {})
        fields.pop("$schema", None)
        fields["properties"] = {**fields["properties"], **row, "sections": _list(section), **more}
        fields["required"] = sorted({*fields.get("required", []), *row, "sections", *more})
        kinds.append({**fields, "$defs": definitions})
    return {"oneOf": [_inlined(kind, kind["$defs"]) for kind in kinds]}


def _inlined(node: Any, definitions: Schema) -> Any:
    """The schema with its own definitions put in place, so that it can stand inside another."""
    if isinstance(node, list):
        return [_inlined(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        rest = {name: value for name, value in node.items() if name != "$ref"}
        return {**_inlined(definitions[node["$ref"].rpartition("/")[2]], definitions), **rest}
    found = {name: _inlined(value, definitions) for name, value in node.items() if name != "$defs"}
    if pair := found.pop("prefixItems", None):
        found["items"] = pair[0]  # both ends of a range have one form, which more tools read
    if "ge" in found:
        found["minimum"] = found.pop("ge")
    return found


def _results() -> Schema:
    passage = _object(
        {
            "section": _TEXT,
            "anchor": _TEXT,
            "url": _TEXT,
            "text": _TEXT,
            "spans": _list({"type": "array", "items": _WHOLE, "minItems": 2, "maxItems": 2}),
        }
    )
    hit = _object(
        {
            "slug": _TEXT,
            "nature": _NATURE,
            "title": _TEXT,
            "summary": _TEXT,
            "url": _TEXT,
            "score": {"type": "number"},
            "passages": _list(passage),
            "matched": _list(_object({"word": _TEXT, "how": _HOW, "found": _list(_TEXT)})),
            "missing": _list(_TEXT),
            "tier": {"type": "string", "enum": ["repond", "effleure"]},
        }
    )
    value = _object(
        {
            "value": _TEXT,
            "label": _TEXT,
            "count": _WHOLE,
            "answering": _WHOLE,
            "selected": {"type": "boolean"},
            "excluded": {"type": "boolean"},
        }
    )
    correction = _object({"q": _TEXT, "total": _WHOLE, "applied": {"type": "boolean"}})
    told = ("slug", "title", "field", "need", "label", "value", "scope", "year", "source", "url")
    fact = _object(dict.fromkeys(told, _TEXT))
    near = _object({"slug": _TEXT, "title": _TEXT, "url": _TEXT})
    place = _object({"typed": _TEXT, "label": _TEXT, "population": _WHOLE, "near": _list(near)})
    relaxation = _object(
        {"facet": _TEXT, "value": _TEXT, "exclude": {"type": "boolean"}, "label": _TEXT, "total": _WHOLE}
    )
    return _object(
        {
            "query": _TEXT,
            "total": _WHOLE,
            "page": _WHOLE,
            "pages": _WHOLE,
            "per_page": _WHOLE,
            "results": _list(hit),
            "facets": {"type": "object", "additionalProperties": _list(value)},
            "correction": {"anyOf": [correction, {"type": "null"}]},
            "answering": _WHOLE,
            "unknown": _list(_TEXT),
            "facts": _list(fact),
            "definition": {"oneOf": [_object({"label": _TEXT, "text": _TEXT}), {"type": "null"}]},
            "offers": _list(_object({"facet": _TEXT, "value": _TEXT, "label": _TEXT, "total": _WHOLE})),
            "places": _list(place),
            "all_words": _WHOLE,
            "expansions": _list(_object({"typed": _TEXT, "label": _TEXT})),
            "relaxations": _list(relaxation),
            "notices": _list(_TEXT),
        }
    )


def _vocabulary() -> Schema:
    term = {
        "type": "object",
        "properties": {"slug": _TEXT, "label": _TEXT, "definition": _TEXT, "synonyms": _list(_TEXT)},
        "required": ["slug", "label", "definition"],
    }
    facet = _object(
        {"name": _TEXT, "label": _TEXT, "field": _TEXT, "closed": {"type": "boolean"}, "terms": _list(term)}
    )
    return _object({"facets": _list(facet), "glossary": _list(term)})
