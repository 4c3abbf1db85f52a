"""Options that several commands share."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
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
#: files from which a terminal shows progress
LARGE = 300

json_option: Callable[..., Any] = click.option("--json", "as_json", is_flag=True, help="Écrire du JSON.")


def load(root: Path) -> Loaded:
    """The content folder, with a word on standard error about files left out."""
    loaded = load_corpus(root)
    unread = len(loaded.files) - len(loaded.corpus.documents)
    if unread:
        click.echo(f"kb : {unread} fichier(s) illisible(s), laissé(s) de côté ; lancez kb check", err=True)
    return loaded


@contextmanager
def progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """A callback (done, in all) that draws a bar on standard error, for large folders on a terminal."""
    with ExitStack() as stack:
        bars: list[Any] = []

        def step(done: int, total: int) -> None:
            if total < LARGE or not sys.stderr.isatty():
                return
            if not bars:
                bar = click.progressbar(length=total, label=label, file=sys.stderr, update_min_steps=50)
                bars.append(stack.enter_context(bar))
            bars[0].update(1)

        yield step
