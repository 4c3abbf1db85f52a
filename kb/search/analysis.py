"""French text → tokens, and the forms and stems by which words are compared.

A token keeps its place in the text; its `form` is folded (no accent, no case, `œ` = `oe`), so an
accent never decides whether a word is found. Words that share a stem are forms of one word. Two
stems are taken of each, `fold(stem(w))` and `stem(fold(w))`: Snowball reads accents, so each one
alone would separate words that the other joins (« proposée » typed « proposee »). Where Snowball joins
words of different meaning or parts words of one family, `families` decides before it.

An inclusive spelling is one token (`forms`), and signs that nobody sees (soft hyphens, zero-width
spaces) are dropped. Left out: compounds written in one word, other languages. Cost: about 1 µs per word
known, 6 µs more for form and stems of a new one.

Sources: Snowball French (snowballstem.org/algorithms/french), through PyStemmer.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import Stemmer

from kb.content.slugs import fold
from kb.search.families import FAMILY
from kb.search.forms import SIGNS, inclusive, lemma
from kb.search.units import UNITS, counted, units_of

_LETTER = r"[^\W_]"
_TOKEN = re.compile(
    rf"""
    (?<![^\W_])(?P<number>
        \d{{1,3}}(?:[\ \u00a0\u202f.]\d{{3}})+(?:,\d+)?   # 10 000 or 10.000, with decimals or not
      | \d{{1,3}}(?:,000)+(?!\d)                           # 10,000 as in English; 2,500 is a decimal
      | \d+(?:[.,]\d+)?                                   # 10000 or 2,2
    )(?:(?![^\W_])|(?=k€|K€|M€))
  | (?P<acronym>(?:[^\W\d_]\.){{2,}})                     # C.A.F.
  | (?P<euro>€)
  | (?P<word>{_LETTER}+(?:['’ʼ]{_LETTER}+)*)              # words, with what an apostrophe joins
    """,
    re.VERBOSE,
)
_SCALE = re.compile(r"[ \u00a0\u202f]?(k€|K€|M€|milliers?|millions?|milliards?)(?![^\W_])")
_SCALES = {"k€": 1e3, "K€": 1e3, "M€": 1e6, "millier": 1e3, "million": 1e6, "milliard": 1e9}
_ELISION = re.compile(r"^(?:[cçdjlmnstyz]|qu|jusqu|lorsqu|puisqu|quoiqu|quelqu|presqu)['’ʼ](?=.)")
_APOSTROPHES = re.compile("['’ʼ]")
#: what parts the segments of a text (paragraph separator), and by how many words: wider than any window of
#: proximity, so that phrases and neighbours never cross
SEPARATOR, SEGMENT_GAP = "\u2029", 16
#: abbreviations read as the word they stand for, in texts and in queries
ABBREVIATIONS = {"st": "saint", "ste": "sainte", "euros": "euro", "1er": "premier", "1re": "première"}

#: words that carry no subject: indexed for phrases, left out of queries
STOP_WORDS = frozenset(
    """
    a à ai aient ainsi as au aucun aucune aujourd aura auraient aurait auront aussi autre autres aux
    avaient avait avant avec avez avoir avons ayant c ça car ce ceci cela celle celles celui cependant
    certaines certains ces cet cette ceux chacun chacune chaque chez ci d dans de depuis des donc dont
    du e elle elles en encore entre es est et étaient était étant été êtes être eu eux fut hors ici il
    ils j je l la là le les leur leurs lors lorsque lui m ma mais me même mêmes mes mon n ne ni nos
    notre nous on ont ou où par parce parmi pas pendant peu plus plusieurs plutôt pour puis puisque qu
    quand que quelle quelles quelque quelques quels qui quoi s sa sans se selon sera serait seront ses
    si sien soi soit son sont sous sur t ta tandis te tel telle telles tels tes toi ton tous tout toute
    toutes très tu un une vers vos votre vous y
    """.split()  # noqa: SIM905 - a list of words is read as text
)
#: words by which a question is put, not what it asks for; left out of queries as well
QUESTION_WORDS = frozenset(
    """
    ai-je avez-vous combien comment est-ce quel quelle quels quelles pourquoi quid qu'est-ce existe
    existent existe-t-il faire fait faites font faut faut-il falloir peut peut-on peuvent pouvoir puis-
    je doit doivent dois devoir dit veut veulent vouloir savoir sait connaître trouver trouve trouve-t-
    on cherche chercher voudrais aimerais souhaite veux donner donne exemple exemples cas aller va vont
    lorsque quoi concrètement vraiment bien mieux besoin afin lequel laquelle lesquels lesquelles oui
    rôle définition
    non moi merci bonjour svp comme déjà voir vois voit voient voyait mettre met mettent prendre prend
    prennent permettre permet permettent servir sert servent passer passe
    """.split()  # noqa: SIM905 - a list of words is read as text
)
_LEFT_OUT = frozenset(fold(part) for word in STOP_WORDS | QUESTION_WORDS for part in re.split(r"[-']", word))

#: endings that accents may hide from the stemmer: « dépasse », « dépassés »
_ENDINGS = frozenset(("", "e", "s", "es", "ee", "ees", "er", "ent"))

_stemmer = Stemmer.Stemmer("french", 0)
_stemming = threading.Lock()  # a Stemmer object serves one thread at a time


class Token(NamedTuple):
    """One word or number with its place in the text."""

    #: lower case, accents kept, elision left out; numbers in digits: « 10 000 » → 10000
    text: str
    #: the same, folded: what words are compared by
    form: str
    #: half-open range of characters
    start: int
    end: int
    #: the amount that « 1,3 million » or « 20 k€ » stands for, in digits; else ""
    amount: str = ""

    @property
    def is_number(self) -> bool:
        """True for numbers, which have one form only."""
        return self.form[0].isdigit()


def normalise(text: str) -> str:
    """The text as `tokens` expects it: each accented letter one character (NFC), no invisible sign (Cf)."""
    text = unicodedata.normalize("NFC", text)
    if text.isascii() or all(unicodedata.category(sign) != "Cf" for sign in set(text)):
        return text
    return "".join(sign for sign in text if unicodedata.category(sign) != "Cf")


def tokens(text: str) -> Iterator[Token]:
    """The words and numbers of a normalised text, stop words included, in order."""
    until = 0
    for match in _TOKEN.finditer(text):
        kind, raw, start, end = match.lastgroup, match[0], match.start(), match.end()
        if start < until:
            continue
        if kind == "word":
            word, form, skipped = _word(raw)
            if text[end : end + 1] in SIGNS and (genders := inclusive(text, start + skipped)):
                word, form, until = genders[0], fold(genders[0]), genders[1]
                yield Token(word, form, start + skipped, until)
            elif form:
                yield Token(word, form, start + skipped, end)
        elif kind == "number":
            digits = _digits(raw)
            scale = _SCALE.match(text, end)
            yield Token(digits, digits, start, end, _amount(digits, scale[1]) if scale else "")
        elif kind == "acronym":
            word = raw.replace(".", "").lower()
            yield Token(word, fold(word), start, end)
        else:
            yield Token("euro", "euro", start, end)


@lru_cache(maxsize=200_000)
def stems(word: str) -> tuple[str, ...]:
    """The one or two stems of a word given with its accents; `fold(stem(word))` first."""
    if word[0].isdigit():
        return (word,)
    if family := FAMILY.get(fold(word)):
        return (family,)
    with _stemming:
        first, second = fold(_stemmer.stemWord(word)), _stemmer.stemWord(fold(word))
    return (first,) if first == second else (first, second)


def stems_read(spelling: str) -> tuple[str, ...]:
    """The stems of a word as a document writes it: its own, then that of its lemma: « participent »."""
    own, of_lemma = stems(spelling)[0], stems(lemma(spelling))[0]
    return (own,) if own == of_lemma else (own, of_lemma)


def numbers_of(form: str) -> Iterator[str]:
    """Folded forms that may be the plural or singular of a form: élu, élus; travail, travaux.

    Snowball parts some of them (« commission », « commissions »), and nobody means one only.
    """
    if len(form) < 3 or is_stop_word(form):
        return
    yield form + "s"
    yield form + "x"
    if form.endswith(("s", "x")):
        yield form[:-1]
    for one, many in (("al", "aux"), ("ail", "aux")):
        if form.endswith(one):
            yield form.removesuffix(one) + many
        if form.endswith(many):
            yield form.removesuffix(many) + one


def inflects(left: str, right: str) -> bool:
    """True where two folded forms differ only by an ending: « associe », « associes » for associés."""
    short, long = sorted((left, right), key=len)
    root = short.removesuffix("e")
    return len(root) > 3 and long.startswith(root) and long.removeprefix(root) in _ENDINGS


def inflections_of(form: str) -> Iterator[str]:
    """Folded forms that differ from a form by an ending: « proposee » for proposé, proposées."""
    for ending in sorted(_ENDINGS):
        root = form.removesuffix(ending)
        if len(root) > 3 and form.endswith(ending):
            yield from (root + other for other in sorted(_ENDINGS))


def is_sure(form: str, stem: str) -> bool:
    """False for a stem too short to say which word it is of: « maiie » is no form of mai."""
    return len(stem) > 3 or stem[:1] == "=" or form.removeprefix(stem) in _ENDINGS


def is_stop_word(form: str) -> bool:
    """True for a folded word that says nothing of what is asked."""
    return form in _LEFT_OUT


def compounds(text: str, found: list[Token]) -> Iterator[tuple[int, list[Token]]]:
    """(index of the first token, tokens) of what hyphens join: civic-tech, Marcq-en-Barœul."""
    first = 0
    for index in range(1, len(found) + 1):
        joined = index < len(found) and text[found[index - 1].end : found[index].start] in ("-", "‑", "‐")
        if not joined:
            if 2 <= index - first <= 6:
                yield first, found[first:index]
            first = index


@lru_cache(maxsize=200_000)
def _word(raw: str) -> tuple[str, str, int]:
    """(word, form, characters of elision skipped)."""
    lower = raw.lower()
    if len(lower) != len(raw):  # « İ » grows when lowered: keep offsets true
        lower = raw
    elision = _ELISION.match(lower)
    skipped = elision.end() if elision else 0
    word = _APOSTROPHES.sub("", lower[skipped:]).replace("œ", "oe").replace("æ", "ae")
    word = ABBREVIATIONS.get(word, word)
    return word, fold(word), skipped


def _digits(raw: str) -> str:
    whole, comma, decimals = raw.replace(",000", "000").partition(",")
    if not comma and whole.count(".") == 1 and len(whole.rpartition(".")[2]) != 3:
        whole, comma, decimals = whole.partition(".")
    whole = re.sub(r"\D", "", whole)
    decimals = decimals.rstrip("0")
    return f"{whole}.{decimals}" if decimals else whole


def _amount(digits: str, scale: str) -> str:
    return str(round(float(digits[:15]) * _SCALES.get(scale, _SCALES.get(scale.rstrip("s"), 1))))


class Place(NamedTuple):
    """A folded form with where it stands in a text: number of its word, half-open range of characters."""

    form: str
    position: int
    start: int
    end: int


def words(text: str) -> Iterator[Place]:
    """The words of one segment, each once."""
    for position, token in enumerate(tokens(text)):
        yield Place(token.form, position, token.start, token.end)


def places(text: str) -> Iterator[Place]:
    """Every form of a text, in order; segments parted by SEPARATOR never come within SEGMENT_GAP words.

    An amount stands where its number does (« 20 k€ » also as 20000), what hyphens join where its first
    word does (« civic-tech » also as civictech); a number also with what it counts (`units`), or as one that
    counts nothing told (« Meudon, 47 000 »), which « 48 000 visiteurs » is not.
    """
    position = offset = 0
    for segment in text.split(SEPARATOR):
        found = list(tokens(segment))
        joined = dict(compounds(segment, found))
        units = dict(units_of([token.form for token in found]))
        for index, token in enumerate(found):
            span = (position + index, offset + token.start, offset + token.end)
            yield Place(token.form, *span)
            if token.amount and token.amount != token.form:
                yield Place(token.amount, *span)
            if token.is_number and (index in units or not _counts_a_word(segment, found, index)):
                unit = UNITS[found[units[index]].form] if index in units else ""
                for number in dict.fromkeys((token.form, token.amount or token.form)):
                    yield Place(counted(number, unit), *span)
            if index in joined:
                yield Place("".join(part.form for part in joined[index]), *span)
        position += len(found) + SEGMENT_GAP
        offset += len(segment) + 1


def _counts_a_word(segment: str, found: list[Token], index: int) -> bool:
    """True for a number that a word follows with nothing but spaces between: « 48 000 visiteurs »."""
    after = found[index + 1 : index + 2]
    return bool(after) and not segment[found[index].end : after[0].start].strip()
