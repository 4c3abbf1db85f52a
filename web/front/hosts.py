"""The names under which the site answers; a request for any other, or for no name at all, is refused at once.

No address in a page comes from the request (BASE_URL does that), so a foreign name can deceive nobody;
refusing it keeps the site out of other people's domains and the store of answers out of their reach.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from web.front.headers import headers_of

#: names of the machine itself, for probes; always answered
LOCAL = ("localhost", "127.0.0.1", "[::1]")
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+?)\.?(:[0-9]{1,5})?")


class Hosts:
    """WSGI application in front of another, which sees only requests for `names`, or for any name."""

    def __init__(self, application: Callable[..., Iterable[bytes]], names: Sequence[str]) -> None:
        """Let through what is for `names`, without port, or for this machine."""
        self.application = application
        self.names = frozenset((*(name.lower() for name in names), *LOCAL)) if names else None

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """The application's answer, or 400."""
        host = environ.get("HTTP_HOST", "")
        if not host and environ.get("SERVER_PROTOCOL") == "HTTP/1.0":
            host = LOCAL[0]  # this version knows no names
        found = _HOST.fullmatch(host.lower())
        if found and (self.names is None or found[1] in self.names):
            return self.application(environ, start_response)
        told = (
            "Ce nom d’hôte n’est pas celui du site.\n"
            if found
            else "L’en-tête Host manque ou est mal formé.\n"
        ).encode()
        start_response(
            "400 BAD REQUEST",
            [
                ("Content-Type", "text/plain; charset=utf-8"),
                ("Content-Length", str(len(told))),
                ("Cache-Control", "no-store"),
                *headers_of(environ.get("PATH_INFO", "")).items(),
            ],
        )
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else told]


def names_in(text: str | None) -> tuple[str, ...]:
    """The names of a list parted by commas or spaces."""
    return tuple(re.split(r"[\s,]+", text.strip())) if text and text.strip() else ()
