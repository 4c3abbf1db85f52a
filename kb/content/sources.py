"""Where the facts of a document come from, where its sources differ, and who has read it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from kb.content.forms import (
    DateText,
    Frozen,
    Source_,
    SourceId,
    Text,
    Url,
)


class SourcedText(Frozen):
    """A value as one source tells it."""

    value: Text = Field(description="Ce que dit la source", examples=["près de 4 000"])
    source: Source_ = Field(description="Source", examples=["fiche-p6"])


class Disagreement(Frozen):
    """Two sources that differ on one fact, the value kept and why."""

    subject: Text = Field(
        description="Ce qui est discuté", examples=["Participants à la journée citoyenne de 2019"]
    )
    values: Annotated[tuple[SourcedText, ...], Field(min_length=2)] = Field(
        description="Les valeurs, chacune avec sa source"
    )
    kept: Text | None = Field(
        None, description="Valeur retenue dans le texte, si l’on peut choisir", examples=["près de 4 000"]
    )
    reason: Text = Field(
        description="Raison du choix, ou de l’absence de choix",
        examples=["la fiche a été relue par la collectivité"],
    )


class Source(Frozen):
    """Where facts come from; footnotes and fields name it by `id`."""

    id: SourceId = Field(
        description="Nom court, appelé par [^id] et par les champs « source »", examples=["fiche"]
    )
    title: Text = Field(description="Titre")
    publisher: Text | None = Field(None, description="Éditeur ou auteur", examples=["Observatoire local"])
    url: Url | None = Field(None, description="Adresse")
    date: DateText | None = Field(None, description="Date de publication", examples=["2020"])
    accessed: DateText | None = Field(None, description="Date de consultation", examples=["2020-02-22"])
    kind: Literal[
        "fiche",
        "deck",
        "rapport",
        "institution",
        "presse",
        "prestataire",
        "recherche",
        "association",
        "compte-rendu",
        "donnees",
    ] = Field(description="Nature de la source")
    pages: Text | None = Field(None, description="Nombre de pages ou pages utiles", examples=["9"])


class Review(Frozen):
    """How far a document has been read by others."""

    status: Literal["brouillon", "relu", "validé"] = Field(description="État de relecture")
    date: DateText = Field(description="Date de cet état", examples=["2026-11-23"])
    by: Text | None = Field(None, description="Qui a relu ou validé")
