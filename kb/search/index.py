"""The index on disk: built from the corpus, opened, thrown away and built again. Whoosh lives here only.

One Whoosh field holds, for every folded form, its positions on the line of all documents, a posting for
each bundle of BUNDLE documents: reading a common form takes a posting for each bundle rather than for
each document. The texts of which passages are cut are stored for each document, and a catalogue in JSON
holds what is needed for every document at once. The index is a cache named by a key of content,
taxonomy and code: any change gives another key, so an index is never stale, only absent.

A build goes into a folder aside, is written through to the disk, opened and tried, and only then
renamed into place; a lock file lets one builder work at a time, and who waits opens what the first
has built. Whoosh keeps pickles: the folder is code, so it belongs to this user alone (mode 700),
and there must be just the files noted at the build, each with its digest, before Whoosh may read
any. A folder that others could have written in is emptied and built again; a build that fails, for
want of room or of leave to write, leaves what was there as it was.

Cost: 37 documents build in about 1 s and open in 0.15 s; 10,000 in about 95 s and 5 s.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import json
import logging
import os
import re
import secrets
import shutil
import stat
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import cache, lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from whoosh import index as whoosh_index
from whoosh.fields import STORED, FieldType, Schema
from whoosh.formats import Format
from whoosh.reading import TermNotFound

from kb.content.documents import Corpus, Document
from kb.content.rendering import render
from kb.content.taxonomy import Taxonomy
from kb.errors import IndexUnavailableError
from kb.search.analysis import Token, compounds, is_stop_word, stems, stems_read, tokens
from kb.search.collection import DOCUMENT_GAP, SEGMENT_GAP, Collection, Form, Row, TextSegment
from kb.search.explanation import Explanation
from kb.search.query import Results, SearchQuery, Suggestion
from kb.search.search import Searcher
from kb.search.segments import SHOWN, Segment, Zone, names_of, segments_of
from kb.search.suggestions import LIMIT

log = logging.getLogger(__name__)

INDEX_VERSION = 2
MANIFEST, CATALOGUE, LOCK = "manifest.json", "catalogue.json", "lock"
#: seconds to wait for another builder; 10,000 documents take 3 minutes
PATIENCE = 900.0
#: frequent phrases offered while typing
MAX_PHRASES, PHRASE_DOCUMENTS = 300, 3
#: a phrase is but a part where a longer one stands in nearly as many documents
PART_OF_PHRASE = 1.25
FIELD = "words"
#: documents whose positions share a posting; after each bundle of them Whoosh holds one document more
BUNDLE = 64
#: start of the names of folders being built or about to go
ASIDE = ".building-"
#: leave to write for others than the owner
OTHERS = stat.S_IWGRP | stat.S_IWOTH
REASONS = {
    errno.ENOSPC: "le disque est plein",
    errno.EDQUOT: "le quota du disque est atteint",
    errno.EFBIG: "la taille permise aux fichiers est atteinte",
    errno.EROFS: "le disque est en lecture seule",
    errno.EACCES: "l’accès est refusé",
    errno.EPERM: "l’accès est refusé",
    errno.ENOTDIR: "un fichier est à la place d’un dossier",
    errno.EMFILE: "trop de fichiers sont ouverts",
    errno.EIO: "le disque a une panne",
}
#: what ends a breath: anything but letters, spaces, hyphens and apostrophes
_STOPS = re.compile(r"[^\w\s\-‑’']|\n")


class PositionsField(FieldType):  # type: ignore[misc]
    """A Whoosh field whose values are {form: positions as packed int32}; nothing is analysed by Whoosh."""

    def __init__(self) -> None:
        """A field without analyzer or scores.

        It keeps lengths, which nobody reads: without, Whoosh asks the disk for them at every posting.
        """
        super().__init__(Format(), None, scorable=True)

    def index(self, value: dict[str, bytes], **_: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        """The postings of one bundle."""
        for form in sorted(value):
            packed = value[form]
            yield form.encode(), len(packed) // 4, 1.0, packed


class Index:
    """An open index: answers searches until closed. Fixed once open, safe across threads."""

    def __init__(self, folder: Path, corpus: Corpus) -> None:
        """Open the index of this corpus in `folder`; raises whatever a damaged one raises."""
        _check_owner(folder)
        _check_digests(folder)
        catalogue = json.loads((folder / CATALOGUE).read_bytes())
        self.folder = folder
        #: when it was built
        self.built = datetime.fromtimestamp((folder / MANIFEST).stat().st_mtime, UTC)
        self._lock = threading.Lock()
        self._reader: Any = whoosh_index.open_dir(str(folder), readonly=True).reader()
        rows = [_row_of(row) for row in catalogue["rows"]]
        kept = len(rows) + -(-len(rows) // BUNDLE)
        if self._reader.doc_count() != kept:
            raise ValueError(f"{self._reader.doc_count()} documents and bundles indexed, {kept} expected")
        vocabulary = {
            form: Form(entry[0], *map(tuple, entry[1:])) for form, entry in catalogue["vocabulary"].items()
        }
        collection = Collection(rows, vocabulary, self._positions, self._texts)
        self.searcher = Searcher(collection, corpus, catalogue["phrases"])

    def search(self, query: SearchQuery) -> Results:
        """The hits of a query, best first, with facet counts, correction and passages."""
        return self.searcher.search(query)

    def suggest(self, text: str, limit: int = LIMIT) -> tuple[Suggestion, ...]:
        """Completions of what is being typed."""
        return self.searcher.suggest(text, limit)

    def explain(self, text: str, slug: str) -> Explanation:
        """Why a document stands where it stands; raises UnknownDocumentError for an unknown slug."""
        return self.searcher.explain(text, slug)

    def close(self) -> None:
        """Let go of the files; the index answers no more. Closing twice is no fault."""
        with self._lock:
            reader, self._reader = self._reader, None
            if reader is not None:
                reader.close()

    def __enter__(self) -> Index:
        """The index itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def _opened(self) -> Any:
        if self._reader is None:
            raise IndexUnavailableError("l’index est fermé")
        return self._reader

    def _positions(self, form: str) -> bytes:
        """Packed positions of a form, read through Whoosh."""
        values = []
        with self._lock, contextlib.suppress(TermNotFound):
            matcher = self._opened().postings(FIELD, form)
            while matcher.is_active():
                values.append(matcher.value())
                matcher.next()
        return b"".join(values)

    def _texts(self, number: int) -> tuple[TextSegment, ...]:
        with self._lock:
            stored = self._opened().stored_fields(number + number // BUNDLE)["texts"]
        return tuple(
            TextSegment(
                Zone(zone),
                section,
                anchor,
                text,
                first,
                np.frombuffer(starts, np.int32),
                np.frombuffer(ends, np.int32),
            )
            for zone, section, anchor, text, first, starts, ends in stored
        )


def index_folder(root: Path) -> Path:
    """Where the index of the content folder `root` is kept: KB_INDEX, else `.kb/` beside it."""
    chosen = os.environ.get("KB_INDEX")
    return Path(chosen) if chosen else root.resolve().parent / ".kb" / root.resolve().name


def ensure_index(corpus: Corpus, folder: Path, *, rebuild: bool = False, patience: float = PATIENCE) -> Index:
    """The index of `corpus` under `folder`, built where it is missing or damaged, or with `rebuild`.

    Waits up to `patience` seconds for another builder. Raises IndexUnavailableError where the
    folder cannot be used; an index that was there is then there still.
    """
    _own(folder)
    if not rebuild:
        opened = open_index(corpus, folder)
        if opened:
            return opened
    with _locked(folder, patience):
        if not rebuild:
            opened = open_index(corpus, folder)  # another builder may have been here meanwhile
            if opened:
                return opened
        return Index(build_index(corpus, folder), corpus)


def open_index(corpus: Corpus, folder: Path) -> Index | None:
    """The index of exactly this corpus, or None where there is none that can be trusted."""
    place = folder / key_of(corpus)
    if not place.is_dir():
        log.info("no index for this content under %s: building", folder)
        return None
    try:
        return Index(place, corpus)
    except Exception as error:  # a damaged index may fail in any way, and is then built again
        log.warning("index %s cannot be used (%s: %s): building again", place, type(error).__name__, error)
        return None


def build_index(corpus: Corpus, folder: Path) -> Path:
    """Build the index of `corpus` aside, try it, and put it in place; gives its folder.

    Left-overs of former builds and indexes of former content are removed. One builder at a time:
    call it through `ensure_index`, which holds the lock. Raises IndexUnavailableError where it
    cannot be written; what was in place stays.
    """
    place = folder / key_of(corpus)
    _remove(folder.glob(f"{ASIDE}*"))
    aside = _aside(folder)
    try:
        aside.mkdir(mode=0o700, parents=True)
        _write(corpus, aside)
        with Index(aside, corpus) as tried:
            tried.search(SearchQuery("essai"))
        _put(aside, place)
    except OSError as error:
        raise IndexUnavailableError(
            f"l’index ne peut pas être écrit dans {folder} : {_reason(error)}"
        ) from error
    finally:
        _remove([aside])
    _remove(old for old in (*folder.glob("index-*"), *folder.glob(f"{ASIDE}*")) if old != place)
    log.info("index %s built: %d documents", place, len(corpus.documents))
    return place


def key_of(corpus: Corpus) -> str:
    """Name of the index of this corpus made by this code."""
    digest = hashlib.sha256(f"{INDEX_VERSION} {corpus.version} {_code_version()}".encode())
    digest.update(corpus.taxonomy.model_dump_json().encode())
    return f"index-{digest.hexdigest()[:20]}"


@cache
def _code_version() -> str:
    """Changes with the code that decides what an index holds, and with Whoosh."""
    digest = hashlib.sha256(repr(whoosh_index.__file__).encode())
    here = Path(__file__).parent
    for path in sorted((*here.glob("*.py"), *(here.parent / "content").glob("*.py"))):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _write(corpus: Corpus, folder: Path) -> None:
    """Everything of an index, written through to the disk."""
    schema = Schema(**{FIELD: PositionsField(), "texts": STORED()})
    writer = whoosh_index.create_in(str(folder), schema).writer(limitmb=256)
    vocabulary, rows, base = _Vocabulary(), [], 0
    bundle: dict[str, list[bytes]] = defaultdict(list)
    for number, document in enumerate(corpus.documents, 1):
        segments = segments_of(document, render(document), corpus.taxonomy)
        positions, texts, layout, span = _lay_out(segments, vocabulary)
        for form, places in positions.items():
            bundle[form].append((np.array(sorted(set(places)), np.int32) + base).tobytes())
        base += span + DOCUMENT_GAP
        writer.add_document(texts=texts)
        rows.append(_row(document, corpus.taxonomy, layout, span))
        if number % BUNDLE == 0 or number == len(corpus.documents):
            writer.add_document(**{FIELD: {form: b"".join(parts) for form, parts in bundle.items()}})
            bundle.clear()
    writer.commit()
    catalogue = {"rows": rows, "vocabulary": vocabulary.entries(), "phrases": vocabulary.frequent_phrases()}
    (folder / CATALOGUE).write_text(json.dumps(catalogue, ensure_ascii=False), encoding="utf-8")
    digests = {path.name: _digest(path) for path in sorted(folder.iterdir()) if path.name != MANIFEST}
    (folder / MANIFEST).write_text(json.dumps(digests), encoding="utf-8")
    for path in folder.iterdir():
        _sync(path)
    _sync(folder)


def _lay_out(
    segments: Iterable[Segment], vocabulary: _Vocabulary
) -> tuple[dict[str, list[int]], list[tuple[Any, ...]], list[list[int]], int]:
    """(positions by form, texts to store, [zone, first, length] of each segment, positions taken)."""
    positions: dict[str, list[int]] = defaultdict(list)
    texts, layout, at = [], [], 0
    for segment in segments:
        found = list(tokens(segment.text))
        for offset, token in enumerate(found, at):
            positions[token.form].append(offset)
            if token.amount and token.amount != token.form:
                positions[token.amount].append(offset)
        for first, parts in compounds(segment.text, found):
            whole = "".join(token.form for token in parts)
            positions[whole].append(at + first)
            vocabulary.add_compound(whole, "-".join(token.text for token in parts))
        vocabulary.add(segment.text, found, segment.zone)
        if segment.zone in SHOWN:
            starts, ends = ([getattr(token, side) for token in found] for side in ("start", "end"))
            texts.append(
                (
                    int(segment.zone),
                    segment.section,
                    segment.anchor,
                    segment.text,
                    at,
                    np.array(starts, np.int32).tobytes(),
                    np.array(ends, np.int32).tobytes(),
                )
            )
        layout.append([int(segment.zone), at, len(found)])
        at += len(found) + SEGMENT_GAP
    vocabulary.close_document(positions.keys())
    return positions, texts, layout, at


class _Vocabulary:
    """Counts forms, spellings and phrases while documents are laid out."""

    def __init__(self) -> None:
        self._spellings: dict[str, Counter[str]] = defaultdict(Counter)
        self._documents: Counter[str] = Counter()
        self._phrase_documents: Counter[tuple[str, ...]] = Counter()
        self._shown: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
        self._seen: set[tuple[str, ...]] = set()

    def add(self, text: str, found: list[Token], zone: Zone) -> None:
        for token in found:
            self._spellings[token.form][token.text] += 1
            if token.amount:
                self._spellings[token.amount][token.amount] += 1
        if zone in (Zone.BODY, Zone.SUMMARY):
            self._count_phrases(text, found)

    def add_compound(self, form: str, spelling: str) -> None:
        self._spellings[form][spelling] += 1

    def close_document(self, forms: Iterable[str]) -> None:
        self._documents.update(forms)
        self._phrase_documents.update(self._seen)
        self._seen.clear()

    def entries(self) -> dict[str, list[Any]]:
        """Form → documents, spellings, stems of the spellings, stems after folding."""
        entries = {}
        for form, documents in self._documents.items():
            spellings = [spelling for spelling, _ in self._spellings[form].most_common()] or [form]
            firsts = list(dict.fromkeys(stem for spelling in spellings for stem in stems_read(spelling)))
            entries[form] = [documents, spellings, firsts, [stems(form)[0]]]
        return entries

    def frequent_phrases(self) -> list[str]:
        """Phrases found in several documents, the most widespread first, parts of longer ones left out."""
        held = {p: n for p, n in self._phrase_documents.items() if n >= PHRASE_DOCUMENTS}
        parts = {
            phrase[i:j]
            for phrase, documents in held.items()
            for i in range(len(phrase))
            for j in range(i + 1, len(phrase) + 1)
            if j - i < len(phrase) and held.get(phrase[i:j], documents + 1) <= documents * PART_OF_PHRASE
        }
        whole = sorted(held.keys() - parts, key=lambda p: (-held[p], -self._shown[p].total(), p))
        return [self._shown[phrase].most_common(1)[0][0] for phrase in whole[:MAX_PHRASES]]

    def _count_phrases(self, text: str, found: list[Token]) -> None:
        """Count what stands in one breath: two or three words that count, or four with a small one inside."""
        ends = [_is_end(token.form) for token in found]
        for start in range(len(found) - 1):
            if not ends[start]:
                continue
            for last in range(start + 1, min(start + 4, len(found))):
                if _STOPS.search(text, found[last - 1].end, found[last].start):
                    break
                inside = found[start + 1 : last]
                if ends[last] and (len(inside) < 2 or any(is_stop_word(token.form) for token in inside)):
                    key = tuple(token.form for token in found[start : last + 1])
                    self._seen.add(key)
                    self._shown[key][text[found[start].start : found[last].end].replace("\n", " ")] += 1


@lru_cache(maxsize=200_000)
def _is_end(form: str) -> bool:
    """True for a word that a phrase can begin or end with."""
    return len(form) > 2 and not form[0].isdigit() and not is_stop_word(form)


def _row(document: Document, taxonomy: Taxonomy, layout: list[list[int]], span: int) -> dict[str, Any]:
    case = document.case
    return {
        "slug": document.slug,
        "nature": document.nature,
        "title": document.title,
        "summary": document.summary,
        "updated": document.updated,
        "names": names_of(document),
        "platforms": [platform.name for platform in case.platforms] if case else [],
        "facets": {
            facet.name: facet.values_for(document.values_of(facet.field)) for facet in taxonomy.facets
        },
        "segments": layout,
        "span": span,
    }


def _row_of(data: dict[str, Any]) -> Row:
    return Row(**{**data, "names": tuple(data["names"]), "platforms": tuple(data["platforms"])})


def _check_owner(folder: Path) -> None:
    """Raises ValueError where another account owns the folder or a file, or may write there."""
    for path in (folder, *folder.iterdir()):
        status = path.lstat()
        if status.st_uid != os.getuid():
            raise ValueError(f"{path.name} belongs to another account")
        if stat.S_ISLNK(status.st_mode) or status.st_mode & OTHERS:
            raise ValueError(f"{path.name} could have been written by another account")


def _check_digests(folder: Path) -> None:
    """Raises ValueError unless the files are those that were written, each as it was written.

    A file too many counts: Whoosh reads the table of contents with the highest number.
    """
    digests = json.loads((folder / MANIFEST).read_bytes())
    if digests.keys() != {path.name for path in folder.iterdir()} - {MANIFEST}:
        raise ValueError("the files are not those that were written")
    for name, digest in digests.items():
        if _digest(folder / name) != digest:
            raise ValueError(f"{name} has changed since it was written")


def _own(folder: Path) -> None:
    """Make the folder, for this user alone; raises IndexUnavailableError where it is someone else's.

    Where others could write, they may have put an index there: none of it is kept.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = folder.stat()
        if status.st_uid != os.getuid():
            raise IndexUnavailableError(
                f"le dossier {folder} appartient à un autre compte ; choisissez-en un avec KB_INDEX"
            )
        if stat.S_IMODE(status.st_mode) & 0o077:
            folder.chmod(0o700)
            if status.st_mode & OTHERS:
                log.warning("index folder %s could be written by other accounts: building again", folder)
                _remove(folder.glob("index-*"))
    except OSError as error:
        raise IndexUnavailableError(
            f"le dossier {folder} ne peut pas servir : {_reason(error)} ; choisissez-en un avec KB_INDEX"
        ) from error


@contextlib.contextmanager
def _locked(folder: Path, patience: float) -> Iterator[None]:
    """One builder at a time, across threads and processes; freed by the system if the process dies."""
    try:
        lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise IndexUnavailableError(
            f"l’index ne peut pas être écrit dans {folder} : {_reason(error)}"
        ) from error
    try:
        until = time.monotonic() + patience
        while not _took(lock):
            if time.monotonic() > until:
                raise IndexUnavailableError(
                    f"un autre processus tient l’index de {folder} depuis plus de {patience:.0f} s ; "
                    f"arrêtez-le, ou choisissez un autre dossier avec KB_INDEX"
                )
            time.sleep(0.02)
        yield
    finally:
        os.close(lock)


def _took(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _aside(folder: Path) -> Path:
    return folder / f"{ASIDE}{os.getpid()}-{secrets.token_hex(4)}"


def _put(aside: Path, place: Path) -> None:
    """Rename `aside` to `place`, what stood there to a left-over, and back again if that fails."""
    former = _aside(place.parent) if place.exists() else None
    if former:
        place.rename(former)
    try:
        aside.rename(place)
    except OSError:
        if former:
            former.rename(place)
        raise
    _sync(place.parent)


def _remove(folders: Iterable[Path]) -> None:
    """Remove folders; what cannot be removed is left to the next build."""
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def _reason(error: OSError) -> str:
    """What the system refused, in French where it is one of the usual refusals."""
    return REASONS.get(error.errno or 0, error.strerror or str(error))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    """Write a file or folder through to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
