"""Rules of sources: every claim has one, every one is used, every call is where it should be."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from kb.content.blocks import CALL, FOOTNOTE_CALL, HIDDEN, Block, sentences
from kb.content.rules.page import Finding, Page

_UNITS = "une?|deux|trois|quatre|cinq|six|sept|huit|neuf"
_TEENS = "dix|onze|douze|treize|quatorze|quinze|seize"
_TENS = "vingts?|trente|quarante|cinquante|soixante|quatre-vingts?|cents?|mille"
#: a number in letters from ten upwards and the small word it counts, « vingt agents », « deux cents
#: voix », « une centaine d’avis »; not « deux ou trois questions », « des dizaines », « dix fois »,
#: « les Trente Glorieuses », « dix-neuvième », which claim nothing or are names
_IN_LETTERS = re.compile(
    rf"(?<![\w-])(?!mille et une )(?:(?:(?:{_UNITS}|{_TEENS}|{_TENS})\s)?"
    rf"(?:{_TEENS}|{_TENS})(?:-(?:et-)?(?:{_UNITS}|{_TEENS}|{_TENS}))*"
    r"(?:\s(?:cents?|mille))*(?:\set\s(?:une?|onze)(?!\w))?"
    r"|(?:un|une|deux|trois|quatre|cinq|six|sept|huit|neuf)\s"
    r"(?:dizaines?|douzaines?|quinzaines?|vingtaines?|trentaines?|quarantaines?|cinquantaines?|soixantaines?"
    r"|centaines?|milliers?|millions?|milliards?)(?=\sd[e’]))"
    r"\s(?!(?:fois|et|ou|pour|à|au|aux|en|dans|sur|par|pas|plus|que|qui|dont|une?|premi\w+|derni\w+)\b)[a-zà-ÿœ]"
)

#: calls in a row, at most
LONGEST_CHAIN = 4


def known_sources(page: Page) -> Iterator[Finding]:
    """Un appel de note ou un champ `source` nomme une source déclarée dans `sources`, avec ou sans page."""
    if "sources" not in page.data:
        return
    for reference in page.references:
        if page.resolve(reference.text) is None:
            base = re.sub(r"-p[\d-]*$", "", reference.text)
            close = difflib.get_close_matches(base, page.sources, n=1, cutoff=0.65)
            what = f"le champ « {reference.field} » nomme" if reference.field else "l’appel de note nomme"
            yield Finding(
                reference.where,
                f"{what} une source non déclarée : {reference.text}",
                (f"vouliez-vous dire « {close[0]}{reference.text[len(base) :]} » ? " if close else "")
                + "déclarez-la dans « sources », ou écrivez l’id d’une source déclarée",
            )


def used_sources(page: Page) -> Iterator[Finding]:
    """Une source déclarée est citée au moins une fois, dans le texte ou dans un champ.

    Son `id` est à elle seule, et ne finit pas par `-p` et des chiffres, qui se liraient comme une page.
    """
    found = [page.resolve(reference.text) for reference in page.references]
    used = {str(source[0]["id"]) for source in found if source}
    seen: set[str] = set()
    listed = page.data.get("sources")
    for number, source in enumerate(listed if isinstance(listed, list) else ()):
        name = source.get("id") if isinstance(source, dict) else None
        if not isinstance(name, str):
            continue
        where = ("sources", number, "id")
        if name in seen:
            yield Finding(
                where, f"la source « {name} » est déclarée deux fois", "gardez-en une, ou changez son id"
            )
        elif name not in used:
            yield Finding(
                where,
                f"la source « {name} » n’est citée nulle part",
                f"citez-la par [^{name}], ou retirez-la",
            )
        if re.search(r"-p\d+(-\d+)?$", name):
            yield Finding(
                where, f"l’id de source « {name} » se lit comme un numéro de page", "changez la fin de l’id"
            )
        seen.add(name)


def source_pages(page: Page) -> Iterator[Finding]:
    """La page d’un appel (`[^fiche-p5]`, `[^fiche-p5-6]`) existe dans une source qui dit son nombre."""
    for reference in page.references:
        source, pages = page.resolve(reference.text) or ({}, "")
        if not pages:
            continue
        numbers = [int(number) for number in pages.split("-")]
        last = str(source.get("pages", ""))
        if numbers != sorted(set(numbers)):
            yield Finding(
                reference.where,
                f"les pages de « {reference.text} » ne se suivent pas",
                "écrivez la première puis la dernière : -p4-6, ou une seule : -p4",
            )
        elif numbers[0] < 1 or (last.isdigit() and numbers[-1] > int(last)):
            yield Finding(
                reference.where,
                f"« {reference.text} » renvoie à la page {numbers[-1]}, la source en a {last or '?'}",
                "vérifiez la page",
            )


def call_placement(page: Page) -> Iterator[Finding]:
    """L’appel de note se colle au mot et précède le point final.

    La note elle-même n’est pas écrite à la main : le texte des notes est fait à partir de `sources`.
    """
    for block in page.blocks:
        if block.kind == "definition":
            yield Finding(
                block.line,
                "la définition de note est écrite à la main",
                "retirez-la : les notes sont faites à partir de « sources »",
            )
        if CALL not in block.veiled:
            continue
        for match in re.finditer(rf"([.!?])(\s?)({CALL}+)(?=\s*$|\s+[^\Wa-z]|\s+[«*\[])", block.veiled):
            if (
                block.veiled[: match.start() + 1].endswith(("etc.", ".."))
                and block.veiled[match.end() :].strip()
            ):
                continue
            yield Finding(
                block.line_at(match.start()),
                "l’appel de note suit le point",
                f"placez-le avant : {block.text[match.start(3) : match.end(3)]}{match[1]}",
            )
        for match in re.finditer(rf"[ \u00a0\u202f](?<=\w.)[ \u00a0\u202f]*{CALL}", block.veiled):
            call = re.match(r"\[\^[^\]]+\]", block.text[match.end() - 1 :])
            yield Finding(
                block.line_at(match.start()),
                f"une espace précède l’appel de note {call[0] if call else ''}",
                "collez-le au mot",
            )


def chained_calls(page: Page) -> Iterator[Finding]:
    """Quatre appels de note au plus se suivent : au-delà, on ne sait plus quelle source dit quoi."""
    for block in page.blocks:
        for match in re.finditer(f"{CALL}+", block.veiled):
            calls = len(FOOTNOTE_CALL.findall(block.text[match.start() : match.end()]))
            if calls <= LONGEST_CHAIN:
                continue
            yield Finding(
                block.line_at(match.start()),
                f"{calls} appels de note se suivent : on ne sait plus quelle source dit quoi",
                "placez chacun après ce qu’il prouve ; pour un tableau, dans sa ligne",
            )


def sourced_claims(page: Page) -> Iterator[Finding]:
    """Une phrase qui porte un chiffre, un montant, une date ou un pourcentage porte un appel de note.

    Un nombre écrit en lettres compte à partir de dix : « vingt agents », « une centaine d’avis » ;
    « deux ou trois questions » et « quelques dizaines » passent.

    Les lignes d’un tableau n’en ont pas besoin si la phrase ou le titre qui le précède, ou le
    paragraphe qui le suit, en porte un ; les éléments d’une liste non plus, si la phrase qui
    l’introduit et finit par « : » en porte un. Un début d’alinéa en gras vaut titre.
    """
    text = [block for block in page.blocks if block.kind != "code"]
    introduced = False
    for number, block in enumerate(text):
        if block.kind in ("heading", "definition"):
            introduced = False
            continue
        if block.kind == "table":
            around = [other for other in text[max(number - 1, 0) : number + 2] if other.kind != "table"]
            rows = block.veiled.split("\n")
            if (
                _has_figure("\n".join(rows[2:]))
                and CALL not in block.veiled
                and not any(CALL in o.veiled for o in around)
            ):
                yield Finding(
                    block.line,
                    "ce tableau porte des chiffres et aucune source",
                    "mettez un appel de note dans la phrase qui l’introduit",
                )
            continue
        if block.kind != "item":
            introduced = bool(re.search(rf":(?:{CALL})*$", block.veiled.strip())) and CALL in block.veiled
        for start, end in sentences(block.veiled):
            sentence = block.veiled[start:end]
            if CALL in sentence or _is_lead(block, start, end) or (introduced and block.kind == "item"):
                continue
            figure = _has_figure(sentence) or _has_number_in_letters(sentence)
            if figure:
                at = block.line_at(start + figure.start())
                yield Finding(
                    at,
                    f"« {_around(block.text[start:end], figure)} » : un chiffre sans source",
                    "ajoutez un appel de note avant le point, par exemple " + _example(page),
                )


def _has_figure(veiled: str) -> re.Match[str] | None:
    """The first figure of a veiled text that is not part of a name such as C2D or decidim-2."""
    return re.search(rf"\d(?<![^\W\d_].)(?<![^\W\d_]-.)(?<!{HIDDEN}.)[\d\u202f\u00a0,.]*", veiled)


def _has_number_in_letters(veiled: str) -> re.Match[str] | None:
    """The first number in letters of a veiled sentence, from ten upwards and before what it counts."""
    return _IN_LETTERS.search(re.sub(r"^\W*\w", lambda start: start[0].lower(), veiled))


def _is_lead(block: Block, start: int, end: int) -> bool:
    """Whether the sentence is a bold opening, which stands for a heading."""
    text = block.veiled[start:end].strip()
    return start == 0 and re.fullmatch(r"\*\*[^*]+\*\*", text) is not None


def _around(sentence: str, figure: re.Match[str]) -> str:
    text = " ".join(sentence.split())
    at = max(text.find(figure[0].strip()), 0)
    begin, end = max(at - 20, 0), at + 30
    return ("…" if begin else "") + text[begin:end].strip() + ("…" if end < len(text) else "")


def _example(page: Page) -> str:
    return f"[^{next(iter(page.sources), 'fiche')}]"
