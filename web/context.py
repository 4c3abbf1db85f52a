"""What every template can name: the menu, labels, the content itself (`kb`)."""

from __future__ import annotations

from typing import Any

from flask import Flask
from werkzeug.local import LocalProxy

from kb.compare.strip import EVIDENCE, strip_of
from kb.content.kinds import KINDS, NATURES, Kind
from kb.content.rendering import describe_source
from kb.content.site import SiteFields
from kb.content.taxonomy import UNKNOWN, Facet
from kb.search.answer import DOCUMENTS
from kb.search.query import SearchQuery
from web.addresses import mounted
from web.state import current


def navigation(site: SiteFields) -> list[tuple[str, str]]:
    """(address, words) of the main menu: that of site.yaml, else the kinds of documents."""
    menu = [(entry.path, entry.label) for entry in site.menu]
    kinds = [(f"/{kind.address}/", kind.plural) for kind in KINDS]
    return [(mounted(path), words) for path, words in menu or kinds]


#: the names of each nature, for one document and for several
NATURE_LABELS = {slug: nature.label for slug, nature in NATURES.items()}
NATURE_PLURALS = {slug: nature.plural for slug, nature in NATURES.items()}
#: path of the sign of each nature, in a square of 24 units; "" for a nature without its own
MARKS = {
    "cas": "M4 21V9l8-5 8 5v12M4 21h16M9 21v-6h6v6",
    "bonne-pratique": "M4 12l5 5L20 6",
    "piste": "M5 19L19 5M10 5h9v9",
    "repere": "M5 20V11M12 20V4M19 20v-6",
    "": "M6 3h9l4 4v14H6z",
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
        FACTS_SHOWN=DOCUMENTS,
        MARKS=MARKS,
        strip=strip_of,
        site=LocalProxy(lambda: current().corpus.site),
        KINDS=KINDS,
        kind_title=kind_title,
        label=label,
        told=told,
        describe_source=describe_source,
        SearchQuery=SearchQuery,
    )
    app.context_processor(lambda: {"kb": current()})
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def kind_title(kind: Kind, *, short: bool = False) -> str:
    """What the list of a kind is called: as site.yaml says, else by the plural of the kind."""
    said = current().corpus.site.page(kind.address)
    return (said.short if short else None) or said.title or kind.plural


def label(facet_name: str, value: Any) -> str:
    """What people read for a facet value: the label of its term, or the value as found."""
    if value == UNKNOWN:
        return "Non renseigné ou sans objet"
    return told(current().corpus.taxonomy.facet(facet_name), value)


def told(facet: Facet | None, value: Any) -> str:
    """What people read for a value of a facet; the value itself where no facet knows it."""
    if facet is None:
        return str(value)
    if term := facet.by_slug.get(str(value)):
        return term.label
    for document in current().corpus.documents:
        for slug, found in facet.values_for(document.values_of(facet.field)):
            if slug == value:
                return found
    return str(value)
