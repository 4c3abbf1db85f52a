"""Whether a text holds a quotation: typography, case, sources and what was left out do not count."""

from __future__ import annotations

import difflib
import re

from kb.content.rendering import plain_text, render_fragment

_GAP = re.compile(r"\[[^\]]*\]|\(…\)|\(\.\.\.\)|…|\.\.\.")


def words_of(markdown: str) -> str:
    """Markdown as words alone, so that typography and sources do not count as changes."""
    return normal(plain_text(render_fragment(re.sub(r"\[\^[^\]]*\]", "", markdown))))


def normal(text: str) -> str:
    """The words of a text, in one case and one form, without footnote calls."""
    text = re.sub(r"\[\^[^\]]*\]", "", text).lower().translate(_SIGNS)
    return " ".join(re.sub(r"\s*([«»;:!?%€])\s*", r" \1 ", text).split())


_SIGNS = {
    ord("’"): "'",
    ord("‑"): "-",
    ord("–"): "-",
    ord("œ"): "oe",
    ord("\xad"): None,
    ord("“"): '"',
    ord("”"): '"',
}


def holds(text: str, quote: str) -> bool:
    """Whether a text holds a quotation, gaps left open."""
    haystack, start = normal(text), 0
    for part in _GAP.split(quote):
        wanted = normal(part).strip(" .,;:")
        if not wanted:
            continue
        found = re.compile(rf"(?<!\w){re.escape(wanted)}(?!\w)").search(haystack, start)
        if not found:
            return False
        start = found.end()
    return True


def nearest_passage(text: str, quote: str) -> tuple[float, str]:
    """(likeness, passage) of the words of a text that come nearest to a quotation."""
    words, size = text.split(), max(len(quote.split()), 1)
    wanted, best = normal(quote), (0.0, "")
    for start in range(max(len(words) - size + 1, 1)):
        passage = " ".join(words[start : start + size])
        matcher = difflib.SequenceMatcher(None, wanted, normal(passage), autojunk=False)
        if matcher.real_quick_ratio() > best[0] and matcher.quick_ratio() > best[0]:
            best = max(best, (matcher.ratio(), passage))
    return best
