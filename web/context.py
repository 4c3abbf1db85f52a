"""What every template can name: the menu, labels, the content itself (`kb`)."""

from __future__ import annotations

from typing import Any

from flask import Flask, url_for

from kb.content.kinds import NATURES
from kb.content.rendering import describe_source
from kb.content.taxonomy import UNKNOWN
from kb.search.query import SearchQuery
from web.state import Snapshot, current


def navigation(kb: Snapshot | None) -> list[tuple[str, str]]:
    """(address, words) of the main menu; without content, of a page that tells an error, what needs none."""
    facet = kb.corpus.taxonomy.facet("theme") if kb else None
    return [
        (url_for("pages.cases"), "Études de cas"),
        (url_for("pages.practices"), "Bonnes pratiques"),
        *([(url_for("terms.all_of", facet=facet), "Thèmes")] if facet else []),
        (url_for("map.page"), "Carte"),
        (url_for("figures.page"), "Chiffres"),
        (url_for("compare.page"), "Comparer"),
        (url_for("pages.about"), "À propos"),
    ]


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
        navigation=navigation,
        NATURES=NATURE_LABELS,
        NATURES_PLURAL=NATURE_PLURALS,
        EVIDENCE=EVIDENCE,
        HOW=HOW,
        label=label,
        describe_source=describe_source,
        SearchQuery=SearchQuery,
    )
    app.context_processor(lambda: {"kb": current()})
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


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
