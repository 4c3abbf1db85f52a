"""Do the defences bite? Each is taken away in a copy of the project, and a test must turn red.

    .venv/bin/python tools/mutants.py             all of them, and the table goes into SECURITY.md
    .venv/bin/python tools/mutants.py word…       only those whose name holds one of the words

A defence is a few words of the code and what stands there without it. Prints a table, defence and test
that turned red; exit 1 where one stays green, 2 where the code no longer holds what was to be taken
away or a test fails with all defences in place. About three seconds each.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("kb", "web", "tests", "content", "tools", "docs", "pyproject.toml", "README.md", "SECURITY.md")


@dataclass(frozen=True)
class Defence:
    """A defence, where it stands, and the tests that should notice its absence."""

    name: str
    #: file, then pairs of text with the defence and without
    path: str
    edits: tuple[tuple[str, str], ...]
    #: arguments of pytest
    tests: str

    @property
    def arguments(self) -> list[str]:
        """The tests as pytest takes them."""
        file, _, words = self.tests.partition(" ")
        return [f"tests/{file}.py", *(["-k", words] if words else [])]


def defence(name: str, path: str, old: str, new: str, tests: str) -> Defence:
    """A defence that is one piece of text."""
    return Defence(name, path, ((old, new),), tests)


def header(name: str, value: str) -> Defence:
    """One of the security headers, whose value begins so."""
    old = f'"{name}": {value}'
    return defence(
        f"header {name}", "web/front/headers.py", old, f'"X-{name}": {value}', "web/test_headers measured"
    )


DEFENCES = (
    # export
    defence(
        "a file edited in an export is not overwritten",
        "web/archive.py",
        "    if edited:\n",
        "    if not edited:\n        edited = []\n    if edited and False:\n",
        "links/test_export edited",
    ),
    defence(
        "what somebody added to an export stays",
        "web/archive.py",
        "        for name in kept:\n",
        "        for name in ():\n",
        "links/test_export added",
    ),
    defence(
        "no file of an export leaves its folder",
        "web/archive.py",
        "    if outside:\n",
        "    if outside and False:\n",
        "links/test_export outside",
    ),
    defence(
        "an export is written aside",
        "web/archive.py",
        """        _write(files, aside)\n""",
        """        shutil.rmtree(place, ignore_errors=True)\n        _write(files, aside)\n""",
        "links/test_export killed",
    ),
    defence(
        "a page that fails fails the export",
        "web/export.py",
        "        if self._failed:\n",
        "        if self._failed and False:\n",
        "links/test_export fails",
    ),
    defence(
        "exported pages carry the policy",
        "web/export.py",
        '.replace(CHARSET, f"{CHARSET}\\n{META}", 1)',
        "",
        "links/test_export policy",
    ),
    # links that are followed
    defence(
        "no link to this machine is asked",
        "kb/editing/following.py",
        "    if not public(url):\n",
        "    if not public(url) and False:\n",
        "editing/test_editing never_asked",
    ),
    defence(
        "no redirect to this machine is followed",
        "kb/editing/following.py",
        "        if not self._public(newurl):\n",
        "        if not self._public(newurl) and False:\n",
        "editing/test_editing is_not_followed",
    ),
    defence(
        "no redirect out of the web is followed",
        "kb/editing/following.py",
        '        if urlsplit(newurl).scheme not in ("http", "https"):\n',
        '        if urlsplit(newurl).scheme == "":\n',
        "editing/test_editing no_page",
    ),
    # reload
    defence(
        "a version whose page fails is not served",
        "web/state.py",
        "        if worse := sorted(set(failing) - set(self.failing)):\n",
        "        if worse := ():\n",
        "web/test_trial whose_page_fails",
    ),
    defence(
        "a page that fails makes the health fail",
        "web/front/health.py",
        "    sound = answers and not site.failing\n",
        "    sound = answers\n",
        "web/test_trial since_the_start",
    ),
    # pages
    defence(
        "templates escape what they show",
        "web/__init__.py",
        "        app.register_blueprint(noun.blueprint)\n",
        "        app.register_blueprint(noun.blueprint)\n    app.jinja_env.autoescape = False\n",
        "web/test_hostile becomes_an_element",
    ),
    defence(
        "marked passages are escaped",
        "web/filters.py",
        "escape(text[start:stop])",
        "Markup(text[start:stop])",
        "web/test_hostile content_becomes",
    ),
    defence(
        "text around marks is escaped",
        "web/filters.py",
        "parts += [escape(text[end:start])",
        "parts += [Markup(text[end:start])",
        "web/test_hostile content_becomes",
    ),
    defence(
        "JSON-LD cannot close its script",
        "kb/links/metadata.py",
        '.replace("<", "\\\\u003c")',
        "",
        "links/test_citations script_element",
    ),
    defence(
        "nh3 cleans rendered Markdown",
        "kb/content/rendering.py",
        "    clean = nh3.clean(\n        html, tags",
        "    clean = html\n    nh3.clean(\n        html, tags",
        "content/test_rendering runs_in_a_page",
    ),
    defence(
        "raw tags of Markdown are text",
        "kb/content/rendering.py",
        '    converter.inlinePatterns.deregister("html")\n',
        "",
        "content/test_rendering shown_as_text",
    ),
    defence(
        "addresses in files are http",
        "kb/content/forms.py",
        'pattern=r"^https?://[^\\s]+$"',
        'pattern=r"^.+$"',
        "web/test_hostile an_address_in_a_file",
    ),
    # headers
    header("Content-Security-Policy", "POLICY"),
    header("X-Content-Type-Options", '"nosniff"'),
    header("Referrer-Policy", '"strict'),
    header("Cross-Origin-Opener-Policy", '"same'),
    header("Cross-Origin-Resource-Policy", '"same'),
    header("X-Frame-Options", '"DENY"'),
    header("Permissions-Policy", '"camera'),
    defence(
        "CSP without inline scripts",
        "web/front/headers.py",
        "script-src 'self';",
        "script-src 'self' 'unsafe-inline';",
        "web/test_headers measured",
    ),
    defence(
        "headers on what Flask answers",
        "web/front/headers.py",
        "response.headers.setdefault(name, value)",
        "pass",
        "web/test_headers 200",
    ),
    defence(
        "headers on 304",
        "web/front/cache.py",
        '            *headers_of(environ.get("PATH_INFO", "")).items(),\n',
        "",
        "web/test_headers 304",
    ),
    defence(
        "headers on a refused host",
        "web/front/hosts.py",
        '                *headers_of(environ.get("PATH_INFO", "")).items(),\n',
        "",
        "web/test_headers foreign",
    ),
    defence(
        "only the card is framed",
        "web/front/headers.py",
        "CARD.fullmatch",
        "CARD.search",
        "web/test_headers card",
    ),
    defence(
        "errors are never kept",
        "web/front/headers.py",
        "if response.status_code >= 400:",
        "if response.status_code >= 600:",
        "web/test_headers 404",
    ),
    defence(
        "pages are closed to other sites",
        "web/front/headers.py",
        'if response.mimetype != "text/html" and',
        "if",
        "web/test_headers 500",
    ),
    defence(
        "redirects stay on the site",
        "web/front/headers.py",
        'if response.location and "://" in response.location:',
        "if False:",
        "web/test_headers stay_on_the_site",
    ),
    defence(
        "an error tells nothing of the code",
        "web/errors.py",
        'f"Référence à citer : {number}", Int',
        "repr(error), Int",
        "web/test_headers 500",
    ),
    # limits
    defence(
        "length of an address",
        "web/front/limits.py",
        "length > MAX_ADDRESS",
        "False",
        "web/test_limits address",
    ),
    defence(
        "long addresses are not kept",
        "web/front/limits.py",
        "length > MAX_KEPT_ADDRESS",
        "False",
        "web/test_limits long_address",
    ),
    defence(
        "size of a body",
        "web/front/limits.py",
        'if (request.content_length or 0) > app.config["MAX_CONTENT_LENGTH"]:',
        "if False:",
        "web/test_limits body",
    ),
    defence(
        "bytes of an address are escaped",
        "web/front/limits.py",
        "if not request.query_string.isascii():",
        "if False:",
        "web/test_hostile any_request",
    ),
    defence(
        "length of a query",
        "kb/search/parsing.py",
        'normalise(text.replace("\\x00", " "))[:MAX_TEXT]',
        'normalise(text.replace("\\x00", " "))',
        "web/test_limits past_the_limit",
    ),
    defence(
        "words of a query",
        "kb/search/matching.py",
        "if len(places) > MAX_WORDS:",
        "if False:",
        "web/test_limits words_are_searched",
    ),
    defence(
        "words that are respelt",
        "kb/search/matching.py",
        "or len(found) >= MAX_UNKNOWN",
        "",
        "web/test_limits respelt",
    ),
    defence(
        "letters that begin a word",
        "kb/search/spelling.py",
        "if len(form) < MIN_BEGINNING:",
        "if False:",
        "web/test_limits beginning",
    ),
    defence(
        "time of a search",
        "kb/search/search.py",
        "thread_time() - self.began > BUDGET",
        "False",
        "web/test_limits out_of_time",
    ),
    defence(
        "answers cut by time are not kept",
        "web/front/limits.py",
        "    if found.cut:\n",
        "    if False:\n",
        "web/test_limits out_of_time",
    ),
    defence(
        "filters of a page",
        "web/params.py",
        "filters=filters[:MAX_FILTERS]",
        "filters=filters",
        "web/test_limits filters",
    ),
    defence(
        "filters of the API",
        "web/params.py",
        "if strict and len(filters) > MAX_FILTERS:",
        "if False:",
        "web/test_limits filters",
    ),
    defence(
        "page and per_page",
        "web/params.py",
        "<= int(text) <= most",
        "<= int(text)",
        "web/test_limits numbers",
    ),
    defence(
        "hits of one answer",
        "kb/search/search.py",
        "per_page=min(max(1, query.per_page), MAX_PER_PAGE)",
        "per_page=max(1, query.per_page)",
        "web/test_limits largest_page",
    ),
    defence("cases compared", "web/compare.py", "][:MAX_COMPARED]", "]", "web/test_limits compared"),
    defence(
        "documents of a selection",
        "web/citations.py",
        "if len(wanted) > MAX_SELECTED and not forgiving:",
        "if False:",
        "web/test_limits selection",
    ),
    defence(
        "store of answers",
        "web/front/cache.py",
        "while self._size > MAX_BYTES:",
        "while False:",
        "web/test_caching bounded",
    ),
    # what comes in
    defence(
        "text repeated by a page", "web/params.py", "[: MAX_TEXT + 1]", "", "web/test_limits does_not_grow"
    ),
    defence(
        "control characters of a query",
        "web/params.py",
        '_UNWRITABLE.sub(" ", given)',
        "given",
        "web/test_hostile feed",
    ),
    defence(
        "a file is found by its slug, never by a path",
        "web/documents.py",
        '@blueprint.get("/<document:document>/historique")\n',
        '@blueprint.get("/cas/<path:name>.md")\ndef raw(name: str) -> Response:\n'
        '    place = __import__("pathlib").Path(__import__("flask").current_app.config["CONTENT"])\n'
        '    return Response((place / "cases" / f"{name}.md").read_text())\n\n\n'
        '@blueprint.get("/<document:document>/historique")\n',
        "web/test_hostile out_of_the_site",
    ),
    defence(
        "static files by their hashed names only",
        "web/assets.py",
        "self._original.get(hashed) or abort(404)",
        "self._original.get(hashed, hashed)",
        "web/test_site hashed_names",
    ),
    defence(
        "foreign hosts",
        "web/front/hosts.py",
        "self.names is None or found[1] in self.names",
        "True",
        "cli/test_serving names",
    ),
    defence(
        "a request for no host",
        "web/front/hosts.py",
        "if found and (",
        "if not found or (",
        "cli/test_serving without_a_name",
    ),
    defence(
        "the store counts addresses and headers",
        "web/front/cache.py",
        "return len(address) + headers + len(kept.body)",
        "return len(kept.body)",
        "web/test_caching long_addresses",
    ),
    defence(
        "gzip only for who reads it",
        "web/front/cache.py",
        'return parse_accept_header(accepted)["gzip"] > 0',
        "return True",
        "web/test_caching refuses_gzip",
    ),
    defence(
        "forwarded addresses",
        "web/front/logs.py",
        "return seen[-proxies].strip()",
        "return seen[0].strip()",
        "cli/test_serving forwarded",
    ),
    defence(
        "line breaks in the log",
        "web/front/logs.py",
        "_quoted = json.encoder.encode_basestring_ascii\n",
        "_quoted = '\"{}\"'.format\n",
        "cli/test_serving line_of_its_own",
    ),
    defence(
        "addresses cut in the log",
        "web/front/logs.py",
        "kept = 24 if",
        "kept = 32 if",
        "cli/test_serving network",
    ),
    defence(
        "formulas in CSV",
        "kb/links/tables.py",
        'text[:1] in ("=", "+", "-", "@", "\\t", "\\r")',
        "False",
        "links/test_machines spreadsheet",
    ),
    # files
    defence(
        "YAML anchors",
        "kb/content/parsing.py",
        'if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):',
        "if False:",
        "content/test_parsing bomb",
    ),
    defence(
        "YAML tags",
        "kb/content/parsing.py",
        'if tag := getattr(event, "tag", None):',
        "if tag := False:",
        "web/test_hostile tag",
    ),
    defence(
        "YAML keys twice", "kb/content/parsing.py", "if name in keys:", "if False:", "content/test_parsing"
    ),
    defence(
        "YAML depth",
        "kb/content/parsing.py",
        "if depth > MAX_DEPTH:",
        "if False:",
        "content/test_parsing deep",
    ),
    defence(
        "YAML values that turn into others",
        "kb/content/parsing.py",
        "_StrictLoader.yaml_implicit_resolvers = {}\n",
        "",
        "content/test_parsing",
    ),
    defence(
        "size of a file",
        "kb/content/files.py",
        "if len(raw) > MAX_BYTES:",
        "if False:",
        "content/test_loading megabytes",
    ),
    defence(
        "line breaks in names of files",
        "kb/errors.py",
        "sign if sign.isprintable() or sign in _SPACES else",
        "sign if True else",
        "cli/test_printing",
    ),
    defence(
        "a revert of what was published",
        "kb/links/losses.py",
        "    yield from problems_of_withdrawn(loaded.root, register)\n",
        "",
        "editing/test_parallel revert",
    ),
    defence(
        "marks of a conflict",
        "kb/content/parsing.py",
        "    if fault := conflict(text, path):\n        return {}, {}, (fault,)\n",
        "",
        "editing/test_parallel conflict",
    ),
    # index and store
    defence(
        "digests before pickles",
        "kb/search/index.py",
        "        check_digests(folder)\n",
        "",
        "search/test_index_faults pickle or damage",
    ),
    defence(
        "owner of the index",
        "kb/search/index.py",
        "        check_owner(folder)\n",
        "",
        "search/test_index_faults account or link",
    ),
    defence(
        "the former index stays until the next is whole",
        "kb/search/index.py",
        "        aside.mkdir(mode=0o700, parents=True)\n",
        "        remove([place])\n        aside.mkdir(mode=0o700, parents=True)\n",
        "search/test_index_faults",
    ),
    defence(
        "one builder at a time",
        "kb/search/safekeeping.py",
        "        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)\n",
        "        pass\n",
        "search/test_index_faults builder",
    ),
    Defence(
        "left-overs of a dead builder",
        "kb/search/index.py",
        (
            ('    remove(folder.glob(f"{ASIDE}*"))\n', ""),
            ('*folder.glob("index-*"), *folder.glob(f"{ASIDE}*")', '*folder.glob("index-*"),'),
        ),
        "search/test_index left or killed or dead",
    ),
    defence(
        "ETag changes with the content",
        "web/front/cache.py",
        'f"{version} {address}".encode',
        'f"{address}".encode',
        "web/test_caching version",
    ),
    defence(
        "unreadable content keeps the last good one",
        "web/state.py",
        "        if lost:\n",
        "        if False:\n",
        "search/test_index_faults unreadable",
    ),
    # addresses that last
    defence(
        "former names lead on",
        "web/addresses.py",
        'raise Moved(f"/{value}", found.permalink)',
        "raise ValidationError",
        "links/test_ledger former_name",
    ),
    defence(
        "removed documents say so",
        "web/addresses.py",
        "class Removed(Gone):",
        "class Removed(NotFound):",
        "links/test_ledger 410",
    ),
    defence(
        "the ledger guards what was published",
        "kb/links/losses.py",
        "            yield _lost_document(register, identifier)\n",
        "            continue\n",
        "links/test_ledger",
    ),
    defence(
        "the ledger guards terms",
        "kb/links/losses.py",
        "        yield from _lost_terms(register, corpus)\n",
        "        pass\n",
        "links/test_ledger dropped",
    ),
)


@contextmanager
def without(found: Defence, copy: Path) -> Iterator[None]:
    """The copy without this defence, then as it was; raises LookupError where it is not there once."""
    path = copy / found.path
    whole = path.read_text(encoding="utf-8")
    text = whole
    for old, new in found.edits:
        if text.count(old) != 1:
            raise LookupError(f"{found.name}: {found.path} holds {text.count(old)} times {old!r}")
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    try:
        yield
    finally:
        path.write_text(whole, encoding="utf-8")


def red(copy: Path, arguments: list[str]) -> str:
    """Name of the first test that fails in the copy, "" where all pass."""
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-x",
        "-q",
        "--no-header",
        "-p",
        "no:cacheprovider",
        *arguments,
    ]
    told = subprocess.run(
        command, cwd=copy, env=environment, capture_output=True, text=True, check=False, encoding="utf-8"
    )
    if told.returncode == 0:
        return ""
    if told.returncode < 0 and (dying := re.search(r" in (test_\w+)", told.stderr + told.stdout)):
        return f"{dying[1]} (the process dies)"
    failed = re.search(r"^(?:FAILED|ERROR) (?:tests/)?(\S+?)(?:\[| - |$)", told.stdout, re.MULTILINE)
    if told.returncode != 1 or not failed:
        raise LookupError(f"pytest {' '.join(arguments)}: {(told.stdout + told.stderr)[-600:]}")
    return failed[1].partition("::")[2] or failed[1]


def copied(folder: Path) -> Path:
    """The project in `folder`, without what tests do not need."""
    for part in PARTS:
        if (ROOT / part).is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "node_modules", "*.png")
            shutil.copytree(ROOT / part, folder / part, ignore=ignored)
        else:
            shutil.copy(ROOT / part, folder / part)
    return folder


def tried(chosen: Sequence[Defence], copy: Path) -> Iterator[tuple[Defence, str]]:
    """Each defence with the test that turns red without it, "" for none; raises LookupError."""
    if failed := red(copy, ["-n", "2", *sorted({found.arguments[0] for found in chosen})]):
        raise LookupError(f"{failed} fails with all defences in place")
    for found in chosen:
        with without(found, copy):
            yield found, red(copy, found.arguments)


def keep(rows: Sequence[str]) -> None:
    """Put the table into SECURITY.md, between its two marks."""
    path = ROOT / "SECURITY.md"
    before, rest = path.read_text(encoding="utf-8").split("<!-- mutants -->", 1)
    after = rest.split("<!-- /mutants -->", 1)[1]
    table = "\n".join(rows)
    path.write_text(f"{before}<!-- mutants -->\n{table}\n<!-- /mutants -->{after}", encoding="utf-8")


def main(words: list[str]) -> int:
    """Try the defences; see the module."""
    chosen = [found for found in DEFENCES if not words or any(word in found.name for word in words)]
    rows, green = ["| defence taken away | where | test that turns red |", "|---|---|---|"], 0
    print("\n".join(rows), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        try:
            for found, failed in tried(chosen, copied(Path(folder))):
                green += not failed
                told = f"`{failed}`" if failed else "**none**"
                rows.append(f"| {found.name} | `{found.path}` | {told} |")
                print(rows[-1], flush=True)
        except LookupError as error:
            print(error, file=sys.stderr)
            return 2
    print(f"\n{len(chosen)} defences, {green} without a test that notices.")
    if not words and not green:
        keep(rows)
    return 1 if green else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
