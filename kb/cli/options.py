"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from kb.content.loading import Loaded, load_corpus

content_option: Callable[..., Any] = click.option(
    "--content",
    "root",
    type=click.Path(path_type=Path),
    default="content",
    envvar="KB_CONTENT",
    show_default=True,
    help="Dossier des contenus.",
)
json_option: Callable[..., Any] = click.option("--json", "as_json", is_flag=True, help="Écrire du JSON.")


def load(root: Path) -> Loaded:
    """The content folder, with a word on standard error about files left out."""
    loaded = load_corpus(root)
    unread = len(loaded.files) - len(loaded.corpus.documents)
    if unread:
        click.echo(f"kb : {unread} fichier(s) illisible(s), laissé(s) de côté ; lancez kb check", err=True)
    return loaded
