"""Rules of the taxonomy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from kb.content.fields import KeyPath, hints_of
from kb.content.kinds import KINDS
from kb.content.parsing import parse_yaml
from kb.content.rules.language import difference
from kb.content.rules.page import Finding, Folder
from kb.content.slugs import fold
from kb.content.taxonomy import PARAMETERS, UNKNOWN, Facet, Taxonomy, Term
from kb.content.typography import french_markdown, french_signs


def taxonomy(folder: Folder) -> Iterator[tuple[str, Finding]]:
    """Dans la taxonomie, un nom, un libellé ou un ancien nom ne désigne qu’un terme de sa facette.

    Une facette lit un champ qui existe, a un nom et une adresse à elle, et ses tranches de nombres ne se
    chevauchent pas. Les libellés, les définitions, les notes d’emploi et les introductions ont la typographie
    des fiches.
    """
    path = folder.loaded.root / "taxonomy.yaml"
    if not folder.taxonomy.facets:
        return
    _, lines, _ = parse_yaml(path.read_text(encoding="utf-8"), "")

    def at(where: KeyPath) -> int:
        while where and where not in lines:
            where = where[:-1]
        return lines.get(where, 1)

    found: list[Finding] = []
    names: dict[str, int] = {}
    paths: dict[str, str] = {}
    for number, facet in enumerate(folder.taxonomy.facets):
        where: KeyPath = ("facets", number)
        if facet.name in names:
            found.append(
                Finding(
                    (*where, "name"), f"la facette « {facet.name} » est déclarée deux fois", "gardez-en une"
                )
            )
        names[facet.name] = number
        found += _address(facet, where, paths)
        paths[facet.path] = facet.name
        if facet.field != "nature" and facet.field.split(".")[0] not in {
            n for kind in KINDS for n in hints_of(kind.model)
        }:
            found.append(
                Finding((*where, "field"), f"le champ « {facet.field} » n’existe pas", "voyez docs/champs.md")
            )
        found += _terms(facet.terms, (*where, "terms"))
    found += _terms(folder.taxonomy.glossary, ("glossary",))
    found += _typography(folder.taxonomy, at)
    for finding in found:
        yield (
            "taxonomy.yaml",
            Finding(
                at(finding.where) if isinstance(finding.where, tuple) else finding.where,
                finding.message,
                finding.hint,
            ),
        )


def _typography(vocabulary: Taxonomy, at: Callable[[KeyPath], int]) -> Iterator[Finding]:
    """What the typography of fiches would change in the texts for people, at the line that holds it."""
    for where, text in _texts(vocabulary):
        lines = text.split("\n")
        #: a text of several lines is a block, which begins under its key
        first = at(where) + (len(lines) > 1)
        for number, (before, after) in enumerate(
            zip(lines, french_signs(french_markdown(text)).split("\n"), strict=True)
        ):
            if before != after:
                yield Finding(first + number, difference(before, after), f"écrivez « {after.strip()} »")


def _texts(vocabulary: Taxonomy) -> Iterator[tuple[KeyPath, str]]:
    """The labels, definitions, scope notes and introductions, with the path of each."""
    lists = [(("facets", n, "terms"), facet.terms) for n, facet in enumerate(vocabulary.facets)]
    for n, facet in enumerate(vocabulary.facets):
        yield ("facets", n, "label"), facet.label
        yield ("facets", n, "plural"), facet.plural
    for path, terms in [*lists, (("glossary",), vocabulary.glossary)]:
        for n, term in enumerate(terms):
            for name in ("label", "definition", "scope", "introduction"):
                yield (*path, n, name), getattr(term, name)


def _address(facet: Facet, where: KeyPath, taken: Mapping[str, str]) -> Iterator[Finding]:
    """What keeps a facet from having a parameter and a page of its own."""
    if facet.name in PARAMETERS:
        told = f"« {facet.name} » est déjà un paramètre de la recherche"
        yield Finding((*where, "name"), told, "donnez un autre nom à la facette")
    if not facet.path:
        return
    if not facet.terms:
        told = f"la facette « {facet.name} » a une adresse et pas de termes à y montrer"
        yield Finding((*where, "path"), told, "donnez-lui des termes, ou retirez path")
    kind = next((kind for kind in KINDS if kind.address == facet.path), None)
    if owner := taken.get(facet.path) or (kind and kind.plural):
        told = f"l’adresse « {facet.path} » est déjà celle de « {owner} »"
        yield Finding((*where, "path"), told, "choisissez-en une autre")


def _terms(terms: Iterable[Term], at: KeyPath) -> Iterator[Finding]:
    terms = tuple(terms)
    slugs: dict[str, int] = {}
    labels: dict[str, str] = {}
    former: dict[str, str] = {}
    living = {term.slug for term in terms}
    upper: int | None = None
    for number, term in enumerate(terms):
        where = (*at, number)
        if term.slug in slugs:
            yield Finding(
                (*where, "slug"),
                f"le terme « {term.slug} » est déclaré deux fois",
                "gardez-en un, ou changez le slug",
            )
        elif term.slug == UNKNOWN:
            yield Finding((*where, "slug"), f"« {UNKNOWN} » est réservé", "choisissez un autre slug")
        slugs[term.slug] = number
        label = fold(term.label).strip()
        if not label or not term.definition.strip():
            yield Finding(
                where, f"le terme « {term.slug} » n’a pas de libellé ou de définition", "écrivez-les"
            )
        elif labels.get(label, term.slug) != term.slug:
            yield Finding(
                (*where, "label"),
                f"le libellé « {term.label} » est déjà celui de « {labels[label]} »",
                "changez l’un des deux",
            )
        labels.setdefault(label, term.slug)
        for alias in term.aliases:
            if alias in living:
                yield Finding(
                    (*where, "aliases"),
                    f"l’ancien nom « {alias} » est le nom d’un terme vivant",
                    "retirez-le",
                )
            elif former.get(alias, term.slug) != term.slug:
                yield Finding(
                    (*where, "aliases"),
                    f"l’ancien nom « {alias} » est déjà celui de « {former[alias]} »",
                    "gardez-en un",
                )
            former.setdefault(alias, term.slug)
        if term.lower is not None and upper is not None and term.lower < upper:
            yield Finding(
                (*where, "lower"),
                f"la tranche « {term.label} » chevauche la précédente",
                f"commencez-la à {upper}",
            )
        upper = term.upper if term.upper is not None else upper
