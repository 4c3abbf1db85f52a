"""check, fix, show, docs: the files themselves."""

from __future__ import annotations

import difflib
import gc
import os
import sys
from pathlib import Path

import click

from kb import serialising
from kb.cli.options import LARGE, content_option, json_option, load, progress, reading_option
from kb.cli.printing import print_json
from kb.content.files import UnreadError, documents_in, read_file
from kb.content.loading import load_corpus
from kb.errors import UnknownDocumentError


@click.command()
@reading_option
@json_option
def check(root: Path, as_json: bool) -> None:
    """Dire tous les problèmes de tous les fichiers."""
    from kb.content.checking import check as find_problems
    from kb.links.registry import check_links

    gc.disable()  # there is nothing to collect, and a large folder holds much to look through
    try:
        with progress("Lecture") as step:
            loaded = load_corpus(root, step)
        with progress("Vérification") as step:
            processes = (os.cpu_count() or 1) if len(loaded.files) >= LARGE else 1
            found = find_problems(loaded, progress=step, processes=processes)
    finally:
        gc.enable()
    problems = sorted({*found, *check_links(loaded)})
    faults = [problem for problem in problems if problem.level == "erreur"]
    if as_json:
        print_json([serialising.problem(problem) for problem in problems])
    else:
        for problem in faults:
            click.echo(str(problem))
        for problem in problems:
            if problem not in faults:
                click.echo(f"avertissement : {problem}", err=True)
        count = len(faults)
        click.echo(
            f"{len(loaded.files)} fiches, "
            + (f"{count} problème{'s' if count > 1 else ''}" if count else "aucun problème")
        )
    sys.exit(1 if faults else 0)


@click.command()
@content_option
@click.option("--dry-run", is_flag=True, help="Montrer sans écrire.")
def fix(root: Path, dry_run: bool) -> None:
    """Mettre en ordre ce qui est mécanique : espaces, apostrophes, guillemets, ordre des champs."""
    from kb.content.fixing import fix_text, fix_vocabulary
    from kb.content.kinds import KINDS

    changed = 0
    paths = [root / "taxonomy.yaml", root / "site.yaml"]
    paths += [path for kind in KINDS for path in documents_in(root / kind.folder)]
    for path in sorted(path for path in paths if path.exists() or path.is_symlink()):
        try:
            text = read_file(path, root).decode("utf-8")
        except UnreadError as error:
            click.echo(f"{error}", err=True)
            continue
        except UnicodeDecodeError:
            click.echo(f"{path} : pas en UTF-8, laissé de côté ; enregistrez-le en UTF-8", err=True)
            continue
        mended = fix_vocabulary(text) if path.suffix == ".yaml" else fix_text(text)
        if mended != text:
            changed += 1
            click.echo(
                "".join(
                    difflib.unified_diff(
                        text.splitlines(True), mended.splitlines(True), str(path), str(path), n=0
                    )
                )
            )
            if not dry_run:
                path.write_bytes(mended.encode("utf-8"))
    click.echo(f"{changed} fichier(s) {'à corriger' if dry_run else 'corrigé(s)'}")


@click.command()
@click.argument("slug")
@reading_option
@json_option
def show(slug: str, root: Path, as_json: bool) -> None:
    """Montrer une fiche : ses champs et ses sections."""
    from kb.content.rendering import render

    corpus = load(root).corpus
    found = corpus.by_slug.get(slug)
    if found is None:
        nearest = difflib.get_close_matches(slug, corpus.by_slug, n=1)
        raise UnknownDocumentError(slug, nearest[0] if nearest else None)
    whole = serialising.document_whole(found, render(found), corpus)
    if as_json:
        print_json(whole)
        return
    click.echo(found.title)
    click.echo(f"{found.permalink} · {found.id} · {found.nature} · mis à jour le {found.updated}")
    click.echo(f"\n{found.summary}")
    for section in whole["sections"]:
        click.echo(f"\n## {section['title']}\n\n{section['text']}")


@click.command()
@content_option
def docs(root: Path) -> None:
    """Refaire docs/champs.md, docs/regles.md et docs/schema/ d’après le modèle."""
    from kb.editing.docs import write_docs

    for path in write_docs(root.resolve().parent / "docs", load(root).corpus.taxonomy):
        click.echo(str(path))
