"""The open corpus and index of the running site; `current()` gives them to a request.

A snapshot is never changed, only replaced in one assignment, so that a request sees one version
of everything. A background thread looks at the content folder; when a file changes it loads the
corpus again, refreshes the index beside the one in use, and swaps. Content that has become
unreadable, or an index that cannot be written, keeps the last good snapshot serving; `problems` and
`behind` then say why, and what may pass by itself (a full disk) is tried again.
"""

from __future__ import annotations

import hashlib
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from flask import Flask, current_app, g

from kb.content.documents import Corpus, Document
from kb.content.kinds import KINDS
from kb.content.loading import Loaded, load_corpus
from kb.content.rendering import Rendering, render
from kb.errors import KBError, Problem
from kb.links.ledger import load_ledger
from kb.links.ownership import published
from kb.links.registry import Links, load_links
from kb.search.index import Index, ensure_index

log = logging.getLogger(__name__)

#: seconds left to the editor’s page before the rules and the index take the processor
BREATH = 0.2
#: documents whose pages are tried after the start
TRIED = 500
#: seconds to the next try after an index could not be written
RETRY = 10.0


@dataclass
class Snapshot:
    """One version of the content with its index."""

    corpus: Corpus
    index: Index
    #: changes with the content and with the code: part of every ETag
    version: str
    links: Links
    _renderings: dict[str, Rendering] = field(default_factory=dict)

    def rendering(self, document: Document) -> Rendering:
        """The rendered body of a document, made once."""
        if document.path not in self._renderings:
            self._renderings[document.path] = render(document)
        return self._renderings[document.path]


Trial = Callable[[Snapshot, tuple[Document, ...]], tuple[str, ...]]


class Site:
    """The content folder being served and its present snapshot."""

    def __init__(self, root: Path, folder: Path, *, inspecting: bool = False) -> None:
        """Open the corpus of `root` and its index under `folder`, building what is missing.

        With `inspecting`, for editors, `problems` are all that `kb check` tells; else what reading tells.
        """
        self.root, self.folder, self.inspecting = root, folder, inspecting
        self.problems: tuple[Problem, ...] = ()
        #: why the content being served is not that of the folder; "" where it is
        self.behind = ""
        #: files of the folder that are not served, each with the reason
        self.refused: tuple[str, ...] = ()
        #: gives the addresses of a snapshot that would fail, tried for these documents (`web.trial`)
        self.trial: Trial = lambda *_: ()
        #: addresses of what is served that fail
        self.failing: tuple[str, ...] = ()
        self._again: float | None = None
        self._lock = threading.Lock()
        self._stamp = self._look()
        loaded = self._load()
        self.snapshot = self._open(loaded, load_links(root, loaded.corpus))
        self.problems = self._inspect(loaded)

    @property
    def version(self) -> str:
        """Changes with all that a page shows: the snapshot and, for editors, the problems."""
        if not self.inspecting:
            return self.snapshot.version
        told = "\n".join(map(str, self.problems)).encode()
        return self.snapshot.version + hashlib.sha256(told).hexdigest()[:8]

    def refresh(self) -> bool:
        """Swap in a new snapshot if the content changed since the last look; True if it did."""
        with self._lock:
            try:
                return self._refresh()
            except Exception as error:  # whatever it is, it must not end the thread that watches
                self.behind = str(error) if isinstance(error, KBError) else type(error).__name__
                self._again = time.monotonic() + RETRY
                expected = isinstance(error, KBError | OSError)
                told = "refresh failed, the last good version keeps serving: %s"
                log.error(told, str(error), exc_info=not expected)
                return False

    def _refresh(self) -> bool:
        stamp = self._look()
        due = self._again is not None and time.monotonic() >= self._again
        if stamp == self._stamp and not due:
            return False
        self._stamp, self._again = stamp, None
        return self._swap(self._load())

    def _load(self) -> Loaded:
        """The folder as it may be served: without copies and files that have no address, which are told."""
        loaded = load_corpus(self.root)
        corpus, self.refused = published(loaded.corpus, load_ledger(self.root))
        for reason in self.refused:
            log.warning("not served: %s", reason)
        return replace(loaded, corpus=corpus)

    def _swap(self, loaded: Loaded) -> bool:
        """Serve this content; False where it is what is served already, or cannot be.

        For editors the page comes first, then the problems, then the index, which takes longest.
        """
        links = load_links(self.root, loaded.corpus)
        same = loaded.corpus.version == self.snapshot.corpus.version
        same = same and links.digest == self.snapshot.links.digest
        lost = self._lost(loaded)
        if self.inspecting and not same and not lost and self._agrees(loaded):
            version = f"{loaded.corpus.version}{links.digest}-"
            self.snapshot = Snapshot(loaded.corpus, self.snapshot.index, version, links)
            time.sleep(BREATH)
        self.problems = self._inspect(loaded)
        if same:
            self.behind = ""
            return False
        if lost:
            self.behind = "un fichier du dossier est devenu illisible"
            log.error("content unreadable, the last good version keeps serving: %s", loaded.problems[0])
            return False
        fresh = self._open(loaded, links)
        failing = self.trial(fresh, self._to_try(loaded.corpus))
        if worse := sorted(set(failing) - set(self.failing)):
            self.behind = f"des pages échoueraient : {', '.join(worse)}"
            log.error("pages would fail, the last good version keeps serving: %s", ", ".join(worse))
            return False
        old, self.snapshot, self.behind, self.failing = self.snapshot, fresh, "", failing
        log.info("content version %s now serving", self.snapshot.corpus.version)
        timer = threading.Timer(30, old.index.close)  # requests under way still read the old one
        timer.daemon = True
        timer.start()
        return True

    def _inspect(self, loaded: Loaded) -> tuple[Problem, ...]:
        if not self.inspecting:
            return loaded.problems
        from kb.content.checking import check
        from kb.links.registry import check_links

        return tuple(sorted({*check(loaded), *check_links(loaded)}))

    def watch(self, every: float) -> None:
        """Look at the content folder each `every` seconds, in a thread that dies with the process."""
        stop = threading.Event()

        def look() -> None:
            if not stop.wait(every):
                self._try_all()
            while not stop.wait(every):
                self.refresh()

        threading.Thread(target=look, name="kb-watch", daemon=True).start()

    def _to_try(self, corpus: Corpus) -> tuple[Document, ...]:
        """Documents that are not served as they stand, or fail as they are served."""
        served = {(document.path, document.digest) for document in self.snapshot.corpus.documents}
        failing = " ".join(self.failing)
        return tuple(d for d in corpus.documents if (d.path, d.digest) not in served or d.path in failing)

    def _try_all(self) -> None:
        """Try what is served since the start, the first documents of a large base."""
        kb = self.snapshot
        self.failing = self.trial(kb, kb.corpus.documents[:TRIED])
        if self.failing:
            log.error("pages fail: %s", ", ".join(self.failing))

    def _open(self, loaded: Loaded, links: Links) -> Snapshot:
        index = ensure_index(loaded.corpus, self.folder)
        return Snapshot(loaded.corpus, index, f"{loaded.corpus.version}{links.digest}{CODE_VERSION}", links)

    def _lost(self, loaded: Loaded) -> bool:
        """True where a file that is being served can no longer be read, or the taxonomy is gone."""
        read = {document.path for document in loaded.corpus.documents}
        served = {document.path for document in self.snapshot.corpus.documents}
        return bool((served - read) & set(loaded.files)) or not loaded.corpus.taxonomy.facets

    def _agrees(self, loaded: Loaded) -> bool:
        """True where answers of the index in use name only documents and terms of this content."""
        paths = {document.path for document in loaded.corpus.documents}
        served = self.snapshot.corpus
        return loaded.corpus.taxonomy == served.taxonomy and paths >= {d.path for d in served.documents}

    def _look(self) -> tuple[tuple[str, int, int], ...]:
        """Name, size and time of every content file, and of the log of git's commits."""
        return tuple(sorted(_entries(self.root)))


def _entries(root: Path) -> Iterator[tuple[str, int, int]]:
    for folder in (root, *(root / kind.folder for kind in KINDS)):
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    if entry.name.endswith((".md", ".yaml")) and entry.name[0] not in "._":
                        status = entry.stat(follow_symlinks=False)  # a link may lead nowhere
                        yield entry.path, status.st_size, status.st_mtime_ns
        except FileNotFoundError:
            continue
    commits = _log_of_commits(root.resolve())
    if commits and commits.is_file():
        yield str(commits), commits.stat().st_size, 0


def _log_of_commits(root: Path) -> Path | None:
    """Where git notes each commit of the repository that `root` lies in, however deep."""
    for folder in (root, *root.parents):
        git = folder / ".git"
        if git.is_dir():
            return git / "logs" / "HEAD"
        if git.is_file():  # a second work tree: one line that names the folder
            named = git.read_text(encoding="utf-8", errors="replace").removeprefix("gitdir:").strip()
            return folder / named / "logs" / "HEAD"
    return None


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
    """The snapshot that this request works on: the same from its first look to its last."""
    if "kb" not in g:
        g.kb = site_of(current_app).snapshot
    found: Snapshot = g.kb
    return found
