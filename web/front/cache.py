"""Answers kept by address, in front of Flask: a page asked for again costs a look-up.

Every page depends only on its address and on the version of content and code, so the ETag is made
from these two before any work; a client that has it gets 304 at once. Answers are kept, compressed
once, in a bounded store that empties when the version changes. Errors, answers marked `no-store`
and addresses outside GET and HEAD pass through.
"""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from werkzeug.http import parse_accept_header

from web.front.headers import headers_of

MAX_BYTES = 32 * 1024 * 1024  # of answers kept: bodies plain and compressed, addresses, headers
OVERHEAD = 2048  # bytes that Python takes beside, for each
MAX_BODY = 1024 * 1024  # larger answers pass through
MIN_GZIP = 500  # bytes; below, compressing gains nothing on the wire
_COMPRESSIBLE = (
    "text/",
    "application/json",
    "application/problem+json",
    "application/atom+xml",
    "application/xml",
    "image/svg+xml",
    "application/x-bibtex",
    "application/x-research-info-systems",
    "application/vnd.citationstyles.csl+json",
    "application/opensearchdescription+xml",
)

Environ = dict[str, Any]
StartResponse = Callable[..., Any]


@dataclass(frozen=True)
class Kept:
    """An answer ready to send again."""

    headers: tuple[tuple[str, str], ...]
    body: bytes
    gzipped: bytes | None


class Cache:
    """WSGI application in front of another; `version` tells what the answers depend on."""

    def __init__(
        self, application: Callable[[Environ, StartResponse], Iterable[bytes]], version: Callable[[], str]
    ) -> None:
        """Keep answers of `application` as long as `version()` stays the same."""
        self.application, self.version = application, version
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._size, self._for = 0, ""
        self._lock = threading.Lock()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer from the store, with 304 where the client has it, or ask the application."""
        method = environ["REQUEST_METHOD"]
        if method not in ("GET", "HEAD"):
            return self.application(environ, start_response)
        version = self.version()
        path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
        address = f"{path}?{environ.get('QUERY_STRING', '')}"
        digest = hashlib.blake2b(
            f"{version} {address}".encode("utf-8", "surrogateescape"), digest_size=12
        ).hexdigest()
        etag = f'W/"{digest}"'
        if digest in environ.get("HTTP_IF_NONE_MATCH", ""):
            return _unchanged(etag, environ, start_response)
        kept = self._get(version, address) or self._fetch(environ, version, address, etag)
        if isinstance(kept, Kept):
            if environ.get("HTTP_IF_NONE_MATCH", "").strip() == "*":
                return _unchanged(etag, environ, start_response)
            return _send(kept, environ, start_response)
        status, headers, body = kept
        start_response(status, headers)
        return [b""] if method == "HEAD" else body

    def _get(self, version: str, address: str) -> Kept | None:
        with self._lock:
            if version != self._for:
                self._kept.clear()
                self._size, self._for = 0, version
            kept = self._kept.get(address)
            if kept:
                self._kept.move_to_end(address)
            return kept

    def _fetch(
        self, environ: Environ, version: str, address: str, etag: str
    ) -> Kept | tuple[str, list[tuple[str, str]], list[bytes]]:
        """The application's answer, kept where it may be."""
        started: list[tuple[str, list[tuple[str, str]]]] = []

        def note(
            status: str, headers: list[tuple[str, str]], exc_info: Any = None
        ) -> Callable[[bytes], None]:
            started[:] = [(status, headers)]
            return lambda _data: None

        answer = self.application({**environ, "REQUEST_METHOD": "GET"}, note)
        try:
            body = b"".join(answer)
        finally:
            if hasattr(answer, "close"):
                answer.close()
        status, headers = started[0]
        named = {name.lower(): value for name, value in headers}
        if (
            not status.startswith("200")
            or "no-store" in named.get("cache-control", "")
            or len(body) > MAX_BODY
        ):
            return status, headers, [body]
        plain = [
            (name, value) for name, value in headers if name.lower() not in ("content-length", "etag", "vary")
        ]
        if "cache-control" not in named:
            plain.append(("Cache-Control", "no-cache"))
        kept = Kept(
            (*plain, ("ETag", etag), ("Vary", "Accept-Encoding")),
            body,
            _compress(body, named.get("content-type", "")),
        )
        self._keep(version, address, kept)
        return kept

    def _keep(self, version: str, address: str, kept: Kept) -> None:
        with self._lock:
            if version != self._for or address in self._kept:
                return
            self._kept[address] = kept
            self._size += _weight(address, kept)
            while self._size > MAX_BYTES:
                self._size -= _weight(*self._kept.popitem(last=False))


def _compress(body: bytes, kind: str) -> bytes | None:
    if len(body) < MIN_GZIP or not kind.startswith(_COMPRESSIBLE):
        return None
    return gzip.compress(body, 6, mtime=0)


def _unchanged(etag: str, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    start_response(
        "304 NOT MODIFIED",
        [
            ("ETag", etag),
            ("Cache-Control", "no-cache"),
            ("Vary", "Accept-Encoding"),
            *headers_of(environ.get("PATH_INFO", "")).items(),
        ],
    )
    return []


def _takes_gzip(accepted: str) -> bool:
    """Whether a client that sends this Accept-Encoding reads gzip; `q=0` says that it does not."""
    if "gzip" not in accepted or "q=0" not in accepted:
        return "gzip" in accepted
    return parse_accept_header(accepted)["gzip"] > 0


def _send(kept: Kept, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    headers, body = list(kept.headers), kept.body
    if kept.gzipped is not None and _takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")):
        headers.append(("Content-Encoding", "gzip"))
        body = kept.gzipped
    headers.append(("Content-Length", str(len(body))))
    start_response("200 OK", headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def _weight(address: str, kept: Kept) -> int:
    headers = sum(len(name) + len(value) for name, value in kept.headers)
    return len(address) + headers + len(kept.body) + len(kept.gzipped or b"") + OVERHEAD
