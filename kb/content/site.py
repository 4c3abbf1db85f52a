"""What a content folder says of itself, read from `content/site.yaml`: who it is, and what it is about.

Every name, promise and sentence that belongs to one base and not to the software stands here, so that
another base is another folder. All of it is optional: without it the site speaks neutrally. This
module knows no file, no Whoosh and no Flask.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from kb.content.forms import Amount, Frozen, Slug, Text, Url

#: where `coordinates` and official codes are those of France, and the map its outline
FRANCE = "FR"


class Licence(Frozen):
    """The licence of texts and data; of the code nothing is said here."""

    name: Text = Field(description="Nom entier", examples=["Creative Commons BY-SA 4.0"])
    short: Text = Field(description="Nom court, au pied des pages", examples=["CC BY-SA 4.0"])
    url: Url = Field(
        description="Adresse permanente", examples=["https://creativecommons.org/licenses/by-sa/4.0/"]
    )
    page: Url | None = Field(None, description="Page à lire en français, si elle est ailleurs")


class ExampleQuery(Frozen):
    """A search offered on the home page."""

    q: Text = Field(description="Recherche", examples=["coût plateforme métropole"])
    label: Text = Field(description="Ce qu’on lit", examples=["coût d’une plateforme pour une métropole"])


class MenuEntry(Frozen):
    """An entry of the menu."""

    path: Annotated[str, StringConstraints(pattern=r"^/[^\s]*$")] = Field(
        description="Adresse sur le site", examples=["/cas/"]
    )
    label: Text = Field(description="Ce qu’on lit", examples=["Études de cas"])


class Preparation(MenuEntry):
    """A page to begin with for those who prepare something: « un budget participatif »."""

    note: Text | None = Field(None, description="Ce qu’on y trouve", examples=["règles et calendriers"])


class PageText(Frozen):
    """The words of one page of the site that belong to this base."""

    name: Slug = Field(description="Nom de la page, début de son adresse", examples=["panorama"])
    title: Text | None = Field(None, description="Titre", examples=["Des cas comme ma collectivité"])
    short: Text | None = Field(None, description="Titre court, pour le fil d’Ariane et les liens")
    lead: Text | None = Field(None, description="Phrase sous le titre")


class AboutPart(Frozen):
    """A part of the page « À propos »."""

    anchor: Slug = Field(description="Ancre permanente", examples=["methode"])
    title: Text = Field(description="Titre", examples=["D’où viennent les cas"])
    text: Text = Field(description="Texte, en Markdown")


class Weights(Frozen):
    """What each criterion counts when cases near a profile are looked for; 0 leaves it out."""

    type: Amount = Field(1.0, description="Type de collectivité")
    inhabitants: Amount = Field(1.0, description="Population")
    budget: Amount = Field(1.0, description="Budget")
    fte: Amount = Field(1.0, description="Équipe")
    tool_types: Amount = Field(1.0, description="Types d’outil en commun")


#: every criterion counts the same
EQUAL = Weights()


class SiteFields(Frozen):
    """The file as read; what it leaves out has a neutral value."""

    name: Text = Field("Base de cas", description="Nom de la base, auteur des citations")
    tagline: Text | None = Field(None, description="Ce que c’est, après le nom", examples=["la base de cas"])
    description: Text | None = Field(None, description="Une phrase pour les moteurs de recherche")
    publisher: Text | None = Field(None, description="Éditeur ; KB_PUBLISHER l’emporte")
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[A-Z]{2})?$")] = Field(
        "fr-FR", description="Langue des fiches", examples=["fr-FR"]
    )
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] | None = Field(
        None,
        description="Pays ; FR : fond de carte, codes Insee et coordonnées de France",
        examples=["FR"],
    )
    licence: Licence | None = Field(None, description="Licence des textes et des données")
    provenance: Text | None = Field(
        None, description="D’où viennent les textes, après la licence", examples=["d’après les fiches de…"]
    )
    credit: Text | None = Field(
        None, description="La même chose en entier, dans « À propos » et les mentions légales"
    )
    promise: Text | None = Field(None, description="Grand titre de l’accueil")
    limits: Text | None = Field(None, description="Ce que la base n’est pas, en Markdown, sur l’accueil")
    examples: tuple[ExampleQuery, ...] = Field((), description="Recherches proposées sur l’accueil")
    menu: tuple[MenuEntry, ...] = Field((), description="Menu ; sans lui, les genres de fiches")
    prepare: tuple[Preparation, ...] = Field(
        (), description="« Je prépare… » : pages par où commencer, sur l’accueil"
    )
    about: tuple[AboutPart, ...] = Field((), description="Parties de la page « À propos »")
    pages: tuple[PageText, ...] = Field(
        (), description="Titres et phrases des pages : cas, pratiques, reperes, panorama…"
    )
    near: Weights = Field(EQUAL, description="Poids des critères des cas proches")
    phases: tuple[Slug, ...] = Field(
        (), description="Sections que le panorama met en lignes ; sans elles, toutes sauf la première"
    )

    @property
    def title(self) -> str:
        """Name and tagline: « Démocratie locale numérique : la base de cas »."""
        return f"{self.name} : {self.tagline}" if self.tagline else self.name

    def page(self, name: str) -> PageText:
        """The words of a page; empty where the file has none for it."""
        return next((page for page in self.pages if page.name == name), PageText(name=name))


#: what is said where the folder has no site.yaml
NEUTRAL = SiteFields()
