"""The front matter of documents, as frozen typed values: every field, declared once.

Validation, the JSON Schema for editors (`kb.content.schema`), the field table of the docs and the
snippets all come from these classes. Descriptions are in French because editors read them.
`kb.content.kinds` says which class is the front matter of which kind of document.

A value nobody documented is absent (`None` or an empty tuple), never guessed.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from kb.content.forms import (
    LARGEST,
    Amount,
    DateText,
    DocumentId,
    FromFacet,
    Frozen,
    Number,
    Range,
    Role,
    Slug,
    Source_,
    Text,
    Url,
)
from kb.content.sources import Disagreement, Review, Source
from kb.content.survey import Chart, Estimate


class Codes(Frozen):
    """Official codes of a collectivity; text, because some begin with a zero."""

    insee: Annotated[str, StringConstraints(pattern=r"^(\d{5}|2[AB]\d{3})$")] | None = Field(
        None, description="Code Insee de la commune, cinq caractères", examples=["49007"]
    )
    siren: Annotated[str, StringConstraints(pattern=r"^\d{9}$")] | None = Field(
        None, description="Numéro Siren, neuf chiffres", examples=["214900078"]
    )
    departement: Annotated[str, StringConstraints(pattern=r"^(\d{2,3}|2[AB])$")] | None = Field(
        None, description="Code du département", examples=["49"]
    )


class Population(Frozen):
    """Inhabitants as the case sheet gives them; bands and €/habitant use this figure."""

    value: Annotated[int, Field(gt=0, le=LARGEST)] = Field(
        description="Nombre d’habitants", examples=[155000]
    )
    year: DateText | None = Field(
        None, description="Année du chiffre, si la source la dit", examples=["2019"]
    )
    source: Source_ = Field(description="Source du chiffre", examples=["fiche-p1"])


class Location(Frozen):
    """Point of the map, in degrees (WGS 84)."""

    lat: Annotated[float, Field(ge=-90, le=90)] = Field(description="Latitude en degrés", examples=[47.4712])
    lon: Annotated[float, Field(ge=-180, le=180)] = Field(
        description="Longitude en degrés", examples=[-0.5476]
    )
    source: Source_ | None = Field(None, description="Source du point", examples=["adresses"])


class Collectivity(Frozen):
    """The authority that a case is about."""

    name: Text = Field(description="Nom officiel", examples=["Ville d’Angers"])
    also_known_as: tuple[Text, ...] = Field(
        (), description="Autres noms, sigles et graphies que l’on tape", examples=[["Angers"]]
    )
    type: Annotated[Slug, FromFacet("collectivity.type")] = Field(
        description="Type de collectivité", examples=["commune"]
    )
    codes: Codes = Field(Codes(), description="Codes officiels, entre guillemets")
    department: Text | None = Field(None, description="Département", examples=["Maine-et-Loire"])
    region: Text | None = Field(None, description="Région", examples=["Pays de la Loire"])
    population: Population | None = Field(None, description="Habitants, chiffre de la fiche source")
    location: Location | None = Field(None, description="Point de la carte")


class Platform(Frozen):
    """A digital device and who makes it."""

    name: Text = Field(description="Nom de la plateforme ou de l’outil", examples=["Écrivons Angers"])
    url: Url | None = Field(
        None, description="Adresse, si elle est connue", examples=["https://ecrivons.angers.fr"]
    )
    software: Text | None = Field(None, description="Logiciel", examples=["Decidim"])
    vendor: Text | None = Field(
        None,
        description="Prestataire, ou « interne » si l’outil est fait sur place",
        examples=["Open Source Politics"],
    )
    since: DateText | None = Field(None, description="Mise en service", examples=["2018-01"])
    until: DateText | None = Field(None, description="Fermeture", examples=["2020"])
    source: Source_ = Field(description="Source de ces renseignements", examples=["fiche-p1"])


class Team(Frozen):
    """Who carries participation, counted as the source counts: posts in full time, or people."""

    size: Amount | Range | None = Field(
        None, description="Taille de l’équipe, ou [minimum, maximum] ; avec « unit »", examples=[8]
    )
    unit: Literal["ETP", "agents"] | None = Field(
        None, description="Ce que la source compte : ETP (temps plein) ou agents (personnes)"
    )
    approx: bool = Field(False, description="true si la source dit « environ »")
    label: Text = Field(
        description="Composition de l’équipe en une ligne", examples=["mission participation (5 ETP)"]
    )
    source: Source_ = Field(description="Source", examples=["fiche-p1"])


class Evaluation(Frozen):
    """Who evaluated what was done, as the source tells it; « aucune » is a fact too, silence is not."""

    kind: Literal["aucune", "interne", "participants", "tiers"] = Field(
        description="Qui a évalué : personne (aucune), l’équipe (interne), les participants, un tiers"
    )
    by: Text = Field(
        description="Qui, et quoi, en quelques mots", examples=["des étudiants de l’université Lille 2"]
    )
    source: Source_ = Field(description="Source", examples=["fiche-p6"])


class Cost(Frozen):
    """An amount in euros with all that is needed to compare it: only with another of the same role."""

    label: Text = Field(description="Ce qui est payé", examples=["Plateforme numérique"])
    role: Role = Field(
        description="Rôle : budget (la participation, salaires à part ; d’abord celui que l’on compare), "
        "outil, personnel, prestation (achetée une fois), ou enveloppe (projets d’habitants)",
        examples=["outil"],
    )
    amount: Amount | Range = Field(description="Montant en euros, ou [minimum, maximum]", examples=[20000])
    approx: bool = Field(False, description="true si la source dit « environ »", examples=[True])
    tax: Literal["HT", "TTC"] | None = Field(None, description="HT ou TTC, si la source le dit")
    per: Literal["an", "unique", "marché"] | None = Field(
        None, description="Période, si la source la dit : an, unique ou marché"
    )
    scope: Text | None = Field(
        None, description="Périmètre", examples=["développement et maintenance, hors salaires"]
    )
    year: DateText | None = Field(None, description="Année, si la source la dit", examples=["2019"])
    source: Source_ = Field(description="Source", examples=["fiche-p4"])


class KeyFigure(Frozen):
    """A figure worth remembering, with its unit and source."""

    label: Text = Field(description="Ce qui est compté", examples=["Votants"])
    value: Number = Field(description="Valeur, sans espace ni unité", examples=[9498])
    unit: Text | None = Field(None, description="Unité", examples=["votants"])
    approx: bool = Field(False, description="true si la source dit « environ »")
    year: DateText | None = Field(None, description="Année ou période", examples=["2019"])
    source: Source_ = Field(description="Source", examples=["fiche-p1"])


class Illustration(Frozen):
    """A passage of a case that shows a practice, or its limit."""

    case: Slug = Field(description="Nom de fichier du cas", examples=["angers"])
    section: Slug = Field(description="Ancre de la section du cas", examples=["organisation-et-moyens"])
    why: Text = Field(description="Ce que ce passage montre")
    stance: Literal["appui", "limite"] = Field("appui", description="appui, ou limite pour un contre-exemple")
    evidence: Literal["recit", "chiffre-declare", "evaluation", "tiers"] = Field(
        "recit", description="Niveau de preuve"
    )


class Question(Frozen):
    """A plain question that the document answers, in the words of someone who has not read it."""

    text: Annotated[Text, StringConstraints(max_length=140)] = Field(
        description="La question, 140 signes au plus, comme la poserait quelqu’un qui n’a pas lu la fiche",
        examples=["Que faire pour ceux qui n’ont pas internet ?"],
    )
    section: Slug = Field(
        description="Ancre de la section qui y répond", examples=["mobilisation-et-presentiel"]
    )


class Lesson(Frozen):
    """One line of a case that a colleague takes home, with the passage that tells it."""

    text: Annotated[Text, StringConstraints(max_length=160)] = Field(
        description="La leçon en une ligne, 160 signes au plus",
        examples=["Aider avant le dépôt, pour que les critères soient connus"],
    )
    section: Slug = Field(
        description="Ancre de la section qui la raconte", examples=["limites-et-enseignements"]
    )
    source: Source_ = Field(description="Source", examples=["fiche-p4"])


class Lessons(Frozen):
    """What to take over from a case, and what not to."""

    keep: Lesson = Field(description="À reprendre")
    avoid: Lesson = Field(description="À éviter")


class DocumentFields(Frozen):
    """Front matter that every document has."""

    id: DocumentId = Field(
        description="Identifiant court et définitif, jamais réutilisé", examples=["cas-01"]
    )
    title: Text = Field(description="Titre de la page")
    summary: Annotated[Text, StringConstraints(max_length=300)] = Field(
        description="Résumé, 300 caractères au plus"
    )
    themes: Annotated[tuple[Annotated[Slug, FromFacet("themes")], ...], Field(min_length=1)] = Field(
        description="Thèmes", examples=[["evaluation"]]
    )
    tool_types: tuple[Annotated[Slug, FromFacet("tool_types")], ...] = Field(
        (), description="Types d’outil", examples=[["plateforme-de-consultation"]]
    )
    questions: tuple[Question, ...] = Field(
        (), description="Questions auxquelles la fiche répond, quatre à dix, chacune avec sa section"
    )
    disagreements: tuple[Disagreement, ...] = Field(
        (), description="Chiffres ou faits sur lesquels les sources diffèrent"
    )
    sources: Annotated[tuple[Source, ...], Field(min_length=1)] = Field(
        description="Sources, appelées dans le texte et les champs"
    )
    review: Review = Field(description="État de relecture")
    aliases: tuple[Slug, ...] = Field((), description="Anciens noms de fichier")
    updated: DateText | None = Field(None, description="Date de mise à jour ; à défaut, celle de git")


class CaseFields(DocumentFields):
    """Front matter of a case study."""

    lessons: Lessons | None = Field(
        None, description="Ce qu’il y a à reprendre et à éviter, en haut de la fiche"
    )
    collectivity: Collectivity = Field(description="La collectivité")
    platforms: tuple[Platform, ...] = Field((), description="Plateformes et outils")
    team: Team | None = Field(None, description="Équipe chargée de la participation")
    evaluation: Evaluation | None = Field(None, description="Qui a évalué, si une source le dit")
    costs: tuple[Cost, ...] = Field((), description="Coûts, budgets et enveloppes, chacun avec son rôle")
    key_figures: tuple[KeyFigure, ...] = Field((), description="Chiffres à retenir")

    def costs_of(self, *roles: Role) -> tuple[Cost, ...]:
        """The amounts of these roles in the order of the file, the one to compare first."""
        return tuple(cost for cost in self.costs if cost.role in roles)


class PracticeFields(DocumentFields):
    """Front matter of a practice note: good practice, avenue to explore, or survey figures."""

    kind: Literal["bonne-pratique", "piste", "repere"] = Field(description="Nature de la note")
    illustrated_by: tuple[Illustration, ...] = Field(
        (), description="Passages des cas qui montrent la pratique"
    )
    charts: tuple[Chart, ...] = Field((), description="Graphiques d’un repère")
    estimates: tuple[Estimate, ...] = Field(
        (), description="Montants de l’enquête selon la taille, montrés dans « Quel budget ? »"
    )
