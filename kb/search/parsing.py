"""What a person typed → the words, phrases and exclusions that are searched.

`"…"` and « … » are phrases, `-word` and `-"…"` exclude; everything else is words. There is no
error: what means nothing is read as plain words or as nothing.
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
    rest = list(read)
    for match in _PART.finditer(read):
        inner = match["a"] or match["b"] or match["c"] or match["word"]
        found = tuple(tokens(inner))
        if found:
            (excluded if match["minus"] or match["word"] else phrases).append(found)
        rest[match.start() : match.end()] = " " * (match.end() - match.start())
    words = tuple(tokens("".join(rest)))
    return Request(
        read, words, _significant(words, bool(phrases)), tuple(phrases), tuple(excluded), tuple(notices)
    )


def _significant(words: tuple[Token, ...], has_phrases: bool) -> tuple[int, ...]:
    """Indices of the words that count, each form once; all of them where only stop words are asked."""
    told = [index for index, token in enumerate(words) if not is_stop_word(token.form)]
    if not told and not has_phrases:
        told = list(range(len(words)))
    seen: set[str] = set()
    distinct = [i for i in told if not (words[i].form in seen or seen.add(words[i].form))]  # type: ignore[func-returns-value]
    return tuple(distinct[: 4 * MAX_WORDS])
