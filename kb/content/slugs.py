"""The one slug rule, for headings, files and facet values.

œ becomes oe and æ ae, accents are folded, letters lowered, and every run of other characters
(apostrophes too) becomes one hyphen: « Comment s’y prendre » → `comment-s-y-prendre`.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import filterfalse

_LIGATURES = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE"})


def fold(text: str) -> str:
    """The text in lower case, without accents or ligatures."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.translate(_LIGATURES))
    return "".join(filterfalse(unicodedata.combining, decomposed)).lower()


def slugify(text: str) -> str:
    """The slug of a heading or value; empty where the text holds no letter or digit."""
    return re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")
