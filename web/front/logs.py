"""The logs, one JSON object a line: requests on standard output, what the site tells on standard error.

A request is told by its time (UTC), number, client, method, path, status, bytes of the body and
milliseconds. No visitor can be followed by it: the address is cut to its network (/24 for IPv4, /48
for IPv6), and neither what was searched, nor the browser, nor the page come from is written. All text is
escaped to ASCII, so that no request can begin a line of its own or send signs to a terminal.

Lines go out in one write each, whole even with several processes on one pipe, and none waits in memory;
a log that cannot be written never costs a request.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import logging
import os
import re
import secrets
import threading
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import lru_cache
from ipaddress import IPv4Address, ip_address, ip_network
from typing import Any

from kb import clock

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

#: signs of a path that are written; a line must fit in one write to a pipe (4,096 bytes)
MAX_PATH = 400
MAX_METHOD = 20
#: where the number of a request stands in the WSGI environ
NUMBER = "kb.request"
_quoted = json.encoder.encode_basestring_ascii
_GIVEN = re.compile(r"[A-Za-z0-9-]{8,64}")
_present = threading.local()


class AccessLog:
    """WSGI application in front of another: `write` receives a line for each request.

    With `proxies` in front of the site, the client is the address that the outermost of them saw
    (`X-Forwarded-For`), and the number of the request is theirs (`X-Request-ID`) where they give one.
    """

    def __init__(
        self, application: Application, *, proxies: int = 0, write: Callable[[bytes], Any] | None = None
    ) -> None:
        """Tell the requests to `application`; `write` is standard output unless given."""
        self.application, self.proxies = application, proxies
        self._write = write or _to_standard_output
        self._start, self._count = f"{secrets.token_hex(4)}-", itertools.count(1)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """The answer of the application, told."""
        began = time.perf_counter()
        told: list[Any] = ["500", ()]
        _present.number = number = environ[NUMBER] = self._number(environ)

        def note(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            told[:] = status, headers
            return start_response(status, headers, exc_info)

        answer: Iterable[bytes] = ()
        try:
            answer = self.application(environ, note)
        finally:
            spent = time.perf_counter() - began
            _present.number = None
            line = (
                f'{{"time":"{_now()}","request":"{number}","client":"{self._client(environ)}",'
                f'"method":{_quoted(environ["REQUEST_METHOD"][:MAX_METHOD])},'
                f'"path":{_quoted(_path(environ.get("PATH_INFO", "")))},'
                f'"status":{told[0][:3]},"bytes":{_size(answer, told[1])},"ms":{spent * 1000:.2f}}}\n'
            )
            with contextlib.suppress(OSError):
                self._write(line.encode())
        return answer

    def _number(self, environ: Environ) -> str:
        given = environ.get("HTTP_X_REQUEST_ID", "") if self.proxies else ""
        return given if _GIVEN.fullmatch(given) else f"{self._start}{next(self._count):x}"

    def _client(self, environ: Environ) -> str:
        return network_of(client_of(environ, self.proxies))


class JsonFormatter(logging.Formatter):
    """A record of `logging` as one line of JSON, with the number of the request it belongs to."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        told = {
            "time": _stamp(record.created),
            "level": record.levelname.lower(),
            "logger": record.name,
            "request": getattr(_present, "number", None),
            "message": record.getMessage(),
            "exception": self.formatException(record.exc_info) if record.exc_info else None,
        }
        return json.dumps({name: value for name, value in told.items() if value is not None})


#: for `logging.config`: everything on standard error, as JSON; granian's logger has a handler of its own
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "web.front.logs.JsonFormatter"}},
    "handlers": {
        "told": {"class": "logging.StreamHandler", "formatter": "json", "stream": "ext://sys.stderr"}
    },
    "root": {"handlers": ["told"], "level": "INFO"},
    "loggers": {"_granian": {"handlers": ["told"], "level": "INFO", "propagate": False}},
}


def client_of(environ: Environ, proxies: int) -> str:
    """The address of the client as the outermost of `proxies` saw it; the peer's where it said nothing.

    Each proxy adds to the right of `X-Forwarded-For` whom it spoke to: what stands further left than
    our own proxies wrote is the client's invention.
    """
    seen = str(environ.get("HTTP_X_FORWARDED_FOR") or "").split(",") if proxies else []
    if len(seen) >= proxies > 0 and seen[-proxies].strip():
        return seen[-proxies].strip()
    return str(environ.get("REMOTE_ADDR", ""))


@lru_cache(maxsize=4096)
def network_of(address: str) -> str:
    """The address without its last part: /24 for IPv4, /48 for IPv6; `-` for what is no address."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return "-"
    parsed = getattr(parsed, "ipv4_mapped", None) or parsed
    kept = 24 if isinstance(parsed, IPv4Address) else 48
    return str(ip_network((parsed, kept), strict=False).network_address)


def _to_standard_output(line: bytes) -> None:
    os.write(1, line)


def _path(text: str) -> str:
    """A path of WSGI (UTF-8 read as Latin-1) as it was sent, cut to what is written."""
    if text.isascii():
        return text[:MAX_PATH]
    return text.encode("latin-1", "replace").decode("utf-8", "replace")[:MAX_PATH]


def _size(answer: Iterable[bytes], headers: Iterable[tuple[str, str]]) -> int:
    if isinstance(answer, list):
        return sum(map(len, answer))
    told = next((value for name, value in headers if name.lower() == "content-length"), "0")
    return int(told) if told.isdigit() else 0


@lru_cache(maxsize=2)
def _second(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _stamp(seconds: float) -> str:
    whole = int(seconds)
    return f"{_second(whole)}.{int((seconds - whole) * 1000):03d}Z"


def _now() -> str:
    return _stamp(clock.machine().timestamp())
