"""Request arguments ↔ SearchQuery.

Facet parameters repeat; in each, `-slug` excludes and `non-renseigne` is a value. A scalar given
twice: the first counts. Pages forgive what they cannot read; the API refuses it (`strict`).
"""

from __future__ import annotations

import re

from werkzeug.datastructures import MultiDict

from kb.content.slugs import slugify
from kb.content.taxonomy import PARAMETERS, Taxonomy
from kb.errors import QueryError
from kb.search.query import (
    MAX_FILTERS,
    MAX_PAGE,
    MAX_PER_PAGE,
    MAX_TEXT,
    PER_PAGE,
    SORTS,
    Filter,
    SearchQuery,
    Sort,
)

#: what no XML, so no feed, can hold: control characters, halves of surrogate pairs
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def query_from(args: MultiDict[str, str], taxonomy: Taxonomy, *, strict: bool = False) -> SearchQuery:
    """The search that the arguments ask for; parameters that nobody knows are passed over.

    With `strict`, raises QueryError for a value that cannot be meant, telling what is allowed.
    """
    empty = [name for name in PARAMETERS[1:] if args.get(name, "-") == ""]
    if strict and empty:
        raise QueryError(f"{empty[0]} est vide : donnez-lui une valeur, ou retirez-le")
    filters = _filters(args, taxonomy)
    if strict and len(filters) > MAX_FILTERS:
        raise QueryError(f"{MAX_FILTERS} valeurs de filtre au plus")
    words, sort = args.get("mots", ""), args.get("tri", "pertinence") or "pertinence"
    if strict and words not in ("", "tous"):
        raise QueryError("mots vaut « tous » ou rien")
    if strict and sort not in SORTS:
        raise QueryError(f"tri vaut {', '.join(SORTS)}")
    chosen: Sort = next((name for name in SORTS if name == sort), "pertinence")
    return SearchQuery(
        text=_text(args.get("q", "")),
        filters=filters[:MAX_FILTERS],
        all_words=words == "tous",
        sort=chosen,
        page=_whole(args, "page", 1, MAX_PAGE, strict),
        per_page=_whole(args, "per_page", PER_PAGE, MAX_PER_PAGE, strict),
    )


def refuse_unknown(args: MultiDict[str, str], taxonomy: Taxonomy) -> None:
    """Raises QueryError for a parameter that nobody knows."""
    known = {facet.name for facet in taxonomy.facets}
    unknown = [name for name in args if name not in known and name not in PARAMETERS]
    if unknown:
        raise QueryError(f"paramètre inconnu : {unknown[0]}")


def arguments_of(query: SearchQuery, taxonomy: Taxonomy) -> list[tuple[str, str]]:
    """The parameters of a search in their one order, defaults left out."""
    pairs = [("q", query.text)] if query.text else []
    for facet in taxonomy.facets:
        pairs += [
            (facet.name, f"-{f.value}" if f.exclude else f.value)
            for f in sorted(query.filters)
            if f.facet == facet.name
        ]
    if query.all_words:
        pairs.append(("mots", "tous"))
    if query.sort != "pertinence":
        pairs.append(("tri", query.sort))
    if query.per_page != PER_PAGE:
        pairs.append(("per_page", str(query.per_page)))
    if query.page > 1:
        pairs.append(("page", str(query.page)))
    return pairs


def _text(given: str) -> str:
    """The text of a search in one line, and one character more than is read, so that it is said.

    Every link of the page repeats the text: more of it would make a long address a page ten times as long.
    """
    return " ".join(_UNWRITABLE.sub(" ", given).split())[: MAX_TEXT + 1]


def _filters(args: MultiDict[str, str], taxonomy: Taxonomy) -> tuple[Filter, ...]:
    found: dict[tuple[str, str], Filter] = {}
    for facet in taxonomy.facets:
        for given in args.getlist(facet.name):
            value = slugify(given)
            term = facet.by_slug.get(value)
            value = term.slug if term else value
            if value:
                found[facet.name, value] = Filter(facet.name, value, given.strip().startswith("-"))
    return tuple(found.values())


def _whole(args: MultiDict[str, str], name: str, default: int, most: int, strict: bool) -> int:
    text = args.get(name, "").strip()
    if not text:
        return default
    if text.isascii() and text.isdigit() and len(text) < 9 and 1 <= int(text) <= most:
        return int(text)
    if strict:
        raise QueryError(f"{name} doit être un nombre de 1 à {most}")
    return min(max(int(text), 1), most) if text.isascii() and text.isdigit() and len(text) < 9 else default
