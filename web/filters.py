"""Jinja filters and tests: dates, numbers, marked passages. French forms come from Babel."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from dataclasses import replace

from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal
from flask import Flask
from jinja2.ext import Extension
from markupsafe import Markup, escape

from kb.content.typography import WIDE, french, french_template
from kb.search.query import SearchQuery


class FrenchTypography(Extension):
    """Gives templates French typography when they are compiled, so that it costs nothing later."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """The source of a template with French spaces and signs in its own text."""
        return french_template(source)


def marked(text: str, spans: Iterable[tuple[int, int]]) -> Markup:
    """Plain text, escaped, with its spans in `<mark>`."""
    parts, end = [], 0
    for start, stop in spans:
        parts += [escape(text[end:start]), Markup("<mark>"), escape(text[start:stop]), Markup("</mark>")]
        end = stop
    return Markup("").join([*parts, escape(text[end:])])


def date(text: str | None) -> str:
    """A date in French with its own grain: « 3 mars 2019 », « mars 2019 », « 2019 », « 2008-2014 »."""
    if not text:
        return ""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        day = datetime.date.fromisoformat(text)
        return (
            format_date(day, "d MMMM y", locale="fr").replace("1 ", "1er ", 1)
            if day.day == 1
            else format_date(day, "d MMMM y", locale="fr")
        )
    if re.fullmatch(r"\d{4}-\d{2}", text):
        return str(format_skeleton("yMMMM", datetime.date.fromisoformat(f"{text}-01"), locale="fr"))
    return text.replace("-", "–")


def number(value: float) -> str:
    """A number in French: « 155 000 », « 2,5 »."""
    return str(format_decimal(value, locale="fr"))


def euros(amount: float | tuple[float, float], approx: bool = False) -> str:
    """An amount in euros, or a range: « environ 20 000 € », « de 5 000 à 10 000 € »."""
    if isinstance(amount, tuple):
        text = f"de {number(amount[0])} à {number(amount[1])}{WIDE}€"
    else:
        text = f"{number(amount)}{WIDE}€"
    return f"environ {text}" if approx else text


def every_word(query: SearchQuery) -> SearchQuery:
    """The same search, first page, for documents that hold all the words."""
    return replace(query, all_words=True, page=1)


def any_words(query: SearchQuery) -> SearchQuery:
    """The same search, first page, no word required."""
    return replace(query, all_words=False, page=1)


def plural(count: int, one: str, many: str) -> str:
    """The count with its noun: « 1 fiche », « 12 fiches »; zero is singular in French."""
    return f"{number(count)} {one if count < 2 else many}"


def init_app(app: Flask) -> None:
    """Register the filters and the typography of templates."""
    app.jinja_env.add_extension(FrenchTypography)
    for name, function in {
        "marked": marked,
        "date": date,
        "number": number,
        "euros": euros,
        "plural": plural,
        "every_word": every_word,
        "any_words": any_words,
        "french": french,
    }.items():
        app.jinja_env.filters[name] = function
