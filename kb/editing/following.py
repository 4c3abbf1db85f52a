"""The status of an address of the web, asked from here: HEAD, then GET for servers without it.

A document may name any address, and any server may lead on to another: this machine and its private
network are never asked, whoever names them, and only http and https are followed.
"""

from __future__ import annotations

import ipaddress
import socket
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import IO, Any
from urllib.parse import urlsplit

LOCAL = "adresse locale ou privée, non suivie"
ELSEWHERE = "redirige sans fin, ou vers autre chose qu’une page"


def is_public(url: str) -> bool:
    """Whether no name of this address leads to this machine or to a private network.

    A name that is not known leads nowhere, and is public: asking it tells. What a name leads to can
    change between this look and the request.
    """
    host = (urlsplit(url).hostname or "").partition("%")[0]
    try:
        found = {host} if ":" in host else {str(place[4][0]) for place in socket.getaddrinfo(host, None)}
        return all(ipaddress.ip_address(address).is_global for address in found)
    except (OSError, ValueError):
        return host != "localhost"


def status_of(url: str, timeout: float, public: Callable[[str], bool] = is_public) -> int | str:
    """The HTTP status of an address, or in French why there is none."""
    if not public(url):
        return LOCAL
    opener = urllib.request.build_opener(_Onward(public))
    answer: int | str = "sans réponse"
    for method in ("HEAD", "GET"):
        request = urllib.request.Request(  # noqa: S310 - only http and https get here
            url, method=method, headers={"User-Agent": "kb-links (vérification de liens)"}
        )
        try:
            with opener.open(request, timeout=timeout) as response:
                return int(response.status)
        except _PrivateError:
            return LOCAL
        except urllib.error.HTTPError as error:
            answer = ELSEWHERE if 300 <= error.code < 400 else error.code
            error.close()
        except (OSError, ValueError) as error:
            return _reason(error)
    return answer


class _PrivateError(Exception):
    """A redirect that leads to this machine or its network."""


class _Onward(urllib.request.HTTPRedirectHandler):
    """Follows redirects among public addresses."""

    def __init__(self, public: Callable[[str], bool]) -> None:
        self._public = public

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        if urlsplit(newurl).scheme not in ("http", "https"):
            return None
        if not self._public(newurl):
            raise _PrivateError
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _reason(error: Exception) -> str:
    cause = getattr(error, "reason", error)
    if isinstance(cause, TimeoutError):
        return "délai dépassé"
    if type(cause).__name__ == "gaierror":
        return "domaine inconnu"
    if "certificate" in str(cause).lower():
        return "certificat refusé"
    return "pas de connexion"
