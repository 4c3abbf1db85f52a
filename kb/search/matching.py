"""The words of a request → a tree: in which forms and other words each may be met.

Each word gets its readings: as typed (exact), as another form of the word (forme), as a synonym or
acronym, as a corrected spelling. An engine weighs them; this module only finds them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from kb.search.absent import AbsentPlaces
from kb.search.analysis import Token, is_stop_word, normalise, tokens
from kb.search.engine import Engine
from kb.search.expansion import Found, Saying, Thesaurus
from kb.search.names import Names
from kb.search.parsing import Request
from kb.search.query import MAX_WORDS, Expansion
from kb.search.spelling import Spelling
from kb.search.tree import Match, Reading, Tree, Word, any_of
from kb.search.wordforms import Forms

MAX_UNKNOWN = 6  # words of one query that are respelt
#: letters from which a word typed alone may be respelt without asking
SURE_LETTERS = 6


@dataclass(frozen=True)
class Respelt:
    """What a misspelt word is taken for."""

    form: str
    reading: Reading
    #: False where it may only be proposed
    is_sure: bool = True


class Matcher:
    """Finds words, phrases, synonyms, corrections and names; holds no state of a query."""

    def __init__(
        self, engine: Engine, thesaurus: Thesaurus, spelling: Spelling, names: Names, places: AbsentPlaces
    ) -> None:
        """Work on these, all of them fixed."""
        self.engine, self.thesaurus, self.spelling, self.names = engine, thesaurus, spelling, names
        self.places = places
        self._matches: dict[Saying, Match] = {}
        self.forms_of = Forms(engine.vocabulary).of

    def match(self, request: Request) -> Tree:
        """Every word, phrase and exclusion of the request, met with the vocabulary.

        A word that no document holds, nor any like it, is left out as if it had not been typed.
        """
        request, notices = self._rarest(request)
        unknown = self._unknown(request)
        absent = self.places.find(request.text, request.tokens, lambda token: bool(self.forms_of(token)))
        in_places = {index for place in absent for index in place.words}
        told = tuple(self.places.told(request.text, request.tokens, place) for place in absent)
        unknown_words = [at for at in unknown if at not in in_places]
        near = self._respell([request.tokens[at] for at in unknown_words], request)
        name = self._as_a_name(request, unknown_words)
        if name:
            near |= {request.tokens[at]: name[1] for at in unknown_words if request.tokens[at] in name[0]}
        strange = tuple(request.tokens[place] for place in unknown)
        request = request.without([place for place in unknown if request.tokens[place] not in near])
        asked = [(place, request.tokens[place]) for place in request.significant]
        joined = self._joined(request)
        plain = [(place, token.form) for place, token in asked]
        said_plain = list(self.thesaurus.find(plain))
        standing = [(place, near[token].form if token in near else token.form) for place, token in asked]
        said = list(self.thesaurus.find(standing)) if near else said_plain
        words = [self._word(request, place, token, near, joined, said) for place, token in asked]
        corrections = [(t.start, t.end, near[t].reading.label) for _, t in asked if t in near]
        if name:
            first, last = name[0][0].start, name[0][-1].end
            corrections = [c for c in corrections if not first <= c[0] < last]
            corrections.append((first, last, name[1].reading.label))
        phrased = [[(n, t.form) for n, t in enumerate(p)] for p in request.phrases]
        named = self.names.find([standing, *phrased])
        as_typed = self.names.find([plain, *phrased]) if near else named
        return Tree(
            tuple(words),
            tuple(self._phrase(phrase, number) for number, phrase in enumerate(request.phrases)),
            tuple(self._inside(request)),
            tuple(self._excluded(tokens) for tokens in request.excluded),
            self._expansions(request, said),
            tuple(corrections),
            all(respelt.is_sure for respelt in near.values()),
            request.notices + notices,
            told,
            strange,
            tuple(token for token in strange if token not in near),
            named,
            name is not None or _is_clear(as_typed, said_plain),
            _is_clear(named, said),
            request.all_words,
        )

    def _rarest(self, request: Request) -> tuple[Request, tuple[str, ...]]:
        """The request with at most MAX_WORDS words that count, the rarest of them, and what to say of it."""
        places, vocabulary = list(request.significant), self.engine.vocabulary
        notices: tuple[str, ...] = ()
        if len(places) > MAX_WORDS:
            held = {
                p: vocabulary[f].documents if (f := request.tokens[p].form) in vocabulary else 0
                for p in places
            }
            places = sorted(sorted(places, key=lambda place: (held[place], place))[:MAX_WORDS])
            notices = (f"Seuls les {MAX_WORDS} mots les plus rares ont été cherchés.",)
        return replace(request, significant=tuple(places)), notices

    def _word(
        self,
        request: Request,
        place: int,
        token: Token,
        near: Mapping[Token, Respelt],
        joined: Mapping[int, Sequence[Reading]],
        said: Sequence[Found],
    ) -> Word:
        typed = request.text[token.start : token.end]
        if token in near:
            return Word(typed, token.form, place, (near[token].reading,), near[token].form)
        readings = [*self._direct(token), *joined.get(place, ()), *self._synonyms(place, said)]
        return Word(typed, token.form, place, tuple(readings or self._partly_said(token)))

    def _direct(self, token: Token) -> list[Reading]:
        forms = self.forms_of(token)
        exact = [Reading("exact", any_of(token.form))] if token.form in self.engine.vocabulary else []
        others = [form for form in forms if form != token.form]
        return exact + ([Reading("forme", any_of(*forms))] if others else [])

    def _unknown(self, request: Request) -> list[int]:
        """Indices of the words that no document holds in any form, nor any concept in its names."""
        plain = [(place, request.tokens[place].form) for place in request.significant]
        said = {place for found in self.thesaurus.find(plain) for place in found.places}
        told = said | set(self._joined(request))
        return [place for place, _ in plain if place not in told and self._is_strange(request.tokens[place])]

    def _is_strange(self, token: Token) -> bool:
        return not (self.forms_of(token) or self.thesaurus.sayings_with(token.form))

    def _joined(self, request: Request) -> dict[int, tuple[Reading, ...]]:
        """Readings of neighbours that the documents write as one word: « agglo forum » → aggloforum."""
        found: dict[int, tuple[Reading, ...]] = {}
        for index in range(len(request.tokens) - 1):
            left, right = request.tokens[index], request.tokens[index + 1]
            whole = left.form + right.form
            if (
                whole in self.engine.vocabulary
                and not left.is_number
                and not (is_stop_word(left.form) and is_stop_word(right.form))
            ):
                reading = Reading("forme", any_of(whole), label=whole)
                for place in (index, index + 1):
                    found[place] = (*found.get(place, ()), reading)
        return found

    def _respell(self, tokens: Sequence[Token], request: Request) -> dict[Token, Respelt]:
        """The nearest word that we hold for each of these that we do not; the longest first.

        The longer a word, the surer its correction; the next may then lean on it.
        """
        found: dict[Token, Respelt] = {}
        known = [self.forms_of(request.tokens[at]) for at in request.significant] if tokens else []
        beside = [any_of(*forms) for forms in known if forms]
        for token in sorted(tokens, key=lambda token: -len(token.form)):
            if token.is_number or len(found) >= MAX_UNKNOWN:
                continue
            respelt = self._nearest(token.form, beside)
            if respelt and len(request.significant) == 1 and len(token.form) < SURE_LETTERS:
                respelt = replace(respelt, is_sure=False)
            if respelt:
                found[token] = respelt
                beside.append(respelt.reading.match)
        return found

    def _as_a_name(
        self, request: Request, unknown: Sequence[int]
    ) -> tuple[tuple[Token, ...], Respelt] | None:
        """A run of words, one of them unknown, and the name of a case that it is like as a whole."""
        asked = [request.tokens[place] for place in request.significant]
        at = [number for number, place in enumerate(request.significant) if place in unknown]
        found = self.names.nearest([token.form for token in asked], at)
        if not found:
            return None
        start, end, name = found
        words = list(tokens(normalise(name)))
        match = Match(tuple((n, (word.form,)) for n, word in enumerate(words)))
        form = "".join(word.form for word in words if not is_stop_word(word.form))
        return tuple(asked[start:end]), Respelt(form, Reading("correction", match, name))

    def _nearest(self, form: str, beside: Sequence[Match]) -> Respelt | None:
        split = self.spelling.split(form)
        if split:
            spelt = " ".join(map(self.spelling.spelling_of, split))
            match = Match(tuple((offset, (part,)) for offset, part in enumerate(split)))
            return Respelt("".join(split), Reading("correction", match, spelt))
        for nearest in self.spelling.nearest(form, 1, beside):
            spelt = self.spelling.spelling_of(nearest)
            word = Token(spelt, nearest, 0, 0)
            match = any_of(*self.forms_of(word))
            if not match.forms:  # no document writes it, but a term is called so
                said = self._synonyms(0, list(self.thesaurus.find([(0, nearest)])))
                readings = said or self._partly_said(word)
                match = readings[0].match if readings else match
            return Respelt(nearest, Reading("correction", match, spelt))
        return self._begun(form)

    def _begun(self, form: str) -> Respelt | None:
        """The most widespread word that begins as typed, which is only proposed: « consul »."""
        for begun in self.spelling.starting_with(form, 1):
            spelt = self.spelling.spelling_of(begun)
            match = any_of(*self.forms_of(Token(spelt, begun, 0, 0)))
            return Respelt(begun, Reading("correction", match, spelt), is_sure=False)
        return None

    def _synonyms(self, place: int, said: Sequence[Found]) -> list[Reading]:
        return [reading for found in said if place in found.places for reading in self._instead(found)]

    def _instead(self, found: Found) -> list[Reading]:
        return [
            Reading("synonyme", match, other.text, same)
            for other, same in found.concept.instead_of(found.said)
            if self.engine.occurrences(match := self._match_of(other))
        ]

    def _partly_said(self, token: Token) -> list[Reading]:
        """For a word that no document holds: the concepts that have it in one of their names."""
        return [
            Reading("synonyme", match, other.text)
            for concept, said in self.thesaurus.sayings_with(token.form)[:3]
            for other, _ in concept.instead_of(said)
            if other.kind == "label" and self.engine.occurrences(match := self._match_of(other))
        ]

    def _match_of(self, saying: Saying) -> Match:
        """Where a way of saying stands; an acronym as it is written: « CA » is not a form of « cas »."""
        if saying not in self._matches:
            exact = saying.kind == "acronym"
            self._matches[saying] = Match(
                tuple((at, (token.form,) if exact else self.forms_of(token)) for at, token in saying.words)
            )
        return self._matches[saying]

    def _phrase(self, phrase: Sequence[Token], number: int) -> Word:
        match = Match(tuple((offset, (token.form,)) for offset, token in enumerate(phrase)))
        typed = " ".join(token.text for token in phrase)
        form = " ".join(token.form for token in phrase)
        return Word(f"« {typed} »", form, 10_000 + 100 * number, (Reading("exact", match),))

    def _inside(self, request: Request) -> Iterator[Word]:
        seen = {request.tokens[place].form for place in request.significant}
        for token in (token for phrase in request.phrases for token in phrase):
            if token.form not in seen and not is_stop_word(token.form):
                seen.add(token.form)
                yield Word(token.text, token.form, 10_000 + len(seen), tuple(self._direct(token)))

    def _excluded(self, tokens: Sequence[Token]) -> Match:
        """One word excludes its forms; several exclude the phrase."""
        if len(tokens) == 1:
            return any_of(*self.forms_of(tokens[0]))
        return Match(tuple((offset, (token.form,)) for offset, token in enumerate(tokens)))

    def _expansions(self, request: Request, said: Sequence[Found]) -> tuple[Expansion, ...]:
        found = {}
        for item in said:
            if item.said.kind in ("acronym", "synonym") and self._instead(item):
                first, last = (request.tokens[item.places[at]] for at in (0, -1))
                typed = request.text[first.start : last.end]
                found[typed, item.concept.label] = Expansion(typed, item.concept.label)
        return tuple(found.values())


def _is_clear(named: dict[int, float], said: Sequence[Found]) -> bool:
    return 1.0 in named.values() or any(len(found.places) > 1 for found in said)
