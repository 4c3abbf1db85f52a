"""The vocabulary: every facet with its terms, read from `content/taxonomy.yaml`.

A facet with terms is closed: documents may use only these. A facet without terms takes the
values found in the documents, slugged (`logiciel`, `prestataire`, `region`). The glossary holds
words that belong to no facet but that people search by (ETP, AMO…).
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kb.content.forms import Role
from kb.content.slugs import slugify

#: the value that every facet has for documents without one
UNKNOWN = "non-renseigne"
#: parameters of a search that are no facet, the words searched for first
PARAMETERS = ("q", "mots", "tri", "page", "per_page")

TermSlug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]


#: what a case's fields can be asked
NeedField = Literal["costs", "team", "vendor", "tool", "since", "evaluation", "population", "key_figures"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Term(_Frozen):
    """One value of the vocabulary."""

    slug: TermSlug = Field(description="Valeur écrite dans les fiches et les adresses")
    label: str = Field(description="Libellé affiché")
    definition: str = Field(description="Ce que le terme veut dire")
    scope: str = Field("", description="Note d’emploi : ce qui en relève, ce qui relève d’un autre terme")
    introduction: str = Field("", description="Texte d’introduction de la page du terme, en Markdown")
    synonyms: tuple[str, ...] = Field((), description="Autres façons de le dire, lues par la recherche")
    acronyms: tuple[str, ...] = Field((), description="Sigles, lus par la recherche")
    aliases: tuple[TermSlug, ...] = Field((), description="Anciens slugs de ce terme")
    #: half-open band [from, below) for a facet of numbers
    lower: int | None = Field(None, description="Borne inférieure, comprise")
    upper: int | None = Field(None, description="Borne supérieure, non comprise")


class Need(_Frozen):
    """What a question may ask of a case's fields, and the words that ask for it."""

    field: NeedField = Field(description="Ce que l’on veut savoir")
    label: str = Field(description="Comment on le dit en tête de la réponse")
    words: tuple[str, ...] = Field((), description="Mots qui le demandent à eux seuls")
    beside_a_name: tuple[str, ...] = Field(
        (), description="Mots qui ne le demandent qu’à côté du nom d’une collectivité : « outil »"
    )
    #: role of the amounts to compare, for needs of money
    role: Role | Literal[""] = Field(
        "", description="Pour l’argent : le rôle des montants à montrer ensemble"
    )


class Facet(_Frozen):
    """A way of filtering documents: the field it reads and, for a closed facet, its terms."""

    name: TermSlug = Field(description="Nom du paramètre")
    label: str = Field(description="Libellé de la facette")
    plural: str = Field("", description="Libellé au pluriel, titre de la page de ses termes")
    field: str = Field(description="Champ lu, avec des points : platforms.software")
    path: str = Field("", description="Adresse de la liste des termes, si elle a une page")
    terms: tuple[Term, ...] = Field(
        (), description="Termes permis ; aucun : valeurs relevées dans les fiches"
    )

    @property
    def title(self) -> str:
        """What the page of its terms is called."""
        return self.plural or self.label

    @cached_property
    def by_slug(self) -> Mapping[str, Term]:
        """Terms by slug, former slugs included."""
        former = {alias: term for term in self.terms for alias in term.aliases}
        return former | {term.slug: term for term in self.terms}

    def values_for(self, found: tuple[object, ...]) -> tuple[tuple[str, str], ...]:
        """(slug, label) of what a document holds in this facet's field; bands for numbers.

        Text outside the terms keeps its own label, slugged; a document without value gives ().
        """
        pairs: dict[str, str] = {}
        for value in found:
            if isinstance(value, int | float):
                term = next((t for t in self.terms if _within(t, value)), None)
            else:
                term = self.by_slug.get(slugify(str(value)))
            slug, label = (term.slug, term.label) if term else (slugify(str(value)), str(value))
            if slug:
                pairs.setdefault(slug, label)
        return tuple(pairs.items())

    def nearest(self, value: str) -> str | None:
        """The term most like `value`, or None when nothing is near."""
        close = difflib.get_close_matches(slugify(value), self.by_slug, n=1, cutoff=0.6)
        return close[0] if close else None


class Taxonomy(_Frozen):
    """All facets, in the order in which the site shows them, and the glossary."""

    facets: tuple[Facet, ...] = Field(description="Facettes, dans l’ordre d’affichage")
    glossary: tuple[Term, ...] = Field((), description="Mots et sigles hors facettes, lus par la recherche")
    needs: tuple[Need, ...] = Field((), description="Ce qu’on demande aux champs des cas, et avec quels mots")

    @cached_property
    def by_name(self) -> Mapping[str, Facet]:
        """Facets by parameter name."""
        return {facet.name: facet for facet in self.facets}

    def facet(self, name: str) -> Facet | None:
        """The facet of this name, or None."""
        return self.by_name.get(name)

    def facet_of(self, field: str) -> Facet | None:
        """The facet that reads this field, `collectivity.type`, or None."""
        return next((facet for facet in self.facets if facet.field == field), None)

    def facet_of_path(self, path: str) -> Facet | None:
        """The facet whose term pages live under this part of the address (`themes`), or None."""
        return next((facet for facet in self.facets if facet.path == path), None)

    @property
    def terms(self) -> tuple[Term, ...]:
        """Every term of every facet, then the glossary."""
        return tuple(term for facet in self.facets for term in facet.terms) + self.glossary


def _within(term: Term, value: float) -> bool:
    above = term.lower is None or value >= term.lower
    return above and (term.upper is None or value < term.upper)
