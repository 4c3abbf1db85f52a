"""The prefix under which the site lives, `/kb` for KB_BASE_URL=https://hôte/kb, put where WSGI wants it.

A proxy may hand an address on whole (`/kb/cas/angers`) or without the prefix (`/cas/angers`): both answer,
and what stands further in sees the same SCRIPT_NAME and PATH_INFO. A server that mounts the site itself has
set SCRIPT_NAME already, and is believed. What a request claims (X-Forwarded-Prefix) never is: a store of
answers in front would keep pages whose links lead where a visitor wanted them to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any


class Prefix:
    """WSGI application in front of another, which lives under `prefix`."""

    def __init__(self, application: Callable[..., Iterable[bytes]], prefix: str) -> None:
        """Keep the prefix: "" for none, else `/kb`."""
        self.application, self.prefix = application, prefix

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """The application's answer."""
        if self.prefix and not environ.get("SCRIPT_NAME"):
            path = environ.get("PATH_INFO", "")
            inside = path.removeprefix(self.prefix)
            if inside == path or not inside.startswith("/"):
                inside = "/" if path == self.prefix else path
            environ = {**environ, "SCRIPT_NAME": self.prefix, "PATH_INFO": inside}
        return self.application(environ, start_response)
