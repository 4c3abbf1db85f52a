"""A hit: what a list shows of one document that a request found, with how each word was met."""

from __future__ import annotations

from kb.search.engine import HOWS, Engine, Ranked
from kb.search.passages import passages_of
from kb.search.query import Hit, Passage, WordMatch
from kb.search.reading import Texts
from kb.search.tree import Word
from kb.search.units import number_of

MAX_FOUND = 5  # forms told for one word of one hit


class Hits:
    """The hits of one engine; the texts read are kept."""

    def __init__(self, engine: Engine) -> None:
        """Nothing read yet."""
        self.engine = engine
        self.texts = Texts(engine.segments, engine.places)

    def of(self, number: int, ranked: Ranked, *, with_passages: bool) -> Hit:
        """The hit of a document; its passages left out where there is no time left for them."""
        row = self.engine.rows[number]
        words = ranked.tree.leaves
        passages: tuple[Passage, ...] = ()
        if with_passages and words:
            passages = passages_of(self.texts[number], words, ranked.idf)
        matched, missing = self.word_matches(ranked, number)
        return Hit(
            row.slug,
            row.nature,
            row.title,
            row.summary,
            round(float(ranked.score[number]), 6),
            passages,
            matched,
            missing,
            "repond" if ranked.answering[number] else "effleure",
        )

    def word_matches(self, ranked: Ranked, number: int) -> tuple[tuple[WordMatch, ...], tuple[str, ...]]:
        """(how each word met the document, the words it lacks)."""
        matched, missing = [], []
        for word, met in zip(ranked.tree.leaves, ranked.met, strict=True):
            if met[number]:
                how = HOWS[met[number] - 1]
                matched.append(WordMatch(word.typed, how, self._forms_found(word, how, number)))
            else:
                missing.append(word.typed)
        return tuple(matched), (*missing, *(token.text for token in ranked.tree.left_out))

    def _forms_found(self, word: Word, how: str, number: int) -> tuple[str, ...]:
        if how == "exact":
            return (word.form,)
        text = self.texts[number]
        held = [number_of(form) for form in word.forms if text.holds(form)] if how == "forme" else []
        labels = [r.label for r in word.readings if r.how == how and r.label and text.of(r.match)]
        return tuple(dict.fromkeys(held or labels))[:MAX_FOUND]
