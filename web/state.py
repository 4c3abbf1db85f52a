"""The open corpus and index of the running site; `current()` gives them to a request.

A snapshot is never changed, only replaced in one assignment, so that a request sees one version
of everything. A background thread looks at the content folder; when a file changes it loads the
corpus again, refreshes the index beside the one in use, and swaps. Content that has become
unreadable keeps the last good snapshot serving; `problems` then says why.
"""

from __future__ import annotations

import hashlib
import logging
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask, current_app

from kb.content.loading import Loaded, load_corpus
from kb.content.model import Corpus, Document
from kb.content.rendering import Rendering, render
from kb.errors import KBError, Problem
from kb.search.index import Index, ensure_index

log = logging.getLogger(__name__)


@dataclass
class Snapshot:
    """One version of the content with its index."""

    corpus: Corpus
    index: Index
    #: changes with the content and with the code: part of every ETag
    version: str
    _renderings: dict[str, Rendering] = field(default_factory=dict)

    def rendering(self, document: Document) -> Rendering:
        """The rendered body of a document, made once."""
        if document.path not in self._renderings:
            self._renderings[document.path] = render(document)
        return self._renderings[document.path]


class Site:
    """The content folder being served and its present snapshot."""

    def __init__(self, root: Path, folder: Path) -> None:
        """Open the corpus of `root` and its index under `folder`, building what is missing."""
        self.root, self.folder = root, folder
        self.problems: tuple[Problem, ...] = ()
        self._lock = threading.Lock()
        self._stamp = self._look()
        self.snapshot = self._open(load_corpus(root))

    def refresh(self) -> bool:
        """Swap in a new snapshot if the content changed since the last look; True if it did."""
        with self._lock:
            stamp = self._look()
            if stamp == self._stamp:
                return False
            self._stamp = stamp
            try:
                loaded = load_corpus(self.root)
                if loaded.corpus.version == self.snapshot.corpus.version:
                    return False
                if self._lost(loaded):
                    self.problems = loaded.problems
                    log.error(
                        "content unreadable, the last good version keeps serving: %s", loaded.problems[0]
                    )
                    return False
                old, self.snapshot = self.snapshot, self._open(loaded)
            except (KBError, OSError) as error:
                log.error("refresh failed, the last good version keeps serving: %s", error)
                return False
            log.info("content version %s now serving", self.snapshot.corpus.version)
            threading.Timer(30, old.index.close).start()  # requests under way still read the old one
            return True

    def watch(self, every: float) -> None:
        """Look at the content folder each `every` seconds, in a thread that dies with the process."""
        stop = threading.Event()

        def look() -> None:
            while not stop.wait(every):
                self.refresh()

        threading.Thread(target=look, name="kb-watch", daemon=True).start()

    def _open(self, loaded: Loaded) -> Snapshot:
        self.problems = loaded.problems
        index = ensure_index(loaded.corpus, self.folder)
        return Snapshot(loaded.corpus, index, f"{loaded.corpus.version}{CODE_VERSION}")

    def _lost(self, loaded: Loaded) -> bool:
        """True where a file that is being served can no longer be read, or the taxonomy is gone."""
        read = {document.path for document in loaded.corpus.documents}
        served = {document.path for document in self.snapshot.corpus.documents}
        return bool((served - read) & set(loaded.files)) or not loaded.corpus.taxonomy.facets

    def _look(self) -> tuple[tuple[str, int, int], ...]:
        """Name, size and time of every content file."""
        return tuple(sorted(_entries(self.root)))


def _entries(root: Path) -> Iterator[tuple[str, int, int]]:
    for folder in (root, root / "cases", root / "practices"):
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    if entry.name.endswith((".md", ".yaml")):
                        status = entry.stat()
                        yield entry.path, status.st_size, status.st_mtime_ns
        except FileNotFoundError:
            continue


def _code_version() -> str:
    """Eight digits that change with the code and templates of `kb` and `web`."""
    digest = hashlib.sha256()
    here = Path(__file__).resolve().parent
    for folder in (here, here.parent / "kb"):
        for path in sorted(folder.rglob("*")):
            if path.suffix in (".py", ".html", ".css", ".js", ".svg", ".xml"):
                digest.update(path.read_bytes())
    return digest.hexdigest()[:8]


CODE_VERSION = _code_version()


def init_app(app: Flask, site: Site) -> None:
    """Attach the site to the application."""
    app.extensions["kb"] = site


def site_of(app: Flask) -> Site:
    """The site attached to an application."""
    site: Site = app.extensions["kb"]
    return site


def current() -> Snapshot:
    """The snapshot that this request works on."""
    return site_of(current_app).snapshot
