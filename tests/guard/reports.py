"""Reports made for the guard from uses of the base, right and wrong, in every form it reads."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

DATA = Path(__file__).parents[1] / "data" / "reports"
BASE = "https://base.exemple.fr"
_LINK = re.compile(r"!?\[([^\]^]*)\]\(([^)\s]*)\)")
_NOTE = re.compile(r"\[\^(\w+)\](?!:)")
_BODY = re.compile(r"^\[\^(\w+)\]: (.*)$", re.MULTILINE)

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def uses(name: str) -> list[str]:
    """The uses of a file of `data/reports`, each in Markdown."""
    text = (DATA / name).read_text(encoding="utf-8").partition("\n\n")[2]
    return [use.strip("\n") for use in text.split("\n\n===\n\n")]


def markdown(chosen: list[str], path: Path) -> list[tuple[int, int]]:
    """Write a report; gives the lines of each use."""
    lines, places = [], []
    for use in chosen:
        places.append((len(lines) + 1, len(lines) + 1 + use.count("\n")))
        lines += [*use.split("\n"), ""]
    path.write_text("\n".join(lines), encoding="utf-8")
    return places


def is_plain(use: str) -> bool:
    """Whether a use has a form in a word processor: no table, no HTML, no reference."""
    return not re.search(r"^\||<a |^\[\w+\]:|\]\[|^!|^- ", use, re.MULTILINE)


def word(chosen: list[str], path: Path) -> list[tuple[int, int]]:
    """Write a `.docx`; gives the paragraphs of each use."""
    relations, notes, body, places, count = [], [], [], [], 0

    def linked(text: str, part: list[str]) -> str:
        pieces, at = [], 0
        for link in _LINK.finditer(text):
            pieces.append(run(text[at : link.start()]))
            part.append(link[2])
            pieces.append(f'<w:hyperlink r:id="r{len(part)}">{run(link[1])}</w:hyperlink>')
            at = link.end()
        return "".join((*pieces, run(text[at:])))

    def run(text: str) -> str:
        found = re.split(r"(\[\^\w+\])", text)
        return "".join(
            f'<w:r><w:footnoteReference w:id="{1 + [n for n, _ in notes].index(part[2:-1])}"/></w:r>'
            if part.startswith("[^") and part[2:-1] in [n for n, _ in notes]
            else f'<w:r><w:t xml:space="preserve">{escape(part)}</w:t></w:r>'
            for part in found
            if part
        )

    note_targets: list[str] = []
    for use in chosen:
        notes += [(found[1], found[2]) for found in _BODY.finditer(use)]
        kept = [part for part in _BODY.sub("", use).split("\n\n") if part.strip()]
        places.append((count + 1, count + len(kept)))
        for part in kept:
            count += 1
            style = '<w:pPr><w:pStyle w:val="Quote"/></w:pPr>' if part.startswith(">") else ""
            text = (
                re.sub(r"^>\s?", "", part, flags=re.MULTILINE)
                .replace("\n", " ")
                .replace("<", "")
                .replace(">", "")
            )
            body.append(f"<w:p>{style}{linked(text, relations)}</w:p>")
    footnotes = "".join(
        f'<w:footnote w:id="{n}"><w:p>{linked(text, note_targets)}</w:p></w:footnote>'
        for n, (_, text) in enumerate(notes, 1)
    )
    with zipfile.ZipFile(path, "w") as archive:
        head = f'xmlns:w="{_W}" xmlns:r="{_R}"'
        archive.writestr(
            "word/document.xml", f"<w:document {head}><w:body>{''.join(body)}</w:body></w:document>"
        )
        archive.writestr("word/footnotes.xml", f"<w:footnotes {head}>{footnotes}</w:footnotes>")
        archive.writestr("word/_rels/document.xml.rels", _relations(relations))
        archive.writestr("word/_rels/footnotes.xml.rels", _relations(note_targets))
    return places


def _relations(targets: list[str]) -> str:
    rows = "".join(f'<Relationship Id="r{n}" Target={quoteattr(t)}/>' for n, t in enumerate(targets, 1))
    return f"<Relationships>{rows}</Relationships>"


def open_document(chosen: list[str], path: Path) -> list[tuple[int, int]]:
    """Write an `.odt`; gives the paragraphs of each use."""
    body, places, count = [], [], 0

    def linked(text: str, notes: dict[str, str]) -> str:
        parts, at = [], 0
        for found in re.finditer(rf"{_LINK.pattern}|{_NOTE.pattern}", text):
            parts.append(escape(text[at : found.start()]))
            if found[3]:
                inside = f"<text:p>{linked(notes.get(found[3], ''), {})}</text:p>"
                parts.append(f"<text:note><text:note-body>{inside}</text:note-body></text:note>")
            else:
                parts.append(f"<text:a xlink:href={quoteattr(found[2])}>{escape(found[1])}</text:a>")
            at = found.end()
        return "".join((*parts, escape(text[at:])))

    for use in chosen:
        notes = {found[1]: found[2] for found in _BODY.finditer(use)}
        kept = [part for part in _BODY.sub("", use).split("\n\n") if part.strip()]
        places.append((count + 1, count + len(kept)))
        for part in kept:
            count += 1
            style = ' text:style-name="Quotations"' if part.startswith(">") else ""
            text = re.sub(r"^>\s?", "", part, flags=re.MULTILINE).replace("\n", " ").strip("<>")
            body.append(f"<text:p{style}>{linked(text, notes)}</text:p>")
    spaces = (
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:xlink="http://www.w3.org/1999/xlink"'
    )
    with zipfile.ZipFile(path, "w") as archive:
        inside = f"<office:body><office:text>{''.join(body)}</office:text></office:body>"
        archive.writestr(
            "content.xml", f"<office:document-content {spaces}>{inside}</office:document-content>"
        )
    return places


def latex(chosen: list[str], path: Path) -> list[tuple[int, int]]:
    """Write a `.tex`; gives the lines of each use."""
    lines, places = ["\\documentclass{article}", "\\begin{document}"], []
    for use in chosen:
        notes = {found[1]: found[2] for found in _BODY.finditer(use)}
        text = "\n\n".join(part for part in _BODY.sub("", use).split("\n\n") if part.strip())
        text = re.sub(r"(?m)(?:^>.*\n?)+", _quoted, text)
        text = re.sub(r"([%€])", lambda sign: {"%": "\\%", "€": "\\euro{}"}[sign[1]], text)
        for name, said in notes.items():
            text = text.replace(f"[^{name}]", f"\\footnote{{{said}}}")
        text = _tex(text)
        places.append((len(lines) + 1, len(lines) + 1 + text.count("\n")))
        lines += [*text.split("\n"), ""]
    path.write_text("\n".join((*lines, "\\end{document}")), encoding="utf-8")
    return places


def _quoted(found: re.Match[str]) -> str:
    inside = re.sub(r"(?m)^>\s?", "", found[0]).strip("\n")
    return f"\\begin{{quote}}\n{inside}\n\\end{{quote}}"


def _tex(text: str) -> str:
    text = _LINK.sub(r"\\href{\2}{\1}", text)
    return re.sub(r"«\s*([^«»]*?)\s*»", r"\\enquote{\1}", text)
