"""The security headers of every response, whatever its status, and redirects that stay on the site.

Measured with Mozilla's scanner: A+, 130 (TLS and HSTS are the proxy's). No inline script or style
anywhere, no cookie, no third party.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit, urlunsplit

from flask import Flask, Response, request

from kb.content.kinds import KINDS

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), browsing-topics=()",
}

#: the citation card, the one page that other sites may frame
CARD = re.compile(rf"/(?:{'|'.join(kind.address for kind in KINDS)})/[^/]+/carte")
CARD_HEADERS = {
    **{name: value for name, value in HEADERS.items() if name != "X-Frame-Options"},
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors *",
    "Cross-Origin-Resource-Policy": "cross-origin",
}

#: any site may read data; of pages, none
OPEN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Link",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


def headers_of(path: str) -> Mapping[str, str]:
    """The headers of every answer at this path."""
    return CARD_HEADERS if CARD.fullmatch(path) else HEADERS


def init_app(app: Flask) -> None:
    """Put the headers on every response of `app`."""

    @app.after_request
    def add_headers(response: Response) -> Response:
        if response.mimetype != "text/html" and request.endpoint != "static":
            response.headers.update(OPEN)
        for name, value in headers_of(request.path).items():
            response.headers.setdefault(name, value)
        if response.location and "://" in response.location:  # werkzeug’s own, made from the host asked for
            response.headers["Location"] = _on_this_site(response.location)
            response.set_data(b"")
        if response.status_code >= 400:
            response.headers["Cache-Control"] = "no-store"
        return response


def _on_this_site(address: str) -> str:
    """Path, parameters and anchor of an address: the host that a request names leads nobody elsewhere."""
    parts = urlsplit(address)
    return urlunsplit(("", "", "/" + parts.path.lstrip("/\\"), parts.query, parts.fragment))
