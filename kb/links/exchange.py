"""Citations for reference managers: BibTeX (bibtexparser), RIS (rispy), CSL-JSON.

The libraries are loaded at the first use. Each format is read back by another library in the tests.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping

from kb.links.citations import Citation

_ESCAPES = str.maketrans({"&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}"})


def csl_json(citations: Iterable[Citation]) -> str:
    """The items as a CSL-JSON list."""
    return json.dumps([citation.item() for citation in citations], ensure_ascii=False, indent=1) + "\n"


def bibtex(citations: Iterable[Citation]) -> str:
    """The items as BibTeX in UTF-8; sections are `incollection`, documents `techreport`."""
    from bibtexparser.entrypoint import write_string
    from bibtexparser.library import Library
    from bibtexparser.model import Block, Entry, Field

    entries: list[Block] = []
    for citation in citations:
        item = citation.item()
        fields = {
            "author": "{" + _tex(item["author"][0]["literal"]) + "}",
            "title": "{" + _tex(item["title"]) + "}",
            "booktitle": _tex(item.get("container-title", "")),
            "institution" if item["type"] == "report" else "publisher": _tex(
                item.get("publisher", item["author"][0]["literal"])
            ),
            "series": _tex(item["collection-title"]),
            "edition": _tex(item["edition"]),
            "year": str(item["issued"]["date-parts"][0][0]),
            "date": citation.version.date,
            "url": item["URL"],
            "langid": "french",
        }
        kind = "techreport" if item["type"] == "report" else "incollection"
        entries.append(
            Entry(kind, item["id"], [Field(name, f"{{{value}}}") for name, value in fields.items() if value])
        )
    return write_string(Library(entries), unparse_stack=[])


def ris(citations: Iterable[Citation]) -> str:
    """The items as RIS; sections are CHAP, documents RPRT."""
    import rispy

    references = []
    for citation in citations:
        item = citation.item()
        date = "/".join(f"{part:02d}" for part in item["issued"]["date-parts"][0])
        reference = {
            "type_of_reference": "RPRT" if item["type"] == "report" else "CHAP",
            "id": item["id"],
            "title": item["title"],
            "authors": [item["author"][0]["literal"]],
            "year": date[:4],
            "date": date,
            "edition": item["edition"],
            "publisher": item.get("publisher", item["author"][0]["literal"]),
            "tertiary_title": item["collection-title"],
            "abstract": item.get("abstract", ""),
            "secondary_title": item.get("container-title", ""),
            "urls": [item["URL"]],
            "language": "fr",
        }
        references.append({name: value for name, value in reference.items() if value})
    # rispy numbers the references for people; reading programs do not all pass over these lines
    return re.sub(r"(?m)^\d+\.\n", "", str(rispy.dumps(references)))


def _tex(text: str) -> str:
    return text.translate(_ESCAPES).replace("\u202f", " ").replace("\xa0", "~")


#: ending of the address → (media type, writer)
FORMATS: Mapping[str, tuple[str, Callable[[Iterable[Citation]], str]]] = {
    "bib": ("application/x-bibtex", bibtex),
    "ris": ("application/x-research-info-systems", ris),
    "csl.json": ("application/vnd.citationstyles.csl+json", csl_json),
}
