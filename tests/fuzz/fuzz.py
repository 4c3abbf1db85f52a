"""Coverage-guided fuzzing of one way in: `python -m tests.fuzz.fuzz TARGET FOLDER [libFuzzer options]`.

Targets: query (parser, search and suggestions over the real documents), front (front matter),
markdown (body to HTML), url (whole requests), name (names of files), history (git's commits), report (what
`kb verify-report` reads), value (fields, up to the pages). FOLDER keeps the inputs found worth keeping; an
empty one begins with seeds: judged queries, the documents, the addresses of the site. What must hold is in
`invariants` and `folders`: a broken promise or a crash stops the run and leaves its input as crash-….
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import atheris
from flask import Flask

warnings.simplefilter("ignore")
#: atheris 3.0 keeps each array that an instrumented line compares, and fills the memory
NUMERIC = [
    f"kb.search.{name}" for name in ("collection", "facets", "matching", "ranking", "search", "spelling")
]
with atheris.instrument_imports(include=["kb", "web", "markdown", "frontmatter"], exclude=NUMERIC):
    from kb.content.loading import load_corpus
    from kb.links.ledger import load_ledger, record, save
    from kb.search.index import ensure_index
    from tests.fuzz import folders, invariants
    from web import create_app

ROOT = Path(__file__).resolve().parents[2]
REAL, SMALL = ROOT / "content", ROOT / "tests" / "data" / "content"
Target = Callable[[bytes], None]
#: signs that names, subjects and values begin with
ODD = (
    "angers (1)",
    "É",
    "a\u0301",
    "\u202e",
    "::error file=x",
    "-n",
    "{{7*7}}",
    "<b>",
    "\x1b[31m",
    "%s",
    "CON",
)


def query() -> Target:
    """Searches over the real documents; bytes that are no UTF-8 come as a command line gives them."""
    index = ensure_index(load_corpus(REAL).corpus, Path(tempfile.mkdtemp()))
    return lambda data: invariants.query(index, data.decode("utf-8", "surrogateescape"), numbers=len(data))


def front() -> Target:
    """Files with a front matter."""
    return lambda data: invariants.front_matter(data.decode("utf-8", "surrogateescape"))


def markdown() -> Target:
    """Bodies of documents, which are UTF-8 or refused before."""
    return lambda data: invariants.markdown(data.decode("utf-8", "replace"))


def url() -> Target:
    """Requests to the whole site over the small content."""
    config = {"CONTENT": str(SMALL), "INDEX": tempfile.mkdtemp(), "WATCH": 0}
    app = create_app({**config, "PROPAGATE_EXCEPTIONS": False})
    return lambda data: invariants.request_text(app, data)


def seeds(name: str) -> Iterator[bytes]:
    """What fuzzing a target begins with."""
    documents = sorted(REAL.glob("*/*.md"))
    if name == "query":
        for judged in sorted((ROOT / "tests" / "relevance").glob("*.yaml")):
            lines = judged.read_text(encoding="utf-8").splitlines()
            yield from (line.partition("q:")[2].strip(" \"'").encode() for line in lines if " q:" in line)
        yield from (b'"budget participatif" -rennes', "« st germain »  10 000 € l’été".encode())
    elif name == "url":
        yield from ("\n".join(lines).encode() for lines in invariants.REQUESTS)
    elif name in ("name", "history"):
        yield from (f"{sign}.md\nsujet {sign}".encode() for sign in ODD)
    elif name == "report":
        for path in sorted((ROOT / "tests" / "data" / "reports").glob("*.*")):
            yield path.read_bytes()
        yield b"https://base.exemple.fr/cas/boisjoli#contexte dit \xc2\xab la ville \xc2\xbb (cas-01, 2020)."
    elif name == "value":
        yield from (sign.encode() for sign in ODD)
        yield from (
            b"[a, {b: c}]",
            b'"2026-02-31"',
            b"{value: 1e400}",
            b"- {x: 1}\n  - y",
            b"&a [*a]",
            b"!!set {a}",
        )
    else:
        for path in documents[::5]:
            yield path.read_bytes()[:4000]
        yield from (text.encode() for text in invariants.BODIES)


def copied() -> Path:
    """A copy of the small content, in memory where the system has such a place."""
    shared = Path("/dev/shm")  # noqa: S108
    folder = Path(tempfile.mkdtemp(dir=shared if shared.is_dir() else None)) / "content"
    return Path(shutil.copytree(SMALL, folder))


def site_over(folder: Path) -> Flask:
    """The site over a folder of its own."""
    return create_app({"CONTENT": str(folder), "INDEX": str(folder.parent / "index"), "WATCH": 0})


def name() -> Target:
    """Names of files, as bytes, beside documents that are published: the ledger says whose an id is."""
    folder = copied()
    save(record(load_ledger(folder), load_corpus(folder).corpus), folder)
    return lambda data: folders.file_name(folder, data)


def history() -> Target:
    """Commits: the name of a file, then a subject."""
    folder = copied()
    return lambda data: folders.history(folder, data)


def report() -> Target:
    """Reports of every kind that is read."""
    folder = copied()
    guard = folders.guard_of(site_over(folder), folder)
    return lambda data: folders.report(guard, folder.parent, data)


def value() -> Target:
    """Values of the fields of a case."""
    folder = copied()
    app = site_over(folder)
    return lambda data: folders.value(app, folder, data)


TARGETS: dict[str, Callable[[], Target]] = {
    "query": query,
    "front": front,
    "markdown": markdown,
    "url": url,
    "name": name,
    "history": history,
    "report": report,
    "value": value,
}

if __name__ == "__main__":
    chosen, folder = sys.argv.pop(1), Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    if not any(folder.iterdir()):
        for number, seed in enumerate(seeds(chosen)):
            (folder / f"seed-{number:04}").write_bytes(seed)
    atheris.Setup(sys.argv, TARGETS[chosen]())
    atheris.Fuzz()
