"""What every template can name: labels, addresses of searches and facets."""

from __future__ import annotations

from typing import Any

from flask import Flask

from kb.content.kinds import NATURES
from kb.content.rendering import describe_source
from kb.content.taxonomy import UNKNOWN
from kb.search.query import SearchQuery
from web.params import address_of_query, arguments_of
from web.state import current

NAVIGATION = (
    ("/cas/", "Études de cas"),
    ("/pratiques/", "Bonnes pratiques"),
    ("/themes/", "Thèmes"),
    ("/carte", "Carte"),
    ("/reperes", "Chiffres"),
    ("/comparer", "Comparer"),
    ("/a-propos", "À propos"),
)

#: the names of each nature, for one document and for several
NATURE_LABELS = {slug: nature.label for slug, nature in NATURES.items()}
NATURE_PLURALS = {slug: nature.plural for slug, nature in NATURES.items()}
EVIDENCE = {
    "recit": "récit",
    "chiffre-declare": "chiffre déclaré",
    "evaluation": "évaluation",
    "tiers": "observé par un tiers",
}
HOW = {"forme": "autre forme", "synonyme": "synonyme", "correction": "correction"}


def init_app(app: Flask) -> None:
    """Give templates the names above and the helpers below."""
    app.jinja_env.globals.update(
        NAVIGATION=NAVIGATION,
        NATURES=NATURE_LABELS,
        NATURES_PLURAL=NATURE_PLURALS,
        EVIDENCE=EVIDENCE,
        HOW=HOW,
        link=link,
        hidden=hidden,
        label=label,
        describe_source=describe_source,
        SearchQuery=SearchQuery,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def link(query: SearchQuery, path: str = "/recherche") -> str:
    """The address of a search."""
    return address_of_query(query, current().corpus.taxonomy, path)


def hidden(query: SearchQuery) -> list[tuple[str, str]]:
    """The parameters of a search, for hidden inputs."""
    return arguments_of(query, current().corpus.taxonomy)


def label(facet_name: str, value: Any) -> str:
    """What people read for a facet value: the label of its term, or the value as found."""
    if value == UNKNOWN:
        return "Non renseigné ou sans objet"
    facet = current().corpus.taxonomy.facet(facet_name)
    if facet is None:
        return str(value)
    if term := facet.by_slug.get(str(value)):
        return term.label
    for document in current().corpus.documents:
        for slug, found in facet.values_for(document.values_of(facet.field)):
            if slug == value:
                return found
    return str(value)
