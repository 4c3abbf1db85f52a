"""index, search, why, evaluate: the index and its answers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kb import serialising
from kb.cli.options import json_option, load, reading_option
from kb.cli.printing import print_json
from kb.search.query import MAX_PER_PAGE, PER_PAGE, Filter, Results, SearchQuery

if TYPE_CHECKING:
    from kb.content.documents import Corpus
    from kb.search.index import Index


def open_index(root: Path, *, rebuild: bool = False) -> tuple[Index, Corpus]:
    """The index of a content folder, refreshed where needed, and its corpus."""
    from kb.search.index import ensure_index, index_folder

    corpus = load(root).corpus
    return ensure_index(corpus, index_folder(root), rebuild=rebuild), corpus


@click.command()
@reading_option
@click.option("--rebuild", is_flag=True, help="Refaire l’index même s’il est à jour.")
def index(root: Path, rebuild: bool) -> None:
    """Faire ou rafraîchir l’index."""
    _, corpus = open_index(root, rebuild=rebuild)
    click.echo(f"index à jour : {len(corpus.documents)} fiches, version {corpus.version}")


@click.command(context_settings={"ignore_unknown_options": True})  # « -mot » is a query, not an option
@click.argument("query")
@reading_option
@click.option(
    "--limit",
    default=PER_PAGE,
    show_default=True,
    type=click.IntRange(1, MAX_PER_PAGE),
    help="Nombre de fiches.",
)
@click.option(
    "--filter", "filters", multiple=True, metavar="FACETTE=VALEUR", help="Filtre ; -VALEUR exclut. Répétable."
)
@click.option("--theme", "themes", multiple=True, help="Thème ; répétable.")
@json_option
def search(
    query: str, root: Path, limit: int, filters: tuple[str, ...], themes: tuple[str, ...], as_json: bool
) -> None:
    """Chercher dans les fiches."""
    opened, corpus = open_index(root)
    wanted = []
    by_theme = corpus.taxonomy.facet_of("themes")
    for text in (*filters, *(f"{by_theme.name if by_theme else 'theme'}={theme}" for theme in themes)):
        facet, sign, value = text.partition("=")
        if not sign or corpus.taxonomy.facet(facet) is None:
            known = ", ".join(facet.name for facet in corpus.taxonomy.facets)
            raise click.UsageError(f"« {text} » : écrivez FACETTE=VALEUR, avec une facette parmi {known}")
        wanted.append(Filter(facet, value.removeprefix("-"), value.startswith("-")))
    found = opened.search(SearchQuery(text=query, filters=tuple(wanted), per_page=limit))
    if as_json:
        print_json(serialising.results(found, corpus))
        return
    _print_results(found)


@click.command(context_settings={"ignore_unknown_options": True})  # « -mot » is a query, not an option
@click.argument("query")
@click.argument("slug")
@reading_option
def why(query: str, slug: str, root: Path) -> None:
    """Dire quels mots ont trouvé une fiche, comment, et ce que chacun a ajouté."""
    opened, _ = open_index(root)
    click.echo(str(opened.explain(query, slug)))


@click.command()
@click.argument("judgements", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@reading_option
@json_option
def evaluate(judgements: Path, root: Path, as_json: bool) -> None:
    """Mesurer la recherche sur des questions jugées : nDCG@10, MRR@10, rappel@10 par type."""
    from kb.search.evaluation import evaluate as measure
    from kb.search.evaluation import read_judgements

    opened, _ = open_index(root)
    report = measure(opened.search, read_judgements(judgements))
    if as_json:
        print_json(report.as_dict())
    else:
        click.echo(str(report))


def _print_results(found: Results) -> None:
    correction = found.correction
    if correction and correction.applied:
        click.echo(f"aucune fiche pour « {found.query.text} » ; résultats pour « {correction.text} »")
    elif correction:
        click.echo(f"vouliez-vous dire « {correction.text} » ({correction.total} fiches) ?")
    for expansion in found.expansions:
        click.echo(f"cherché aussi : {expansion.typed} → {expansion.label}")
    for notice in found.notices:
        click.echo(notice)
    if found.unknown:
        click.echo(f"dans aucune fiche : {', '.join(found.unknown)}")
    if found.definition:
        click.echo(f"{found.definition.label} : {found.definition.text}")
    for fact in found.facts:
        about = ", ".join(filter(None, (fact.scope, fact.year, fact.source)))
        click.echo(f"{fact.slug:<28} {fact.label} : {fact.value} ({about})")
    if found.total and not found.answering:
        click.echo("aucune fiche ne répond ; celles-ci touchent seulement à la recherche :")
    for rank, hit in enumerate(found.hits, 1):
        if found.answering and rank == found.answering + 1:
            click.echo("--- touchent seulement à la recherche :")
        lacks = f"   sans : {', '.join(hit.missing)}" if hit.missing else ""
        click.echo(f"{rank:2}. {hit.slug:<48} {hit.score:8.3f}  {hit.title}{lacks}")
        for passage in hit.passages[:1]:
            click.echo(f"      {passage.section} : {passage.text}")
    click.echo(
        f"{found.total} fiche{'s' if found.total > 1 else ''}, dont {found.answering} qui répondent "
        f"et {found.all_words} avec tous les mots"
    )
