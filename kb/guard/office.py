"""A report in a file of a word processor, `.docx` or `.odt`, as paragraphs; a line is one of them.

Both are archives of XML. What is read is bounded, and a file that is no such archive is told as one.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from kb.errors import KBError
from kb.guard.manuscript import Draft, Paragraph, with_notes, without_private_signs
from kb.guard.markup import BARE

#: bytes of one part of the archive, unpacked
LARGEST = 50_000_000
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_XLINK = "{http://www.w3.org/1999/xlink}"
_QUOTED = re.compile("quot|citation", re.IGNORECASE)


def paragraphs_of(path: Path) -> tuple[Paragraph, ...]:
    """The paragraphs of a report; raises KBError for a file that is no such archive."""
    try:
        with zipfile.ZipFile(path) as archive:
            if path.suffix.lower() == ".docx":
                return _Word(archive).paragraphs()
            return _OpenDocument(archive).paragraphs()
    except (zipfile.BadZipFile, ElementTree.ParseError, KeyError, OSError, EOFError) as error:
        raise KBError(f"{path} : ce n’est pas un fichier {path.suffix} lisible ({error})") from error


def _part(archive: zipfile.ZipFile, name: str) -> ElementTree.Element | None:
    if name not in archive.namelist():
        return None
    with archive.open(name) as opened:
        data = opened.read(LARGEST + 1)
    if len(data) > LARGEST or b"<!DOCTYPE" in data:
        raise KBError(f"{name} : fichier trop lourd, ou écrit autrement qu’un traitement de texte ne l’écrit")
    return ElementTree.fromstring(data)  # noqa: S314 - bounded, and no document type is let in


def _bare(draft: Draft, text: str, line: int) -> str:
    def keep(found: re.Match[str]) -> str:
        href = found[0].rstrip(".,;:!?…'’")
        return draft.link(href, href, line) + found[0][len(href) :]

    return BARE.sub(keep, text)


class _Word:
    """What Word writes."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive

    def paragraphs(self) -> tuple[Paragraph, ...]:
        body = _part(self.archive, "word/document.xml")
        if body is None:
            raise KeyError("word/document.xml")
        notes: dict[str, Paragraph] = {}
        for kind in ("footnote", "endnote"):
            root = _part(self.archive, f"word/{kind}s.xml")
            targets = self._targets(f"{kind}s")
            for note in root.iter(f"{_W}{kind}") if root is not None else ():
                text = [self._paragraph(p, 0, targets) for p in note.iter(f"{_W}p")]
                if note.get(f"{_W}type") is None and text:
                    notes[f"{kind}{note.get(f'{_W}id')}"] = text[0]
        targets = self._targets("document")
        found = [self._paragraph(p, n, targets) for n, p in enumerate(body.iter(f"{_W}p"), 1)]
        return with_notes([paragraph for paragraph in found if paragraph.text.strip()], notes)

    def _targets(self, part: str) -> dict[str, str]:
        root = _part(self.archive, f"word/_rels/{part}.xml.rels")
        return {} if root is None else {r.get("Id", ""): r.get("Target", "") for r in root}

    def _paragraph(self, node: ElementTree.Element, line: int, targets: dict[str, str]) -> Paragraph:
        draft = Draft()
        style = node.find(f"{_W}pPr/{_W}pStyle")
        named = style.get(f"{_W}val", "") if style is not None else ""
        text = "".join(self._inside(node, draft, line, targets))
        return draft.done(text, line, is_quote=bool(_QUOTED.search(named)))

    def _inside(
        self, node: ElementTree.Element, draft: Draft, line: int, targets: dict[str, str]
    ) -> Iterator[str]:
        for child in node:
            if child.tag == f"{_W}hyperlink":
                href = targets.get(child.get(f"{_R}id", ""), "")
                anchor = child.get(f"{_W}anchor")
                text = "".join(part.text or "" for part in child.iter(f"{_W}t"))
                yield (
                    draft.link(href + (f"#{anchor}" if href and anchor else ""), text, line) if href else text
                )
            elif child.tag == f"{_W}r":
                yield from self._run(child, draft, line)
            elif child.tag == f"{_W}fldSimple":
                yield from self._field(child.get(f"{_W}instr", ""), draft, line)
                yield from self._inside(child, draft, line, targets)
            elif child.tag not in (f"{_W}pPr", f"{_W}del"):
                yield from self._inside(child, draft, line, targets)

    def _field(self, instruction: str, draft: Draft, line: int) -> Iterator[str]:
        """The link of a field « HYPERLINK », as older files and reference managers write it."""
        if found := re.match(r'\s*HYPERLINK\s+"([^"]+)"(?:\s+\\l\s+"([^"]+)")?', instruction):
            yield draft.link(found[1] + (f"#{found[2]}" if found[2] else ""), "", line)

    def _run(self, run: ElementTree.Element, draft: Draft, line: int) -> Iterator[str]:
        raised = run.find(f"{_W}rPr/{_W}vertAlign")
        for part in run:
            if part.tag == f"{_W}t":
                text = without_private_signs(part.text or "")
                called = raised is not None and raised.get(f"{_W}val") == "superscript" and text.isdigit()
                yield "" if called else _bare(draft, text, line)
            elif part.tag == f"{_W}instrText":
                yield from self._field(part.text or "", draft, line)
            elif part.tag in (f"{_W}tab", f"{_W}br"):
                yield " "
            elif part.tag in (f"{_W}footnoteReference", f"{_W}endnoteReference"):
                kind = part.tag.removeprefix(_W).removesuffix("Reference")
                yield f"[^{kind}{part.get(f'{_W}id')}]"
            elif part.tag == f"{_W}noBreakHyphen":
                yield "\u2011"


class _OpenDocument:
    """What LibreOffice writes."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.notes: dict[str, Paragraph] = {}
        self._parents: dict[str, str] = {}

    def paragraphs(self) -> tuple[Paragraph, ...]:
        body = _part(self.archive, "content.xml")
        if body is None:
            raise KeyError("content.xml")
        self._parents = {
            style.get(f"{_STYLE}name", ""): style.get(f"{_STYLE}parent-style-name", "")
            for style in body.iter(f"{_STYLE}style")
        }
        inside = {id(p) for note in body.iter(f"{_TEXT}note") for p in note.iter(f"{_TEXT}p")}
        nodes = [n for n in body.iter() if n.tag in (f"{_TEXT}p", f"{_TEXT}h") and id(n) not in inside]
        found = [self._paragraph(node, number) for number, node in enumerate(nodes, 1)]
        return with_notes([paragraph for paragraph in found if paragraph.text.strip()], self.notes)

    def _paragraph(self, node: ElementTree.Element, line: int) -> Paragraph:
        draft = Draft()
        name = node.get(f"{_TEXT}style-name", "")
        is_quote = bool(_QUOTED.search(f"{name} {self._parents.get(name, '')}"))
        return draft.done("".join(self._inside(node, draft, line)), line, is_quote=is_quote)

    def _inside(self, node: ElementTree.Element, draft: Draft, line: int) -> Iterator[str]:
        yield _bare(draft, without_private_signs(node.text or ""), line)
        for child in node:
            if child.tag == f"{_TEXT}a":
                yield draft.link(child.get(f"{_XLINK}href", ""), "".join(child.itertext()), line)
            elif child.tag == f"{_TEXT}note":
                yield self._note(child, line)
            elif child.tag in (f"{_TEXT}s", f"{_TEXT}tab", f"{_TEXT}line-break"):
                yield " "
            else:
                yield from self._inside(child, draft, line)
            yield _bare(draft, without_private_signs(child.tail or ""), line)

    def _note(self, node: ElementTree.Element, line: int) -> str:
        name = f"odt{len(self.notes) + 1}"
        body = node.find(f"{_TEXT}note-body/{_TEXT}p")
        if body is None:
            return ""
        self.notes[name] = self._paragraph(body, line)
        return f"[^{name}]"
