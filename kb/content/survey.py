"""What a note holds of the survey, as frozen typed values: series that are drawn, amounts by size."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from kb.content.forms import Amount, DateText, Frozen, Number, Role, Slug, Source_, Text


class ChartValue(Frozen):
    """A bar of a chart."""

    label: Text = Field(description="Libellé")
    value: Number = Field(description="Valeur")


class Chart(Frozen):
    """A series of the survey that can be drawn as bars."""

    id: Slug = Field(description="Nom court, ancre de la figure")
    title: Text = Field(description="Titre")
    question: Text | None = Field(None, description="Question posée")
    base: Text | None = Field(None, description="Qui a répondu")
    year: DateText | None = Field(None, description="Année ou période")
    unit: Text | None = Field(None, description="Unité", examples=["%"])
    values: Annotated[tuple[ChartValue, ...], Field(min_length=1)] = Field(description="Valeurs")
    source: Source_ = Field(description="Source", examples=["deck"])


class Bounds(Frozen):
    """What a survey tells of a quantity: from, to, or both; the same number twice where it is exact."""

    least: Amount | None = Field(None, description="Au moins", examples=[10000])
    most: Amount | None = Field(None, description="Au plus", examples=[50000])


class Estimate(Frozen):
    """What the survey says that a size of authority pays, for one role of money."""

    label: Text = Field(description="Ce qui est payé, et par qui", examples=["Plateforme, civic tech"])
    role: Role = Field(description="Rôle, comme pour les coûts des cas", examples=["outil"])
    inhabitants: Bounds | None = Field(None, description="Habitants, si la source les dit")
    amount: Bounds = Field(description="Montant en euros")
    per: Literal["an", "unique", "marché"] | None = Field(
        None, description="Période, si la source la dit : an, unique ou marché"
    )
    scope: Text | None = Field(None, description="Périmètre", examples=["pour deux ans"])
    source: Source_ = Field(description="Source", examples=["deck"])
