"""Other ways of saying what was typed: synonyms and acronyms of the taxonomy, names of collectivities.

Expansion happens when a query is asked, never when documents are indexed, and the answer says it
(« BP → Budget participatif »). A concept has one label; what is typed is widened as follows:

- an acronym to the label, and the label to its acronyms: the same thing said twice;
- a synonym to the label or acronym, and back: near in sense, so it weighs less;
- never one synonym to another: two steps away the sense is often lost.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from kb.content.slugs import fold
from kb.content.taxonomy import Taxonomy, Term
from kb.search.analysis import Token, is_stop_word, normalise, stems, tokens
from kb.search.engine import Row

#: most significant words that one way of saying has
LONGEST = 6
Key = tuple[str, ...]


class Saying(NamedTuple):
    """One way of saying a concept."""

    text: str
    #: its words with their distance from the first, stop words left out
    words: tuple[tuple[int, Token], ...]
    #: label, part (« Coûts » of « Moyens et coûts »), acronym, synonym
    kind: str


@dataclass(frozen=True)
class Concept:
    """What several ways of saying stand for."""

    label: str
    sayings: tuple[Saying, ...]

    def instead_of(self, said: Saying) -> Iterator[tuple[Saying, bool]]:
        """(another way of saying it, True where it is the very same thing)."""
        for other in self.sayings:
            if other.words == said.words:
                continue
            kinds = {said.kind, other.kind}
            if kinds == {"label", "acronym"} or kinds == {"label"}:
                yield other, True
            elif kinds & {"label", "part", "acronym"} and "synonym" in kinds:
                yield other, False


class Found(NamedTuple):
    """A way of saying met in a query."""

    concept: Concept
    said: Saying
    #: indices of the words of the query that say it
    places: tuple[int, ...]


class Thesaurus:
    """All concepts, found by the stems of their words."""

    def __init__(self, taxonomy: Taxonomy, rows: Sequence[Row]) -> None:
        """Read the terms of the taxonomy, its glossary and the names of the collectivities."""
        self._by_key: dict[Key, list[tuple[Concept, Saying]]] = {}
        self._by_word: dict[str, list[tuple[Concept, Saying]]] = {}
        concepts = [concept for term in taxonomy.terms for concept in _of_term(term)]
        named = dict.fromkeys(row.names for row in rows if row.nature == "cas")
        concepts += [concept for names in named for concept in _of_names(names)]
        for concept in concepts:
            for saying in concept.sayings:
                self._by_key.setdefault(_key(saying.words), []).append((concept, saying))
                if len(saying.words) > 1:
                    for _, word in saying.words:
                        self._by_word.setdefault(_stem(word.form), []).append((concept, saying))

    def find(self, words: Sequence[tuple[int, str]]) -> Iterator[Found]:
        """Concepts said by runs of the query's words, given as (place, form); the longest run first.

        A word taken by a longer run says nothing by itself: « budget participatif » is not « budget ».
        """
        taken: set[int] = set()
        keys = [_stem(form) for _, form in words]
        for length in range(min(LONGEST, len(words)), 0, -1):
            for start in range(len(words) - length + 1):
                places = tuple(place for place, _ in words[start : start + length])
                said = self._by_key.get(tuple(keys[start : start + length]), ())
                if said and not taken & set(places):
                    taken.update(places)
                    for concept, saying in said:
                        yield Found(concept, saying, places)

    @property
    def words(self) -> dict[str, str]:
        """Every word that says a concept: form → spelling."""
        return {
            word.form: word.text
            for said in self._by_key.values()
            for _, saying in said
            for _, word in saying.words
        }

    def sayings_with(self, form: str) -> tuple[tuple[Concept, Saying], ...]:
        """Ways of saying of several words that hold this one: for a word that no document holds."""
        return tuple(self._by_word.get(_stem(form), ()))


def _of_term(term: Term) -> Iterator[Concept]:
    label = _said(term.label, "label")
    parts = [_said(part, "part") for part in term.label.split(" et ")] if " et " in term.label else []
    others = [_said(text, "acronym") for text in term.acronyms] + [
        _said(text, "synonym") for text in term.synonyms
    ]
    yield Concept(term.label, tuple(saying for saying in (label, *parts, *others) if saying.words))


def _of_names(names: Sequence[str]) -> Iterator[Concept]:
    """The official name with those aliases that share no word with it: « CD44 » for Loire-Atlantique.

    An alias of which one word is left without its small words (« Je participe ») is no saying: that
    word means something else by itself.
    """
    if not names:
        return
    label = _said(names[0], "label")
    own = {_stem(word.form) for _, word in label.words}
    aliases = [_said(name, "acronym") for name in names[1:] if "." not in name]
    strange = [
        alias
        for alias in aliases
        if alias.words
        and (len(alias.words) > 1 or len(list(tokens(normalise(alias.text)))) == 1)
        and not own & {_stem(word.form) for _, word in alias.words}
    ]
    if strange:
        yield Concept(names[0], (label, *strange))


def _said(text: str, kind: str) -> Saying:
    found = [token for token in tokens(normalise(text)) if token.form]
    counting = [(index, token) for index, token in enumerate(found) if not is_stop_word(token.form)]
    words = counting or list(enumerate(found))
    first = words[0][0] if words else 0
    return Saying(text, tuple((index - first, token) for index, token in words), kind)


def _key(words: Sequence[tuple[int, Token]]) -> Key:
    return tuple(_stem(token.form) for _, token in words)


def _stem(form: str) -> str:
    """The stem by which words are compared here: accent-blind on both sides."""
    return stems(fold(form))[0]
