"""French typography, in one place: content files, pages and templates all go through here.

Narrow non-breaking space (U+202F) before ; ! ? and inside « », and between thousands;
non-breaking space (U+00A0) before : € % and between a number and its million or milliard;
curly apostrophe; three dots as one sign. Nothing changes in code, addresses, tags or footnote
calls, and applying a rule twice changes nothing more (tested as a property).

Source of the rules: Lexique des règles typographiques en usage à l’Imprimerie nationale.
"""

from __future__ import annotations

import re
from collections.abc import Callable

NARROW = "\u202f"
WIDE = "\u00a0"
_SPACES = f"[ {NARROW}{WIDE}]"

#: each begins with what it looks for, and looks behind afterwards: so the engine skips to it
_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"'(?<=[^\W\d_]')(?=[^\W_]|[«<\[*{])"), "’"),
    (re.compile(r"\.\.\.(?<!\.\.\.\.)(?!\.)"), "…"),
    (re.compile(rf"«(?!\S){_SPACES}*(?=\S)"), f"«{NARROW}"),
    (re.compile(rf"{_SPACES}(?<=\S.){_SPACES}*»"), f"{NARROW}»"),
    (re.compile(rf"{_SPACES}(?<=\S.){_SPACES}*(?=[;!?])(?![!?]=|!\[)"), NARROW),
    (re.compile(rf"{_SPACES}(?<=\S.){_SPACES}*(?=:(?!\w))"), WIDE),
    (re.compile(rf"{_SPACES}(?<=\d.)(?=(?:€|%|k€|M€|millions?\b|milliards?\b))"), WIDE),
)
_SIGNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(rf"\"(?<![\w\"].){_SPACES}*([^\"\n]*[^\"\s]){_SPACES}*\"(?![\w\"])"),
        rf"«{NARROW}\1{NARROW}»",
    ),
    (re.compile(r"(?<=\d)(?=(?:[€%]|k€|M€)(?!\w))"), WIDE),
)
#: five digits or more before what they count
_LONG_NUMBER = re.compile(
    rf"[1-9](?<![\d.,/-].)\d{{4,}}(?={_SPACES}?(?:€|(?:euros|habitants|personnes|participants|votants)\b))"
)
#: without any of these no rule changes anything
_TOUCHED = re.compile(r"['«»;:!?\d]|\.\.\.")
#: 10 000, 1 300 000: never 2018 500, whose first group has four digits
_THOUSANDS = re.compile(rf"\d(?<![\d.,/-].)\d{{0,2}}(?:{_SPACES}\d{{3}})+(?![\d/])")

#: what typography must not touch in Markdown: code, link targets, addresses, tags, footnote calls
_MARKDOWN_ASIDE = re.compile(
    r"```.*?```|`[^`\n]*`"
    r"|\]\([^)\s]*(?:\s+(?:\"[^\"\n]*\"|'[^'\n]*'))?\s*\)"  # a link target and its title
    r"|<[^>\n]*>|https?://\S+|\[\^[^\]]*\]|^ *\|?[ :|-]+\|[ :|-]*$|&\w+;",
    re.DOTALL | re.MULTILINE,
)
_HTML_ASIDE = re.compile(r"<(code|pre|script|style)\b.*?</\1>|<[^>]*>|&[#\w]+;", re.DOTALL)
_TEMPLATE_ASIDE = re.compile(
    r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<(code|pre|script|style)\b.*?</\1>|<[^>]*>|&[#\w]+;", re.DOTALL
)


def french(text: str) -> str:
    """Plain text with French spaces and signs."""
    if not _TOUCHED.search(text):
        return text
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return _THOUSANDS.sub(lambda match: re.sub(_SPACES, NARROW, match[0]), text)


def french_markdown(text: str) -> str:
    """Markdown with French typography outside code, addresses and footnote calls."""
    return _outside(_MARKDOWN_ASIDE, text, french)


def french_signs(text: str) -> str:
    """Markdown whose straight quotes, amounts and percentages are written the French way.

    « mot » for "mot", 12 % for 12%, 14 400 € for 14400€. A point between digits stays: 1.500 may
    be thousands. `french` does less, for it also goes over pages and templates.
    """

    def change(prose: str) -> str:
        for pattern, replacement in _SIGNS:
            prose = pattern.sub(replacement, prose)
        return _LONG_NUMBER.sub(lambda match: f"{int(match[0]):,}".replace(",", NARROW), prose)

    return _outside(_MARKDOWN_ASIDE, text, change)


def french_html(html: str) -> str:
    """HTML with French typography in its text, attributes untouched."""
    return _outside(_HTML_ASIDE, html, french)


def french_template(source: str) -> str:
    """A Jinja template with French typography in its own text."""
    return _outside(_TEMPLATE_ASIDE, source, french)


def _outside(aside: re.Pattern[str], text: str, change: Callable[[str], str]) -> str:
    """`text` changed as if the parts that match `aside` were single opaque letters."""
    kept: list[str] = []

    def hide(match: re.Match[str]) -> str:
        kept.append(match[0])
        return "\ue000"

    changed = change(aside.sub(hide, text.replace("\ue000", "")))
    parts = changed.split("\ue000")
    return parts[0] + "".join(piece + rest for piece, rest in zip(kept, parts[1:], strict=True))
