"""Small corpora written in the text of a test, and their open index."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from kb.content.documents import Corpus, Document
from kb.content.loading import split_sections
from kb.content.model import CaseFields, PracticeFields
from kb.content.taxonomy import Facet, Taxonomy, Term
from kb.content.validation import tuples
from kb.search.index import Index, ensure_index

BP = Term(
    slug="budget-participatif",
    label="Budget participatif",
    definition="Un budget voté par les habitants",
    synonyms=("enveloppe participative",),
    acronyms=("BP",),
)
EVALUATION = Term(slug="evaluation", label="Évaluation", definition="Juger", synonyms=("bilan",))
COSTS = Term(slug="moyens-et-couts", label="Moyens et coûts", definition="L’argent", synonyms=("tarif",))
SIGNALLING = Term(
    slug="signalement",
    label="Signalement",
    definition="Signaler",
    synonyms=("remontée de dysfonctionnements",),
)
FORUM = Term(slug="forum", label="Forum", definition="Discuter")
TAXONOMY = Taxonomy(
    facets=(
        Facet(name="theme", label="Thème", field="themes", terms=(BP, EVALUATION, COSTS)),
        Facet(name="outil", label="Type d’outil", field="tool_types", terms=(SIGNALLING, FORUM)),
        Facet(
            name="nature",
            label="Nature",
            field="nature",
            terms=tuple(
                Term(slug=slug, label=slug.capitalize(), definition=slug)
                for slug in ("cas", "bonne-pratique", "repere")
            ),
        ),
        Facet(name="logiciel", label="Logiciel", field="platforms.software"),
    )
)
_SOURCES = ({"id": "fiche", "title": "Fiche", "kind": "fiche"},)


def note(slug: str, text: str, *, title: str = "", **fields: Any) -> Document:
    """A practice note whose body is `text`, in one section unless it has headings."""
    given = {"kind": "bonne-pratique", "themes": ["evaluation"], "summary": "Une note.", **fields}
    return _document(PracticeFields, slug, title or slug.replace("-", " ").capitalize(), text, given)


def case(
    slug: str, text: str, *, name: str = "", known_as: tuple[str, ...] = (), title: str = "", **fields: Any
) -> Document:
    """A case whose body is `text`, in one section unless it has headings."""
    name = name or slug.capitalize()
    given = {
        "collectivity": {"name": name, "also_known_as": known_as, "type": "commune"},
        "themes": ["budget-participatif"],
        "summary": "Un cas.",
        **fields,
    }
    return _document(CaseFields, slug, title or f"{name} : un cas", text, given)


def corpus_of(*documents: Document, taxonomy: Taxonomy = TAXONOMY) -> Corpus:
    """A corpus of these documents."""
    version = hashlib.sha256(repr((documents, taxonomy)).encode()).hexdigest()[:16]
    return Corpus(documents, taxonomy, version)


def index_of(folder: Path, *documents: Document, taxonomy: Taxonomy = TAXONOMY) -> Index:
    """The open index of these documents, kept under `folder`."""
    return ensure_index(corpus_of(*documents, taxonomy=taxonomy), folder)


def _document(
    kind: type[CaseFields] | type[PracticeFields], slug: str, title: str, text: str, fields: dict[str, Any]
) -> Document:
    number = int(hashlib.sha256(slug.encode()).hexdigest(), 16) % 10**8
    whole = {
        "id": f"doc-{number:08}",
        "title": title,
        "sources": _SOURCES,
        "review": {"status": "brouillon", "date": "2026-01-01"},
        **fields,
    }
    body = text if text.startswith("## ") else f"## En bref\n\n{text}"
    folder = "cases" if kind is CaseFields else "practices"
    return Document(
        slug,
        f"{folder}/{slug}.md",
        kind.model_validate(tuples(whole)),
        split_sections(body, 1),
        updated="2026-01-01",
    )
