"""Rules of the body's shape: sections, headings, lists, tables, raw HTML."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from kb.content.blocks import cells
from kb.content.rules.page import Finding, Page
from kb.content.slugs import slugify
from kb.content.typography import french


def starts_with_section(page: Page) -> Iterator[Finding]:
    """Le texte commence par une section `##` : ce qui la précède ne serait pas affiché."""
    if page.parsed.body_line == 1:
        return
    first = next(iter(page.blocks), None)
    if first is None:
        yield Finding(
            page.parsed.body_line,
            "le texte est vide",
            f"écrivez au moins la section « {page.titles[0] if page.titles else 'En bref'} »",
        )
    elif first.kind != "heading" or first.level != 2:
        yield Finding(
            first.line,
            "le texte doit commencer par une section",
            f"ajoutez « ## {page.titles[0] if page.titles else 'En bref'} » avant cette ligne",
        )


def known_sections(page: Page) -> Iterator[Finding]:
    """Les sections sont celles du genre de fiche, dans l’ordre, une fois chacune, et aucune n’est vide."""
    titles = {slugify(title): title for title in page.titles}
    order = list(titles)
    seen: dict[str, int] = {}
    latest = -1
    for section in page.sections:
        if titles and section.anchor not in titles:
            close = difflib.get_close_matches(section.anchor, order, n=1, cutoff=0.5)
            meant = f"vouliez-vous dire « {titles[close[0]]} » ? " if close else ""
            yield Finding(
                section.line,
                f"la section « {section.title} » n’existe pas ici",
                f"{meant}sections permises : {', '.join(page.titles)} (un sous-titre s’écrit ###)",
            )
        elif section.anchor in seen:
            yield Finding(
                section.line,
                f"la section « {section.title} » est écrite deux fois (déjà ligne {seen[section.anchor]})",
                "réunissez les deux",
            )
        elif titles:
            if french(section.title) != french(titles[section.anchor]):
                yield Finding(
                    section.line,
                    f"le titre de section « {section.title} » est mal écrit",
                    f"écrivez « ## {titles[section.anchor]} »",
                )
            if order.index(section.anchor) < latest:
                yield Finding(
                    section.line,
                    f"la section « {section.title} » n’est pas à sa place",
                    f"l’ordre est : {', '.join(page.titles)}",
                )
            latest = max(latest, order.index(section.anchor))
        seen.setdefault(section.anchor, section.line)
        if not re.sub(r"<!--(?s:.*?)-->|^#.*$|\s", "", section.markdown, flags=re.MULTILINE):
            yield Finding(
                section.line, f"la section « {section.title} » est vide", "écrivez-la ou retirez-la"
            )


def heading_levels(page: Page) -> Iterator[Finding]:
    """Les titres descendent d’un niveau à la fois, de `##` à `####` ; celui de la fiche est dans l’en-tête.

    Un titre s’écrit avec des croisillons et une espace, jamais souligné.
    """
    before = 1
    for block in page.blocks:
        if block.kind == "heading":
            if block.level == 1:
                yield Finding(
                    block.line,
                    f"un titre de niveau 1 est interdit dans le texte : « {block.text} »",
                    "écrivez « ## » pour une section, le titre de la fiche est dans l’en-tête",
                )
            elif block.level > 4:
                yield Finding(
                    block.line,
                    f"le titre « {block.text} » est de niveau {block.level}, 4 au plus",
                    "écrivez « ### » ou « #### »",
                )
            elif block.level > before + 1:
                yield Finding(
                    block.line,
                    f"le titre « {block.text} » saute un niveau",
                    f"écrivez « {'#' * (before + 1)} »",
                )
            if not block.text:
                yield Finding(block.line, "ce titre est vide", "écrivez-le ou retirez-le")
            elif not slugify(block.text):
                yield Finding(
                    block.line,
                    f"le titre « {block.text} » n’a ni lettre ni chiffre : il n’aurait pas d’adresse",
                    "écrivez-le en mots",
                )
            elif re.match(r"#+[^#\s]", _line(page, block.line)):
                yield Finding(
                    block.line,
                    f"il manque une espace avant le titre « {block.text} »",
                    f"écrivez « {'#' * block.level} {block.text} »",
                )
            before = max(block.level, 1)
        elif block.kind == "paragraph":
            for number, line in enumerate(block.text.split("\n")[1:], block.line + 1):
                if re.fullmatch(r"=+|-+", line):
                    yield Finding(
                        number,
                        "un titre souligné n’est pas admis",
                        "écrivez « ## » ou « ### » devant le titre",
                    )


def lists_and_tables(page: Page) -> Iterator[Finding]:
    """Une ligne vide précède une liste ou un tableau ; toutes les lignes d’un tableau ont autant de cases."""
    for block in page.blocks:
        if block.kind == "paragraph":
            for number, line in enumerate(block.text.split("\n")[1:], block.line + 1):
                if re.match(r"[-*+] \S|1[.)] \S|\|.*\|$", line):
                    what = "ce tableau" if line.startswith("|") else "cette liste"
                    yield Finding(
                        number,
                        f"{what} touche le paragraphe qui précède, dont ce serait la suite",
                        "ajoutez une ligne vide avant",
                    )
                    break
        if block.kind == "table":
            rows = block.text.split("\n")
            if len(rows) < 2 or not re.fullmatch(r"[\s|:-]*-[\s|:-]*", rows[1]):
                yield Finding(
                    block.line,
                    "il manque la ligne de tirets sous les titres du tableau",
                    "ajoutez « |---|---| » sous la première ligne",
                )
                continue
            width = len(cells(rows[0]))
            for number, row in enumerate(rows[1:], block.line + 1):
                if len(cells(row)) != width:
                    yield Finding(
                        number,
                        f"cette ligne du tableau a {len(cells(row))} cases, les titres en ont {width}",
                        "ajoutez ou retirez un « | »",
                    )


def raw_html(page: Page) -> Iterator[Finding]:
    """Le texte est du Markdown seul : ni balise HTML, ni commentaire."""
    for match in re.finditer(r"<!--|</?([a-zA-Z][\w-]*)(?=[\s/>])[^<>]{0,300}>", page.without_code):
        line = page.parsed.body_line + page.without_code.count("\n", 0, match.start())
        if match[0] == "<!--":
            yield Finding(
                line,
                "un commentaire n’est pas affiché et n’a pas sa place dans une fiche",
                "remplissez cette partie, puis retirez le commentaire",
            )
        elif not match[0].startswith("</"):
            yield Finding(
                line,
                f"la balise HTML <{match[1]}> ne sera pas rendue",
                "écrivez en Markdown : **gras**, *italique*, listes, tableaux, liens",
            )


def _line(page: Page, number: int) -> str:
    return page.parsed.body.split("\n")[number - page.parsed.body_line]
