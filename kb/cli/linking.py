"""permalinks, verify-report, export: links that last, reports that cite us, the site as files."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kb.cli.options import content_option, json_option, load, reading_option
from kb.cli.printing import print_json
from kb.errors import KBError

if TYPE_CHECKING:
    from flask import Flask

    from kb.links.replay import Address, Get

base_option = click.option(
    "--base", "bases", multiple=True, metavar="URL", help="Adresse du site ; répétable."
)


@click.command()
@content_option
@click.option("--record", is_flag=True, help="Ajouter les adresses nouvelles au registre, content/adresses/.")
@click.option("--since", metavar="REV", help="Rejouer l’histoire depuis REV ; « first » : depuis le début.")
@click.option(
    "--export",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Éprouver un export plutôt que le site.",
)
@json_option
def permalinks(root: Path, record: bool, since: str | None, folder: Path | None, as_json: bool) -> None:
    """Tenir le registre des adresses publiées, et vérifier que toutes répondent."""
    from kb.links.ledger import NAME, load_ledger, save
    from kb.links.ledger import record as recorded
    from kb.links.losses import problems_of_ledger

    loaded = load(root)
    if record:
        register = load_ledger(root)
        if register.problems:
            raise KBError("\n".join(map(str, register.problems)))
        ledger = recorded(register, loaded.corpus)
        save(ledger, root)
        count = sum(len(entry.anchors) for entry in ledger.documents.values())
        click.echo(f"{root / NAME} : {len(ledger.documents)} fiches, {count} ancres", err=as_json)
    problems = list(problems_of_ledger(loaded))
    for problem in problems:
        click.echo(str(problem), err=as_json)
    failed = bool(problems)
    if since:
        failed |= _replay(root, since, folder, as_json)
    sys.exit(1 if failed else 0)


@click.command("verify-report")
@click.argument("report", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@reading_option
@base_option
@json_option
def verify_report(report: Path, root: Path, bases: tuple[str, ...], as_json: bool) -> None:
    """Vérifier ce qu’un rapport prend à la base (.md, .html, .docx, .odt, .tex)."""
    from kb.guard.guard import Guard
    from kb.guard.reading import paragraphs_of
    from kb.links.registry import load_links

    app = _site(root)
    known = bases or (str(app.config["BASE_URL"]),)
    guard = Guard(load_links(root, load(root).corpus), _client(app), root, known)
    try:
        found = guard.check(paragraphs_of(report))
    except KBError as error:
        raise click.UsageError(str(error)) from error
    if as_json:
        print_json([asdict(one) for one in found])
    else:
        for one in found:
            click.echo(f"{report}:{one}")
        for line in summary_of(found, guard.seen, known):
            click.echo(line)
    sys.exit(1 if found else 0)


def summary_of(found: Sequence[object], seen: Mapping[str, int], bases: Sequence[str]) -> list[str]:
    """What was recognised in a report, and how many points are to be seen again."""
    told = ", ".join(f"{count} {name}" for name, count in seen.items() if count)
    lines = [f"reconnu : {told or 'rien qui vienne de la base'} (base : {', '.join(bases)})"]
    if not seen.get("liens") and not seen.get("identifiants"):
        lines.append("aucun lien vers la base n’a été reconnu : dites son adresse avec --base")
    points = f"{len(found)} point{'s' if len(found) > 1 else ''} à revoir"
    return [*lines, points if found else "rien à revoir dans ce qui a été reconnu"]


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@reading_option
@click.option("--base", metavar="URL", help="Adresse où l’export sera publié (flux, citations).")
def export(folder: Path, root: Path, base: str | None) -> None:
    """Écrire tout le site en fichiers, lisibles sans serveur."""
    from web.export import write_site

    app = _site(root, base)
    report = write_site(app, folder)
    click.echo(f"{folder} : {report.pages} pages, {report.files} fichiers, {report.size / 1e6:.1f} Mo")
    for name in report.kept:
        click.echo(f"{folder}/{name} : ce fichier ne vient pas d’un export, il est resté")
    for fault in report.broken:
        click.echo(fault)
    sys.exit(1 if report.broken else 0)


def _replay(root: Path, since: str, folder: Path | None, as_json: bool) -> bool:
    from kb.links.replay import history_of, lost

    addresses: dict[Address, str] = {}
    commits = 0
    for commit, found in history_of(root, since):
        commits += 1
        for address in found:
            addresses.setdefault(address, commit)
    if folder:
        from web.export import reader

        get = reader(folder)
    else:
        get = _client(_site(root))
    gone = list(lost(addresses, get))
    if as_json:
        told = [{"address": str(one.address), "reason": one.reason, "commit": one.commit} for one in gone]
        print_json({"commits": commits, "addresses": len(addresses), "lost": told})
        return bool(gone)
    for one in gone:
        click.echo(f"{one.address} (publiée par {one.commit[:7]}) : {one.reason}")
    click.echo(f"{commits} versions, {len(addresses)} adresses publiées, {len(gone)} perdue(s)")
    return bool(gone)


def _site(root: Path, base: str | None = None) -> Flask:
    from web import create_app

    config = {"CONTENT": str(root), "WATCH": 0} | ({"BASE_URL": base.rstrip("/")} if base else {})
    return create_app(config)


def _client(app: Flask) -> Get:
    from kb.links.replay import Answer

    client, prefix = app.test_client(), app.config["APPLICATION_ROOT"].rstrip("/")

    def get(path: str) -> Answer:
        response = client.get(path)
        location = response.headers.get("Location", "").removeprefix(prefix)
        return Answer(response.status_code, location, response.text)

    return get
