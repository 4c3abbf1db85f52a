"""A document asked for by its identifier or by an address of the site: `cas-01`, `https://…/cas/angers#limites`.

« angers/rennes » is two words: an address names a folder of documents, or `/id/`, before the name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from kb.content.documents import Document
from kb.content.kinds import KINDS

_ID = re.compile(r"([^\W\d_]+)[\s\u2010-\u2015-]*0*(\d+)")
_FOLDERS = "|".join(re.escape(kind.address) for kind in KINDS)
#: the last two parts of an address, whatever stands before them and after
_PATH = re.compile(rf"(?:\S*/)?(?:(?:{_FOLDERS})/(?P<slug>[\w.~%-]+)|id/(?P<id>[^\W\d_]+-\d+))(?:[/?#]\S*)?")


class Addressed:
    """Documents by what stands in their addresses."""

    def __init__(self, documents: Sequence[Document]) -> None:
        """Note identifiers, names of files and former names."""
        self._by_id = {key: n for n, d in enumerate(documents) if (key := _key(d.id))}
        self._by_slug = {slug: n for n, d in enumerate(documents) for slug in d.fields.aliases}
        self._by_slug |= {document.slug: n for n, document in enumerate(documents)}

    def find(self, text: str) -> int | None:
        """The number of the document that the whole text is an address or identifier of, or None."""
        text = text.strip().strip("<>()")
        if key := _key(text):
            return self._by_id.get(key)
        match = _PATH.fullmatch(text)
        if match and match["id"]:
            return self._by_id.get(_key(match["id"]) or ("", 0))
        return self._by_slug.get(match["slug"].partition(".")[0]) if match else None


def _key(text: str) -> tuple[str, int] | None:
    match = _ID.fullmatch(text)
    return (match[1].lower(), int(match[2][:9])) if match else None
