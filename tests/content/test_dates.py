"""Dates and figures are real: what no calendar holds, and what no page could write, is never served."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb import load_corpus
from kb.content.dates import span
from kb.content.rules.sample import written

DAY = datetime.date

#: (text, first day, last day)
SPANS = [
    ("2019", DAY(2019, 1, 1), DAY(2019, 12, 31)),
    ("2008-2014", DAY(2008, 1, 1), DAY(2014, 12, 31)),
    ("2020-02", DAY(2020, 2, 1), DAY(2020, 2, 29)),
    ("2021-12", DAY(2021, 12, 1), DAY(2021, 12, 31)),
    ("2020-02-29", DAY(2020, 2, 29), DAY(2020, 2, 29)),
]
UNREAL = [
    *("2026-02-31", "2026-02-30", "2023-02-29", "2026-04-31", "2026-13", "2026-00", "2026-01-00"),
    *("0000", "0000-01", "0000-01-01", "0001-01-01", "0000-2019", "2019-0000", "9999-12", "9999-12-31"),
    *("20190101", "2019-1-1", "2019-01-01\n", "２０１９", "-2019", ""),
]


@pytest.mark.parametrize(("text", "first", "last"), SPANS)
def test_a_date_has_a_first_and_a_last_day(text: str, first: DAY, last: DAY) -> None:
    assert span(text) == (first, last)


@pytest.mark.parametrize("text", UNREAL)
def test_what_no_calendar_holds_is_no_date(text: str) -> None:
    with pytest.raises(ValueError, match=r"\A"):
        span(text)


@given(st.text(alphabet="0123456789-", max_size=12))
def test_a_text_is_a_date_or_a_value_error(text: str) -> None:
    try:
        first, last = span(text)
    except ValueError:
        return
    assert str(first.year) == text[:4]
    assert last.isoformat().startswith(text[5:] if len(text) == 9 else text)


#: (fields, what is told)
UNREAL_FIELDS = [
    ('updated: "2026-02-31"', "« updated » : la date 2026-02-31 n’existe pas"),
    ('updated: "0000"', "« updated » : la date 0000 n’existe pas"),
    ('updated: "9999-12"', "« updated » : la date 9999-12 n’existe pas"),
    ('review: {status: brouillon, date: "2023-02-29"}', "« review.date » : la date 2023-02-29 n’existe pas"),
    (
        'platforms: [{name: A, since: "2026-02-30", source: fiche}]',
        "« platforms[1].since » : la date 2026-02-30 n’existe pas",
    ),
    (
        'sources: [{id: fiche, title: A, kind: fiche, accessed: "2021-06-31"}]',
        "« sources[1].accessed » : la date 2021-06-31 n’existe pas",
    ),
    (f"costs: [{{label: A, role: outil, amount: {'9' * 400}, source: fiche}}]", "un nombre de 400 signes"),
    (f"costs: [{{label: A, role: outil, amount: {'9' * 400}.5, source: fiche}}]", "hors limites : inf"),
    (f"costs: [{{label: A, role: outil, amount: {'9' * 5000}, source: fiche}}]", "hors limites : inf"),
    (f"costs: [{{label: A, role: outil, amount: [1, {'9' * 40}], source: fiche}}]", "un nombre de 40 signes"),
    (f"key_figures: [{{label: A, value: -{'9' * 400}, source: fiche}}]", "un nombre de 401 signes"),
    ("key_figures: [{label: A, value: 1000000000001, source: fiche}]", "hors limites : 1000000000001"),
    (
        "collectivity: {name: A, type: commune, population: {value: 100000000000000, source: fiche}}",
        "hors limites : 100000000000000",
    ),
    (f"team: {{unit: ETP, size: {'9' * 400}, label: 9 ETP, source: fiche}}", "un nombre de 400 signes"),
]


@pytest.mark.parametrize(("fields", "told"), UNREAL_FIELDS)
def test_a_date_or_a_figure_that_cannot_be_is_told_with_its_line_and_never_served(
    tmp_path: Path, fields: str, told: str
) -> None:
    written(tmp_path, fields, "champs")

    loaded = load_corpus(tmp_path)

    name = "cases/ville-exemple.md"
    line = loaded.files[name].line_of((fields.partition(":")[0],))
    assert told in loaded.problems[0].message
    assert [problem.line for problem in loaded.problems] == [line]
    assert name not in {document.path for document in loaded.corpus.documents}
