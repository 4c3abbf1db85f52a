"""The forms that a value of the front matter may have, and the marks that say more of a field.

A mark hangs on the type of a field (`Annotated`) and is read by whoever walks the model: rules,
schema, skeletons, messages. What a text must look like is a Form, never guessed from its pattern.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from kb.content.dates import span

#: what an amount is for
Role = Literal["budget", "outil", "personnel", "prestation", "enveloppe"]


@dataclass(frozen=True)
class Form:
    """What a text looks like, and how an editor is told to write it."""

    #: in the table of fields
    name: str
    #: after « vous avez écrit autre chose »
    remedy: str


SLUG = Form("texte court", "minuscules sans accent, chiffres et tirets : budgets-participatifs")
DATE = Form("date", 'une date comme "2019", "2018-01", "2018-01-29" ou "2008-2014"')
WEB = Form("adresse", "une adresse qui commence par https:// ou http://")


@dataclass(frozen=True)
class FromFacet:
    """Marks a field whose values are terms of the facet of the taxonomy that reads this field."""

    #: dotted, from the top of the front matter: `collectivity.type`
    field: str

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        """The JSON Schema with the field's name, which `kb.content.schema` turns into its terms."""
        return {**handler(schema), "x-facet": self.field}


@dataclass(frozen=True)
class SourceRef:
    """Marks a field that names a source of the same document, with an optional page: `fiche-p3`."""


def _real(text: str) -> str:
    """The date itself, where there is such a day."""
    try:
        span(text)
    except ValueError as error:
        raise PydanticCustomError("unreal_date", "no such day") from error
    return text


Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
_SLUG = StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
Slug = Annotated[str, _SLUG, SLUG]
DocumentId = Annotated[str, StringConstraints(pattern=r"^[a-z]+-\d{2,}$")]
#: a date with the grain of its source: 2019, 2018-01, 2018-01-29, 2008-2014; it exists
DateText = Annotated[
    str,
    StringConstraints(pattern=r"^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?|-\d{4})?$"),
    AfterValidator(_real),
    DATE,
]
Url = Annotated[str, StringConstraints(pattern=r"^https?://[^\s]+$"), WEB]
SourceId = Annotated[str, _SLUG, SLUG]
Source_ = Annotated[str, _SLUG, SLUG, SourceRef()]
#: no figure of a document is larger: what is, is a slip of the hand, and pages could not write it
LARGEST = 1_000_000_000_000
Number = Annotated[int | float, Field(ge=-LARGEST, le=LARGEST)]
Amount = Annotated[int | float, Field(ge=0, le=LARGEST)]
Range = tuple[Amount, Amount]


class Frozen(BaseModel):
    """What all front-matter values share: strict types, no unknown key, never changed."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
