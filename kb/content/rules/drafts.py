"""Rule of drafts: what a skeleton of `kb new` still asks for.

The skeleton and the rule share the two marks below; a file without them is not a draft.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.content.documents import Document
from kb.content.rules.page import Finding, Page

#: opens an instruction to the editor, in text or in a comment of the front matter
MARK = "À COMPLÉTER"
#: stands for a term of the taxonomy that is still to be chosen
TERM_MARK = "a-completer"

_INSTRUCTION = re.compile(rf"(#\s*)?{MARK}\s*:?\s*([^\"\n]*?)(?:\[\^[^\]]*\])*\s*[.\"]?\s*$")


def is_draft(document: Document) -> bool:
    """Whether a document still holds an instruction: its addresses are not published yet."""
    texts = (document.title, document.summary, *(section.markdown for section in document.sections))
    return any(MARK in text for text in texts) or TERM_MARK in document.fields.themes


def to_fill(page: Page) -> Iterator[Finding]:
    """Une fiche commencée par `kb new` n’a plus ni « À COMPLÉTER » ni `a-completer`.

    Ce que la source ne dit pas se retire : le champ, ou la section entière.
    """
    if MARK not in page.parsed.text and TERM_MARK not in page.parsed.text:
        return
    for number, line in enumerate(page.parsed.text.split("\n"), 1):
        found = _INSTRUCTION.search(line)
        if found:
            hint = (
                "choisissez la valeur, puis retirez le commentaire"
                if found[1]
                else "écrivez-le à la place de cette consigne"
            )
            if number > page.parsed.body_line:
                hint += ", ou retirez la section si la source n’en dit rien"
            yield Finding(number, f"à compléter : {found[2] or 'cette ligne'}", hint)
        elif MARK in line:
            yield Finding(number, "à compléter : cette ligne", "écrivez-la à la place de la consigne")
        elif re.search(rf"(?<![\w-]){TERM_MARK}(?![\w-])", line):
            yield Finding(
                number, f"« {TERM_MARK} » attend un terme", "choisissez-le dans content/taxonomy.yaml"
            )
