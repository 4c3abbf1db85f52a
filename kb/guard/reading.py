"""A report's file → its paragraphs, by what the name of the file ends with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from kb.errors import KBError
from kb.guard import latex, markup, office, web
from kb.guard.manuscript import Paragraph

#: bytes of a report
LARGEST = 20_000_000
_OF_TEXT: Mapping[str, Callable[[str], tuple[Paragraph, ...]]] = {
    ".md": markup.paragraphs_of,
    ".markdown": markup.paragraphs_of,
    ".txt": markup.paragraphs_of,
    ".html": web.paragraphs_of,
    ".htm": web.paragraphs_of,
    ".tex": latex.paragraphs_of,
}
_OF_ARCHIVE = (".docx", ".odt")


def paragraphs_of(path: Path) -> tuple[Paragraph, ...]:
    """The paragraphs of a report; raises KBError for a file that cannot be read as one.

    Text is UTF-8, else what Windows writes in French (Windows-1252).
    """
    ending = path.suffix.lower()
    if ending in _OF_ARCHIVE:
        return office.paragraphs_of(path)
    if ending not in _OF_TEXT:
        known = ", ".join((*_OF_TEXT, *_OF_ARCHIVE))
        raise KBError(f"{path} : un rapport est un fichier {known} ; un PDF se vérifie dans sa source")
    data = path.read_bytes()
    if len(data) > LARGEST:
        raise KBError(f"{path} : rapport trop lourd (plus de {LARGEST // 1_000_000} Mo)")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    return _OF_TEXT[ending](text)
