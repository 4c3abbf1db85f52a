"""What the guard finds, and the documents that a paragraph leads to."""

from __future__ import annotations

from dataclasses import dataclass

from kb.content.documents import Document
from kb.errors import one_line

#: does not answer; answers elsewhere; is no longer what was cited
LOST, MOVED, CHANGED = "perdu", "déplacé", "changé"
#: a figure that the document has not; a day that is none; an address that is perhaps ours
FIGURE, DATE, DOUBT = "chiffre", "date", "à vérifier"


@dataclass(frozen=True, order=True)
class Flaw:
    """One thing to mend in a report."""

    line: int
    kind: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        """The finding in one line, after the name of the file."""
        return one_line(
            f"{self.line}: {self.kind} : {self.message}" + (f" ; {self.hint}" if self.hint else "")
        )


@dataclass(frozen=True)
class Target:
    """A document that a paragraph links to or names, with the section where one is named."""

    document: Document
    anchor: str
    line: int
    #: where it stands in the paragraph
    start: int
    end: int
