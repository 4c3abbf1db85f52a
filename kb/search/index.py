"""The index of a corpus in a folder: found, built where it is missing or damaged, thrown away, built again.

The index is a cache named by a key of content, taxonomy and code: any change gives another key, so an
index is never stale, only absent. What is inside is the engine's business (`whoosh_engine`), how the folder
stays ours and whole that of `safekeeping`.

A build goes into a folder aside, is written through to the disk, opened and tried, and only then
renamed into place; a lock file lets one builder work at a time, and who waits opens what the first
has built. A build that fails, for want of room or of leave to write, leaves what was there as it was.
"""

from __future__ import annotations

import hashlib
import logging
import os
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import TracebackType

from kb.content.documents import Corpus
from kb.errors import IndexUnavailableError
from kb.search.explanation import Explanation
from kb.search.query import Results, SearchQuery, Suggestion
from kb.search.safekeeping import (
    ASIDE,
    MANIFEST,
    aside_of,
    check_digests,
    check_owner,
    locked,
    own,
    put,
    reason,
    remove,
    seal,
)
from kb.search.search import Searcher
from kb.search.suggestions import LIMIT
from kb.search.whoosh_engine import VERSION, WHERE, WhooshEngine, write

log = logging.getLogger(__name__)

#: seconds to wait for another builder; 10,000 documents take 3 minutes
PATIENCE = 900.0


class Index:
    """An open index: answers searches until closed. Fixed once open, safe across threads."""

    def __init__(self, folder: Path, corpus: Corpus) -> None:
        """Open the index of this corpus in `folder`; raises whatever a damaged one raises."""
        check_owner(folder)
        check_digests(folder)
        self.folder = folder
        #: when it was built
        self.built = datetime.fromtimestamp((folder / MANIFEST).stat().st_mtime, UTC)
        self.engine = WhooshEngine(folder)
        if len(self.engine.rows) != len(corpus.documents):
            raise ValueError(f"{len(self.engine.rows)} documents indexed, {len(corpus.documents)} expected")
        self.searcher = Searcher(self.engine, corpus)

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
        self.engine.close()

    def __enter__(self) -> Index:
        """The index itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()


def index_folder(root: Path) -> Path:
    """Where the index of the content folder `root` is kept: KB_INDEX, else `.kb/` beside it."""
    chosen = os.environ.get("KB_INDEX")
    return Path(chosen) if chosen else root.resolve().parent / ".kb" / root.resolve().name


def ensure_index(corpus: Corpus, folder: Path, *, rebuild: bool = False, patience: float = PATIENCE) -> Index:
    """The index of `corpus` under `folder`, built where it is missing or damaged, or with `rebuild`.

    Waits up to `patience` seconds for another builder. Raises IndexUnavailableError where the
    folder cannot be used; an index that was there is then there still.
    """
    own(folder)
    if not rebuild:
        opened = open_index(corpus, folder)
        if opened:
            return opened
    with locked(folder, patience):
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
    remove(folder.glob(f"{ASIDE}*"))
    aside = aside_of(folder)
    try:
        aside.mkdir(mode=0o700, parents=True)
        write(corpus, aside)
        seal(aside)
        with Index(aside, corpus) as tried:
            tried.search(SearchQuery("essai"))
        put(aside, place)
    except OSError as error:
        raise IndexUnavailableError(
            f"l’index ne peut pas être écrit dans {folder} : {reason(error)}"
        ) from error
    finally:
        remove([aside])
    remove(old for old in (*folder.glob("index-*"), *folder.glob(f"{ASIDE}*")) if old != place)
    log.info("index %s built: %d documents", place, len(corpus.documents))
    return place


def key_of(corpus: Corpus) -> str:
    """Name of the index of this corpus made by this code."""
    digest = hashlib.sha256(f"{VERSION} {corpus.version} {_code_version()}".encode())
    digest.update(corpus.taxonomy.model_dump_json().encode())
    return f"index-{digest.hexdigest()[:20]}"


@cache
def _code_version() -> str:
    """Changes with the code that decides what an index holds, and with Whoosh."""
    digest = hashlib.sha256(repr(WHERE).encode())
    for path in sorted(Path(__file__).parents[1].rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
