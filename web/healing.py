"""Addresses as people type and paste them: one step before a 404, and what is near when that does not help.

A slash, a capital, an accent, an underscore, `.html`, a full stop or an invisible sign stuck to the end is
no other address: it leads on by 301. Queries keep `&amp;` for `&` and `theme[]` for `theme` as meant.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterator

from flask import Request, current_app, request
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from kb.content.documents import Document
from kb.content.slugs import slugify
from web.state import current

#: what sticks to the end of an address when a sentence goes on, or a mail breaks it
_STUCK = " \t.,;:!?…)]}>»”’\"'*"
_SESSION = re.compile(r";[^/]*$")
_PAGE = re.compile(r"(?:/index)?\.(?:html?|php|aspx?)$", re.IGNORECASE)
#: endings of addresses that are not part of a name
_TWIN = re.compile(r"\.(?:json|md|bib|ris|csl\.json|csv|atom|xml|txt)$", re.IGNORECASE)
#: no page of ours: files by their hash, control characters
_FOREIGN = re.compile(r"^/static/|[\x00-\x1f\x7f]")
#: what may stand in a part that is read as a name
_NAME = re.compile(r"[\w\s'’.\-]*")
#: pages offered where an address is unknown, and likeness that they have at least
OFFERED, LIKE = 5, 0.6
LONGEST = 300


class ForgivingRequest(Request):
    """A request whose parameters are read as they were meant."""

    @property
    def args(self) -> MultiDict[str, str]:
        """The parameters: « amp;theme » and « theme[] » are « theme »."""
        given = super().args
        if not any(name.startswith("amp;") or name.endswith("[]") for name in given):
            return given
        pairs = [(_name(name), value) for name, value in given.items(multi=True)]
        return ImmutableMultiDict(pairs)


def _name(name: str) -> str:
    return name.removeprefix("amp;").removesuffix("[]")


def healed() -> str | None:
    """The address that was meant, its parameters kept; None where there is none."""
    if request.method not in ("GET", "HEAD") or len(request.path) > LONGEST or _FOREIGN.search(request.path):
        return None
    adapter = current_app.create_url_adapter(request)
    for path in _candidates(request.path):
        if path != request.path and adapter is not None and _answers(adapter, path):
            query = f"?{request.query_string.decode('latin-1')}" if request.query_string else ""
            return f"{request.script_root}{path}{query}"
    return None


def _answers(adapter: object, path: str) -> bool:
    try:
        adapter.match(path, method="GET")  # type: ignore[attr-defined]
    except RequestRedirect:
        return True
    except HTTPException as error:
        return error.code in (301, 410)
    return True


def _candidates(path: str) -> Iterator[str]:
    """The path cleaned, without and with a slash at its end; then each of its parts as a slug."""
    shown = "".join(sign for sign in unicodedata.normalize("NFC", path) if unicodedata.category(sign) != "Cf")
    clean = _PAGE.sub("", _SESSION.sub("", shown).rstrip(_STUCK + "\u00a0\u202f")).rstrip("/")
    ending = _TWIN.search(clean)
    twin = ending[0].lower() if ending else ""
    parts = clean.removesuffix(ending[0] if ending else "").split("/")
    slugs = "/".join(slugify(part) for part in parts) if all(map(_NAME.fullmatch, parts)) else ""
    for form in (clean, f"{slugs}{twin}") if slugs else (clean,):
        yield form
        yield f"{form}/"


def nearest() -> list[Document]:
    """The documents whose names are most like the last part of an address that is unknown."""
    wanted = slugify(request.path.rstrip("/").rpartition("/")[2])[:60]
    if len(wanted) < 3:
        return []
    worth: dict[str, float] = {}
    for document in current().corpus.documents:
        names = {document.slug, *_names(document)}
        words = set(wanted.split("-"))
        likeness = max(difflib.SequenceMatcher(None, wanted, name).ratio() for name in names)
        held = max(len(words & set(name.split("-"))) / len(words) for name in names)
        worth[document.slug] = max(likeness, held)
    best = sorted((slug for slug in worth if worth[slug] >= LIKE), key=lambda slug: -worth[slug])
    return [current().corpus.by_slug[slug] for slug in best[:OFFERED]]


def _names(document: Document) -> list[str]:
    case = document.case
    if case is None:
        return [slugify(document.title)]
    return [slugify(name) for name in (case.collectivity.name, *case.collectivity.also_known_as)]
