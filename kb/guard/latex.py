"""A report in LaTeX: commands of links, quotations and notes turned into Markdown, line for line."""

from __future__ import annotations

import re

from kb.guard.manuscript import Paragraph
from kb.guard.markup import paragraphs_of as of_markdown

_ARGUMENT = r"\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\}){0,200}\}){0,3000})\}"
_COMMENT = re.compile(r"(?<!\\)%.*")
_COMMANDS = (
    (re.compile(r"\\href" + _ARGUMENT + _ARGUMENT), r"[\2](\1)"),
    (re.compile(r"\\(?:url|nolinkurl)" + _ARGUMENT), r"<\1>"),
    (re.compile(r"\\(?:enquote|say|textquote)\*?(?:\[[^\]]*\])?" + _ARGUMENT), r"« \1 »"),
    (re.compile(r"\\footnote(?:\[[^\]]*\])?" + _ARGUMENT), r" (\1)"),
    (re.compile(r"\\(?:emph|textit|textbf|textsc|textsuperscript|underline|mbox|text)" + _ARGUMENT), r"\1"),
    (re.compile(r"\\(?:section|subsection|subsubsection|chapter|paragraph|caption)\*?" + _ARGUMENT), r"\1"),
)
_SIGNS = (
    (re.compile(r"\\og\b\s*(?:\{\})?"), "« "),
    (re.compile(r"\s*\\fg\b\s*(?:\{\})?"), " »"),
    (re.compile("``"), "“"),
    (re.compile("''"), "”"),
    (re.compile("<<"), "« "),
    (re.compile(">>"), " »"),
    (re.compile(r"\\(?:euro|texteuro)\b\s*(?:\{\})?"), "€"),
    (re.compile(r"\\(?:ldots|dots)\b\s*(?:\{\})?"), "…"),
    (re.compile(r"\\[,;:! ]|~"), "\u00a0"),
    (re.compile(r"\\-"), ""),
    (re.compile(r"\\([%&#$_{}])"), r"\1"),
    (re.compile(r"\\item\b"), "- "),
    (re.compile(r"\\\\"), " "),
)
_QUOTE = re.compile(r"\\begin\{(quote|quotation|displayquote)\}")


def paragraphs_of(text: str) -> tuple[Paragraph, ...]:
    """The paragraphs of a report in LaTeX; its preamble is passed over, lines keep their number."""
    text = text.replace("\r\n", "\n")
    start = text.find("\\begin{document}")
    if start >= 0:
        start += len("\\begin{document}")
        text = "\n" * text.count("\n", 0, start) + text[start:]
    text = "\n".join(_COMMENT.sub("", line) for line in text.split("\n"))
    for _ in range(3):  # a link inside a note inside an emphasis
        for pattern, instead in _COMMANDS:
            text = pattern.sub(instead, text)
    for pattern, sign in _SIGNS:
        text = pattern.sub(sign, text)
    return of_markdown(_quoted(text))


def _quoted(text: str) -> str:
    """Environments of quotation as block quotes, the other commands left out."""
    lines, inside = [], ""
    for line in text.split("\n"):
        opened = _QUOTE.search(line)
        if opened:
            inside = opened[1]
        closed = inside and f"\\end{{{inside}}}" in line
        bare = re.sub(r"\\(?:begin|end)\{[^{}]*\}|\\[a-zA-Z]+\*?(?:\[[^\]]*\])?", "", line)
        lines.append(f"> {bare}" if inside and bare.strip() else bare)
        if closed:
            inside = ""
    return "\n".join(lines)
