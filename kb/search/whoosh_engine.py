"""The engine that stands on Whoosh: a schema that any Whoosh tool can open, ranked through NumPy.

A document of the knowledge base is a document of the index: a text field for each zone (name, title, body…),
analysed by our analyzer, with positions, stored; a keyword field for each facet; its slug; and, stored
only, what lists show and how its segments are cut. The terms of the text fields are folded forms, so
Whoosh's own `Term`, `Or`, `Phrase` and parsers work on it (`query_of`); they find what we find, and take
ten times as long where documents are many, so ranking reads `postings().value_as("positions")` once a
form and counts in arrays. Whoosh is imported here alone.

Cost: 1,000 documents of 600 words build in some 10 s; the commonest form of 10,000 takes 30 ms to read.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from itertools import chain, product
from pathlib import Path
from typing import Any

import numpy as np
from whoosh import index as whoosh_index
from whoosh import query as whoosh_query
from whoosh.analysis import Analyzer
from whoosh.analysis import Token as WhooshToken
from whoosh.fields import ID, KEYWORD, STORED, TEXT, Schema

from kb.content.documents import Corpus, Document
from kb.content.rendering import render
from kb.content.taxonomy import Taxonomy
from kb.errors import IndexUnavailableError
from kb.search.analysis import SEPARATOR, places, tokens, words
from kb.search.engine import Form, Ranked, Row
from kb.search.postings import EMPTY, Positions, Postings
from kb.search.ranking import Ranking
from kb.search.segments import Segment, Zone, names_of, segments_of
from kb.search.tree import Match, Places, Tree
from kb.search.units import is_counted
from kb.search.vocabulary import Vocabulary, read_vocabulary

#: changes with what the index holds; an index made with another is built again
VERSION = 6
VOCABULARY = "vocabulary.json"
#: the text field of each zone
FIELDS = tuple(zone.name.lower() for zone in Zone)
WHERE = whoosh_index.__file__


class FrenchAnalyzer(Analyzer):  # type: ignore[misc]
    """Whoosh's door to our analysis: the folded forms of a text, stop words included, with positions."""

    def __call__(
        self,
        value: str,
        positions: bool = False,
        chars: bool = False,
        start_pos: int = 0,
        start_char: int = 0,
        **options: Any,
    ) -> Iterator[Any]:
        """One token of Whoosh, changed in place, for each form, as its own analyzers do.

        Of a query only the words as they are: what texts add at one place would be more words of a phrase.
        """
        token = WhooshToken(positions, chars, **{k: options[k] for k in ("mode",) if k in options})
        asked = options.get("mode") == "query"
        for place in words(value) if asked else places(value):
            token.text, token.boost, token.stopped = place.form, 1.0, False
            token.pos = start_pos + place.position
            token.startchar, token.endchar = start_char + place.start, start_char + place.end
            yield token


def schema_of(taxonomy: Taxonomy) -> Schema:
    """Text fields by zone, keyword fields by facet, and what is only stored."""
    texts = {field: TEXT(analyzer=FrenchAnalyzer(), phrase=True, stored=True) for field in FIELDS}
    facets = {_facet_field(f.name): KEYWORD(commas=True, stored=True) for f in taxonomy.facets}
    return Schema(slug=ID(stored=True, unique=True), row=STORED(), cut=STORED(), **texts, **facets)


def write(corpus: Corpus, folder: Path) -> None:
    """Write the index of a corpus into an empty folder."""
    writer = whoosh_index.create_in(str(folder), schema_of(corpus.taxonomy)).writer(limitmb=256)
    vocabulary = Vocabulary()
    for document in corpus.documents:
        segments = sorted(
            segments_of(document, render(document), corpus.taxonomy), key=lambda segment: segment.zone
        )
        vocabulary.add_document([segment.text for segment in segments])
        writer.add_document(**_fields(document, segments, corpus.taxonomy))
    writer.commit()
    text = json.dumps(vocabulary.entries(), ensure_ascii=False)
    (folder / VOCABULARY).write_text(text, encoding="utf-8")


class WhooshEngine:
    """An open index of Whoosh; see `engine.Engine`."""

    def __init__(self, folder: Path) -> None:
        """Open the index in `folder`; raises whatever a damaged one raises."""
        self.vocabulary: Mapping[str, Form] = read_vocabulary(folder / VOCABULARY)
        self._lock = threading.Lock()
        self._reader: Any = whoosh_index.open_dir(str(folder), readonly=True).reader()
        stored = list(self._reader.all_stored_fields())
        self.rows: tuple[Row, ...] = tuple(_row_of(fields) for fields in stored)
        self._postings = Postings(
            [[(zone, words) for zone, _, _, words in fields["cut"]] for fields in stored], self._read
        )
        self._ranking = Ranking(self._postings)
        self._bases = self._lay_out()

    def occurrences(self, match: Match) -> int:
        """How often it stands in the documents."""
        return int(self._postings.of(match).size)

    def near(self, left: Match, right: Match, words: int) -> bool:
        """True where both stand somewhere within so many words of one another."""
        a, b = self._postings.of(left), self._postings.of(right)
        if not a.size or not b.size:
            return False
        after = np.searchsorted(b, a, side="right")
        ahead = b[np.minimum(after, b.size - 1)] - a
        before = np.searchsorted(b, a, side="left")
        behind = a - b[np.maximum(before - 1, 0)]
        return bool((((ahead > 0) & (ahead <= words)) | ((behind > 0) & (behind <= words))).any())

    def share(self, left: Match, right: Match) -> bool:
        """True where both stand in one segment somewhere."""
        a, b = (self._postings.segments_of(self._postings.of(match)) for match in (left, right))
        return bool(np.isin(a, b).any())

    @property
    def saturation(self) -> float:
        """K1 of the ranking."""
        return self._ranking.k1

    def rank(self, tree: Tree, *, corrected: bool = False) -> Ranked:
        """Scores of every document; with `corrected`, a corrected word counts as held."""
        return self._ranking.rank(tree, corrected=corrected)

    def segments(self, number: int) -> tuple[Segment, ...]:
        """The text of a document, as it was indexed."""
        with self._lock:
            fields = self._opened().stored_fields(number)
        texts = {field: iter(fields[field].split(SEPARATOR)) for field in FIELDS if field in fields}
        return tuple(
            Segment(Zone(zone), next(texts[FIELDS[zone]]), section, anchor)
            for zone, section, anchor, _ in fields["cut"]
        )

    def places(self, number: int, match: Match) -> Places:
        """Where a match starts in a document: (segment, word of the segment), in order."""
        return self._postings.inside(number, self._postings.of(match))

    def close(self) -> None:
        """Let go of the files; closing twice is no fault."""
        with self._lock:
            reader, self._reader = self._reader, None
            if reader is not None:
                reader.close()

    def _opened(self) -> Any:
        if self._reader is None:
            raise IndexUnavailableError("l’index est fermé")
        return self._reader

    def _lay_out(self) -> Positions:
        """Where the text of each zone of each document begins on the line of positions."""
        postings = self._postings
        bases = np.zeros(postings.size * len(FIELDS), np.int64)
        place = postings.segment_document * len(FIELDS) + postings.segment_zone
        held, first = np.unique(place, return_index=True)
        bases[held] = postings.segment_starts[first]
        return bases.reshape(postings.size, len(FIELDS))

    def _read(self, form: str) -> Positions:
        """The positions of a form on the line, read through Whoosh."""
        if form not in self.vocabulary and not is_counted(form):
            return EMPTY
        starts: list[int] = []
        runs: list[list[int]] = []
        with self._lock:
            reader = self._opened()
            for zone, field in enumerate(FIELDS):
                if (field, form) not in reader:
                    continue
                bases = self._bases[:, zone]
                matcher = reader.postings(field, form)
                while matcher.is_active():
                    starts.append(bases[matcher.id()])
                    runs.append(matcher.value_as("positions"))
                    matcher.next()
        counts = np.fromiter(map(len, runs), np.int64, len(runs))
        found = np.fromiter(chain.from_iterable(runs), np.int64, int(counts.sum()))
        found += np.repeat(np.array(starts, np.int64), counts)
        found.sort(kind="stable")
        return found


def query_of(tree: Tree) -> Any:
    """The tree in Whoosh's own words, for its tools and as a second opinion on what it finds.

    Runs of words that small words part (« choix du prestataire ») are left to us: a `Phrase` has no gaps.
    """
    found = [_query_of(r.match) for word in tree.leaves for r in word.readings if r.how != "correction"]
    required = [_either([_query_of(r.match) for r in phrase.readings]) for phrase in tree.phrases]
    excluded = [_query_of(match) for match in tree.excluded]
    nothing_asked = not (tree.leaves or tree.unknown)
    whole = whoosh_query.And([whoosh_query.Every() if nothing_asked else _either(found), *required])
    return whoosh_query.AndNot(whole, _either(excluded)) if excluded else whole


def _query_of(match: Match) -> Any:
    runs = product(*(forms for _, forms in match.words))
    return _either(
        [
            whoosh_query.Phrase(field, list(run)) if len(run) > 1 else whoosh_query.Term(field, run[0])
            for run in runs
            for field in FIELDS
        ]
    )


def _either(queries: list[Any]) -> Any:
    return whoosh_query.Or(queries) if queries else whoosh_query.NullQuery


def _fields(document: Document, segments: list[Segment], taxonomy: Taxonomy) -> dict[str, Any]:
    """What Whoosh is given of a document."""
    texts = {
        FIELDS[zone]: SEPARATOR.join(segment.text for segment in segments if segment.zone == zone)
        for zone in dict.fromkeys(segment.zone for segment in segments)
    }
    values = {facet.name: facet.values_for(document.values_of(facet.field)) for facet in taxonomy.facets}
    case = document.case
    row = {
        "nature": document.nature,
        "title": document.title,
        "summary": document.summary,
        "updated": document.updated,
        "names": names_of(document),
        "platforms": [platform.name for platform in case.platforms] if case else [],
        "facets": values,
    }
    facets = {_facet_field(name): ",".join(slug for slug, _ in found) for name, found in values.items()}
    cut = [(int(s.zone), s.section, s.anchor, sum(1 for _ in tokens(s.text))) for s in segments]
    return {"slug": document.slug, "row": row, "cut": cut, **texts, **facets}


def _row_of(fields: Mapping[str, Any]) -> Row:
    row = fields["row"]
    lists = {"names": tuple(row["names"]), "platforms": tuple(row["platforms"])}
    return Row(slug=fields["slug"], **{**row, **lists})


def _facet_field(name: str) -> str:
    return f"facet_{name.replace('-', '_')}"
