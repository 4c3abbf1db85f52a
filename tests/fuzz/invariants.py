"""What must hold for any input: one function per way in, for Hypothesis and atheris alike.

Each takes what a stranger may send and raises AssertionError where a promise is broken; any other
exception is a crash. `page` says what no page may ever hold.
"""

from __future__ import annotations

import gzip
import io
import re
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

from flask import Flask
from pydantic import ValidationError

from kb.content.documents import Document
from kb.content.model import CaseFields, DocumentFields
from kb.content.parsing import parse_text
from kb.content.plaintext import plain_text
from kb.content.rendering import render, render_fragment
from kb.content.rules.sample import CASE
from kb.content.sections import split_sections
from kb.content.validation import problems_of, tuples
from kb.search.index import Index
from kb.search.query import MAX_PER_PAGE, SearchQuery
from web.front.headers import headers_of

#: schemes that a link or an image may name
SCHEMES = {"", "http", "https", "mailto"}
_LINKS = {"href", "src", "action", "formaction", "srcdoc", "data", "poster", "background", "xlink:href"}
_FORBIDDEN = {"iframe", "object", "embed", "base", "applet", "frame", "style", "math", "template", "noscript"}


class _Page(HTMLParser):
    """Raises at the first element or attribute that would run, load or frame something foreign."""

    def __init__(self, allowed: frozenset[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.allowed = allowed
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        assert tag not in _FORBIDDEN - self.allowed, tag
        given = dict(attrs)
        for name, value in attrs:
            assert not name.startswith("on"), (tag, name)
            assert name != "style", tag
            if name in _LINKS:
                assert _scheme(value or "") in SCHEMES, (tag, name, value)
        if tag == "script":
            own = (given.get("src") or "").startswith("/static/")
            assert own or given.get("type") == "application/ld+json", given
        if tag == "form":
            assert (given.get("action") or "/").startswith("/"), given
        if tag == "meta":
            assert (given.get("http-equiv") or "").lower() != "refresh", given


def _scheme(address: str) -> str:
    """The scheme as a browser reads it (WHATWG URL, basic parser); "" for none."""
    kept = re.sub(r"[\t\n\r]", "", re.sub(r"\A[\x00-\x20]+|[\x00-\x20]+\Z", "", address))
    found = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):", kept)
    return found[1].lower() if found else ""


def page(html: str, *, allowed: frozenset[str] = frozenset({"template", "noscript"})) -> list[str]:
    """The elements of an HTML text, none of which runs or loads anything foreign."""
    parser = _Page(allowed)
    parser.feed(html)
    parser.close()
    return parser.seen


def query(index: Index, text: str, *, numbers: int = 0) -> None:
    """Any text is a query: it answers, its marks lie inside their text, its counts agree."""
    asked = SearchQuery(text, all_words=bool(numbers & 1), page=1 + numbers % 7, per_page=1 + numbers % 60)
    found = index.search(asked)
    assert 0 <= found.all_words <= found.total
    assert len(found.hits) <= min(asked.per_page, MAX_PER_PAGE)
    for hit in found.hits:
        for passage in hit.passages:
            end = 0
            for start, stop in passage.spans:
                assert end <= start < stop <= len(passage.text), (text, passage)
                end = stop
    for suggestion in index.suggest(text):
        assert suggestion.text
    again = index.search(asked)
    assert again == found or again.cut or found.cut


def front_matter(text: str, model: type[DocumentFields] = CaseFields) -> None:
    """Any file is read: values or problems, each on a line of the file, in one line of text."""
    parsed = parse_text(text, "cases/x.md")
    lines = text.count("\n") + text.count("\r") + 1
    told = list(parsed.problems)
    if parsed.data:
        try:
            model.model_validate(tuples(parsed.data))
        except ValidationError as error:
            told += problems_of(error, model, parsed.path, parsed.line_of)
    else:
        assert told
    for problem in told:
        assert 1 <= problem.line <= lines, problem
        assert problem.message


def markdown(text: str) -> None:
    """Any body gives HTML that is safe and plain text without NUL."""
    document = Document("ville-exemple", "cases/ville-exemple.md", EXAMPLE, split_sections(text, 1))
    rendering = render(document)
    for section in rendering.sections:
        page(section.html, allowed=frozenset())
        assert "\x00" not in plain_text(section.html)
        assert "\x00" not in section.text
    for note in rendering.notes:
        page(note.backlinks, allowed=frozenset())
    page(render_fragment(text), allowed=frozenset())


def request(
    app: Flask, method: str, path: bytes, arguments: bytes, headers: dict[str, str], body: bytes = b""
) -> tuple[int, dict[str, str], bytes]:
    """Any request is answered below 500, with all security headers, no cookie and no foreign element."""
    environ = environ_of(method, path, arguments, headers, body)
    started: list[tuple[str, list[tuple[str, str]]]] = []

    def start(status: str, found: list[tuple[str, str]], exc_info: Any = None) -> Any:
        started[:] = [(status, found)]
        return lambda _data: None

    answer = app.wsgi_app(environ, start)
    sent = b"".join(answer)
    status, found = int(started[0][0][:3]), started[0][1]
    named = {name.lower(): value for name, value in found}
    assert status < 500, (method, path, arguments, sent[-300:])
    for name, value in found:
        assert not {"\r", "\n", "\x00"} & {*name, *value}, (name, value)
        value.encode("latin-1")
    for name, value in headers_of(environ["PATH_INFO"]).items():
        assert name.lower() in named, (name, status)
        if name != "Cross-Origin-Resource-Policy":
            assert named[name.lower()] == value, name
    assert "set-cookie" not in named
    if status >= 400:
        assert named["cache-control"] == "no-store"
    if location := named.get("location"):
        parts = urlsplit(location)
        assert not parts.netloc, location
        assert location.startswith("/") and not location.startswith(("//", "/\\")), location
    if sent and named.get("content-type", "").startswith("text/html"):
        plain = gzip.decompress(sent) if named.get("content-encoding") == "gzip" else sent
        page(plain.decode("utf-8"))
    return status, named, sent


def request_text(app: Flask, text: bytes) -> tuple[int, dict[str, str], bytes]:
    """The same for a request as it is written: `GET /recherche?q=x`, then a header a line."""
    first, *rest = text.split(b"\n")
    verb, _, target = first.partition(b" ")
    path, _, arguments = target.partition(b"?")
    method = verb.decode("latin-1").upper() if verb.isalpha() else "GET"
    headers = {}
    for line in rest[:8]:
        name, colon, value = line.partition(b":")
        if colon and re.fullmatch(rb"[A-Za-z-]{1,40}", name):
            headers[name.decode()] = value.strip().decode("latin-1").translate({0: None, 13: None})
    return request(app, method, unquote_to_bytes(path), arguments, headers)


def environ_of(
    method: str, path: bytes, arguments: bytes, headers: dict[str, str], body: bytes = b""
) -> dict[str, Any]:
    """The WSGI environ of a request as a server gives it: the path unquoted, bytes as Latin-1."""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": "/" + path.decode("latin-1").lstrip("/"),
        "QUERY_STRING": arguments.decode("latin-1"),
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "192.0.2.1",
        "HTTP_HOST": "127.0.0.1:8000",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    if body:
        environ["CONTENT_LENGTH"] = str(len(body))
    environ.update({f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()})
    return environ


#: requests to begin with, a line each
REQUESTS = (
    ("GET /",),
    ("GET /recherche?q=budget&theme=evaluation&outil=-forum&mots=tous&tri=date&page=2&per_page=5",),
    ("GET /recherche.csv?q=vote", "Accept-Encoding: gzip"),
    ("GET /recherche.atom?q=vote",),
    ("GET /cas/boisjoli", 'If-None-Match: W/"x"'),
    ("GET /cas/bois-joli.json?section=en-bref",),
    ("GET /cas/boisjoli/carte",),
    ("GET /pratiques/comparer-les-outils.bib?section=pourquoi",),
    ("GET /selection.ris?doc=boisjoli&doc=cas-02%23en-bref",),
    ("GET /comparer?cas=boisjoli&cas=clairval",),
    ("GET /comme-ma-collectivite?type=commune&habitants=40%20000&budget=3,5&etp=x",),
    ("GET /themes/budgets",),
    ("GET //cas/..%2f..%2fetc%2fpasswd",),
    ("GET /cas/%2e%2e/%00",),
    ("GET /static/style.css",),
    ("GET /id/cas-01", "X-Forwarded-Host: evil.example"),
    ("GET /api/v1/search?q=%C3%A9t%C3%A9&page=1&per_page=50", "Host: evil.example"),
    ("GET /api/v1/suggest?q=bud",),
    ("GET /api/v1/documents?nature=cas&page=1",),
    ("POST /recherche?q=%3Cscript%3E", "Content-Length: 3"),
    ("TRACE /",),
)
#: bodies that once were told to harm readers
BODIES = (
    "## En bref\n\n<script>alert(1)</script> [x](javascript:alert(1)) ![x](data:text/html,x)",
    "## En bref\n\n[x]: javascript:alert(1) 'y'\n\n[x] <a href=vbscript:x onclick=y>z</a> [^fiche]",
    "## En bref\n\n| a | b |\n|---|---|\n| <svg onload=x> | `<b>` |\n\n```html\n<iframe srcdoc=x>\n```",
    "---\nid: cas-01\na: &x [*x]\nb: !!python/object:os.system x\nc: {d: [1, 2}\n---\n## En bref\n",
)
EXAMPLE = CaseFields.model_validate(tuples(parse_text(CASE, "").data))
