"""new, terms, links: what editors do to the files beside writing them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kb import clock
from kb.cli.options import content_option, json_option, load
from kb.cli.printing import print_json
from kb.content.kinds import KINDS
from kb.content.model import CaseFields

_KINDS = {kind.name: kind for kind in KINDS}
#: natures to choose from, of the kinds that have several
_NAMED = [nature.slug for kind in KINDS if len(kind.natures) > 1 for nature in kind.natures]

if TYPE_CHECKING:
    from kb.editing.weblinks import LinkPlace, Sightings


@click.command()
@click.argument("what", type=click.Choice(list(_KINDS)), metavar="|".join(_KINDS))
@click.argument("slug")
@content_option
@click.option("--title", default="", help="Titre de la fiche.")
@click.option("--type", "kind_of_place", default="", help="Type de collectivité (cas).")
@click.option("--kind", default="", help=f"Nature : {', '.join(_NAMED)}.")
def new(what: str, slug: str, root: Path, title: str, kind_of_place: str, kind: str) -> None:
    """Commencer une fiche, dans le dossier de son genre : content/cases/SLUG.md.

    Ce que les options ne disent pas est demandé au clavier, ou reste à compléter dans le fichier.
    """
    from kb.editing.skeleton import Answers, natures_of, plan

    kind_of_document = _KINDS[what]
    loaded = load(root)
    today = clock.today()
    answers = Answers(title, kind_of_place, kind)
    made = plan(loaded, kind_of_document, slug, answers, today)  # a bad slug is told before any question
    if sys.stdin.isatty() and sys.stdout.isatty():
        facet = loaded.corpus.taxonomy.facet_of("collectivity.type")
        types = [term.slug for term in facet.terms] if facet else []
        natures = natures_of(kind_of_document)
        click.echo("Entrée sans réponse : la question reste à compléter dans le fichier.")
        answers = Answers(
            title or _ask("Titre"),
            kind_of_place
            or (_ask("Type de collectivité", types) if kind_of_document.model is CaseFields else ""),
            kind or (_ask("Nature de la note", natures) if natures else ""),
        )
        made = plan(loaded, kind_of_document, slug, answers, today)
    made.path.parent.mkdir(exist_ok=True)
    with made.path.open("x", encoding="utf-8", newline="\n") as file:
        file.write(made.text)
    click.echo(
        f"{made.path} : fiche {made.id} commencée\n"
        "Ensuite :\n"
        f"  1. ouvrez {made.path} et remplacez chaque « À COMPLÉTER » ; conseils : docs/bonne-fiche.md\n"
        "  2. kb check           dit ce qui reste à faire, ligne par ligne\n"
        f"  3. kb serve --reload  montre la page : http://127.0.0.1:8000{made.permalink}\n"
        "  4. une fois complète : kb fix, kb permalinks --record, puis git ; la suite dans CONTRIBUTING.md"
    )


def _ask(question: str, choices: Sequence[str] = ()) -> str:
    """The answer to a question of the terminal; empty where the editor passes."""
    if choices:
        click.echo(f"{question}, au choix : {', '.join(choices)}")
    while True:
        answer = str(click.prompt(question, default="", show_default=False)).strip()
        if not answer or not choices or answer in choices:
            return answer
        click.echo(f"« {answer} » n’est pas dans la liste.")


@click.group(invoke_without_command=True)
@content_option
@click.option("--facet", "facet_name", default="", help="Cette facette seulement.")
@json_option
@click.pass_context
def terms(context: click.Context, root: Path, facet_name: str, as_json: bool) -> None:
    """Dire l’emploi de chaque terme de la taxonomie, et ceux que rien n’emploie."""
    from kb.editing.terms import uses

    context.obj = root
    if context.invoked_subcommand:
        return
    found = uses(load(root).corpus, facet_name)
    if as_json:
        rows = [{"facet": u.facet, "term": u.term, "label": u.label, "documents": u.documents} for u in found]
        print_json(rows)
        return
    facet = ""
    for use in found:
        if use.facet != facet:
            click.echo(f"{use.facet}")
            facet = use.facet
        click.echo(f"  {len(use.documents):4}  {use.term:<36} {use.label}")
    orphans = [f"{use.facet}={use.term}" for use in found if not use.documents]
    click.echo(
        f"{len(found)} termes, {len(orphans)} sans emploi" + (f" : {', '.join(orphans)}" if orphans else "")
    )


@terms.command()
@click.argument("old")
@click.argument("new_slug", metavar="NEW")
@click.option("--facet", "facet_name", default="", help="Facette du terme, s’il est dans plusieurs.")
@click.option(
    "--content", "root", type=click.Path(path_type=Path), default=None, help="Dossier des contenus."
)
@click.option("--dry-run", is_flag=True, help="Montrer sans écrire.")
@click.pass_obj
def rename(parent: Path, old: str, new_slug: str, facet_name: str, root: Path | None, dry_run: bool) -> None:
    """Renommer un terme dans tous les fichiers ; l’ancien nom continue de mener au nouveau."""
    from kb.content.loading import load_corpus
    from kb.editing.docs import write_docs
    from kb.editing.terms import plan_rename

    root = root or parent
    edits = plan_rename(load_corpus(root), old, new_slug, facet_name)
    for edit in edits:
        click.echo(edit.diff, nl=False)
    documents = len(edits) - 1
    if dry_run:
        click.echo(f"{documents} fiche(s) et la taxonomie à modifier ; rien n’est écrit")
        return
    for edit in edits:
        edit.write()
    docs = root.resolve().parent / "docs"
    if (docs / "schema").is_dir():
        write_docs(docs, load_corpus(root).corpus.taxonomy)
    click.echo(
        f"« {old} » s’appelle « {new_slug} » dans {documents} fiche(s) et la taxonomie ; "
        "les anciennes adresses mènent aux nouvelles\n"
        "Ensuite : relisez avec git diff, puis kb permalinks --record et kb check"
    )


@click.command()
@content_option
@click.option("--offline", is_flag=True, help="Ne rien demander au réseau : montrer ce que l’on sait.")
@click.option(
    "--timeout", default=5.0, show_default=True, type=click.FloatRange(0.1, 60), help="Secondes par lien."
)
@json_option
def links(root: Path, offline: bool, timeout: float, as_json: bool) -> None:
    """Suivre les liens externes ; content/liens.yaml dit quand chacun a répondu pour la dernière fois."""
    from kb.editing.weblinks import Sightings, external_links, look, online

    found = external_links(load(root))
    sightings = Sightings.read(root)
    reached = not offline and online(tuple(found), timeout)
    if reached:
        with click.progressbar(
            length=len(found), label="Liens", file=sys.stderr, hidden=not sys.stderr.isatty()
        ) as bar:
            sights = look(tuple(found), timeout, lambda: bar.update(1))
        sightings = sightings.with_sights(sights, clock.today()).only(found)
        sightings.write(root)
    if as_json:
        rows = [
            {"url": url, **sightings.of(url).as_dict(), "documents": [link.path for link in places]}
            for url, places in found.items()
        ]
        print_json(rows)
    else:
        _print_links(found, sightings)
    if not offline and not reached:
        click.echo("pas de réseau : aucun lien n’a été suivi, content/liens.yaml est inchangé", err=True)
    sys.exit(1 if reached and any(sightings.of(url).is_gone for url in found) else 0)


def _print_links(found: dict[str, tuple[LinkPlace, ...]], sightings: Sightings) -> None:
    counts = dict.fromkeys(("vus", "sans réponse utile", "perdus", "jamais suivis"), 0)
    for url, places in found.items():
        sight = sightings.of(url)
        if sight.state in ("", "ok"):
            counts["vus" if sight.state else "jamais suivis"] += 1
            continue
        counts["perdus" if sight.is_gone else "sans réponse utile"] += 1
        seen = f"vu pour la dernière fois le {sight.seen}" if sight.seen else "jamais vu"
        hint = " ; remplacez l’adresse, ou citez une copie archivée" if sight.is_gone else ""
        for place in places:
            click.echo(f"{place.path}:{place.line}: {url} : {sight.state}, {seen}{hint}")
    summary = ", ".join(f"{number} {name}" for name, number in counts.items() if number)
    click.echo(f"{len(found)} liens externes" + (f" : {summary}" if summary else ""))
