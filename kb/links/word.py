"""The dossier as a Word file: real headings, lists, tables, links and footnotes (python-docx).

A note becomes a footnote where it is first called; a later call refers to it and shows its number. The
citations of the passages stand at the end, under « Références ». The file says nothing of the day or the
machine it was made on.
"""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Mapping, Sequence
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from kb.content.typography import french
from kb.links.dossier import Dossier, Note
from kb.links.styles import USUAL, formatted

if TYPE_CHECKING:
    from docx.document import Document as Word
    from docx.text.paragraph import Paragraph

KIND = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_FOOTNOTES = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_NARROW = '<w:pPr><w:spacing w:after="40" w:line="240" w:lineRule="auto"/></w:pPr>'
#: the first day that a zip file can tell
_EPOCH = (1980, 1, 1, 0, 0, 0)
_HEADINGS = {"h2": "Heading 2", "h3": "Heading 3", "h4": "Heading 4"}
_BLOCKS = {**_HEADINGS, "p": None, "pre": None, "blockquote": "Quote"}
_LISTS = {"ul": "List Bullet", "ol": "List Number"}
#: signs that XML cannot hold
_FORBIDDEN = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF))


def word(dossier: Dossier, base: str, style: str = USUAL) -> bytes:
    """The bytes of a .docx; `base` begins the addresses of links, `style` is one of the citation styles."""
    from docx import Document

    file = Document()
    file.styles.element.xpath("//w:rPrDefault//w:lang")[0].set(f"{{{_W}}}val", "fr-FR")
    file.core_properties.title, file.core_properties.language = "Dossier", "fr-FR"
    file.core_properties.author = file.core_properties.comments = file.core_properties.last_modified_by = ""
    file.core_properties.created = file.core_properties.modified = datetime.datetime(2000, 1, 1)
    file.add_heading("Dossier", 0)
    writer = _Writer(file, base, dossier.notes)
    for passage in dossier.passages:
        cited = passage.citation
        writer.link(file.add_heading("", 1), cited.title, cited.url)
        if cited.anchor:
            file.add_paragraph(french(cited.document.title)).runs[0].italic = True
        writer.feed(passage.html)
    file.add_heading("Références", 1)
    for passage in dossier.passages:
        file.add_paragraph(formatted(passage.citation.item(), style))
    writer.finish()
    return _bytes(file)


def _bytes(file: Word) -> bytes:
    """The file as a zip whose entries have no date."""
    made, kept = io.BytesIO(), io.BytesIO()
    file.save(made)
    with zipfile.ZipFile(made) as whole, zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as dateless:
        for name in sorted(whole.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            dateless.writestr(zipfile.ZipInfo(name, _EPOCH), whole.read(name), zipfile.ZIP_DEFLATED)
    return kept.getvalue()


class _Writer(HTMLParser):
    """Safe HTML of passages → paragraphs, lists and tables of a Word file."""

    def __init__(self, file: Word, base: str, notes: Sequence[Note]) -> None:
        super().__init__(convert_charrefs=True)
        self.file, self.base = file, base
        self.notes: Mapping[int, Note] = {note.number: note for note in notes}
        self._told: list[Note] = []
        self._paragraph: Paragraph | None = None
        self._lists: list[str] = []
        self._marks: list[str] = []
        self._href = ""
        self._rows: list[list[Any]] = []
        #: the paragraph of the last call, and its last element then: calls side by side are parted
        self._called: Any = None
        self._last: Any = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in _LISTS:
            self._lists.append(_LISTS[tag])
        elif tag == "li":
            self._paragraph = self.file.add_paragraph(style=self._lists[-1] if self._lists else None)
        elif tag == "table":
            self._rows = []
        elif tag == "tr":
            self._rows.append([])
        elif tag in ("td", "th"):
            self._cell(tag)
        elif tag in _BLOCKS and not (self._lists or self._rows):
            self._paragraph = self.file.add_paragraph(style=_BLOCKS[tag])
        elif tag == "br":
            self._run("\n")
        elif tag == "a":
            self._href = given.get("href") or ""
        elif tag in ("strong", "em", "code"):
            self._marks.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _LISTS and self._lists:
            self._lists.pop()
        elif tag == "a":
            self._href = ""
        elif tag in self._marks:
            self._marks.remove(tag)
        elif tag == "table":
            self._table()
        if tag in ("li", *_BLOCKS) and not self._rows:
            self._paragraph = None

    def handle_data(self, data: str) -> None:
        text = data.replace("\n", " ")
        if self._href.startswith("#note-"):
            self._footnote(int(self._href.removeprefix("#note-")))
        elif self._rows and self._rows[-1]:
            self._rows[-1][-1].append((text, self._href, tuple(self._marks)))
        elif text.strip() or self._paragraph is not None:
            self._run(text)

    def link(self, paragraph: Paragraph, text: str, address: str) -> None:
        """Add a link to a paragraph."""
        from docx.opc.constants import RELATIONSHIP_TYPE

        target = paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        run = paragraph.add_run(text.translate(_FORBIDDEN))
        run.underline = True
        self._around(run._r, "w:hyperlink", **{"r:id": target})

    def finish(self) -> None:
        """Give the file its footnotes."""
        from docx.opc.constants import RELATIONSHIP_TYPE
        from docx.opc.packuri import PackURI
        from docx.opc.part import Part

        kept = [
            _note(number, kind, f"<w:{kind}/>")
            for number, kind in enumerate(("separator", "continuationSeparator"))
        ]
        kept += [_note(n, "", _told(note)) for n, note in enumerate(self._told, 2)]
        xml = f'<w:footnotes xmlns:w="{_W}">{"".join(kept)}</w:footnotes>'
        part = Part(PackURI("/word/footnotes.xml"), _FOOTNOTES, xml.encode(), self.file.part.package)
        self.file.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)

    def _cell(self, tag: str) -> None:
        self._rows[-1].append([])
        if tag == "th":
            self._rows[-1][-1].append(("", "", ("strong",)))

    def _table(self) -> None:
        """The rows gathered, as a table whose first row is repeated on each page."""
        rows, self._rows, self._paragraph = [row for row in self._rows if row], [], None
        if not rows:
            return
        table = self.file.add_table(len(rows), max(map(len, rows)), style="Table Grid")
        for row, cells in zip(table.rows, rows, strict=True):
            for cell, pieces in zip(row.cells, cells, strict=False):
                self._paragraph = cell.paragraphs[0]
                heads = any(marks == ("strong",) and not text for text, _, marks in pieces)
                for text, href, marks in pieces:
                    if isinstance(text, int):
                        self._footnote(text)
                    elif text.strip():
                        self._href, self._marks = href, [*marks, *(["strong"] if heads else [])]
                        self._run(text)
        self._href, self._marks, self._paragraph = "", [], None
        self.file.add_paragraph()

    def _run(self, text: str) -> None:
        if self._paragraph is None:
            self._paragraph = self.file.add_paragraph()
        address = f"{self.base}{self._href}" if self._href.startswith("/") else self._href
        if address.startswith(("http:", "https:", "mailto:")):
            self.link(self._paragraph, text, address)
            return
        run = self._paragraph.add_run(text.translate(_FORBIDDEN))
        run.bold, run.italic = "strong" in self._marks or None, "em" in self._marks or None

    def _footnote(self, number: int) -> None:
        """A call, here in the text; in a table that is still being read, kept for later."""
        if self._rows and self._rows[-1]:
            self._rows[-1][-1].append((number, "", ()))
            return
        if self._paragraph is None:
            self._paragraph = self.file.add_paragraph()
        element = self._paragraph._p
        if self._called is element and element[-1] is self._last:
            self._paragraph.add_run(", ").font.superscript = True
        run = self._paragraph.add_run()
        run.font.superscript = True
        note = self.notes[number]
        if note in self._told:
            shown = self._told.index(note) + 1
            run.text = str(shown)
            self._around(run._r, "w:fldSimple", **{"w:instr": f" NOTEREF _note{shown} \\h "})
        else:
            self._told.append(note)
            call = _element("w:footnoteReference", **{"w:id": str(len(self._told) + 1)})
            run._r.append(call)
            named = {"w:id": str(len(self._told)), "w:name": f"_note{len(self._told)}"}
            run._r.addprevious(_element("w:bookmarkStart", **named))
            run._r.addnext(_element("w:bookmarkEnd", **{"w:id": named["w:id"]}))
        self._called, self._last = element, element[-1]

    def _around(self, run: Any, name: str, **attributes: str) -> None:
        """Put a run inside a new element of this name."""
        outer = _element(name, **attributes)
        run.addprevious(outer)
        outer.append(run)


def _element(name: str, **attributes: str) -> Any:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    made = OxmlElement(name)
    for key, value in attributes.items():
        made.set(qn(key), value)
    return made


def _note(number: int, kind: str, inside: str) -> str:
    told = f' w:type="{kind}"' if kind else ""
    body = f"<w:r>{inside}</w:r>" if kind else inside
    return f'<w:footnote{told} w:id="{number}"><w:p>{_NARROW}{body}</w:p></w:footnote>'


def _told(note: Note) -> str:
    text = f" {french(note.text)}" + (f", {note.url}" if note.url else "") + "."
    size = '<w:rPr><w:sz w:val="18"/></w:rPr>'
    mark = '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:footnoteRef/></w:r>'
    return f'{mark}<w:r>{size}<w:t xml:space="preserve">{escape(text.translate(_FORBIDDEN))}</w:t></w:r>'
