"""serve: the site, with a production server."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import click

from kb.cli.options import content_option


@click.command()
@content_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Adresse d’écoute.")
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
    "--reload",
    "quick",
    is_flag=True,
    help="Pour écrire : la page suit les fichiers et montre leurs problèmes.",
)
def serve(root: Path, host: str, port: int, workers: int, threads: int, quick: bool) -> None:
    """Faire ou rafraîchir l’index, puis servir le site."""
    if not root.is_dir():
        raise FileNotFoundError(
            f"{root} : le dossier des contenus est introuvable ; indiquez-le avec --content"
        )
    os.environ["KB_CONTENT"] = str(root.resolve())
    os.environ.setdefault("KB_BASE_URL", f"http://{host}:{port}")
    if quick:
        os.environ["KB_WATCH"] = "0.1"
        os.environ["KB_SHOW_PROBLEMS"] = "1"
    from granian import Granian
    from granian.constants import Interfaces

    logging.basicConfig(level=logging.INFO)
    click.echo(f"Site : http://{host}:{port}   (Ctrl+C pour arrêter)")
    Granian(
        "web:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        factory=True,
        respawn_failed_workers=True,
        websockets=False,
        log_access=False,
    ).serve()
