"""serve: the site, with a production server."""

from __future__ import annotations

import logging.config
import os
import socket
from pathlib import Path
from typing import Any

import click

from kb.cli.listening import BACKLOG, listen, url
from kb.cli.options import reading_option

#: seconds left to requests under way when the server stops
GRACE = 10
#: seconds between two workers replaced at a reload (SIGHUP)
INTERVAL = 2.0
#: seconds that a connection may stay open without a request, or take to send one's headers
IDLE = 10
#: bytes kept of a request that is being read; the site itself reads addresses of 32 kB
BUFFER = 64 * 1024


@click.command()
@reading_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Adresse ou nom d’écoute.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port.")
@click.option(
    "--workers",
    default=1,
    show_default=True,
    type=click.IntRange(1, 64),
    envvar="KB_WORKERS",
    help="Processus.",
)
@click.option(
    "--threads",
    default=2,
    show_default=True,
    type=click.IntRange(1, 64),
    envvar="KB_THREADS",
    help="Fils par processus.",
)
@click.option(
    "--backpressure",
    default=1024,
    show_default=True,
    type=click.IntRange(1, 65535),
    envvar="KB_BACKPRESSURE",
    help="Connexions reçues à la fois par processus ; les autres attendent.",
)
@click.option(
    "--reload",
    "quick",
    is_flag=True,
    help="Pour écrire : la page suit les fichiers et montre leurs problèmes.",
)
def serve(
    root: Path, host: str, port: int, workers: int, threads: int, backpressure: int, quick: bool
) -> None:
    """Faire ou rafraîchir l’index, puis servir le site."""
    if not root.is_dir():
        raise FileNotFoundError(
            f"{root} : le dossier des contenus est introuvable ; indiquez-le avec --content"
        )
    _check_numbers()
    listening = listen(host, port)  # first: what is in the way is told before the index is built
    os.environ["KB_CONTENT"] = str(root.resolve())
    os.environ.setdefault("KB_BASE_URL", url(host, port))
    if quick:
        os.environ["KB_WATCH"] = "0.1"
        os.environ["KB_SHOW_PROBLEMS"] = "1"
        os.environ.setdefault("KB_LOG", "0")
    # what fails here is told in one line, and not by each worker in turn; and what is loaded here,
    # workers need not load again
    from granian.constants import HTTPModes, Interfaces
    from granian.http import HTTP1Settings

    from web.front.logs import LOGGING

    logging.config.dictConfig(LOGGING)
    _prepare(root)
    click.echo(f"Site : {url(host, port)}   (Ctrl+C pour arrêter)", err=True)
    address, port = listening.getsockname()[:2]
    _server(listening)(
        "web:application",
        address=address,
        port=port,
        backlog=BACKLOG,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,  # what proxies speak; HTTP/2 is theirs, with its attacks
        workers=workers,
        blocking_threads=threads,
        backpressure=backpressure,
        factory=True,
        respawn_failed_workers=True,
        respawn_interval=INTERVAL,
        workers_kill_timeout=GRACE,
        http1_settings=HTTP1Settings(header_read_timeout=IDLE * 1000, max_buffer_size=BUFFER),
        websockets=False,
        log_access=False,
        log_dictconfig=LOGGING,
    ).serve()


def _check_numbers() -> None:
    """Raise UsageError for a variable that is not the number it must be."""
    for name, number in (("KB_PROXIES", int), ("KB_WATCH", float)):
        try:
            number(os.environ.get(name, "0"))
        except ValueError as error:
            raise click.UsageError(f"{name} doit être un nombre") from error


def _prepare(root: Path) -> None:
    """Build the index where it is missing; raises IndexUnavailableError where it cannot be."""
    from kb.cli.options import load
    from kb.search.index import ensure_index, index_folder

    ensure_index(load(root).corpus, index_folder(root)).close()


def _server(listening: socket.socket) -> Any:
    """granian, whose workers all take requests from the socket that the parent holds.

    By itself granian opens the port again for each worker (SO_REUSEPORT), so that two servers share a port
    without a word, and the queue of a worker dies with it. Here requests wait for the next one.
    """
    from granian import net
    from granian.server.mp import MPServer

    untyped: Any = MPServer
    holder: Any = net.SocketHolder  # type: ignore[attr-defined]

    class Server(untyped):  # type: ignore[misc]
        def _init_shared_socket(self) -> None:
            granian: Any = self
            listening.set_inheritable(True)
            granian._sso, granian._sfd = listening, listening.fileno()
            granian._shd = holder(granian._sfd, False, BACKLOG)

    return Server
