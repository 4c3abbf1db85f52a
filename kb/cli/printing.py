"""What `kb` prints, on any terminal: one that cannot show a sign of French typography gets its plain form."""

from __future__ import annotations

import codecs
import json
import sys
from typing import Any

import click

#: signs that Latin-1 or ASCII lack, as people type them there
PLAIN = {
    **dict.fromkeys("’‘", "'"),
    **dict.fromkeys("“”", '"'),
    **dict.fromkeys("\u202f\u00a0", " "),
    **dict.fromkeys("–—‑", "-"),
    "…": "...",
    "→": "->",
    "œ": "oe",
    "Œ": "OE",
    "€": "EUR",
    "×": "x",
    "«": '"',
    "»": '"',
}
_NAME = "kb.plain"


def speak_plainly() -> None:
    """Make both streams say in plain signs what their encoding lacks, rather than fail on it."""
    codecs.register_error(_NAME, _plain)
    for stream in (sys.stdout, sys.stderr):
        if not _is_unicode(stream) and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors=_NAME)


def print_json(value: Any) -> None:
    """Print JSON; where the terminal is not Unicode, with escapes, so that nothing is lost."""
    click.echo(json.dumps(value, ensure_ascii=not _is_unicode(sys.stdout), indent=1))


def _is_unicode(stream: Any) -> bool:
    return (getattr(stream, "encoding", None) or "").lower().replace("-", "").startswith("utf")


def _plain(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    plain = "".join(PLAIN.get(sign, "?") for sign in error.object[error.start : error.end])
    return plain, error.end
