"""Rules of what leads a reader to a section: questions that a document answers, lessons of a case."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from kb.content.fields import KeyPath
from kb.content.rules.page import Finding, Page
from kb.content.slugs import slugify

FEWEST, MOST = 4, 10


def questions(page: Page) -> Iterator[Finding]:
    """Une fiche qui dit ses questions en a de quatre à dix, chacune avec une ancre de la fiche qui y répond.

    Une question finit par « ? » et n’est posée qu’une fois.
    """
    asked = page.items("questions")
    if asked and not FEWEST <= len(asked) <= MOST:
        yield Finding(
            ("questions",),
            f"la fiche dit {len(asked)} question(s), il en faut de {FEWEST} à {MOST}",
            "gardez les plus utiles" if len(asked) > MOST else "ajoutez-en, ou retirez le champ",
        )
    listed = page.data.get("questions")
    first: dict[str, int] = {}
    for number, item in enumerate(listed if isinstance(listed, list) else ()):
        text, section = (item.get("text"), item.get("section")) if isinstance(item, dict) else (None, None)
        if isinstance(text, str):
            yield from _text(text, number, first)
        if isinstance(section, str) and section not in page.anchors:
            yield _unknown(page, section, ("questions", number, "section"))


def lessons(page: Page) -> Iterator[Finding]:
    """Ce qu’une étude de cas donne à reprendre et à éviter vient chaque fois d’une section de la fiche."""
    told = page.data.get("lessons")
    for name, lesson in told.items() if isinstance(told, dict) else ():
        section = lesson.get("section") if isinstance(lesson, dict) else None
        if isinstance(section, str) and section not in page.anchors:
            yield _unknown(page, section, ("lessons", str(name), "section"))


def _text(text: str, number: int, first: dict[str, int]) -> Iterator[Finding]:
    where = ("questions", number, "text")
    if not text.rstrip().endswith("?"):
        yield Finding(
            where,
            f"« {text} » n’est pas une question",
            "posez-la comme on la dirait, avec « ? » à la fin",
        )
    before = first.setdefault(slugify(text), number)
    if before != number:
        yield Finding(where, f"la question « {text} » est posée deux fois", "gardez-en une")


def _unknown(page: Page, section: str, where: KeyPath) -> Finding:
    known = [found.anchor for found in page.sections]
    close = difflib.get_close_matches(section, sorted(page.anchors), n=1, cutoff=0.6)
    return Finding(
        where,
        f"la fiche n’a pas de section « {section} »",
        (f"vouliez-vous dire « {close[0]} » ? " if close else "") + f"sections : {', '.join(known)}",
    )
