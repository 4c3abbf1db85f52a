"""Hostile input, by every way in: what `tests/fuzz/invariants.py` promises holds for any of it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
import yaml
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.content.kinds import KINDS, Kind
from kb.content.loading import load_corpus
from kb.content.parsing import parse_text
from kb.search.index import Index
from tests.conftest import SMALL
from tests.fuzz import invariants
from web import create_app
from web.state import site_of

#: what has run in other people's pages; `kbx` is the name to look for
VECTORS = [
    "<script>kbx()</script>",
    "</title><kbx>",
    '"><kbx onmouseover=x>',
    "'><img src=x onerror=kbx()>",
    "</script><script src=//kbx></script>",
    "<svg/onload=kbx()>",
    "<kbx/style=x>",
    "javascript:kbx()",
    "{{7*7}}{% raw %}<kbx>",
    "&lt;kbx&gt;&#60;kbx&#62;",
    "\u003ckbx\u003e＜kbx＞",
    "--><kbx><!--",
    "]]><kbx>",
    "</textarea></select></button><kbx>",
    "`<kbx>`${kbx}",
    "%3Ckbx%3E",
    "\x00<kbx>",
    "<\x00kbx>",
    '<a href="jav\tascript:kbx()">',
    "<iframe srcdoc='<kbx>'>",
]
#: ways to speak of a file outside
TRAVERSAL = [
    "../../etc/passwd",
    "..%2f..%2fetc%2fpasswd",
    "%2e%2e/%2e%2e/etc/passwd",
    "....//....//etc/passwd",
    "..%5c..%5cetc%5cpasswd",
    "%252e%252e%252fetc%252fpasswd",
    "..%c0%af..%c0%afetc/passwd",
    "/etc/passwd",
    "%2fetc%2fpasswd",
    "..;/..;/etc/passwd",
    "boisjoli%00.md",
    "../cases/boisjoli",
    "..%2ftaxonomy",
    "..%2f..%2fpyproject",
    ".git%2fconfig",
    "~root",
    "file:%2f%2f%2fetc%2fpasswd",
]
#: text with what parsers stumble on, often enough
ODD = st.lists(
    st.one_of(
        st.text(max_size=20),
        st.sampled_from(
            [*VECTORS, *'"«»-*():~^[]{}\n\t#', "---", "- ", "&a", "*a", "!!x", "|a|", "```", "[^a]"]
        ),
        st.sampled_from(["budget", "vote", "évaluation", "l’", "10 000"]),
        st.characters(categories=["Cs", "Cc", "Cf", "Mn", "Zl", "Co"]),
    ),
    max_size=12,
).map("".join)


@pytest.fixture(scope="module")
def index(app: Flask) -> Index:
    return site_of(app).snapshot.index


@given(text=ODD, numbers=st.integers(0, 1000))
def test_any_text_is_a_query(index: Index, text: str, numbers: int) -> None:
    invariants.query(index, text, numbers=numbers)


@given(text=ODD, wrapped=st.booleans(), kind=st.sampled_from(KINDS))
def test_any_file_is_read_or_told(text: str, wrapped: bool, kind: Kind) -> None:
    invariants.front_matter(f"---\n{text}\n---\n" if wrapped else text, kind.model)


@given(text=ODD)
def test_any_body_gives_a_page_that_is_safe(text: str) -> None:
    invariants.markdown(re.sub("[\ud800-\udfff]", "", f"## En bref\n\n{text}"))


@given(
    method=st.sampled_from(["GET", "HEAD", "POST", "OPTIONS", "TRACE", "DELETE"]),
    start=st.sampled_from(
        ["", "recherche", "cas/", "api/v1/search", "themes/", "static/", "id/", "selection.bib"]
    ),
    path=st.binary(max_size=30),
    name=st.sampled_from(["q", "theme", "page", "doc", "cas", "section", "tri", "habitants", "\xff"]),
    value=st.binary(max_size=60).filter(lambda value: b"\n" not in value and b"\r" not in value),
)
@settings(max_examples=150)
def test_any_request_is_answered(
    app: Flask, method: str, start: str, path: bytes, name: str, value: bytes
) -> None:
    arguments = name.encode("latin-1") + b"=" + value

    invariants.request(app, method, start.encode() + path, arguments, {})
    invariants.request(app, method, start.encode(), arguments, {"If-None-Match": value.decode("latin-1")})


@pytest.mark.parametrize("text", [" | ".join(lines) for lines in invariants.REQUESTS])
def test_requests_that_fuzzing_begins_with_are_answered(app: Flask, text: str) -> None:
    invariants.request_text(app, text.replace(" | ", "\n").encode())


@pytest.mark.parametrize("body", invariants.BODIES)
def test_bodies_that_fuzzing_begins_with_are_safe(body: str) -> None:
    invariants.markdown(body)
    invariants.front_matter(body)


@pytest.mark.parametrize("vector", VECTORS)
@pytest.mark.parametrize(
    "address",
    [
        "/recherche?q={}",
        "/recherche?q={}&theme={}&tri={}&page={}",
        "/{}",
        "/cas/{}",
        "/themes/{}",
        "/comparer?cas={}&cas=boisjoli",
        "/comme-ma-collectivite?type={}&habitants={}&budget={}",
        "/quel-budget?besoin={}&type={}&habitants={}",
        "/cas/boisjoli.bib?section={}",
        "/selection.ris?doc={}",
    ],
)
def test_nothing_of_a_request_becomes_an_element(client: FlaskClient, address: str, vector: str) -> None:
    response = client.get(address.replace("{}", quote(vector, safe="")))

    assert response.status_code in (200, 400, 404)
    if response.mimetype == "text/html":
        assert "kbx" not in invariants.page(response.text)
        assert response.text.count("<script") <= 3


@pytest.mark.parametrize("vector", VECTORS)
def test_a_feed_of_any_search_is_sound_xml_titled_by_the_text(client: FlaskClient, vector: str) -> None:
    response = client.get("/recherche.atom", query_string={"q": vector})

    title = ElementTree.fromstring(response.data).findtext("{http://www.w3.org/2005/Atom}title") or ""
    assert " ".join(re.sub("[\x00-\x1f]", " ", vector).split()) in title


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The site over content that has a vector in every text of every file and of the taxonomy."""
    root = Path(shutil.copytree(SMALL, tmp_path_factory.mktemp("hostile") / "content"))
    for path in root.glob("*/*.md"):
        _, head, body = path.read_text(encoding="utf-8").split("---\n", 2)
        values = yaml.load(head, yaml.BaseLoader)  # noqa: S506 - makes nothing but text
        text = _typed(yaml.dump(_poisoned(values), allow_unicode=True, sort_keys=False))
        path.write_text(f"---\n{text}---\n{body}\n\n{VECTORS[0]} {VECTORS[3]}\n", encoding="utf-8")
    return create_app({"CONTENT": str(root), "INDEX": str(root.parent / "index"), "WATCH": 0})


def test_nothing_of_the_content_becomes_an_element(hostile: Flask) -> None:
    client = hostile.test_client()
    assert len(site_of(hostile).snapshot.corpus.documents) == 6

    pages = [*_pages(client), "/recherche?q=kbx", "/recherche?q=budget", "/cas/boisjoli/carte"]
    pages += [
        "/comparer?cas=boisjoli&cas=clairval",
        "/comme-ma-collectivite?habitants=9000",
        "/cas/boisjoli/historique",
    ]
    for address in pages:
        response = client.get(address)
        assert response.status_code == 200, address
        assert "kbx" not in invariants.page(response.text), address
        assert "&lt;kbx" in response.text or "kbx" not in response.text, address
    assert "<mark>papier. &lt;kbx</mark>" in client.get("/recherche?q=%22papier+kbx%22").text
    for address in ("/flux.atom", "/recherche.atom?q=kbx", "/sitemap.xml", "/opensearch.xml"):
        ElementTree.fromstring(client.get(address).data)


@pytest.mark.parametrize(
    "address",
    ["javascript:kbx()", "data:text/html,x", "//x.example", "vbscript:x", "http://x\njavascript:kbx()"],
)
def test_an_address_in_a_file_is_http_or_the_file_is_refused(folder: Path, address: str) -> None:
    path = folder / "cases" / "boisjoli.md"
    quoted = address.replace("\n", "\\n")
    path.write_text(
        path.read_text(encoding="utf-8").replace("https://boisjoli.example", quoted), encoding="utf-8"
    )

    loaded = load_corpus(folder)

    assert "boisjoli" not in loaded.corpus.by_slug
    assert any("url" in problem.message for problem in loaded.problems)


@pytest.mark.parametrize("tag", ["!!python/object/apply:os.system", "!!binary", "!!set", "!!timestamp", "!x"])
def test_a_yaml_tag_is_refused_whatever_it_makes(tag: str) -> None:
    parsed = parse_text(f"---\nid: cas-01\ntitle: {tag} x\n---\n", "cases/x.md")

    assert parsed.data == {}
    assert [(problem.line, "étiquette" in problem.message) for problem in parsed.problems] == [(3, True)]


@pytest.mark.parametrize("path", TRAVERSAL)
@pytest.mark.parametrize(
    "start", ["/", "/cas/", "/pratiques/", "/static/", "/api/v1/documents/", "/id/", "/themes/"]
)
def test_no_path_leads_out_of_the_site(client: FlaskClient, start: str, path: str) -> None:
    for ending in ("", ".md", ".json"):
        response = client.get(start + path + ending, follow_redirects=True)

        assert response.status_code == 404
        assert "root:" not in response.text
        assert "[project]" not in response.text
        assert "facets:" not in response.text


@pytest.mark.parametrize("break_", ["\r\n", "\n", "\r", "%0d%0a", "\u2028", "\x85", "\x0b"])
@pytest.mark.parametrize(
    "address",
    [
        "/recherche?q=x{}",
        "/recherche.csv?q=x{}",
        "/cas/bois-joli?x={}",
        "/cas/bois-joli{}",
        "/{}/cas",
        "/cas{}",
    ],
)
def test_no_line_break_of_a_request_enters_a_header(client: FlaskClient, address: str, break_: str) -> None:
    planted = address.replace("{}", quote(f"{break_}Set-Cookie: a=b{break_}{break_}<kbx>", safe="%"))

    response = client.get(planted)

    assert "Set-Cookie" not in response.headers
    for name, value in response.headers.items():
        assert not re.search(r"[\r\n\x0b\x85\u2028]", name + value)


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "ailleurs.example"},
        {
            "X-Forwarded-Host": "ailleurs.example",
            "X-Forwarded-Proto": "https",
            "X-Forwarded-Prefix": "/ailleurs",
        },
        {"Forwarded": "for=1.2.3.4;host=ailleurs.example;proto=https"},
        {"X-Original-URL": "/a-propos", "X-Rewrite-URL": "/a-propos"},
        {"X-HTTP-Method-Override": "DELETE", "X-Method-Override": "TRACE"},
        {"Cookie": "a=<kbx>", "Authorization": "Basic eDp5", "Referer": "https://ailleurs.example/<kbx>"},
        {"Accept": "application/json", "Accept-Language": "ailleurs", "User-Agent": "<kbx>"},
    ],
    ids=lambda headers: next(iter(headers)),
)
@pytest.mark.parametrize(
    "path", ["/", "/cas/boisjoli", "/cas", "/cas/bois-joli", "/flux.atom", "/api/v1/search?q=vote"]
)
def test_no_header_of_a_request_changes_an_answer(app: Flask, path: str, headers: dict[str, str]) -> None:
    plain, spoofed = app.test_client().get(path), app.test_client().get(path, headers=headers)

    assert spoofed.status_code == plain.status_code
    assert spoofed.data == plain.data
    assert spoofed.headers.get("Location") == plain.headers.get("Location")
    assert "ailleurs" not in spoofed.text


def test_no_answer_opens_a_connection_of_its_own(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr("socket.socket.connect", refuse)

    for path in (
        "/recherche?q=http://ailleurs.example",
        "/cas/clairval",
        "/selection.bib?doc=http://x",
        "/carte",
    ):
        assert client.get(path).status_code in (200, 404)


def _pages(client: FlaskClient) -> Iterator[str]:
    places = ElementTree.fromstring(client.get("/sitemap.xml").data).iter()
    yield from (
        re.sub("^https?://[^/]+", "", place.text or "") for place in places if place.tag.endswith("loc")
    )


#: fields whose values have a form of their own, which the model checks
_FORMED = frozenset(
    """id type insee siren departement source url since until year per date kind status updated themes
    tool_types aliases amount size lat lon case section unit accessed stance evidence tax approx role
    """.split()  # noqa: SIM905 - a list of words is read as text
)


def _poisoned(value: Any, name: str = "") -> Any:
    """The values with a vector in every text that is free."""
    if isinstance(value, dict):
        return {key: _poisoned(item, key) for key, item in value.items()}
    if name in _FORMED or (isinstance(value, str) and re.fullmatch(r"[-\d. ]+", value)):
        return value
    if isinstance(value, list):
        return [_poisoned(item, name) for item in value]
    return f"{value} <kbx onx='1'>\"{VECTORS[3]}"


def _typed(text: str) -> str:
    """The YAML with its numbers as numbers again; years and codes stay text."""
    return re.sub(r"(?m)^(\s*(?:- )?(?:amount|size|value|lat|lon|approx): )'(-?[\d.]+|true)'$", r"\1\2", text)
