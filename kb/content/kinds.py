"""The kinds of documents, a row each: where they lie, what they are called, which sections they have.

A new kind is a model of its front matter (`kb.content.model`), a row here and a template of its page,
`web/templates/NAME.html`. Loading, rules, schema, skeletons, addresses and search read this table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kb.content.model import CaseFields, DocumentFields, PracticeFields


@dataclass(frozen=True)
class Nature:
    """What a document of a kind is; a kind with several names it in its field `kind`."""

    #: value of the facet `nature`
    slug: str
    label: str
    plural: str
    #: titles of the `##` sections that a body may have, in order, each with what it is for
    sections: Mapping[str, str]


@dataclass(frozen=True)
class Kind:
    """A kind of document."""

    #: word of `kb new`, name of the page's template and of docs/schema/NAME.json
    name: str
    #: folder of its files in the content
    folder: str
    #: first part of its addresses on the site
    address: str
    #: beginning of its ids: « cas » in cas-01
    prefix: str
    #: inside a sentence: « une étude de cas »
    label: str
    plural: str
    model: type[DocumentFields]
    natures: tuple[Nature, ...]

    def nature(self, named: object) -> Nature:
        """The nature of this name; the only one, or the first, where the name says nothing."""
        return next((nature for nature in self.natures if nature.slug == named), self.natures[0])

    def titles(self, named: object) -> tuple[str, ...]:
        """Sections that a body may have, in order; none where the name does not tell which nature it is."""
        known = len(self.natures) == 1 or any(nature.slug == named for nature in self.natures)
        return tuple(self.nature(named).sections) if known else ()


_CASE_SECTIONS = {
    "En bref": "qui, quoi, avec quels moyens et pour quel résultat, en quatre phrases au plus",
    "Contexte": "la collectivité avant l’outil, et ce qui l’a décidée",
    "Le dispositif": "la plateforme et les rencontres, leur choix, leur calendrier",
    "Organisation et moyens": "l’équipe, ses métiers, le budget, le prestataire",
    "Mobilisation et présentiel": "comment les habitants l’ont su et sont venus, en ligne et sur place",
    "Modération et restitution": "qui répond, qui trie les avis, ce qui est rendu aux participants",
    "Évaluation et résultats": "ce qui a été mesuré, par qui, et ce qui en est sorti",
    "Limites et enseignements": "ce qui n’a pas marché, ce que la collectivité ferait autrement",
}
_PRACTICE_SECTIONS = {
    "Ce que c’est": "la pratique en trois phrases, pour qui ne la connaît pas",
    "Pourquoi": "le problème qu’elle règle, et pour qui",
    "Comment s’y prendre": "les étapes, dans l’ordre, avec ce qu’il faut de temps et de moyens",
    "Ce que montrent les cas": "ce que des collectivités en ont tiré, avec un lien vers chaque cas",
    "Points de vigilance": "quand s’en passer, ce qui a échoué ailleurs",
    "Liste de contrôle": "ce que l’on vérifie avant de se lancer, à cocher",
}
_FIGURES_SECTIONS = {
    "Les chiffres": "les résultats, en tableaux",
    "Base et méthode": "qui a été interrogé, comment, quand, avec quelles réserves",
    "Ce qu’on peut en conclure": "ce que ces chiffres permettent de dire, et ce qu’ils ne disent pas",
    "Liste de contrôle": "ce que l’on vérifie avant de se servir de ces chiffres, à cocher",
}

KINDS: tuple[Kind, ...] = (
    Kind(
        name="case",
        folder="cases",
        address="cas",
        prefix="cas",
        label="étude de cas",
        plural="Études de cas",
        model=CaseFields,
        natures=(Nature("cas", "Étude de cas", "Études de cas", _CASE_SECTIONS),),
    ),
    Kind(
        name="practice",
        folder="practices",
        address="pratiques",
        prefix="pra",
        label="note de pratique",
        plural="Notes de pratique",
        model=PracticeFields,
        natures=(
            Nature("bonne-pratique", "Bonne pratique", "Bonnes pratiques", _PRACTICE_SECTIONS),
            Nature("piste", "Piste de réflexion", "Pistes de réflexion", _PRACTICE_SECTIONS),
            Nature("repere", "Repère chiffré", "Repères chiffrés", _FIGURES_SECTIONS),
        ),
    ),
)

#: every nature by slug, in the order in which the site shows them
NATURES: Mapping[str, Nature] = {nature.slug: nature for kind in KINDS for nature in kind.natures}
_BY_FOLDER = {kind.folder: kind for kind in KINDS}
_BY_ADDRESS = {kind.address: kind for kind in KINDS}


def kind_of(path: str) -> Kind:
    """The kind of a file by its path in the content, `cases/angers.md`; KeyError for a folder of none."""
    return _BY_FOLDER[path.partition("/")[0]]


def kind_at(address: str) -> Kind | None:
    """The kind whose addresses begin so, `cas`, or None."""
    return _BY_ADDRESS.get(address)


def kind_of_model(model: type[DocumentFields]) -> Kind:
    """The kind whose front matter is of this class."""
    return next(kind for kind in KINDS if kind.model is model)


def kind_in(folder: str) -> Kind | None:
    """The kind whose files lie in this folder of the content, or None."""
    return _BY_FOLDER.get(folder)
