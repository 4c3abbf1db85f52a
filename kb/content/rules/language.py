"""Rules of language: typography, quotes, numbers, ligatures, acronyms, summaries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import zip_longest

from kb.content.blocks import sentences
from kb.content.fixing import fix_typography
from kb.content.rules.page import Finding, Page
from kb.content.slugs import fold
from kb.content.typography import french, french_markdown

_SPACE = "[ \u00a0\u202f]"
_LIGATURES = re.compile(
    r"(?<![a-z])(c(?:oe)ur|ch(?:oe)ur|s(?:oe)ur|(?:oe)uvr|man(?:oe)uvr|chef-d['’](?:oe)uvre|main-d['’](?:oe)uvre|(?:oe)il(?![a-z])|(?:oe)uf"
    r"|n(?:oe)ud|v(?:oe)u|b(?:oe)uf|m(?:oe)urs|(?:oe)nolog|(?:oe)cum[ée]ni|f(?:oe)tus|bar(?:oe)ul)",
    re.IGNORECASE,
)
#: without any of these a number is well written
_DOUBTFUL = re.compile(rf"\d(?:[€%kM]|\d{{4}}|\.\d|{_SPACE}\d{{1,2}}{_SPACE})")
#: words of a sentence, at most; an elided one (« l’outil ») counts with what follows
LONGEST_SENTENCE = 40
_WORD = re.compile(r"\w[\w’'-]*")
#: acronyms that need no spelling out
_WELL_KNOWN = frozenset({"IA", "RGPD", "CNIL", "SMS"})


def typography(page: Page) -> Iterator[Finding]:
    """La typographie est française : espaces insécables, apostrophes courbes, « guillemets ».

    `kb fix` la met en place, avec les espaces de fin de ligne et la fin du fichier.
    """
    text = re.sub(r"\r\n?", "\n", page.parsed.text.removeprefix("\ufeff"))
    if not page.parsed.text:
        return
    if "\r" in page.parsed.text:
        yield Finding(1, "les fins de ligne sont celles de Windows (CRLF)", "lancez kb fix")
    if _is_in_order(page, text):
        return
    fixed = fix_typography(text)
    lines = zip_longest(text.split("\n"), fixed.split("\n"))
    for number, (before, after) in enumerate(lines, 1):
        if after is None or before is None:
            yield Finding(number, "le fichier ne finit pas par une seule fin de ligne", "lancez kb fix")
            return
        if before != after:
            yield Finding(number, difference(before, after), "lancez kb fix")


def _is_in_order(page: Page, text: str) -> bool:
    """Whether `fix_typography` surely changes nothing; some four times faster than asking it."""
    return (
        not re.search(r"[ \t\u00a0\u202f]\n", text)
        and text.endswith("\n")
        and not text.endswith("\n\n")
        and all(french(leaf.value) == leaf.value for leaf in page.leaves if leaf.is_prose)
        and french_markdown(page.parsed.body) == page.parsed.body
    )


def sentence_length(page: Page) -> Iterator[Finding]:
    """Une phrase a quarante mots au plus."""
    for block in page.blocks:
        if block.kind not in ("paragraph", "item"):
            continue
        for start, end in sentences(block.veiled):
            words = len(_WORD.findall(block.veiled[start:end]))
            if words > LONGEST_SENTENCE:
                at = len(block.veiled[start:end]) - len(block.veiled[start:end].lstrip())
                first = _short(" ".join(block.text[start + at : end].split()))
                yield Finding(
                    block.line_at(start + at),
                    f"« {first} » : une phrase de {words} mots",
                    f"coupez-la : {LONGEST_SENTENCE} mots au plus",
                )


def straight_quotes(page: Page) -> Iterator[Finding]:
    """Une citation est entre « guillemets », jamais entre guillemets droits."""
    for where, text, _ in page.prose():
        for match in re.finditer(r"\"([^\"]*)\"?", text) if '"' in text else ():
            yield Finding(where, f'guillemet droit : "{_short(match[1])}"', f"écrivez « {_short(match[1])} »")


def numbers(page: Page) -> Iterator[Finding]:
    """Un nombre s’écrit avec sa virgule et ses espaces : « 1,4 million », « 12 % », « 5 € ».

    Ni « 1 4 million » (la virgule est perdue), ni « 12% », ni « 10000 € » (les milliers ne sont pas séparés).
    """
    for where, text, name in page.prose():
        if not _DOUBTFUL.search(text):
            continue
        for match in re.finditer(
            rf"(?<![\d,.])(?<!\d{_SPACE})(\d{{1,3}}){_SPACE}(\d{{1,2}}){_SPACE}(?=millions?\b|milliards?\b|%|€)",
            text,
        ):
            yield Finding(
                where, f"« {match[0].strip()} » : la virgule manque", f"écrivez « {match[1]},{match[2]} »"
            )
        for match in re.finditer(r"([\d,]*\d)([€%]|k€|M€)(?!\w)", text):
            yield Finding(
                where, f"il manque une espace avant « {match[2]} »", f"écrivez « {match[1]} {match[2]} »"
            )
        if not name.endswith(("url", "also_known_as")):
            for match in re.finditer(
                rf"(?<![\d.,/-])(\d{{2,}})(\d{{3}})(?={_SPACE}?(?:€|euros|habitants|personnes|participants|votants)\b|{_SPACE}€)",
                text,
            ):
                yield Finding(
                    where,
                    f"« {match[0]} » : les milliers ne sont pas séparés",
                    f"écrivez « {match[1]} {match[2]} »",
                )
        for match in re.finditer(rf"(?<![\d.,])\d+\.\d+(?={_SPACE}(?:€|%|millions?\b|milliards?\b))", text):
            yield Finding(
                where,
                f"« {match[0]} » : la décimale est après un point",
                f"écrivez « {match[0].replace('.', ',')} »",
            )


def ligatures(page: Page) -> Iterator[Finding]:
    """Le français écrit « œ » dans cœur, œuvre, vœu, nœud ou Marcq-en-Barœul."""
    for where, text, name in page.prose():
        if "also_known_as" in name or "oe" not in text.lower():
            continue
        for match in _LIGATURES.finditer(text):
            word = re.match(r"[\w’'-]*", text[match.start() :])
            wrong = word[0] if word else match[0]
            right = wrong.replace("oe", "œ").replace("Oe", "Œ").replace("OE", "Œ")
            yield Finding(where, f"« {wrong} » s’écrit avec « œ »", f"écrivez « {right} »")


def acronyms(page: Page) -> Iterator[Finding]:
    """Un sigle de la taxonomie est développé à sa première apparition dans le texte.

    « équivalents temps plein (ETP) », « AMO (assistance à maîtrise d’ouvrage) ». Les sigles que
    chacun connaît en sont dispensés.
    """
    if not page.blocks:
        return
    whole = "\n".join(block.veiled for block in page.blocks)
    for acronym, meanings in page.folder.acronyms.items():
        if acronym in _WELL_KNOWN or acronym not in whole:
            continue
        place = re.search(rf"(?<![\w#@./’-]){re.escape(acronym)}(?![\w./-])", whole)
        if place is None or _spelt_out(whole, place, acronym, meanings):
            continue
        line = next(
            (
                block.line_at(found.start())
                for block in page.blocks
                if (found := re.search(rf"(?<![\w#@./’-]){re.escape(acronym)}(?![\w./-])", block.veiled))
            ),
            1,
        )
        yield Finding(
            line,
            f"le sigle {acronym} n’est pas développé à sa première apparition",
            f"écrivez « {_lowered(meanings[0])} ({acronym}) »",
        )


def summary_and_title(page: Page) -> Iterator[Finding]:
    """Le résumé est fait de phrases : il finit par un point ; le titre n’en a pas."""
    summary, title = page.data.get("summary"), page.data.get("title")
    if (
        isinstance(summary, str)
        and summary.strip()
        and not re.search(r"[.!?…][\s\u00a0\u202f]*»?$", summary.strip())
    ):
        yield Finding(("summary",), "le résumé ne finit pas par un point", "ajoutez-le")
    if isinstance(title, str) and re.search(r"(?<!\.)\.$", title.strip()):
        yield Finding(("title",), "le titre finit par un point", "retirez-le")


def _spelt_out(whole: str, place: re.Match[str], acronym: str, meanings: tuple[str, ...]) -> bool:
    """Whether the text says what the acronym means, up to its first use or right after it."""
    until = place.end() + 120
    before = fold(whole[:until]).replace("’", "'")
    if any(found.search(before) for meaning in meanings if (found := _pattern_of(meaning, acronym))):
        return True
    initials = fold(acronym)
    words = re.findall(r"[a-z0-9]+", fold(whole[max(place.start() - 120, 0) : place.start()]))
    wrapped = whole[: place.start()].rstrip().endswith("(")
    return wrapped and _are_initials(initials, [word[0] for word in words[-3 * len(initials) :]])


@lru_cache(maxsize=4096)
def _pattern_of(meaning: str, acronym: str) -> re.Pattern[str] | None:
    """What finds the words of a meaning in folded text, in the plural too."""
    words = [
        re.escape(word) + "[sx]?" for word in re.findall(r"[a-z0-9]+", fold(meaning)) if word not in acronym
    ]
    return re.compile(r"\b" + r"[\W_]+".join(words) + r"\b") if words else None


def _are_initials(acronym: str, letters: list[str]) -> bool:
    """Whether `acronym` can be read, in order, in the first letters of the words."""
    rest = list(letters)
    for letter in reversed(acronym):
        while rest and rest[-1] != letter:
            rest.pop()
        if not rest:
            return False
        rest.pop()
    return True


def _lowered(label: str) -> str:
    """The label as it stands inside a sentence; an acronym or a name of two words keeps its capitals."""
    return label[0].lower() + label[1:] if re.fullmatch(r"[^\W\d_][^A-ZÀ-Ý]+", label) else label


def difference(before: str, after: str) -> str:
    """What differs between two lines, short."""
    if before.rstrip() == after.rstrip() and before != after:
        return "espaces en fin de ligne"
    start = next(
        (n for n, (a, b) in enumerate(zip(before, after, strict=False)) if a != b),
        min(len(before), len(after)),
    )
    begin = max(before.rfind(" ", 0, max(start - 6, 0)) + 1, start - 16)
    piece = before[begin : start + 14]
    return f"typographie : « {piece.strip()} »"


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
