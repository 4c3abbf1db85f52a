"""Whether a text holds a quotation: typography, case, sources and what was left out do not count."""

from __future__ import annotations

import re
import unicodedata

from rapidfuzz.fuzz import partial_ratio_alignment

from kb.content.plaintext import plain_text
from kb.content.rendering import render_fragment

#: characters of a quotation that are looked for
LONGEST = 2_000
_GAP = re.compile(r"\[[^\]]*\]|\(…\)|\(\.\.\.\)|…|\.\.\.")


def words_of(markdown: str) -> str:
    """Markdown as words alone, so that typography and sources do not count as changes."""
    return normal(plain_text(render_fragment(re.sub(r"\[\^[^\]\[]{0,100}\]", "", markdown))))


def normal(text: str) -> str:
    """The words of a text, in one case and one form, without footnote calls nor signs that nobody sees."""
    text = _CALL.sub("", text)
    text = _LETTER.sub(r"\1", text)
    text = unicodedata.normalize("NFKC", text.translate(_RAISED)).casefold().translate(_SIGNS)
    text = "".join(sign for sign in text if unicodedata.category(sign) != "Cf")
    return " ".join(re.sub(r"\s*([;:!?%€])\s*", r" \1 ", text).split())


#: calls of notes in their various forms: [^1], superscript digits
_CALL = re.compile(r"\[\^[^\]\[]{0,100}\]|(?<=\w)\s?\[\d{1,3}\]")
#: a letter changed to fit the sentence: « [L]a ville », « [l]’essai »
_LETTER = re.compile(r"\[(\w{1,2})\](?=[\w'’ʼ])")
_RAISED = {ord(sign): None for sign in "⁰¹²³⁴⁵⁶⁷⁸⁹"}
_SIGNS = {
    **dict.fromkeys(map(ord, "’ʼ‘`´"), "'"),
    **dict.fromkeys(map(ord, "‐‑‒–—−"), "-"),
    **dict.fromkeys(map(ord, '«»“”„‹›"'), " "),
    ord("œ"): "oe",
    ord("æ"): "ae",
    ord("*"): None,
    ord("_"): " ",
}


def holds(text: str, quote: str) -> bool:
    """Whether a text holds a quotation, gaps left open."""
    haystack, start = normal(text), 0
    for part in _GAP.split(_LETTER.sub(r"\1", _CALL.sub("", quote))):
        wanted = normal(part).strip(" .,;:!?")
        if not wanted:
            continue
        found = re.compile(rf"(?<!\w){re.escape(wanted)}(?!\w)").search(haystack, start)
        if not found:
            return False
        start = found.end()
    return True


def nearest_passage(text: str, quote: str) -> tuple[float, str]:
    """(likeness from 0 to 1, passage) of the words of a text that come nearest to a quotation."""
    said = quote[:LONGEST].lower()
    near = partial_ratio_alignment(said, text.lower() if len(text.lower()) == len(text) else text)
    if near is None:
        return 0.0, ""
    words = [word for word in re.finditer(r"\S+", text) if word.end() > near.dest_start + 1]
    held = [word for word in words if word.start() < near.dest_end]
    return near.score / 100, " ".join(word[0] for word in held)
