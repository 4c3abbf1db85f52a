"""Other forms of a word that its stem misses: inclusive spellings and lemmas.

An inclusive spelling is one word, read as its masculine: `citoyen·ne·s`, `acteur(rice)s`, `élu.e.s`,
`habitant-e-s`, `chargé/e` → citoyens, acteurs, élus, habitants, chargé. Its feminine is met through the
lemma, as is a verb whose forms Snowball parts (« participent », « veulent », « plaignent »).

Lemmas are those of simplemma, which also tells ordinary French words from others. Its dictionary is
read on first use: some 0.2 s and 30 MB, once a process.
"""

from __future__ import annotations

import re
from functools import lru_cache

import simplemma

from kb.content.slugs import fold

#: dots that people put in inclusive words: middle dot, bullet, hyphenation point, word separators…
DOTS = "·•∙⋅‧⸱・●․"
_BASE = r"[^\W\d_]{2,}"
#: what a feminine adds or changes, longest first; a doubled consonant is checked against the word
_ENDING = (
    "(?:oresse|esse|euse|trice|teuse|rice|iere|ienne|ere|enne|onne|elle|ette|eure|ale|ive|ice|"
    "nne|lle|sse|tte|se|ve|ne|le|te|fe|ke|que|e)"
).replace("e", "[eéèêë]")
_DOT = rf"[{DOTS}]"
#: what may follow the beginning of an inclusive spelling
SIGNS = frozenset(f"{DOTS}(./‑‐-")
#: `citoyen·ne·s`, `acteur(rice)s`, `agent·s`, `projet(s)`: groups `base`, `ending`, `plural`
INCLUSIVE = rf"""
    (?P<base>{_BASE})
    (?:
        {_DOT}(?P<ending>{_ENDING}){_DOT}?(?P<plural>s?)
      | {_DOT}(?P<plural_dot>[sx])
      | \((?P<ending_in>{_ENDING})(?P<plural_in>s?)\)(?:\(?(?P<plural_after>s)\)?)?
      | \((?P<plural_paren>[sx])\)
      | (?P<sign>[./‑‐-])(?P<ending_sign>{_ENDING})(?:(?P<apart>(?P=sign))?(?P<plural_sign>s))?
    )
    (?![^\W_]|['’][^\W_])
"""
_INCLUSIVE = re.compile(INCLUSIVE, re.VERBOSE | re.IGNORECASE)
#: endings that begin by the letter that the word ends with: citoyen·ne, professionnel·le, sujet·te
_DOUBLED = {"ne": "n", "le": "l", "te": "t", "fe": "f", "nne": "n", "lle": "l", "tte": "t"}
#: what a hyphen joins to a verb as well
_PRONOUNS = frozenset(("elle", "le", "te", "se", "que", "ne"))


def inclusive(text: str, start: int = 0) -> tuple[str, int] | None:
    """(the masculine, where the word ends) of an inclusive spelling at this place of the text, or None."""
    match = _INCLUSIVE.match(text, start)
    if not match:
        return None
    base = match["base"].lower()
    ending = fold(match["ending"] or match["ending_in"] or match["ending_sign"] or "")
    plural = next((match[name] for name in _PLURALS if match[name]), "")
    if match["sign"] and not _is_gender(match, base, ending):
        return None
    if plural and base[-1] not in "sxz":
        base += plural.lower()
    return base, match.end()


def _is_gender(match: re.Match[str], base: str, ending: str) -> bool:
    """Whether a hyphen, stop or slash joins two genders, not two words: « dis-le », « sont-elles »."""
    doubles = _DOUBLED.get(ending, base[-1]) == base[-1]
    return doubles and (ending not in _PRONOUNS or ending in _DOUBLED or match["apart"] is not None)


_FEMININE = re.compile("(?:rice|euse|ère)s?$")
_MAY_HIDE = re.compile(f"[td]$|{_FEMININE.pattern}")
_INFINITIVE = re.compile("(?:er|ir|re)$")
_PLURALS = ("plural", "plural_dot", "plural_in", "plural_after", "plural_paren", "plural_sign")


@lru_cache(maxsize=100_000)
def lemma(word: str) -> str:
    """The infinitive or masculine of a word given with its accents: participent → participer; else the word.

    Only of third persons (« veulent », « reçoit », « répond ») and of feminines that change more than
    an ending (« actrices »): nouns that look like a form of a verb (données, rendez-vous) are left alone.
    A verb in « -ent » that is typed without its accents is no word of the dictionary: « evaluent » gives
    evaluer, which the stems then join to évaluer.
    """
    if not _MAY_HIDE.search(word):
        return word
    found = simplemma.lemmatize(word, lang="fr").lower()
    if found == word and len(word) > 5 and word.endswith("ent") and not is_ordinary(word):
        return word.removesuffix("nt") + "r"
    return found if _INFINITIVE.search(found) or _FEMININE.search(word) else word


@lru_cache(maxsize=100_000)
def is_ordinary(word: str) -> bool:
    """Whether a word given with its accents is in the French dictionary, names left out."""
    return bool(simplemma.is_known(word, lang="fr"))
