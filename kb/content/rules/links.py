"""Rules of links: between files, to sections, images, and passages that illustrate a practice."""

from __future__ import annotations

import difflib
import posixpath
import re
import unicodedata
from collections.abc import Iterable, Iterator
from urllib.parse import unquote

from kb.content.blocks import CODE, HIDDEN, Block
from kb.content.kinds import KINDS, kind_at, kind_of_model
from kb.content.model import CaseFields
from kb.content.rules.page import Finding, Page
from kb.content.slugs import fold

_LINK = re.compile(
    r"(!?)\[((?:[^\[\]\n]|\n(?!\n)|\[[^\[\]]*\])*)\]\(\s*(?:<([^>\n]*)>|((?:[^()\s]|\([^()\s]*\))*))"
    r"(?:\s+(?:\"[^\"]*\"|'[^']*'))?\s*\)"
)
_DEFINITION = re.compile(r"^ {0,3}\[(?!\^)[^\]]+\]:\s*(\S+)", re.MULTILINE)


def link_targets(page: Page) -> Iterator[Finding]:
    """Un lien entre fiches mène à un fichier et à un titre qui existent.

    Il s’écrit comme le chemin du fichier (`../practices/benchmark-des-outils.md`), reste dans le
    dossier du contenu, et son ancre est celle d’une section ou d’un sous-titre de la cible.
    """
    for line, target, text, image in _links(page):
        if image:
            continue
        if not text.strip():
            yield Finding(
                line, "ce lien n’a pas de texte", "écrivez entre crochets ce que l’on trouvera au bout"
            )
        path, _, anchor = target.partition("#")
        scheme = re.match(r"([a-zA-Z][a-zA-Z0-9+.-]*):", target)
        if scheme and scheme[1].lower() not in ("http", "https", "mailto"):
            yield Finding(
                line,
                f"l’adresse « {scheme[1]}: » n’est pas admise",
                "un lien commence par https:// ou est un chemin de fichier",
            )
        elif scheme:
            if not re.fullmatch(r"(https?://[^\s/]+\.[^\s]+|mailto:[^\s@]+@[^\s@]+)", target):
                yield Finding(line, f"l’adresse {target} est incomplète", "copiez-la depuis le navigateur")
        elif target.startswith(("www.", "//")):
            yield Finding(line, f"l’adresse {target} est incomplète", f"écrivez https://{target.lstrip('/')}")
        elif not target:
            yield Finding(line, "ce lien ne mène nulle part", "écrivez l’adresse entre les parenthèses")
        elif path.startswith("/"):
            yield Finding(
                line,
                f"le lien {target} est une adresse du site",
                f"écrivez le chemin du fichier, par exemple {_file_of(page, path)}",
            )
        else:
            yield from _file_link(page, line, unquote(path), unquote(anchor))


def _file_link(page: Page, line: int, path: str, anchor: str) -> Iterator[Finding]:
    pages = page.folder.pages
    name = posixpath.normpath(posixpath.join(posixpath.dirname(page.name), path)) if path else page.name
    if name.startswith("../"):
        yield Finding(
            line,
            f"le lien {path} sort du dossier du contenu",
            f"un lien entre fiches reste dans {' et '.join(f'{kind.folder}/' for kind in KINDS)}",
        )
        return
    if name.endswith(".md.md"):
        yield Finding(
            line, f"le lien {path} a deux fois l’extension .md", f"écrivez {path.removesuffix('.md')}"
        )
        return
    if name not in pages:
        yield _missing_file(page, line, path, name)
        return
    if path and name == page.name and not anchor:
        yield Finding(
            line, "ce lien mène à la fiche elle-même", "retirez-le, ou ajoutez l’ancre d’une section"
        )
    if anchor and anchor not in pages[name].anchors:
        alike = _alike(anchor, pages[name].anchors)
        close = alike or _nearest(anchor, pages[name].anchors)
        how = (
            f"ne diffère de « {alike} » que par la casse, un accent ou sa forme Unicode"
            if alike
            else f"n’existe pas dans {name}"
        )
        yield Finding(
            line,
            f"l’ancre « {anchor} » {how}",
            f"vouliez-vous dire « #{close} » ?"
            if close
            else f"ancres : {', '.join(sorted(pages[name].anchors))}",
        )


def _file_of(page: Page, address: str) -> str:
    """The file that an address of the site stands for, or any other one of the folder to show the form."""
    parts = address.strip("/").split("/")
    kind = kind_at(parts[0])
    name = f"{kind.folder}/{parts[-1]}.md" if kind else ""
    pages = page.folder.pages
    return _relative(page, name if name in pages else next(iter(pages)))


def _missing_file(page: Page, line: int, path: str, name: str) -> Finding:
    pages = page.folder.pages
    if name not in page.folder.stand_ins:  # looking through a large folder takes a while
        page.folder.stand_ins[name] = _stand_in(name, pages)
    alike, close = page.folder.stand_ins[name]
    if alike:
        return Finding(
            line,
            f"le lien {path} ne diffère du fichier {alike} que par la casse, un accent ou sa forme Unicode",
            f"écrivez {_relative(page, alike)}",
        )
    if name + ".md" in pages:
        return Finding(
            line, f"le lien {path} n’a pas d’extension", f"écrivez {_relative(page, name + '.md')}"
        )
    return Finding(
        line,
        f"le lien {path} mène à un fichier qui n’existe pas",
        f"vouliez-vous dire {_relative(page, close)} ?" if close else "créez la fiche ou retirez le lien",
    )


def _stand_in(name: str, known: Iterable[str]) -> tuple[str | None, str | None]:
    """(the known file that differs in form only, the one of the same name or the nearest)."""
    alike = _alike(name, known)
    if alike:
        return alike, None
    same = next((other for other in known if posixpath.basename(other) == posixpath.basename(name)), None)
    return None, same or _nearest(name, known)


def images(page: Page) -> Iterator[Finding]:
    """Une image a un texte de remplacement et son fichier est dans le dossier du contenu."""
    for line, target, text, image in _links(page):
        if not image:
            continue
        if not text.strip():
            yield Finding(
                line,
                f"l’image {target} n’a pas de texte de remplacement",
                "dites entre crochets ce qu’elle montre : ![texte](chemin)",
            )
        if re.match(r"[a-z]+:|//", target, re.IGNORECASE):
            yield Finding(
                line,
                f"l’image {target} n’est pas dans le dossier du contenu",
                "enregistrez-la à côté de la fiche, si sa licence le permet",
            )
            continue
        name = posixpath.normpath(posixpath.join(posixpath.dirname(page.name), unquote(target)))
        if name.startswith("../") or not (page.folder.loaded.root / name).is_file():
            near = _nearest(
                name,
                (
                    p.relative_to(page.folder.loaded.root).as_posix()
                    for p in page.folder.loaded.root.rglob("*.*")
                    if p.suffix != ".md"
                ),
            )
            yield Finding(
                line,
                f"l’image {target} n’existe pas",
                f"vouliez-vous dire {_relative(page, near)} ?" if near else "vérifiez son chemin",
            )


def illustrations(page: Page) -> Iterator[Finding]:
    """Un passage cité par `illustrated_by` existe : le cas, et la section de ce cas."""
    cases = page.folder.cases
    listed = page.data.get("illustrated_by")
    for number, item in enumerate(listed if isinstance(listed, list) else ()):
        case, section = (item.get("case"), item.get("section")) if isinstance(item, dict) else (None, None)
        if not isinstance(case, str):
            continue
        if case not in cases:
            renamed = page.folder.by_alias.get(case)
            close = renamed[0].slug if renamed else _nearest(case, cases)
            yield Finding(
                ("illustrated_by", number, "case"),
                f"le cas « {case} » n’existe pas",
                f"vouliez-vous dire « {close} » ?"
                if close
                else f"écrivez le nom d’un fichier de content/{kind_of_model(CaseFields).folder}/, sans .md",
            )
        elif isinstance(section, str) and section not in (known := {s.anchor for s in cases[case].sections}):
            close = _nearest(section, known)
            yield Finding(
                ("illustrated_by", number, "section"),
                f"le cas « {case} » n’a pas de section « {section} »",
                (f"vouliez-vous dire « {close} » ? " if close else "")
                + f"sections : {', '.join(sorted(known))}",
            )


def _links(page: Page) -> Iterator[tuple[int, str, str, bool]]:
    """(line, target, text, whether it is an image) of every link of the body, code left out."""
    for block in page.blocks:
        if block.kind != "code" and ("](" in block.text or "]:" in block.text):
            text = CODE.sub(lambda match: re.sub(r"[^\n]", HIDDEN, match[0]), block.text)
            yield from _links_in(text, block)


def _links_in(text: str, block: Block) -> Iterator[tuple[int, str, str, bool]]:
    for match in _LINK.finditer(text):
        yield (
            block.line_at(match.start()),
            (match[3] if match[3] is not None else match[4]).strip(),
            match[2],
            bool(match[1]),
        )
        yield from (
            (block.line_at(match.start()), inner[4] or "", inner[2], True)
            for inner in _LINK.finditer(match[2])
            if inner[1]
        )
    for match in _DEFINITION.finditer(text):
        yield block.line_at(match.start()), match[1], "défini", False


def _alike(name: str, known: Iterable[str]) -> str | None:
    """The known name that differs from `name` by case, accents or Unicode form only."""
    key = fold(unicodedata.normalize("NFC", name))
    return next((other for other in sorted(known) if fold(other) == key and other != name), None)


def _nearest(name: str, known: Iterable[str]) -> str | None:
    close = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.6)
    return close[0] if close else None


def _relative(page: Page, name: str) -> str:
    return posixpath.relpath(name, posixpath.dirname(page.name))
