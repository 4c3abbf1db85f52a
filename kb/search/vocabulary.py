"""The words of the documents: each folded form, how it is spelt, its stems, how many documents hold it.

Spelling needs the accents that forms have lost, and forms of one word are joined by the stems of their
spellings; both are counted once, when the index is built.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from kb.search.analysis import compounds, stems, stems_read, tokens
from kb.search.engine import Form


class Vocabulary:
    """Counts of forms and spellings over documents."""

    def __init__(self) -> None:
        """Nothing counted yet."""
        self._documents: Counter[str] = Counter()
        self._spellings: dict[str, Counter[str]] = defaultdict(Counter)

    def add_document(self, texts: Iterable[str]) -> None:
        """Count the words of the texts of one document."""
        held: set[str] = set()
        for text in texts:
            found = list(tokens(text))
            spelt = [(token.form, token.text) for token in found]
            spelt += [(token.amount, token.amount) for token in found if token.amount]
            spelt += [
                ("".join(t.form for t in parts), "-".join(t.text for t in parts))
                for _, parts in compounds(text, found)
            ]
            for form, spelling in spelt:
                self._spellings[form][spelling] += 1
                held.add(form)
        self._documents.update(held)

    def entries(self) -> dict[str, list[Any]]:
        """Form → documents, spellings, stems of the spellings, stems after folding."""
        entries = {}
        for form, documents in self._documents.items():
            spellings = [spelling for spelling, _ in self._spellings[form].most_common()]
            firsts = list(dict.fromkeys(stem for spelling in spellings for stem in stems_read(spelling)))
            entries[form] = [documents, spellings, firsts, [stems(form)[0]]]
        return entries


def read_vocabulary(path: Path) -> dict[str, Form]:
    """The entries written by `Vocabulary.entries`."""
    entries = json.loads(path.read_bytes())
    return {form: Form(entry[0], *map(tuple, entry[1:])) for form, entry in entries.items()}
