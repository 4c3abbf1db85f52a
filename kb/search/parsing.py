"""What a person typed → the words, phrases and exclusions that are searched.

`"…"` and « … » are phrases, `-word` and `-"…"` exclude; everything else is words. Capitals AND, OR, NOT
and their French (ET, OU, SAUF) are what they are elsewhere, and the answer says how they were read. There
is no error: what means nothing is read as plain words or as nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace

from kb.search.analysis import Token, is_stop_word, normalise, tokens
from kb.search.query import MAX_TEXT, MAX_WORDS

_PART = re.compile(
    r"(?P<minus>(?<!\S)-)?(?:\"(?P<a>[^\"]+)\"|«(?P<b>[^»]+)»|“(?P<c>[^”]+)”)|(?<!\S)-(?P<word>[^\W_]\S*)"
)
_OPERATOR = re.compile(
    r"(?<!\S)(?P<not>NOT|SAUF|sauf)\s+(?=[^\s-])|(?<=\S\s)(?P<and>AND|ET)(?=\s+\S)|(?<=\S\s)(?P<or>OR|OU)(?=\s+\S)"
)
_SAID = {
    "not": "{} : les fiches qui ont ce mot sont écartées.",
    "and": "{} : seules les fiches qui ont tous les mots sont montrées.",
    "or": "{} : c’est déjà la règle, une fiche qui n’a qu’un des mots est montrée aussi.",
    "both": "AND et OR ne se combinent pas ici : une fiche qui n’a qu’un des mots est montrée aussi.",
}


@dataclass(frozen=True)
class Request:
    """A query as it is searched."""

    #: the text that was read, normalised
    text: str
    #: every plain word in order, stop words included; places are those of `text`
    tokens: tuple[Token, ...]
    #: indices in `tokens` of the words that count
    significant: tuple[int, ...]
    phrases: tuple[tuple[Token, ...], ...]
    excluded: tuple[tuple[Token, ...], ...]
    #: what was left out, in French
    notices: tuple[str, ...] = ()
    #: True where AND was typed
    all_words: bool = False

    @property
    def is_empty(self) -> bool:
        """True where nothing is asked for, so that everything answers."""
        return not self.significant and not self.phrases

    def without(self, gone: Collection[int]) -> Request:
        """The same request as if the words of these indices had not been typed."""
        kept = [index for index in range(len(self.tokens)) if index not in gone]
        number = {index: place for place, index in enumerate(kept)}
        significant = tuple(number[index] for index in self.significant if index in number)
        return replace(self, tokens=tuple(self.tokens[i] for i in kept), significant=significant)


def parse(text: str) -> Request:
    """The request that a text makes; at most MAX_TEXT characters are read."""
    notices = []
    read = normalise(text.replace("\x00", " "))[:MAX_TEXT]
    if len(text) > MAX_TEXT:
        notices.append(f"Seuls les {MAX_TEXT} premiers caractères ont été lus.")
    phrases: list[tuple[Token, ...]] = []
    excluded: list[tuple[Token, ...]] = []
    plain, operators = _without_operators(read)
    rest = list(plain)
    for match in _PART.finditer(plain):
        inner = match["a"] or match["b"] or match["c"] or match["word"]
        found = tuple(tokens(inner))
        if found:
            (excluded if match["minus"] or match["word"] else phrases).append(found)
        rest[match.start() : match.end()] = " " * (match.end() - match.start())
    words = tuple(tokens("".join(rest)))
    told = tuple(phrases), tuple(excluded), (*notices, *_explained(operators))
    every = "and" in operators and "or" not in operators
    return Request(read, words, _significant(words, bool(phrases)), *told, all_words=every)


def _without_operators(text: str) -> tuple[str, dict[str, str]]:
    """The text, as long as before, with NOT as the dash that it means; and the operators by kind as typed.

    In a text all in capitals « ET » is a word like the others.
    """
    found: dict[str, str] = {}
    if text.isupper():
        return text, found

    def replaced(match: re.Match[str]) -> str:
        kind = match.lastgroup or ""
        found.setdefault(kind, match[kind])
        return " " * (len(match[0]) - 1) + ("-" if kind == "not" else " ")

    return _OPERATOR.sub(replaced, text), found


def _explained(operators: dict[str, str]) -> list[str]:
    both = {"and", "or"} <= operators.keys()
    kinds = [kind for kind in operators if not (both and kind in ("and", "or"))]
    return [_SAID[kind].format(operators[kind]) for kind in kinds] + ([_SAID["both"]] if both else [])


def _significant(words: tuple[Token, ...], has_phrases: bool) -> tuple[int, ...]:
    """Indices of the words that count, each form once; all of them where only stop words are asked."""
    told = [index for index, token in enumerate(words) if not is_stop_word(token.form)]
    if not told and not has_phrases:
        told = list(range(len(words)))
    seen: set[str] = set()
    distinct = [i for i in told if not (words[i].form in seen or seen.add(words[i].form))]  # type: ignore[func-returns-value]
    return tuple(distinct[: 4 * MAX_WORDS])
