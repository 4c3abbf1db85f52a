"""`kb fix`: what it mends, what it leaves, and that twice is once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kb.content.fixing import KEY_ORDER, fix_text, fix_vocabulary
from kb.content.model import CaseFields, PracticeFields
from kb.content.parsing import parse_text
from kb.content.rules.sample import CASE

REAL = sorted((Path(__file__).parents[2] / "content").glob("*/*.md"))

#: (in the front matter or the body, mended)
MENDED = [
    ('title: "Qui ? L\'outil"', 'title: "Qui\u202f? L’outil"'),
    ("title: 'L''outil ?'", "title: 'L’outil\u202f?'"),
    ("title: L'outil ?", "title: L’outil\u202f?"),
    ("summary: >-\n  L'outil ?\n\n  Oui !", "summary: >-\n  L’outil\u202f?\n\n  Oui\u202f!"),
    ("summary: |\n  10 000 €\nthemes: []", "summary: |\n  10\u202f000\u00a0€\nthemes: []"),
    ('costs:\n  - {label: Qui ?, scope: "l\'an"}', 'costs:\n  - {label: Qui\u202f?, scope: "l’an"}'),
    ("title: x   \nsummary: y", "title: x\nsummary: y"),
]

LEFT_ALONE = [
    'sources:\n  - {id: s1, url: "https://a.fr/l\'un?q=1 "}',
    'review: {status: validé, date: "2019"}',
    'title: "a \\" ? \\n b ?"',
    "# un commentaire : l'outil ?\nid: cas-01",
    "inconnu: l'outil ?",
    "themes: [l'un ?]",
    "costs:\n  - {amount: 10000, per: an}",
]


@pytest.mark.parametrize(("before", "after"), MENDED)
def test_text_of_the_front_matter_is_mended(before: str, after: str) -> None:
    assert fix_text(f"---\n{before}\n---\n\nx\n") == f"---\n{after}\n---\n\nx\n"


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_codes_addresses_comments_and_unknown_fields_are_left_alone(text: str) -> None:
    assert fix_text(f"---\n{text}\n---\n\nx\n") == f"---\n{text}\n---\n\nx\n"


def test_the_body_is_mended_outside_code_and_links() -> None:
    text = "---\nid: cas-01\n---\n\nL'outil ? [x](l'un.md#a!) `a ? b`[^s1] !   \n\n\n"

    assert fix_text(text).endswith("L’outil\u202f? [x](l'un.md#a!) `a ? b`[^s1]\u202f!\n")


#: (what an editor types in the body, mended)
SIGNS = [
    ('Un "mot" droit.', "Un «\u202fmot\u202f» droit."),
    ('Le "mot d\'ordre", 12% et 3€.', "Le «\u202fmot d’ordre\u202f», 12\u00a0% et 3\u00a0€."),
    ("Il coûte 14400€ pour 18430 habitants.", "Il coûte 14\u202f400\u00a0€ pour 18\u202f430 habitants."),
    ("Il coûte 1300000 €.", "Il coûte 1\u202f300\u202f000\u00a0€."),
]
#: what has another reading, or is not prose
NO_SIGNS = [
    'Un écran de 5" et un mot "seul.',
    '[texte](a.md "titre") et `"code" 12%`',
    "https://exemple.fr/?a=12%20b et 1.500 €".replace(" €", "\u00a0€"),
    "La ligne 10000 du fichier, le code 75001 et C2D.",
    '<abbr title="sigle">S</abbr>',
]


@pytest.mark.parametrize(("before", "after"), SIGNS)
def test_quotes_amounts_and_percentages_of_the_body_are_mended(before: str, after: str) -> None:
    assert fix_text(f"---\nid: cas-01\n---\n\n{before}\n").endswith(f"\n\n{after}\n")


@pytest.mark.parametrize("text", NO_SIGNS)
def test_what_may_mean_something_else_is_left_to_the_editor(text: str) -> None:
    assert fix_text(f"---\nid: cas-01\n---\n\n{text}\n").endswith(f"\n\n{text}\n")


DISORDER = """\
# le titre
title: Un titre
id: cas-01
# facultatif
# costs:
#   - {label: Plateforme}
sources:
  - id: s1
    # la page
    title: T
summary: >-
  Deux lignes.

  Et une autre.
"""
ORDER = """\
id: cas-01
# le titre
title: Un titre
summary: >-
  Deux lignes.

  Et une autre.
# facultatif
# costs:
#   - {label: Plateforme}
sources:
  - id: s1
    # la page
    title: T
"""


def test_fields_are_put_in_the_usual_order_with_their_comments() -> None:
    assert fix_text(f"---\n{DISORDER}---\n\nx\n") == f"---\n{ORDER}---\n\nx\n"
    assert yaml.safe_load(DISORDER) == yaml.safe_load(ORDER)


@pytest.mark.parametrize("more", ["titel: Autre\n", "title: Autre\n"])
def test_a_field_that_is_unknown_or_twice_is_not_moved_about(more: str) -> None:
    assert fix_text(f"---\n{DISORDER}{more}---\n\nx\n") == f"---\n{DISORDER}{more}---\n\nx\n"


def test_the_usual_order_knows_every_field() -> None:
    assert {*CaseFields.model_fields, *PracticeFields.model_fields} == set(KEY_ORDER)


def test_the_taxonomy_is_mended_in_what_it_says_to_people() -> None:
    term = "{slug: un, label: L'un ?, definition: \"Qui ? 12 %\", synonyms: [l'autre ?]}\n"
    text = f"facets:\n  - name: a\n    label: A\n    terms:\n      - {term}"

    mended = fix_vocabulary(text)

    assert mended == text.replace("L'un ?", "L’un\u202f?").replace("Qui ? 12 %", "Qui\u202f? 12\u00a0%")
    assert fix_vocabulary(mended) == mended
    assert fix_vocabulary("facets: [") == "facets: ["


def test_a_byte_order_mark_and_windows_line_ends_go() -> None:
    assert fix_text("\ufeff" + CASE.replace("\n", "\r\n")) == CASE


@pytest.mark.parametrize(
    "text",
    ["", "x", "---\n", "---\na: [\n---\nqui ?", "---\n- a\n---\n", "---\na: &x 1\n---\n", "---\n---\n"],
)
def test_a_file_that_cannot_be_read_is_left_readable(text: str) -> None:
    assert fix_text(fix_text(text)) == fix_text(text)


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
def test_a_real_file_keeps_its_lines_and_fields(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    mended = fix_text(text)
    before, after = parse_text(text, ""), parse_text(mended, "")

    assert fix_text(mended) == mended
    assert after.lines == before.lines
    assert _without_prose(after.data) == _without_prose(before.data)
    assert len(mended.split("\n")) == len(text.rstrip("\n").split("\n")) + 1


#: prose in which YAML's signs and typography's meet
PROSE = st.text(st.sampled_from("aé1 0.,;:!?'’\"«»%€…#&*[]{}|>-\\\n\u202f\u00a0"), min_size=1, max_size=40)


@given(
    title=PROSE,
    labels=st.lists(PROSE, max_size=3),
    style=st.sampled_from(["'", '"', "|", ">", None]),
    width=st.sampled_from([20, 1000]),
)
def test_mending_twice_changes_nothing_more_and_keeps_the_fields(
    title: str, labels: list[str], style: str | None, width: int
) -> None:
    data = {
        "title": title,
        "summary": title,
        "costs": [{"label": label, "amount": 1} for label in labels],
        "aliases": ["un-deux"],
    }
    head = yaml.safe_dump(
        data, allow_unicode=True, default_style=style, sort_keys=False, width=width
    ).replace('"1"', "1")
    text = f"---\n{head}---\n\n{title}\n"

    mended = fix_text(text)

    assert fix_text(mended) == mended
    before, after = parse_text(text, ""), parse_text(mended, "")
    assert [p.rule for p in after.problems] == [p.rule for p in before.problems]
    assert _without_prose(after.data) == _without_prose(before.data)


def _without_prose(value: Any) -> Any:
    """The value with spaces and typographic signs taken out of its text."""
    if isinstance(value, dict):
        return {key: _without_prose(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_prose(item) for item in value]
    if isinstance(value, str):
        return "".join(value.replace("'", "’").replace("...", "…").split())
    return value
