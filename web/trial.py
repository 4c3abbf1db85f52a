"""Pages tried before anyone asks for them: what would fail is known, and from which file, in time."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator

from flask import Flask, g

from kb.content.documents import Document
from web.documents import TWINS
from web.site_map import fixed
from web.state import Snapshot

log = logging.getLogger(__name__)


def failing(app: Flask, snapshot: Snapshot, documents: Iterable[Document]) -> tuple[str, ...]:
    """The addresses that would answer by an error of ours, those of a document with its file.

    Tried on `snapshot`, whatever is being served: pages and twins of these documents, and the pages
    that are no document. Each error is logged with its trace.
    """
    found = []
    for address, path in _tried(app, documents):
        with app.app_context():
            g.kb = snapshot  # before the address is read: documents are found in it
            try:
                with app.test_request_context(address):
                    status = app.full_dispatch_request().status_code
            except Exception:
                log.exception("%s would fail", address)
                status = 500
        if status >= 500:
            found.append(f"{address} ({path})" if path else address)
    return tuple(found)


def _tried(app: Flask, documents: Iterable[Document]) -> Iterator[tuple[str, str]]:
    """(address, path of its file or "") of the pages to try."""
    for document in documents:
        yield document.permalink, document.path
        yield from ((f"{document.permalink}.{twin}", document.path) for twin in TWINS)
    with app.test_request_context("/"):
        prefix = app.config["APPLICATION_ROOT"].rstrip("/")
        others = [address.removeprefix(prefix) for address in fixed()]
    yield from ((address, "") for address in others)
