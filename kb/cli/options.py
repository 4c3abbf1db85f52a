"""Options that several commands share."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from kb.content.loading import Loaded, load_corpus
from kb.links.ledger import load_ledger
from kb.links.ownership import published

#: what a wheel carries of this project's own content; no such folder in a checkout
SHIPPED = Path(__file__).resolve().parent.parent / "base"


def _here_or_shipped(context: click.Context, parameter: click.Parameter, root: Path) -> Path:
    """The content folder; where none was named and none is here, the one that came with `kb`, told.

    The index of that one is kept here: the folder of the package may not be written.
    """
    chosen = context.get_parameter_source(parameter.name or "") is not ParameterSource.DEFAULT
    if chosen or root.is_dir() or not SHIPPED.is_dir():
        return root
    click.echo(f"kb : pas de dossier « {root} » ici ; voici les fiches livrées avec kb ({SHIPPED})", err=True)
    os.environ.setdefault("KB_INDEX", str(Path(".kb/base").resolve()))
    return SHIPPED


def _content_option(callback: Callable[..., Path] | None = None) -> Callable[..., Any]:
    return click.option(
        "--content",
        "root",
        type=click.Path(path_type=Path),
        default="content",
        envvar="KB_CONTENT",
        show_default=True,
        help="Dossier des contenus.",
        callback=callback,
    )


#: for commands that write in the folder
content_option = _content_option()
#: for commands that only read it
reading_option = _content_option(_here_or_shipped)
#: files from which a terminal shows progress
LARGE = 300

json_option: Callable[..., Any] = click.option("--json", "as_json", is_flag=True, help="Écrire du JSON.")


def load(root: Path) -> Loaded:
    """The content folder, with a word on standard error about files left out."""
    loaded = load_corpus(root)
    unread = len(loaded.files) - len(loaded.corpus.documents)
    if unread:
        click.echo(f"kb : {unread} fichier(s) illisible(s), laissé(s) de côté ; lancez kb check", err=True)
    corpus, refused = published(loaded.corpus, load_ledger(root))
    for reason in refused:
        click.echo(f"kb : laissé de côté : {reason}", err=True)
    return replace(loaded, corpus=corpus)


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
