"""The whole site as files: browsable from any plain host and from a disk, searchable, without us.

Every page that a link can reach is asked of the application and written with relative links.
Former addresses become pages that lead on, removed documents keep the page that says so. What only
a server can compute (free comparisons, the API with parameters) leads to a page that tells it. The
same content gives the same bytes. Absolute addresses (feeds, citations) are those of BASE_URL.
"""

from __future__ import annotations

import html
import json
import posixpath
import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote

from flask import Flask, render_template

from kb.content.kinds import KINDS
from kb.errors import KBError
from kb.links.replay import Answer, Get
from kb.links.versions import days_of
from kb.search.flat import flatten
from web.archive import README, SUMS, put, readme, sums_of
from web.context import NATURE_LABELS
from web.documents import TWINS
from web.front.headers import POLICY
from web.site_map import addresses
from web.state import site_of

ONLINE, SEARCH = "/hors-archive", "/recherche"
CHARSET = '<meta charset="utf-8">'
#: the policy of the site, for a host that sends no header; of it, a page can say all but who may frame it;
#: read from a disk, where there is no origin, what stands beside the page is `file:`
META = '<meta http-equiv="Content-Security-Policy" content="{}">'.format(
    "; ".join(rule for rule in POLICY.split("; ") if not rule.startswith("frame-ancestors")).replace(
        "'self'", "'self' file:"
    )
)
_ID = re.compile(r'\sid="([^"]*)"')


@dataclass(frozen=True)
class Written:
    """What was written."""

    pages: int
    files: int
    #: bytes
    size: int
    #: links that lead nowhere, a line each
    broken: tuple[str, ...]
    #: files of the folder that no export wrote, left where they were
    kept: tuple[str, ...] = ()


def write_site(app: Flask, folder: Path) -> Written:
    """Write the whole site under `folder`, which is empty, absent, or an earlier export.

    Raises KBError where a page fails, and where the folder cannot be written without losing something
    (`web.archive`); the folder is then what it was.
    """
    files = Exporter(app).files()
    files[README] = readme(site_of(app).snapshot.corpus, app.config["BASE_URL"], len(files)).encode()
    files[SUMS] = sums_of(files)
    kept = put(files, folder)
    pages = sum(name.endswith(".html") for name in files)
    return Written(pages, len(files), sum(map(len, files.values())), tuple(_broken(files)), kept)


def reader(folder: Path) -> Get:
    """How an export answers for an address, as `kb.links.replay` asks."""

    def get(path: str) -> Answer:
        file = folder / file_of(unquote(path.partition("?")[0]))
        if not file.is_file():
            return Answer(404)
        text = file.read_text(encoding="utf-8")
        lead = re.search(r'<html lang="fr" data-lead="([^"]*)"', text)
        if lead:
            return Answer(301, html.unescape(lead[1]))
        return Answer(410 if 'data-status="410"' in text[:200] else 200, "", text)

    return get


def file_of(path: str) -> str:
    """The file of an address: `/cas/angers` → `cas/angers/index.html`, `/flux.atom` → `flux.atom`."""
    name = path.strip("/")
    if re.search(r"\.[a-z]+$", name) and not path.endswith("/"):
        return name
    if name.startswith("api/"):
        return f"{name}.json"
    return f"{name}/index.html" if name else "index.html"


class Exporter:
    """Asks the application for everything and makes files of the answers."""

    def __init__(self, app: Flask) -> None:
        """Of one state of the site, which must not change meanwhile."""
        self.app, self.kb = app, site_of(app).snapshot
        self.client = app.test_client()
        self.prefix = app.config["APPLICATION_ROOT"].rstrip("/")
        self._link = re.compile(rf'(?<=\s)(href|src|action)="{re.escape(self.prefix)}(/[^"]*)"')
        self._raw: dict[str, tuple[str, bytes]] = {}
        self._leads: dict[str, str] = {}
        self._failed: list[str] = []

    def files(self) -> dict[str, bytes]:
        """Every file by its name. Raises KBError with every address that answers by an error of ours."""
        self._crawl()
        if self._failed:
            raise KBError(f"rien n’est écrit, des pages échouent : {', '.join(sorted(self._failed))}")
        files = {name: body for name, (_, body) in self._raw.items()}
        for name, (address, body) in self._raw.items():
            if name.endswith(".html"):
                files[name] = self._relative(address, body.decode()).encode()
        files["recherche/donnees.js"] = f"globalThis.KB={_json(self._search_data())};\n".encode()
        return files

    def _crawl(self) -> None:
        with self.app.test_request_context("/"):
            for address, template in ((SEARCH, "export_search.html"), (ONLINE, "export_online.html")):
                page = render_template(template)
                self._keep(address, page.encode())
                self._save_assets(page)
        queue = deque(self._seeds())
        seen = set(queue)
        while queue:
            address = queue.popleft()
            for found in self._save(address):
                if found not in seen:
                    seen.add(found)
                    queue.append(found)

    def _seeds(self) -> Iterator[str]:
        kb = self.kb
        with self.app.test_request_context("/"):
            yield from [address.removeprefix(self.prefix) for address, _ in addresses(kb)]
        for document in kb.corpus.documents:
            yield from (f"{document.permalink}.{twin}" for twin in TWINS)
            yield f"/id/{document.id}"
            yield from (f"/id/{document.id}/v/{day}" for day in days_of(kb.links.history, document))
            yield from (f"{document.permalink.rpartition('/')[0]}/{old}" for old in document.fields.aliases)
        for identifier, entry in kb.links.register.ledger.documents.items():
            yield f"/id/{identifier}"
            yield from (f"/{kind.address}/{slug}" for slug in entry.slugs for kind in KINDS)
        for facet in kb.corpus.taxonomy.facets:
            if facet.path:
                yield from (f"/{facet.path}/{slug}" for slug in facet.by_slug)
                yield from (f"/{facet.path}/{slug}.atom" for slug in facet.by_slug)
        yield from ("/flux.atom", "/sitemap.xml", "/robots.txt", "/opensearch.xml", "/api/openapi.json")
        yield from ("/donnees/cas.csv", "/donnees/documents.json", "/api/v1/documents", "/api/v1/taxonomy")

    def _save(self, address: str) -> Iterable[str]:
        """Keep what an address answers; gives the addresses that it links to."""
        if file_of(address.partition("?")[0]) in (file_of(SEARCH), file_of(ONLINE)):
            return ()
        response = self.client.get(address)
        if response.status_code in (301, 308):
            target = response.headers["Location"].removeprefix(self.prefix)
            if address.endswith(".atom"):  # no page can lead a feed reader on
                self._keep(address, self.client.get(target).data)
            elif address.partition("?")[0].rstrip("/") != target.rstrip("/"):
                self._lead(address, target)
            return (target.partition("#")[0],)
        if response.status_code == 410:
            page = response.text.replace('<html lang="fr"', '<html lang="fr" data-status="410"', 1)
            self._keep(address, page.encode())
            return ()
        if response.status_code >= 500:
            self._failed.append(f"{address} ({response.status_code})")
        if response.status_code != 200:
            return ()
        self._keep(address, response.data)
        if response.mimetype != "text/html":
            return ()
        return [self._kept(html.unescape(href)) for _, href in self._link.findall(response.text)]

    def _kept(self, href: str) -> str:
        """The address under which a link of a page is kept."""
        address = href.partition("#")[0]
        path, mark, _ = address.partition("?")
        if not mark or path == SEARCH:
            return path
        return address if path == "/comparer" and "cas=" in address else ONLINE

    def _keep(self, address: str, body: bytes) -> None:
        self._raw[_name(address)] = (address, body)

    def _lead(self, address: str, target: str) -> None:
        with self.app.test_request_context("/"):
            here = posixpath.dirname(_name(address))
            relative = posixpath.relpath(_name(target), here or ".")
            page = render_template("export_lead.html", target=target, relative=relative)
        self._keep(address, page.encode())
        self._leads[_name(address)] = _name(target)
        self._save_assets(page)

    def _save_assets(self, page: str) -> None:
        for _, href in self._link.findall(page):
            if href.startswith("/static/") and file_of(href) not in self._raw:
                self._keep(href, self.client.get(href).data)

    def _relative(self, address: str, page: str) -> str:
        """A page with relative links to files."""
        here = posixpath.dirname(_name(address)) or "."

        def link(found: re.Match[str]) -> str:
            name, href = found[1], html.unescape(found[2])
            target, mark, anchor = href.partition("#")
            kept = self._kept(target)
            file = _name(kept)
            while file in self._leads and not kept.startswith("/id/"):
                file = self._leads[file]
            if file not in self._raw and not file.endswith(".js"):
                file, anchor, mark = file_of(ONLINE), "", ""
            query = target.partition("?")[2] if kept == SEARCH else ""
            relative = quote(posixpath.relpath(file, here), safe="/._-~+")
            whole = relative + (f"?{query}" if query else "") + mark + anchor
            return f'{name}="{html.escape(whole)}"'

        quiet = re.sub(r' data-suggest="[^"]*"', "", page).replace(CHARSET, f"{CHARSET}\n{META}", 1)
        return self._link.sub(link, quiet)

    def _search_data(self) -> dict[str, object]:
        kb = self.kb
        renderings = {document.slug: kb.rendering(document) for document in kb.corpus.documents}
        flat = flatten(kb.index, kb.corpus, renderings)
        facets = [facet for facet in kb.corpus.taxonomy.facets if facet.terms]
        documents = []
        for slug in flat.slugs:
            document, rendering = kb.corpus.by_slug[slug], renderings[slug]
            documents.append(
                {
                    "slug": slug,
                    "nature": document.nature,
                    "title": document.title,
                    "summary": document.summary,
                    "href": posixpath.relpath(file_of(document.permalink), "recherche"),
                    "facets": {
                        f.name: [v for v, _ in f.values_for(document.values_of(f.field))] or ["non-renseigne"]
                        for f in facets
                    },
                    "sections": [[s.anchor, s.title, s.text] for s in rendering.sections],
                }
            )
        labels = {f.name: {term.slug: term.label for term in f.terms} for f in facets}
        former = {f.name: {old: t.slug for t in f.terms for old in t.aliases} for f in facets}
        return {
            "documents": documents,
            "sayings": {
                saying: [found.weight, found.documents, found.questions, int(found.is_clear)]
                for saying, found in flat.sayings.items()
            },
            "questions": flat.questions,
            "forms": flat.forms,
            "stop": flat.stop_words,
            "rules": flat.rules,
            "labels": labels,
            "former": {name: names for name, names in former.items() if names},
            "natures": NATURE_LABELS,
        }


def _name(address: str) -> str:
    """The file of an address, the documents compared in its folder."""
    path, mark, query = address.partition("?")
    if mark and path == "/comparer":
        return f"comparer/{'_'.join(value for name, value in parse_qsl(query) if name == 'cas')}/index.html"
    return file_of(path)


def _broken(files: dict[str, bytes]) -> Iterator[str]:
    """Relative links of pages that lead to no file or to no anchor of it."""
    texts = {name: body.decode() for name, body in files.items() if name.endswith(".html")}
    ids = {name: set(_ID.findall(text)) for name, text in texts.items()}
    for name, text in sorted(texts.items()):
        for href in re.findall(r'\s(?:href|src|action)="([^"]*)"', text):
            target, _, anchor = html.unescape(href).partition("#")
            if re.match(r"[a-z]+:", target):
                continue
            path = unquote(target.partition("?")[0])
            file = posixpath.normpath(posixpath.join(posixpath.dirname(name), path)) if path else name
            if file not in files:
                yield f"{name} : {href} ne mène à aucun fichier"
            elif anchor and file in ids and unquote(anchor) not in ids[file]:
                yield f"{name} : {href} ne mène à aucune ancre"


def _json(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
