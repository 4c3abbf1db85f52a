"""How long an address and a body may be; past it nothing is read, and the answer says so.

Bytes of an address that should have been escaped are escaped here, since servers let them through.

The other limits stand with what they bound: those of a search in `kb.search.query`, of lists in the
views. SECURITY.md has them all in one table, with what the visitor sees and the test.
"""

from __future__ import annotations

from urllib.parse import quote_from_bytes

from flask import Flask, Response, abort, after_this_request, request

from kb.search.query import Results, SearchQuery
from web.state import current

#: bytes of an address, path and parameters together
MAX_ADDRESS = 32 * 1024
#: beyond it an address is answered and not kept: the store is for pages that people ask for again
MAX_KEPT_ADDRESS = 4 * 1024
#: signs of the parameters that mean what they are; all letters and digits besides
_WRITTEN = "!$%&'()*+,-./:;=?@_~[]"


def answer_to(query: SearchQuery) -> Results:
    """The answer to a search; where the time bound left something out, nobody keeps the page."""
    found = current().index.search(query)
    if found.cut:
        after_this_request(_not_kept)
    return found


def init_app(app: Flask) -> None:
    """Refuse what is too long before anything else is done."""

    @app.before_request
    def refuse_what_is_too_long() -> None:
        if not request.query_string.isascii():
            request.query_string = quote_from_bytes(request.query_string, safe=_WRITTEN).encode()
        length = len(request.path.encode("utf-8", "replace")) + len(request.query_string)
        if length > MAX_ADDRESS:
            abort(414, f"{MAX_ADDRESS} octets au plus, chemin et paramètres compris")
        if length > MAX_KEPT_ADDRESS:
            after_this_request(_not_kept)
        if (request.content_length or 0) > app.config["MAX_CONTENT_LENGTH"]:
            abort(413, f"{app.config['MAX_CONTENT_LENGTH']} octets au plus : ce site ne reçoit rien")


def _not_kept(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
