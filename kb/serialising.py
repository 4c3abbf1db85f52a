"""Model and results → plain dicts, for the API, `--json` and golden files alike.

Addresses are absolute where `base` (`https://exemple.fr`) is given, else paths.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from kb.content.documents import Corpus, Document
from kb.content.rendering import Rendering
from kb.content.taxonomy import Taxonomy, Term
from kb.errors import Problem
from kb.search.query import AbsentPlace, Fact, Hit, Results


def document_row(document: Document, base: str = "") -> dict[str, Any]:
    """A document in a list: id, slug, nature, title, summary, url, updated."""
    return {
        "id": document.id,
        "slug": document.slug,
        "nature": document.nature,
        "title": document.title,
        "summary": document.summary,
        "url": base + document.permalink,
        "updated": document.updated,
    }


def document_whole(
    document: Document, rendering: Rendering, corpus: Corpus, base: str = ""
) -> dict[str, Any]:
    """All fields of a document, its sections as text and HTML, and what links to it."""
    fields = document.fields.model_dump(mode="json", exclude_none=True)
    sections = [
        {
            "anchor": s.anchor,
            "title": s.title,
            "url": f"{base}{document.permalink}#{s.anchor}",
            "text": s.text,
            "html": s.html,
        }
        for s in rendering.sections
    ]
    practices = (
        [
            {"practice": practice.slug, **illustration.model_dump(mode="json")}
            for practice, illustration in corpus.practices_of(document.slug)
        ]
        if document.case
        else []
    )
    whole = {**document_row(document, base), **fields, "updated": document.updated, "sections": sections}
    return whole | ({"practices": practices} if document.case else {})


def results(found: Results, corpus: Corpus, base: str = "") -> dict[str, Any]:
    """An answer as the API gives it (design: `/api/v1/search`)."""
    correction = found.correction
    return {
        "query": found.query.text,
        "total": found.total,
        "answering": found.answering,
        "unknown": list(found.unknown),
        "facts": [_fact(fact, corpus, base) for fact in found.facts],
        "definition": None
        if found.definition is None
        else {"label": found.definition.label, "text": found.definition.text},
        "offers": [
            {"facet": o.filter.facet, "value": o.filter.value, "label": o.label, "total": o.total}
            for o in found.offers
        ],
        "places": [_place(place, corpus, base) for place in found.places],
        "page": found.query.page,
        "pages": found.pages,
        "per_page": found.query.per_page,
        "results": [_hit(hit, corpus, base) for hit in found.hits],
        "facets": {
            facet.name: [
                {
                    "value": value.value,
                    "label": value.label,
                    "count": value.count,
                    "answering": value.answering,
                    "selected": value.selected,
                    "excluded": value.excluded,
                }
                for value in facet.values
            ]
            for facet in found.facets
        },
        "correction": None
        if correction is None
        else {"q": correction.text, "total": correction.total, "applied": correction.applied},
        "all_words": found.all_words,
        "expansions": [{"typed": e.typed, "label": e.label} for e in found.expansions],
        "relaxations": [
            {
                "facet": r.filter.facet,
                "value": r.filter.value,
                "exclude": r.filter.exclude,
                "label": r.label,
                "total": r.total,
            }
            for r in found.relaxations
        ],
        "notices": list(found.notices),
    }


def taxonomy_whole(taxonomy: Taxonomy) -> dict[str, Any]:
    """The vocabulary: facets with their terms, and the glossary."""
    facets = [
        {
            "name": f.name,
            "label": f.label,
            "field": f.field,
            "closed": bool(f.terms),
            "terms": [_term(term) for term in f.terms],
        }
        for f in taxonomy.facets
    ]
    return {"facets": facets, "glossary": [_term(term) for term in taxonomy.glossary]}


def problem(found: Problem) -> dict[str, Any]:
    """A problem of a file, for `kb check --json`."""
    return {
        "path": found.path,
        "line": found.line,
        "message": found.message,
        "hint": found.hint,
        "rule": found.rule,
        "level": found.level,
    }


def _place(place: AbsentPlace, corpus: Corpus, base: str) -> dict[str, Any]:
    """A place that the base lacks, with the nearest cases."""
    near = [corpus.by_slug[slug] for slug in place.near]
    return {
        "typed": place.typed,
        "label": place.label,
        "population": place.population,
        "near": [{"slug": d.slug, "title": d.title, "url": base + d.permalink} for d in near],
    }


def _fact(fact: Fact, corpus: Corpus, base: str) -> dict[str, Any]:
    return asdict(fact) | {"url": f"{base}{corpus.by_slug[fact.slug].permalink}#identite"}


def _hit(hit: Hit, corpus: Corpus, base: str) -> dict[str, Any]:
    document = corpus.by_slug.get(hit.slug)
    link = base + document.permalink if document else ""
    return {
        "slug": hit.slug,
        "nature": hit.nature,
        "title": hit.title,
        "summary": hit.summary,
        "url": link,
        "score": round(hit.score, 4),
        "passages": [
            {
                "section": p.section,
                "anchor": p.anchor,
                "url": f"{link}#{p.anchor}" if p.anchor else link,
                "text": p.text,
                "spans": [list(span) for span in p.spans],
                "question": p.question,
            }
            for p in hit.passages
        ],
        "matched": [{"word": m.word, "how": m.how, "found": list(m.found)} for m in hit.matched],
        "missing": list(hit.missing),
        "tier": hit.tier,
    }


def _term(term: Term) -> dict[str, Any]:
    full: Mapping[str, Any] = term.model_dump(mode="json", exclude_none=True)
    return dict(full)
