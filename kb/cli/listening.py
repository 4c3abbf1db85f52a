"""The socket that `kb serve` listens on.

It is bound before the server starts, without sharing: the kernel then refuses a second server on the
same port, which with SO_REUSEPORT would take every other visitor in silence. What is in the way is told
in one line, with the way out.
"""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Callable, Mapping

from kb.errors import KBError

#: connections that wait for a worker
BACKLOG = 1024
#: ports tried, from the one wanted on, to find one to propose
PROPOSED = 50
#: first port that needs no leave of the administrator
UNPRIVILEGED = 1024


class ListeningError(KBError):
    """The address cannot be listened on; the text says why and what to type instead."""


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens on `host` (a name or an address, IPv6 with or without brackets) and `port`.

    Where a name has several addresses, the first IPv4 one is taken. Raises ListeningError.
    """
    family, address = _address(host, port)
    try:
        return _listening(family, address)
    except OSError as error:
        said = _FAULTS.get(error.errno or 0, _other)(host, port, error)
        raise ListeningError(said) from None


def url(host: str, port: int) -> str:
    """The address to type in a browser of this machine."""
    name = host.strip("[]")
    name = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(name, name)  # noqa: S104
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def _address(host: str, port: int) -> tuple[socket.AddressFamily, tuple[object, ...]]:
    try:
        found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError):
        hint = "écrivez --host 127.0.0.1 pour cette machine seule, 0.0.0.0 pour toutes ses adresses"
        raise ListeningError(f"« {host} » n’est le nom d’aucune machine connue ; {hint}") from None
    family, _, _, _, address = min(found, key=lambda one: one[0] != socket.AF_INET)
    return family, address


def _listening(family: socket.AddressFamily, address: tuple[object, ...]) -> socket.socket:
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        if os.name == "posix":  # connections of a server just stopped do not keep the port; a server does
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
        made.listen(BACKLOG)
    except OSError:
        made.close()
        raise
    return made


def _taken(host: str, port: int, _error: OSError) -> str:
    told = f"le port {port} est déjà pris, peut-être par un autre « kb serve »"
    return f"{told} ; {_other_port(host, port + 1)}"


def _refused(host: str, port: int, _error: OSError) -> str:
    told = f"ce compte n’a pas le droit d’écouter sur le port {port}"
    return f"{told} ; {_other_port(host, 8000)}, et placez un serveur devant (deploy/nginx.conf)"


def _foreign(host: str, _port: int, _error: OSError) -> str:
    return (
        f"« {host} » n’est pas une adresse de cette machine ; "
        "écrivez --host 127.0.0.1 pour cette machine seule, 0.0.0.0 pour toutes ses adresses"
    )


def _no_family(host: str, _port: int, _error: OSError) -> str:
    return f"cette machine n’a pas de réseau pour l’adresse « {host} » ; écrivez --host 127.0.0.1"


def _other(host: str, port: int, error: OSError) -> str:
    return (
        f"impossible d’écouter sur {url(host, port)} ({error.strerror or error}) ; "
        "essayez --host 127.0.0.1, ou un autre port avec --port"
    )


#: what is said, by what the system answers
_FAULTS: Mapping[int, Callable[[str, int, OSError], str]] = {
    errno.EADDRINUSE: _taken,
    errno.EACCES: _refused,
    errno.EPERM: _refused,
    errno.EADDRNOTAVAIL: _foreign,
    errno.EAFNOSUPPORT: _no_family,
}


def _other_port(host: str, first: int) -> str:
    """« essayez --port 8001 », for the first port from there on that is free."""
    for port in range(max(first, UNPRIVILEGED), min(first + PROPOSED, 65536)):
        try:
            _listening(*_address(host, port)).close()
        except OSError:
            continue
        return f"essayez --port {port}"
    return "choisissez un autre port avec --port"
