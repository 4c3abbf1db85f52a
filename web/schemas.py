"""What the API's answers hold, as the schemas of its OpenAPI document, from the taxonomy and the model."""

from __future__ import annotations

from typing import Any

from kb.content.kinds import KINDS, NATURES
from kb.content.model import CaseFields
from kb.content.schema import json_schema
from kb.content.taxonomy import Taxonomy

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer", "minimum": 0}
NATURE: Schema = {"enum": list(NATURES)}
HOW: Schema = {"enum": ["exact", "forme", "synonyme", "correction"]}


def schemas(taxonomy: Taxonomy) -> Schema:
    """Every schema by its name."""
    row = {
        "id": TEXT,
        "slug": TEXT,
        "nature": NATURE,
        "title": TEXT,
        "summary": {"type": "string", "maxLength": 300},
        "url": {"type": "string", "format": "uri"},
        "updated": TEXT,
    }
    return {
        "Row": object_of(row),
        "Document": _whole(row, taxonomy),
        "Results": _results(),
        "Taxonomy": _vocabulary(),
        "Problem": object_of(
            {
                "type": TEXT,
                "title": TEXT,
                "status": {"type": "integer"},
                "detail": TEXT,
                "instance": TEXT,
                "successor": TEXT,
            },
            optional=("successor",),
        ),
    }


def _whole(row: Schema, taxonomy: Taxonomy) -> Schema:
    """A document: its row, the fields of its kind, its sections, and what it illustrates."""
    section = object_of({"anchor": TEXT, "title": TEXT, "url": TEXT, "text": TEXT, "html": TEXT})
    practice = object_of(
        {"practice": TEXT, "case": TEXT, "section": TEXT, "why": TEXT, "stance": TEXT, "evidence": TEXT}
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
    passage = object_of(
        {
            "section": TEXT,
            "anchor": TEXT,
            "url": TEXT,
            "text": TEXT,
            "spans": _list({"type": "array", "items": WHOLE, "minItems": 2, "maxItems": 2}),
            "question": TEXT,
        }
    )
    hit = object_of(
        {
            "slug": TEXT,
            "nature": NATURE,
            "title": TEXT,
            "summary": TEXT,
            "url": TEXT,
            "score": {"type": "number"},
            "passages": _list(passage),
            "matched": _list(object_of({"word": TEXT, "how": HOW, "found": _list(TEXT)})),
            "missing": _list(TEXT),
            "tier": {"type": "string", "enum": ["repond", "effleure"]},
        }
    )
    value = object_of(
        {
            "value": TEXT,
            "label": TEXT,
            "count": WHOLE,
            "answering": WHOLE,
            "selected": {"type": "boolean"},
            "excluded": {"type": "boolean"},
        }
    )
    correction = object_of({"q": TEXT, "total": WHOLE, "applied": {"type": "boolean"}})
    told = ("slug", "title", "field", "need", "label", "value", "scope", "year", "source", "url")
    fact = object_of(dict.fromkeys(told, TEXT))
    near = object_of({"slug": TEXT, "title": TEXT, "url": TEXT})
    place = object_of({"typed": TEXT, "label": TEXT, "population": WHOLE, "near": _list(near)})
    relaxation = object_of(
        {"facet": TEXT, "value": TEXT, "exclude": {"type": "boolean"}, "label": TEXT, "total": WHOLE}
    )
    return object_of(
        {
            "query": TEXT,
            "total": WHOLE,
            "page": WHOLE,
            "pages": WHOLE,
            "per_page": WHOLE,
            "results": _list(hit),
            "facets": {"type": "object", "additionalProperties": _list(value)},
            "correction": {"anyOf": [correction, {"type": "null"}]},
            "answering": WHOLE,
            "unknown": _list(TEXT),
            "facts": _list(fact),
            "definition": {"oneOf": [object_of({"label": TEXT, "text": TEXT}), {"type": "null"}]},
            "offers": _list(object_of({"facet": TEXT, "value": TEXT, "label": TEXT, "total": WHOLE})),
            "places": _list(place),
            "all_words": WHOLE,
            "expansions": _list(object_of({"typed": TEXT, "label": TEXT})),
            "relaxations": _list(relaxation),
            "notices": _list(TEXT),
        }
    )


def _vocabulary() -> Schema:
    term = {
        "type": "object",
        "properties": {"slug": TEXT, "label": TEXT, "definition": TEXT, "synonyms": _list(TEXT)},
        "required": ["slug", "label", "definition"],
    }
    facet = object_of(
        {"name": TEXT, "label": TEXT, "field": TEXT, "closed": {"type": "boolean"}, "terms": _list(term)}
    )
    return object_of({"facets": _list(facet), "glossary": _list(term)})


def object_of(properties: Schema, optional: tuple[str, ...] = ()) -> Schema:
    """An object of these properties and no others."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}
