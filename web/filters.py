"""Jinja filters, and French typography for templates when they are compiled."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from flask import Flask
from jinja2.ext import Extension
from markupsafe import Markup, escape

from kb.content.typography import french, french_template
from kb.formatting import bounds, cost, date, euros, headcount, inhabitants, number, plural
from kb.search.query import SearchQuery

_AMOUNT = re.compile(r"(?:environ |moins de )?\d[\d\u202f,]*(?: à \d[\d\u202f,]*)?[\u202f\u00a0]€")


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


def with_amounts(text: str) -> Markup:
    """Plain text, escaped, its amounts in euros in `<strong>`."""
    return Markup(_AMOUNT.sub(r"<strong>\g<0></strong>", str(escape(text))))  # noqa: S704 - escaped just before


def every_word(query: SearchQuery) -> SearchQuery:
    """The same search, first page, for documents that hold all the words."""
    return replace(query, all_words=True, page=1)


def any_words(query: SearchQuery) -> SearchQuery:
    """The same search, first page, no word required."""
    return replace(query, all_words=False, page=1)


def init_app(app: Flask) -> None:
    """Register the filters and the typography of templates."""
    app.jinja_env.add_extension(FrenchTypography)
    for name, function in {
        "marked": marked,
        "with_amounts": with_amounts,
        "date": date,
        "number": number,
        "euros": euros,
        "cost": cost,
        "bounds": bounds,
        "inhabitants": inhabitants,
        "headcount": headcount,
        "plural": plural,
        "every_word": every_word,
        "any_words": any_words,
        "french": french,
    }.items():
        app.jinja_env.filters[name] = function
