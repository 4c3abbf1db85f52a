"""The words of a request → where the collection holds them, and in which way.

Each word gets its readings: as typed (exact), as another form of the word (forme), as a synonym or
acronym, as a corrected spelling. `ranking` weighs them; this module only finds them.
"""

from __future__ import annotations

from collections.abc import Collection as Collection_
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from rapidfuzz import process
from rapidfuzz.distance import OSA

from kb.search.absent import AbsentPlaces
from kb.search.analysis import (
    Token,
    inflections_of,
    inflects,
    is_stop_word,
    is_sure,
    normalise,
    numbers_of,
    stems,
    stems_read,
    tokens,
)
from kb.search.collection import EMPTY, Collection, Positions, held_in, merged
from kb.search.expansion import LONGEST, Found, Saying, Thesaurus
from kb.search.parsing import Request
from kb.search.query import MAX_WORDS, AbsentPlace, Expansion, How
from kb.search.spelling import Spelling

MAX_UNKNOWN = 6  # words of one query that are respelt
#: letters from which a word typed alone may be respelt without asking
SURE_LETTERS = 6


@dataclass(frozen=True)
class Reading:
    """One way in which a word met the collection."""

    how: How
    positions: Positions
    #: tokens that each occurrence spans
    width: int = 1
    #: what was searched instead of the word: synonym or corrected spelling
    label: str = ""
    #: True for a synonym that is the very same thing (an acronym and its words)
    same: bool = False
    #: True for all forms of the word, the exact one among them
    whole: bool = False


@dataclass(frozen=True)
class Word:
    """A word or phrase of the request with its readings."""

    #: as typed
    typed: str
    form: str
    #: index among the words of the request, to tell neighbours
    place: int
    readings: tuple[Reading, ...]
    #: forms searched besides the exact one
    forms: tuple[str, ...] = ()
    #: the form that stands for a misspelt word, else ""
    corrected: str = ""

    def of(self, *hows: How) -> Positions:
        """Positions of the readings of these kinds, in order."""
        told = [reading for reading in self.readings if reading.how in hows]
        if any(reading.whole for reading in told):  # all forms hold the exact one already
            told = [reading for reading in told if reading.how != "exact"]
        return merged([reading.positions for reading in told])


@dataclass(frozen=True)
class Respelt:
    """What a misspelt word is taken for."""

    form: str
    reading: Reading
    #: False where it may only be proposed
    is_sure: bool = True


@dataclass(frozen=True)
class Matched:
    """A request met with the collection."""

    words: tuple[Word, ...]
    #: phrases in quotes, which a document must hold
    phrases: tuple[Word, ...]
    #: words of the phrases, which no document must hold apart from them: where they are frequent, the
    #: phrase says more
    inside: tuple[Word, ...]
    #: positions of what is excluded
    excluded: tuple[Positions, ...]
    expansions: tuple[Expansion, ...] = ()
    #: (start, end, spelling) of each correction in the request's text
    corrections: tuple[tuple[int, int, str], ...] = ()
    #: False where a correction may only be proposed
    is_sure: bool = True
    notices: tuple[str, ...] = ()
    #: places of the query that the base has no case of
    places: tuple[AbsentPlace, ...] = ()
    #: words that no document holds, as typed; those that may be misspelt are among `words` too
    unknown: tuple[Token, ...] = ()
    #: those that nothing is like, which count for nothing
    left_out: tuple[Token, ...] = ()
    #: documents that the query names, with how surely: 1 by name, less by the title of a note
    named: dict[int, float] = field(default_factory=dict)
    #: True where the query names a document or says a term in several words; as typed, and as corrected
    is_clear: bool = False
    is_clear_corrected: bool = False


class Matcher:
    """Finds words, phrases, synonyms, corrections and names; holds no state of a query."""

    def __init__(
        self,
        collection: Collection,
        thesaurus: Thesaurus,
        spelling: Spelling,
        names: Names,
        places: AbsentPlaces,
    ) -> None:
        """Work on these, all of them fixed."""
        self.collection, self.thesaurus, self.spelling, self.names = collection, thesaurus, spelling, names
        self.places = places

    def match(self, request: Request) -> Matched:
        """Every word, phrase and exclusion of the request, met with the collection.

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
        asked, places = [request.tokens[place] for place in request.significant], request.significant
        respelt = {index: near[token] for index, token in enumerate(asked) if token in near}
        forms = [self.forms_of(token) for token in asked]
        known = [self.collection.union(found) for found in forms]
        joined = self._joined(request)
        plain = [(place, token.form) for place, token in zip(places, asked, strict=True)]
        said_plain = list(self.thesaurus.find(plain))
        standing = [
            (place, respelt[n].form if n in respelt else form) for n, (place, form) in enumerate(plain)
        ]
        said = list(self.thesaurus.find(standing)) if respelt else said_plain
        words, corrections = [], []
        for index, (token, place) in enumerate(zip(asked, places, strict=True)):
            typed = request.text[token.start : token.end]
            if index in respelt:
                found = respelt[index]
                readings = [found.reading]
                corrections.append((token.start, token.end, found.reading.label))
            else:
                readings = [
                    *self._direct(token, known[index]),
                    *joined.get(place, ()),
                    *self._synonyms(place, said),
                ]
                readings = readings or self._partly_said(token)
            words.append(
                Word(
                    typed,
                    token.form,
                    place,
                    tuple(r for r in readings if r.positions.size),
                    forms[index],
                    respelt[index].form if index in respelt else "",
                )
            )
        if name:
            first, last = name[0][0].start, name[0][-1].end
            corrections = [c for c in corrections if not first <= c[0] < last]
            corrections.append((first, last, name[1].reading.label))
        phrases = tuple(self._phrase(phrase, number) for number, phrase in enumerate(request.phrases))
        excluded = tuple(self._excluded(words) for words in request.excluded)
        phrased = [[(n, t.form) for n, t in enumerate(p)] for p in request.phrases]
        named = self.names.find([standing, *phrased])
        as_typed = self.names.find([plain, *phrased]) if respelt else named
        return Matched(
            tuple(words),
            phrases,
            tuple(self._inside(request)),
            excluded,
            self._expansions(request, said),
            tuple(corrections),
            all(respelt.is_sure for respelt in near.values()),
            request.notices + notices,
            told,
            strange,
            tuple(token for token in strange if token not in near),
            named,
            _is_clear(as_typed, said_plain),
            _is_clear(named, said),
        )

    def forms_of(self, token: Token) -> tuple[str, ...]:
        """The vocabulary's forms of a word, the typed one included where it is held.

        A word that we hold, in either number, is stemmed by the spellings found in the documents, so
        that « communes » is not taken for « communiqué »; any other word by both its stems.
        """
        vocabulary = self.collection.vocabulary
        if token.is_number:
            return tuple(form for form in dict.fromkeys((token.form, token.amount)) if form in vocabulary)
        held = [
            form
            for form in (token.form, *numbers_of(token.form))
            if form in vocabulary and not is_stop_word(form)
        ]
        if token.form in vocabulary or held:
            return self._forms_held(tuple(dict.fromkeys((token.form, *held))))
        read = dict.fromkeys((*stems_read(token.text), *stems(token.text), *stems(token.form)))
        wanted = [stem for stem in read if is_sure(token.form, stem)]
        sharing = [form for stem in wanted for form in self.collection.by_any_stem.get(stem, ())]
        return tuple(
            dict.fromkeys(sharing or (form for form in inflections_of(token.form) if form in vocabulary))
        )

    def _forms_held(self, forms: Sequence[str]) -> tuple[str, ...]:
        """The forms that share a stem with these; a stem taken without accents joins inflections only."""
        found: dict[str, None] = {}
        for form in forms:
            entry = self.collection.vocabulary.get(form)
            if entry:
                found[form] = None
                found.update(
                    dict.fromkeys(other for stem in entry.stems for other in self.collection.by_stem[stem])
                )
                found.update(
                    dict.fromkeys(
                        other
                        for stem in entry.plain_stems
                        for other in self.collection.by_any_stem[stem]
                        if inflects(form, other)
                    )
                )
        return tuple(found)

    def phrase_positions(self, words: Sequence[tuple[int, Positions]]) -> Positions:
        """Where a phrase starts, given (distance from its start, positions) of each of its words."""
        starts: Positions | None = None
        for offset, positions in sorted(words, key=lambda word: word[1].size):
            if not positions.size:
                return EMPTY
            starts = positions - offset if starts is None else starts[held_in(starts + offset, positions)]
        return EMPTY if starts is None else starts

    def _rarest(self, request: Request) -> tuple[Request, tuple[str, ...]]:
        """The request with at most MAX_WORDS words that count, the rarest of them, and what to say of it."""
        places, vocabulary = list(request.significant), self.collection.vocabulary
        notices: tuple[str, ...] = ()
        if len(places) > MAX_WORDS:
            held = {
                p: vocabulary[f].documents if (f := request.tokens[p].form) in vocabulary else 0
                for p in places
            }
            places = sorted(sorted(places, key=lambda place: (held[place], place))[:MAX_WORDS])
            notices = (f"Seuls les {MAX_WORDS} mots les plus rares ont été cherchés.",)
        return replace(request, significant=tuple(places)), notices

    def _unknown(self, request: Request) -> list[int]:
        """Indices of the words that no document holds in any form, nor any concept in its names."""
        plain = [(place, request.tokens[place].form) for place in request.significant]
        said = {place for found in self.thesaurus.find(plain) for place in found.places}
        told = said | set(self._joined(request))
        return [place for place, _ in plain if place not in told and self._is_strange(request.tokens[place])]

    def _is_strange(self, token: Token) -> bool:
        return not (self.forms_of(token) or self.thesaurus.sayings_with(token.form))

    def _direct(self, token: Token, group: Positions) -> list[Reading]:
        exact = self.collection.positions(token.form)
        readings = [Reading("exact", exact)] if exact.size else []
        if group.size > exact.size:
            readings.append(Reading("forme", group, whole=True))
        return readings

    def _joined(self, request: Request) -> dict[int, tuple[Reading, ...]]:
        """Readings of neighbours that the documents write as one word: « agglo forum » → aggloforum."""
        found: dict[int, tuple[Reading, ...]] = {}
        vocabulary = self.collection.vocabulary
        for index in range(len(request.tokens) - 1):
            left, right = request.tokens[index], request.tokens[index + 1]
            whole = left.form + right.form
            if (
                whole in vocabulary
                and not left.is_number
                and not (is_stop_word(left.form) and is_stop_word(right.form))
            ):
                reading = Reading("forme", self.collection.positions(whole), label=whole)
                for place in (index, index + 1):
                    found[place] = (*found.get(place, ()), reading)
        return found

    def _respell(self, tokens: Sequence[Token], request: Request) -> dict[Token, Respelt]:
        """The nearest word that we hold for each of these that we do not; the longest first.

        The longer a word, the surer its correction; the next may then lean on it.
        """
        found: dict[Token, Respelt] = {}
        known = (self.collection.union(self.forms_of(request.tokens[at])) for at in request.significant)
        beside = [positions for positions in known if positions.size] if tokens else []
        for token in sorted(tokens, key=lambda token: -len(token.form)):
            if token.is_number or len(found) >= MAX_UNKNOWN:
                continue
            respelt = self._nearest(token.form, beside)
            if respelt and len(request.significant) == 1 and len(token.form) < SURE_LETTERS:
                respelt = replace(respelt, is_sure=False)
            if respelt:
                found[token] = respelt
                beside.append(respelt.reading.positions)
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
        starts = self.phrase_positions([(n, self.collection.positions(w.form)) for n, w in enumerate(words)])
        form = "".join(word.form for word in words if not is_stop_word(word.form))
        return tuple(asked[start:end]), Respelt(form, Reading("correction", starts, len(words), name))

    def _nearest(self, form: str, beside: Sequence[Positions]) -> Respelt | None:
        split = self.spelling.split(form)
        if split:
            starts = self.phrase_positions(
                [(offset, self.collection.positions(part)) for offset, part in enumerate(split)]
            )
            spelt = " ".join(map(self.spelling.spelling_of, split))
            return Respelt("".join(split), Reading("correction", starts, 2, spelt))
        for nearest in self.spelling.nearest(form, 1, beside):
            spelt = self.spelling.spelling_of(nearest)
            word = Token(spelt, nearest, 0, 0)
            group = self.collection.union(self.forms_of(word))
            if not group.size:  # no document writes it, but a term is called so
                said = self._synonyms(0, list(self.thesaurus.find([(0, nearest)])))
                group = merged([reading.positions for reading in said or self._partly_said(word)])
            return Respelt(nearest, Reading("correction", group, 1, spelt))
        return self._begun(form)

    def _begun(self, form: str) -> Respelt | None:
        """The most widespread word that begins as typed, which is only proposed: « consul »."""
        for begun in self.spelling.starting_with(form, 1):
            spelt = self.spelling.spelling_of(begun)
            group = self.collection.union(self.forms_of(Token(spelt, begun, 0, 0)))
            return Respelt(begun, Reading("correction", group, 1, spelt), is_sure=False)
        return None

    def _synonyms(self, place: int, said: Sequence[Found]) -> list[Reading]:
        return [reading for found in said if place in found.places for reading in self._instead(found)]

    def _instead(self, found: Found) -> list[Reading]:
        readings = []
        for other, same in found.concept.instead_of(found.said):
            positions = self._saying_positions(other)
            if positions.size:
                readings.append(Reading("synonyme", positions, other.words[-1][0] + 1, other.text, same))
        return readings

    def _partly_said(self, token: Token) -> list[Reading]:
        """For a word that no document holds: the concepts that have it in one of their names."""
        readings = []
        for concept, said in self.thesaurus.sayings_with(token.form)[:3]:
            for other, _ in concept.instead_of(said):
                positions = self._saying_positions(other) if other.kind == "label" else EMPTY
                if positions.size:
                    readings.append(Reading("synonyme", positions, other.words[-1][0] + 1, other.text))
        return readings

    def _saying_positions(self, saying: Saying) -> Positions:
        return self.collection.kept(f"{saying.kind}: {saying.text}", lambda: self._look_up(saying))

    def _look_up(self, saying: Saying) -> Positions:
        if saying.kind == "acronym":  # « CA » is not a form of « cas »
            return self.phrase_positions(
                [(offset, self.collection.positions(token.form)) for offset, token in saying.words]
            )
        return self.phrase_positions(
            [(offset, self.collection.union(self.forms_of(token))) for offset, token in saying.words]
        )

    def _phrase(self, phrase: Sequence[Token], number: int) -> Word:
        positions = self.phrase_positions(
            [(offset, self.collection.positions(t.form)) for offset, t in enumerate(phrase)]
        )
        typed = " ".join(token.text for token in phrase)
        return Word(
            f"« {typed} »",
            " ".join(t.form for t in phrase),
            10_000 + 100 * number,
            (Reading("exact", positions, len(phrase)),) if positions.size else (),
        )

    def _inside(self, request: Request) -> Iterator[Word]:
        seen = {request.tokens[place].form for place in request.significant}
        for token in (token for phrase in request.phrases for token in phrase):
            if token.form not in seen and not is_stop_word(token.form):
                seen.add(token.form)
                forms = self.forms_of(token)
                readings = tuple(self._direct(token, self.collection.union(forms)))
                yield Word(token.text, token.form, 10_000 + len(seen), readings, forms)

    def _excluded(self, tokens: Sequence[Token]) -> Positions:
        """One word excludes its forms; several exclude the phrase."""
        if len(tokens) == 1:
            return self.collection.union(self.forms_of(tokens[0]))
        return self.phrase_positions(
            [(offset, self.collection.positions(t.form)) for offset, t in enumerate(tokens)]
        )

    def _expansions(self, request: Request, said: Sequence[Found]) -> tuple[Expansion, ...]:
        found = {}
        for item in said:
            if item.said.kind in ("acronym", "synonym") and self._instead(item):
                typed = request.text[
                    request.tokens[item.places[0]].start : request.tokens[item.places[-1]].end
                ]
                found[typed, item.concept.label] = Expansion(typed, item.concept.label)
        return tuple(found.values())


def _is_clear(named: dict[int, float], said: Sequence[Found]) -> bool:
    return 1.0 in named.values() or any(len(found.places) > 1 for found in said)


class Names:
    """Names of documents, found in runs of words however they are joined or parted."""

    def __init__(self, collection: Collection) -> None:
        """Read the names of every row."""
        self.collection = collection
        self._by_key: dict[str, dict[int, float]] = {}
        self._platforms: dict[str, set[int]] = {}
        for number, row in enumerate(collection.rows):
            for name in row.names:
                if row.nature == "cas":
                    self._by_key.setdefault(_joined_key(name), {})[number] = 1.0
                else:
                    self._by_key.setdefault(_stem_key(name), {}).setdefault(number, TITLE_SURENESS)
            for name in row.platforms:
                self._platforms.setdefault(_joined_key(name), set()).add(number)
        self._by_key.pop("", None)
        self._platforms.pop("", None)
        #: names of cases by key, as they are written
        self._written: dict[str, str] = {}
        for row in collection.rows:
            for name in row.names if row.nature == "cas" else ():
                self._written.setdefault(_joined_key(name), name)

    def find(self, runs: Sequence[Sequence[tuple[int, str]]]) -> dict[int, float]:
        """Documents named by runs of (place, form), with how surely."""
        found: dict[int, float] = {}
        for run in runs:
            forms = [form for _, form in run]
            for start in range(len(forms)):
                for end in range(start + 1, min(start + LONGEST, len(forms)) + 1):
                    self._look(forms[start:end], (end - start) / len(forms), found)
        return found

    def nearest(self, forms: Sequence[str], unknown: Collection_[int]) -> tuple[int, int, str] | None:
        """(first word, end, name) of the run most like the name of a case, of several words, one unknown.

        The more unknown words it explains the better.

        « marc en bareuil » is nearer to a name as a whole than each of its words to another word.
        """
        found: list[tuple[int, float, tuple[int, int, str]]] = []
        for start in range(len(forms)):
            for end in range(start + 2, min(start + LONGEST, len(forms)) + 1):
                key, inside = "".join(forms[start:end]), sum(start <= at < end for at in unknown)
                if len(key) < NAME_LETTERS or not inside:
                    continue
                near = process.extractOne(
                    key, self._written.keys(), scorer=OSA.normalized_similarity, score_cutoff=LIKE_A_NAME
                )
                if near and near[0][0] == key[0]:
                    found.append((inside, near[1], (start, end, self._written[near[0]])))
        return max(found)[2] if found else None

    def _look(self, forms: Sequence[str], share: float, found: dict[int, float]) -> None:
        """Add what these forms name; the title of a note is surer the more of the query it takes."""
        for key in {"".join(forms), "".join(stems(form)[0] for form in forms)}:
            for number, sureness in self._by_key.get(key, {}).items():
                sureness *= 1.0 if sureness == 1.0 else share
                found[number] = max(found.get(number, 0.0), sureness)
        for number in self._platforms.get("".join(forms), ()):
            if self._is_distinctive(forms):
                found[number] = max(found.get(number, 0.0), 1.0)

    def _is_distinctive(self, forms: Sequence[str]) -> bool:
        """False for a platform called by a common expression, such as « Budget participatif »."""
        held = [
            self.collection.vocabulary[form].documents for form in forms if form in self.collection.vocabulary
        ]
        return bool(held) and min(held) <= 1 + self.collection.size * COMMON_NAME


#: likeness from which several words are taken for a name, and letters that they have at least
LIKE_A_NAME, NAME_LETTERS = 0.75, 8
#: how surely the title of a note names it, beside the name of a collectivity
TITLE_SURENESS = 0.5
#: a platform's name whose rarest word stands in more than this share of documents is no name
COMMON_NAME = 0.25


def _joined_key(name: str) -> str:
    return "".join(token.form for token in tokens(normalise(name)) if not is_stop_word(token.form))


def _stem_key(name: str) -> str:
    return "".join(stems(token.form)[0] for token in tokens(normalise(name)) if not is_stop_word(token.form))
