"""What people type or paste that Markdown leaves as it is: told, because the page would show it raw."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.content.rules.page import Finding, Page

_ADDRESS = r"(?:https?://|\w[\w./-]*\.md\b)"
#: (what is met, what it is, remedy), over a line of text, code left out
RAW = (
    (
        rf"\[[^\]\n]+\][ \t]+\({_ADDRESS}",
        "un lien coupé par une espace reste brut",
        "collez-les : [texte](adresse)",
    ),
    (rf"\([^()\n]+\)\[{_ADDRESS}", "un lien à l’envers reste brut", "écrivez [texte](adresse)"),
    (r"\[\[[^\]\n]+\]\]", "un lien de wiki reste brut", "écrivez [texte](fiche.md)"),
    (r"\]\(\s*[“”«»‘’„]", "des guillemets dans une adresse la rendent fausse", "retirez-les"),
    (r"^\s*[•●▪◦‣∙·][ \t]", "une puce de traitement de texte reste brute", "écrivez « - », ou lancez kb fix"),
    (r"^\s*(?:!!!|:::)\s*\w", "un encadré de MkDocs reste brut", "écrivez un paragraphe"),
    (r"^\s*>\s*\[!\w+\]", "un encadré de GitHub reste brut", "écrivez une citation simple"),
    (r"^\s*[-*+]\s+\[[ xX]\]\s", "une case à cocher reste brute", "écrivez un simple élément de liste"),
    (r"~~[^~\n]+~~", "un texte barré reste brut", "retirez-le, ou dites ce qui a changé"),
    (r"\{[#.:][\w-]+[^}\n]*\}", "des attributs entre accolades restent bruts", "retirez-les"),
    ("[\u00ad\u200b\u200c\u2060\ufeff]", "un signe invisible coupe un mot", "lancez kb fix"),
)
#: a word that a page of a PDF broke: « participa-\ntion »
_BROKEN = re.compile(r"[^\W\d_]{2,}-$")
_PATTERNS = tuple((re.compile(pattern), what, hint) for pattern, what, hint in RAW)


def raw_text(page: Page) -> Iterator[Finding]:
    """Rien de ce que l’on tape ne reste brut : liens mal formés, puces de Word, signes invisibles."""
    before = ""
    for number, line in enumerate(page.without_code.split("\n"), page.parsed.body_line):
        for pattern, what, hint in _PATTERNS:
            if pattern.search(line):
                yield Finding(number, what, hint)
        if _BROKEN.search(before) and re.match(r"[a-zà-ÿœ]", line):
            yield Finding(number - 1, "un mot est coupé en fin de ligne", "recollez ses deux moitiés")
        before = line
