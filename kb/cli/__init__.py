"""The `kb` command: parse arguments, call the core, print.

Exit status: 0 fine, 1 problems found, 2 misuse. Each group of commands is a file of this folder;
heavy imports (Whoosh, Flask) stay inside the commands that need them.
"""

from __future__ import annotations

import sys

import click

from kb.cli.content import check, docs, fix, show
from kb.cli.editing import links, new, terms
from kb.cli.linking import export, permalinks, verify_report
from kb.cli.printing import speak_plainly
from kb.cli.searching import evaluate, index, search, why
from kb.cli.serving import serve
from kb.errors import KBError


class Commands(click.Group):
    """Tells the errors of the core in one line, without a trace."""

    def invoke(self, context: click.Context) -> object:
        """Run the command; a KBError or a missing folder ends it with status 2."""
        speak_plainly()
        try:
            return super().invoke(context)
        except (KBError, FileNotFoundError, PermissionError) as error:
            click.echo(f"kb : {error}", err=True)
            sys.exit(2)


def _version(context: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        from kb.version import software

        click.echo(f"kb {software()}")
        context.exit()


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version", is_flag=True, expose_value=False, is_eager=True, callback=_version, help="Version et commit."
)
def main() -> None:
    """Base de cas : servir, chercher, vérifier."""


for command in (
    serve,
    index,
    search,
    why,
    evaluate,
    check,
    fix,
    show,
    docs,
    new,
    terms,
    links,
    permalinks,
    verify_report,
    export,
):
    main.add_command(command)
