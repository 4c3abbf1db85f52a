"""Rules of field values: terms, codes, places, ranges, dates, sums, spellings, review."""

from __future__ import annotations

import calendar
import datetime
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from kb.content.dates import MONTHS, month_of, span
from kb.content.fields import KeyPath
from kb.content.forms import DATE, Form, FromFacet
from kb.content.rules.drafts import TERM_MARK
from kb.content.rules.page import Finding, Page
from kb.content.slugs import slugify

#: (south, north, west, east) of each part of France, in degrees, coasts included
TERRITORIES: Mapping[str, tuple[float, float, float, float]] = {
    "France métropolitaine": (41.3, 51.2, -5.3, 9.7),
    "Guadeloupe, Saint-Martin, Saint-Barthélemy": (15.8, 18.2, -63.2, -61.0),
    "Martinique": (14.3, 14.9, -61.3, -60.8),
    "Guyane": (2.1, 5.8, -54.7, -51.6),
    "La Réunion": (-21.4, -20.8, 55.2, 55.9),
    "Mayotte": (-13.1, -12.6, 44.9, 45.4),
    "Saint-Pierre-et-Miquelon": (46.7, 47.2, -56.5, -56.1),
    "Polynésie française": (-28.0, -7.8, -154.8, -134.4),
    "Nouvelle-Calédonie": (-22.9, -19.5, 158.2, 168.3),
    "Wallis-et-Futuna": (-14.4, -13.1, -178.3, -176.1),
}

#: a year in which February is longest, for a day named without its year
_LEAP = 2000
_DAY = re.compile(
    rf"(\d(?<!\d.)\d?)(?:er)?[ \u00a0\u202f]({'|'.join(MONTHS)})(?:[ \u00a0\u202f](\d{{4}}))?\b"
)


def facet_terms(page: Page) -> Iterator[Finding]:
    """Un champ relié à une facette ne porte que des termes de `content/taxonomy.yaml`, chacun une fois."""
    seen: set[tuple[KeyPath, str]] = set()
    for leaf in page.leaves:
        mark = leaf.mark(FromFacet)
        facet = page.folder.taxonomy.facet_of(mark.field) if mark else None
        value = str(leaf.value)
        if facet is None or not facet.terms or value == TERM_MARK:
            continue
        term = facet.by_slug.get(value)
        if term is None:
            close = facet.nearest(value)
            yield Finding(
                leaf.path,
                f"« {value} » n’est pas un terme de la facette « {facet.name} »",
                (f"vouliez-vous dire « {close} » ? " if close else "") + "termes : content/taxonomy.yaml",
            )
        elif term.slug != value:
            yield Finding(
                leaf.path, f"« {value} » est l’ancien nom du terme « {term.slug} »", f"écrivez {term.slug}"
            )
        elif (leaf.path[:-1], value) in seen and isinstance(leaf.path[-1], int):
            yield Finding(leaf.path, f"le terme « {value} » est écrit deux fois", "gardez-en un seul")
        seen.add((leaf.path[:-1], value))


def official_codes(page: Page) -> Iterator[Finding]:
    """Les codes officiels se tiennent, dans une base dont le pays est la France.

    Le Siren passe sa clé de contrôle, le code Insee commence par celui du département.
    """
    if not page.folder.is_french:
        return
    codes = {
        str(leaf.path[-1]): str(leaf.value)
        for leaf in page.leaves
        if leaf.path[:2] == ("collectivity", "codes")
    }
    siren = codes.get("siren", "")
    if re.fullmatch(r"\d{9}", siren):
        digits = [int(digit) * (1 + place % 2) for place, digit in enumerate(siren)]
        if sum(digit - 9 if digit > 9 else digit for digit in digits) % 10:
            yield Finding(
                ("collectivity", "codes", "siren"),
                f"le numéro Siren {siren} a une clé de contrôle fausse",
                "recopiez-le depuis annuaire-entreprises.data.gouv.fr",
            )
    insee, department = codes.get("insee"), codes.get("departement")
    if insee and department and not insee.startswith(department):
        yield Finding(
            ("collectivity", "codes", "insee"),
            f"le code Insee {insee} n’est pas du département {department}",
            "vérifiez les deux codes",
        )


def coordinates(page: Page) -> Iterator[Finding]:
    """Le point de la carte (`location`) est en France, métropolitaine ou d’outre-mer."""
    if not page.folder.is_french:
        return
    found = {
        str(leaf.path[-1]): leaf.value
        for leaf in page.leaves
        if leaf.path[:2] == ("collectivity", "location")
    }
    lat, lon = found.get("lat"), found.get("lon")
    if not isinstance(lat, int | float) or not isinstance(lon, int | float):
        return
    if not _in_france(lat, lon):
        swapped = _in_france(lon, lat)
        yield Finding(
            ("collectivity", "location"),
            f"le point ({lat}, {lon}) n’est pas en France",
            "échangez lat et lon" if swapped else "lat est la latitude (47.4712), lon la longitude (-0.5476)",
        )


def ranges(page: Page) -> Iterator[Finding]:
    """Une fourchette va du plus petit au plus grand, et les ordres de grandeur sont possibles.

    Une collectivité a moins de 15 millions d’habitants, une équipe moins de 5 000 personnes.
    """
    for path, low, high in _pairs(page.data, ()):
        if low >= high:
            yield Finding(
                path,
                f"la fourchette [{low}, {high}] ne va pas du plus petit au plus grand",
                f"écrivez [{high}, {low}]" if low > high else f"écrivez {low}",
            )
    for leaf in page.leaves:
        if not isinstance(leaf.value, int | float) or isinstance(leaf.value, bool):
            continue
        largest = 15_000_000 if page.folder.is_french else math.inf
        if leaf.path == ("collectivity", "population", "value") and leaf.value >= largest:
            yield Finding(
                leaf.path,
                f"{leaf.value} habitants : c’est plus qu’aucune collectivité de France",
                "vérifiez le chiffre",
            )
        if leaf.path[:2] == ("team", "size") and leaf.value >= 5_000:
            yield Finding(leaf.path, f"{leaf.value} : c’est trop pour une équipe", "vérifiez le chiffre")


def dates(page: Page) -> Iterator[Finding]:
    """Une date n’est pas à venir, à un jour près, et une période va de l’avant.

    `since` vient avant `until`, `date` avant `accessed`.
    """
    for leaf in page.leaves:
        value = leaf.value
        if leaf.mark(Form) != DATE or not isinstance(value, str):
            continue
        first, last = _span(value)
        if first is None or last is None:
            continue  # told by reading
        if first > last:
            yield Finding(
                leaf.path, f"la période {value} finit avant de commencer", "écrivez la première année d’abord"
            )
        elif first > page.folder.latest:
            yield Finding(leaf.path, f"la date {value} est à venir", "vérifiez l’année")
        elif first.year < 1789:
            yield Finding(leaf.path, f"la date {value} est trop ancienne", "vérifiez l’année")
    for name, (early, late) in {"platforms": ("since", "until"), "sources": ("date", "accessed")}.items():
        for item in page.items(name):
            begin, end = _span(str(item.get(early)))[0], _span(str(item.get(late)))[1]
            if begin and end and begin > end:
                where = (name, page.data[name].index(item), late)
                yield Finding(
                    where,
                    f"« {late} » ({item[late]}) précède « {early} » ({item[early]})",
                    "vérifiez les deux dates",
                )


def dates_of_the_text(page: Page) -> Iterator[Finding]:
    """Un jour nommé dans le texte existe, et le premier du mois s’écrit « 1er »."""
    for where, text, _ in page.prose():
        for match in _DAY.finditer(text):
            day, month, year = int(match[1]), match[2], match[3]
            if not 1 <= day <= calendar.monthrange(int(year or _LEAP), month_of(month))[1]:
                yield Finding(where, f"le {match[0]} n’existe pas", "vérifiez le jour et le mois")
            elif re.match(r"1[ \u00a0\u202f]", match[0]):
                yield Finding(where, f"« {match[0]} »", f"écrivez « 1er {month} »")


def chart_values(page: Page) -> Iterator[Finding]:
    """Un graphique en pourcentage a des valeurs de 0 à 100 ; son `id` n’est pas déjà une ancre de la page."""
    taken = {section.anchor for section in page.sections}
    for number, chart in enumerate(page.items("charts")):
        if chart.get("id") in taken:
            yield Finding(
                ("charts", number, "id"),
                f"l’id de graphique « {chart['id']} » est déjà une ancre de la page",
                "changez-le",
            )
        taken.add(str(chart.get("id")))
        values = chart.get("values")
        for place, bar in enumerate(values if isinstance(values, list) else ()):
            value = bar.get("value") if isinstance(bar, dict) else None
            if isinstance(value, int | float) and chart.get("unit") == "%" and not 0 <= value <= 100:
                yield Finding(
                    ("charts", number, "values", place),
                    f"{value} % n’est pas entre 0 et 100",
                    "vérifiez la valeur ou l’unité",
                )


def one_spelling(page: Page) -> Iterator[Finding]:
    """Un logiciel, un prestataire, une région s’écrit partout de la même façon."""
    for facet in page.folder.taxonomy.facets:
        if facet.terms:
            continue
        for leaf in page.values(facet.field):
            ways = page.folder.spellings[facet.field, slugify(str(leaf.value))]
            best = min(ways, key=lambda way: (-ways[way], way))
            if best != leaf.value:
                yield Finding(
                    leaf.path,
                    f"« {leaf.value} » s’écrit « {best} » ailleurs ({facet.label.lower()})",
                    f"écrivez « {best} », ou corrigez les autres fiches",
                )


def review(page: Page) -> Iterator[Finding]:
    """La relecture porte une date au jour près ; une fiche relue ou validée dit par qui (`by`)."""
    found = page.data.get("review")
    if not isinstance(found, dict):
        return
    if re.fullmatch(r"\d{4}(-\d\d|-\d{4})?", str(found.get("date"))):
        yield Finding(
            ("review", "date"),
            f"la date de relecture {found['date']} n’est pas au jour près",
            f'écrivez le jour, comme "{str(found["date"])[:4]}-01-31"',
        )
    if found.get("status") in ("relu", "validé") and not found.get("by"):
        yield Finding(
            ("review",), f"la fiche est « {found['status']} » sans dire par qui", "ajoutez « by: » à review"
        )


def _in_france(lat: float, lon: float) -> bool:
    return any(
        south <= lat <= north and west <= lon <= east for south, north, west, east in TERRITORIES.values()
    )


def _pairs(value: Any, at: KeyPath) -> Iterator[tuple[KeyPath, float, float]]:
    """Every list of exactly two numbers, where a model wants a range."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _pairs(item, (*at, str(key)))
    elif isinstance(value, list):
        numbers = [item for item in value if isinstance(item, int | float) and not isinstance(item, bool)]
        if len(numbers) == len(value) == 2:
            yield at, numbers[0], numbers[1]
        for number, item in enumerate(value):
            yield from _pairs(item, (*at, number))


def _span(text: str) -> tuple[datetime.date | None, datetime.date | None]:
    """(first day, last day) that a date of any grain may be; None where it is not a date."""
    try:
        return span(text)
    except ValueError:
        return None, None
