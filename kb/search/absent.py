"""Places that a query names and the base has no case of, with the cases nearest to each.

A name of the official list that is no ordinary French word (« lyon », « le mans ») is always meant as
the place. One that is (« tours », « nord », « Bains ») is meant where it is written with a capital that
does not merely begin the query, or stands alone; a small place of that kind only where no document holds
the word. What names a collectivity of the base, its département or its region is not absent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from kb.compare.nearness import nearest_of
from kb.compare.profile import Profile, profile_of
from kb.content.documents import Document
from kb.places import Place, french_places
from kb.places.places import key_of, words_of
from kb.search.analysis import Token, is_stop_word
from kb.search.forms import is_ordinary
from kb.search.query import AbsentPlace

#: inhabitants from which a place is meant by its name even where documents hold the word
LARGE = 10_000
#: cases offered for a place
NEAREST = 3
#: type of collectivity of each kind of place, as the taxonomy names it
TYPES = {"commune": "commune", "departement": "departement", "region": "region"}


class Named(NamedTuple):
    """A place met in a query."""

    #: what the name may stand for, the most populous first
    places: tuple[Place, ...]
    #: indices of the words that name it
    words: tuple[int, ...]


class AbsentPlaces:
    """What the base lacks, over the documents of one corpus."""

    def __init__(self, cases: Sequence[Document]) -> None:
        """Note the names that the cases go by, whole and in part."""
        self._cases = cases
        self._own = {key for document in cases for key in _keys_of(document)}

    @cached_property
    def _profiled(self) -> tuple[tuple[Document, Profile], ...]:
        return tuple((document, profile_of(document)) for document in self._cases)

    def find(self, text: str, tokens: Sequence[Token], is_held: Callable[[Token], bool]) -> tuple[Named, ...]:
        """The places that the words of a query name and that no case is about."""
        found = french_places().within([token.form for token in tokens]) if _may_name(tokens) else ()
        return tuple(
            Named(places, tuple(range(start, end)))
            for start, end, places in found
            if key_of(token.form for token in tokens[start:end]) not in self._own
            and self._is_meant(text, tokens, start, end, places, is_held)
        )

    def told(self, text: str, tokens: Sequence[Token], named: Named) -> AbsentPlace:
        """What to say of an absent place: its name and the nearest cases by type and size."""
        place = named.places[0]
        profile = Profile(type=TYPES[place.kind], inhabitants=float(place.population) or None)
        near = nearest_of(profile, self._profiled)[:NEAREST]
        typed = text[tokens[named.words[0]].start : tokens[named.words[-1]].end]
        return AbsentPlace(typed, place.label, place.population, tuple(item.document.slug for item in near))

    def _is_meant(
        self,
        text: str,
        tokens: Sequence[Token],
        start: int,
        end: int,
        places: Sequence[Place],
        is_held: Callable[[Token], bool],
    ) -> bool:
        words = [token for token in tokens[start:end] if not is_stop_word(token.form)]
        alone = end - start == len(tokens)
        if len(words) != 1:
            return bool(words) or (alone and text[:1].isupper())
        word = words[0]
        if not is_ordinary(word.text):
            return not is_held(word) or _is_large(places[0]) or text[word.start].isupper()
        if not (alone or (start > 0 and text[word.start].isupper())):
            return False
        return not is_held(word) or _is_large(places[0])


def _may_name(tokens: Sequence[Token]) -> bool:
    return any(not token.is_number for token in tokens)


def _is_large(place: Place) -> bool:
    return place.kind != "commune" or place.population >= LARGE


def _keys_of(document: Document) -> Iterator[str]:
    """The keys of every run of words of the names of a case, and of where it lies."""
    collectivity = document.case.collectivity if document.case else None
    if collectivity is None:
        return
    for name in (collectivity.name, *collectivity.also_known_as):
        yield from _runs(words_of(name))
    for place in (collectivity.department, collectivity.region):
        yield key_of(words_of(place or ""))


def _runs(words: list[str]) -> Iterable[str]:
    return (
        key_of(words[start:end]) for start in range(len(words)) for end in range(start + 1, len(words) + 1)
    )
