"""Citations as people write them: NF ISO 690 in French, APA, Chicago.

citeproc-py formats, with the styles of the Citation Style Language project kept in `styles/`
(licence there). It is loaded at the first citation; a citation costs some 3 ms.
"""

from __future__ import annotations

import json
import re
import threading
import warnings
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from kb.content.typography import french

#: name of the style in `styles/`, and what people call it; the first is the usual one in French
STYLES = {"iso690": "NF ISO 690", "apa": "APA", "chicago": "Chicago"}
USUAL = next(iter(STYLES))
_FOLDER = Path(__file__).parent / "styles"
#: a full stop that a style sets after a title's own end; three dots stay
_DOUBLED = re.compile(r"(?<!\.)([.?!…])\.(?!\.)")
_LOCK = threading.Lock()  # citeproc-py keeps state in its styles


def formatted(item: dict[str, Any], style: str = USUAL) -> str:
    """One citation as plain text; those of the present versions are kept."""
    known = {name: value for name, value in item.items() if name != "abstract"}
    return _written(json.dumps(known, sort_keys=True), style)


@lru_cache(maxsize=4096)
def _written(item: str, style: str) -> str:
    with _LOCK, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from citeproc import Citation, CitationItem, CitationStylesBibliography, formatter
        from citeproc.source.json import CiteProcJSON

        known = json.loads(item)
        bibliography = CitationStylesBibliography(_style(style), CiteProcJSON([known]), formatter.plain)
        bibliography.register(Citation([CitationItem(known["id"])]))
        text = "".join(str(part) for part in bibliography.bibliography()[0])
    return french(_DOUBLED.sub(r"\1", text.replace(" , ", ", ")).replace("l'adresse", "l’adresse"))


@cache
def _style(name: str) -> Any:
    from citeproc import CitationStylesStyle

    return CitationStylesStyle(str(_FOLDER / f"{name}.csl"), validate=False, locale="fr-FR")
