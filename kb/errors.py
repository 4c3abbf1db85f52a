"""What can go wrong, as values: a Problem in a file, and the few exceptions of the core.

Exceptions carry their values and make their French text from them, because editors and
visitors read it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: spaces of French typography, which print as they are
_SPACES = frozenset("\u00a0\u202f\u2009")


@dataclass(frozen=True, order=True)
class Problem:
    """One thing to mend in one file, printed as `path:line: message ; hint`."""

    #: path as an editor can open it, relative to where the command runs
    path: str
    #: line in that file, from 1
    line: int
    #: what is wrong, in French, without final point
    message: str
    #: how to mend it, in French; may be empty
    hint: str = ""
    #: slug of the rule in docs/regles.md
    rule: str = ""
    #: a warning is told and mends nothing: it keeps no command from ending with 0
    level: Literal["erreur", "avertissement"] = "erreur"

    def __str__(self) -> str:
        """The problem in one line that an editor can jump to."""
        return one_line(f"{self.path}:{self.line}: {self.message}" + (f" ; {self.hint}" if self.hint else ""))


def one_line(text: str) -> str:
    """The text as a terminal and the log of a CI can show it: what is no printable sign stands escaped.

    A name of a file may hold a line break, and what follows it would be read as a command of the CI.
    """
    return "".join(
        sign if sign.isprintable() or sign in _SPACES else sign.encode("unicode_escape").decode()
        for sign in text
    )


class KBError(Exception):
    """A fault of use or of content; the text of every child is fit to show."""


class ContentError(KBError):
    """The content cannot be served: `problems` says why, file by file."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        """Keep the problems; the text lists them, a line each."""
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class EditError(KBError):
    """A change of content that cannot be made as asked; no file has been touched."""


class UnknownDocumentError(KBError):
    """No document has this slug."""

    def __init__(self, slug: str, nearest: str | None = None) -> None:
        """Keep the slug asked for and the nearest one known."""
        meant = f" ; vouliez-vous dire « {nearest} » ?" if nearest else ""
        super().__init__(f"aucune fiche « {slug} »{meant}")
        self.slug = slug
        self.nearest = nearest


class RemovedDocumentError(KBError):
    """A document that was published and has been taken away."""

    def __init__(self, identifier: str, date: str, reason: str, successor: str = "") -> None:
        """Keep the id, the date and reason, and the address of what replaces it ("" for nothing)."""
        super().__init__(f"la fiche « {identifier} » a été retirée : {reason}")
        self.identifier, self.date, self.reason, self.successor = identifier, date, reason, successor


class QueryError(KBError):
    """A search parameter that has no meaning, such as an unknown facet value."""


class IndexUnavailableError(KBError):
    """The index can be neither opened nor built; the text says why and what to do."""
