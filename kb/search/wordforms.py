"""The forms that a word of the request stands for, among those that the documents hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from kb.search.analysis import (
    Token,
    inflections_of,
    inflects,
    is_stop_word,
    is_sure,
    numbers_of,
    stems,
    stems_read,
)
from kb.search.engine import Form


class Forms:
    """The vocabulary by its stems."""

    def __init__(self, vocabulary: Mapping[str, Form]) -> None:
        """Group the forms by the stems of their spellings, and by any stem."""
        self._vocabulary = vocabulary
        forms = vocabulary.items()
        self._by_stem = _grouped((stem, form) for form, entry in forms for stem in entry.stems)
        self._by_any_stem = _grouped(
            (stem, form) for form, entry in forms for stem in dict.fromkeys(entry.stems + entry.plain_stems)
        )

    def of(self, token: Token) -> tuple[str, ...]:
        """The vocabulary's forms of a word, the typed one included where it is held.

        A word that we hold, in either number, is stemmed by the spellings found in the documents, so
        that « communes » is not taken for « communiqué »; any other word by both its stems.
        """
        vocabulary = self._vocabulary
        if token.is_number:
            return tuple(form for form in dict.fromkeys((token.form, token.amount)) if form in vocabulary)
        held = [
            form
            for form in (token.form, *numbers_of(token.form))
            if form in vocabulary and not is_stop_word(form)
        ]
        if token.form in vocabulary or held:
            return self._held(tuple(dict.fromkeys((token.form, *held))))
        read = dict.fromkeys((*stems_read(token.text), *stems(token.text), *stems(token.form)))
        wanted = [stem for stem in read if is_sure(token.form, stem)]
        sharing = [form for stem in wanted for form in self._by_any_stem.get(stem, ())]
        return tuple(
            dict.fromkeys(sharing or (form for form in inflections_of(token.form) if form in vocabulary))
        )

    def _held(self, forms: Sequence[str]) -> tuple[str, ...]:
        """The forms that share a stem with these; a stem taken without accents joins inflections only."""
        found: dict[str, None] = {}
        for form in forms:
            entry = self._vocabulary.get(form)
            if entry:
                alike = [other for stem in entry.stems for other in self._by_stem[stem]]
                plain = [other for stem in entry.plain_stems for other in self._by_any_stem[stem]]
                found.update(dict.fromkeys((form, *alike, *(o for o in plain if inflects(form, o)))))
        return tuple(found)


def _grouped(pairs: Iterator[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    groups: dict[str, list[str]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in groups.items()}
