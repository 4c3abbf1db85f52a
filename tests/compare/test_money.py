"""What the pages of the cases show of money and staff, held against the sheets page by page.

The values stand here as they were read in the case sheets of the Baromètre 2016-2019 (« p. N » is the
page of the sheet of that case; another source is named). A line changes only with its source in hand.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from kb import Corpus
from kb.compare.budgets import NEEDS, budgets
from kb.compare.profile import budget, per_inhabitant, profile_of
from kb.compare.scatter import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, across, scatter, upwards
from web import create_app

BUDGET, TOOL, WAGES = "Budget de la participation", "Outil numérique", "Salaires"
BOUGHT, TEAM = "Prestations achetées une fois", "Équipe"

#: (case, heading of the page, what it shows, page of the sheet or other source)
SHOWN = [
    ("angers", BUDGET, "50 000 € (période non précisée)", "p. 4"),
    ("angers", TOOL, "environ 20 000 € par an", "p. 4"),
    ("angers", WAGES, "environ 200 000 € (période non précisée)", "p. 4"),
    ("angers", TEAM, "8 ETP", "p. 1"),
    ("bordeaux-metropole", TOOL, "environ 150 000 € une fois", "p. 3"),
    ("bordeaux-metropole", TEAM, "4 agents", "p. 1"),
    ("grenoble-alpes-metropole", BUDGET, "environ 200 000 € par an (2018)", "p. 4"),
    ("grenoble-alpes-metropole", TOOL, "de 10 000 à 20 000 € par an", "p. 4"),
    ("grenoble-alpes-metropole", TEAM, "7 ETP", "p. 1"),
    ("loire-atlantique", BUDGET, "70 000 € (période non précisée)", "p. 3"),
    ("loire-atlantique", TOOL, "25 000 € par an", "p. 3"),
    ("loire-atlantique", TEAM, "5,3 ETP", "p. 1–3"),
    ("marcq-en-baroeul", TOOL, "moins de 1 000 € (période non précisée)", "p. 1"),
    ("marcq-en-baroeul", TEAM, "4 agents", "p. 2"),
    ("merignac", TOOL, "environ 50 000 € (période non précisée)", "p. 4"),
    ("merignac", TOOL, "environ 10 000 € (période non précisée)", "p. 4"),
    ("merignac", TEAM, "3 ETP", "p. 2–4"),
    ("metropole-europeenne-de-lille", BUDGET, "70 000 € par an", "p. 1"),
    ("metropole-europeenne-de-lille", TOOL, "de 10 000 à 50 000 € (période non précisée)", "p. 5"),
    ("metropole-europeenne-de-lille", TEAM, "4 agents", "p. 4"),
    ("meudon", BUDGET, "environ 30 000 € (période non précisée)", "p. 2"),
    ("meudon", TOOL, "environ 12 000 € une fois", "p. 3"),
    ("meudon", TOOL, "de 5 000 à 10 000 € par an", "p. 3"),
    ("meudon", TEAM, "1 ETP", "p. 1–2"),
    ("nanterre", BUDGET, "de 100 000 à 150 000 € par an", "p. 3"),
    ("nanterre", TOOL, "de 10 000 à 20 000 € par an", "p. 3"),
    ("nanterre", TEAM, "5 ETP", "p. 1–2"),
    ("nantes-metropole", BUDGET, "environ 120 000 € par an (2018)", "p. 2–4"),
    ("nantes-metropole", BOUGHT, "630 000 € une fois (2016–2017)", "La Gazette des communes"),
    ("nantes-metropole", TEAM, "environ 10 ETP", "p. 2–3"),
    ("nimes-metropole", BUDGET, "20 000 € (2015, période non précisée)", "Objectif Gard"),
    ("paris", BUDGET, "environ 600 000 € par an (2018)", "p. 6"),
    ("paris", BUDGET, "environ 200 000 à 300 000 € par an (2018)", "p. 6"),
    ("paris", TEAM, "environ 15 agents", "p. 1"),
    ("rennes", BUDGET, "environ 190 000 € (période non précisée)", "p. 1–3"),
    ("rennes", BUDGET, "168 000 € (2016, période non précisée)", "Localtis"),
    ("rennes", TEAM, "3 agents", "p. 3"),
    ("saint-germain-en-laye", TOOL, "3 000 € TTC une fois (2019)", "p. 2–4"),
    ("saint-germain-en-laye", BOUGHT, "4 000 € une fois (2019)", "p. 4"),
    ("toulouse-metropole", BUDGET, "280 000 € (période non précisée)", "p. 1"),
    ("toulouse-metropole", BUDGET, "150 000 € (période non précisée)", "p. 3"),
    ("toulouse-metropole", TOOL, "160 000 € HT pour le marché (2020)", "p. 5"),
    ("toulouse-metropole", TEAM, "7 ETP", "p. 1"),
]
#: no team of its own (Saint-Germain-en-Laye), or none told (Nîmes)
WITHOUT_SIZE = {"saint-germain-en-laye", "nimes-metropole"}


def shown(page: str) -> Iterator[tuple[str, str, str]]:
    """(heading, value, source) of every amount and team of the identity card of a page."""
    card = page.partition('id="identite"')[2].partition("</section>")[0]
    for heading, body in re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", card, re.DOTALL):
        if heading in (BUDGET, TOOL, WAGES, BOUGHT, TEAM):
            for value, rest in re.findall(r"<strong>(.*?)</strong>(.*?)</a>", body, re.DOTALL):
                yield heading, _plain(value), _plain(rest)


def _plain(text: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", text)).split())


@pytest.fixture(scope="module")
def real_client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """The site over the real content."""
    content = Path(__file__).parents[2] / "content"
    index = tmp_path_factory.mktemp("money") / "index"
    return create_app({"CONTENT": str(content), "INDEX": str(index), "WATCH": 0}).test_client()


def test_budget_tool_and_staff_of_every_case_are_those_of_its_sheet(
    real: Corpus, real_client: FlaskClient
) -> None:
    for case in real.cases:
        found = list(shown(real_client.get(case.permalink).text))
        expected = [line[1:] for line in SHOWN if line[0] == case.slug]

        assert sorted((h, v) for h, v, _ in found) == sorted((h, v) for h, v, _ in expected), case.slug
        for heading, value, source in expected:
            said = [s for h, v, s in found if (h, v) == (heading, value)]
            assert any(re.search(rf"{re.escape(source)}(?!\d)", s) for s in said), (case.slug, value, said)


def test_every_team_has_a_unit_where_its_source_counts(real: Corpus) -> None:
    told = {d.slug for d in real.cases if d.case and d.case.team and d.case.team.unit}

    assert {d.slug for d in real.cases} - told == WITHOUT_SIZE


#: what « comme ma collectivité » takes for the budget of a case: eleven are documented
BUDGETS = {
    "angers": 50_000,
    "grenoble-alpes-metropole": 200_000,
    "loire-atlantique": 70_000,
    "metropole-europeenne-de-lille": 70_000,
    "meudon": 30_000,
    "nanterre": 125_000,
    "nantes-metropole": 120_000,
    "nimes-metropole": 20_000,
    "paris": 600_000,
    "rennes": 190_000,
    "toulouse-metropole": 280_000,
}


def test_the_budget_compared_is_the_one_that_the_sheet_gives_to_participation(real: Corpus) -> None:
    assert {d.slug: b for d in real.cases if (b := profile_of(d).budget) is not None} == BUDGETS


def test_an_envelope_of_projects_is_never_divided_by_inhabitants(
    real: Corpus, real_client: FlaskClient
) -> None:
    envelopes = [(d, c) for d in real.cases if d.case for c in d.case.costs_of("enveloppe")]
    slugs = {d.slug for d, _ in envelopes}
    pages = [real_client.get(f"/comparer?cas={slug}&cas=nimes-metropole").text for slug in slugs]

    assert len(envelopes) >= 12
    assert all("45,45" not in page for page in pages)
    for page in pages:
        rows = re.findall(r"<th scope=\"row\">(.*?)</th>(.*?)</tr>", page, re.DOTALL)
        per_head = [_plain(cells) for label, cells in rows if "par habitant" in label]
        assert len(per_head) == 2
        assert all("nveloppe" not in cells and "otation" not in cells for cells in per_head)


def rows_of(page: str, anchor: str) -> list[list[str]]:
    """The cells of the table under a heading, a list for each row."""
    table = page.partition(f'id="{anchor}"')[2].partition("</table>")[0].partition("<tbody>")[2]
    return [
        [_plain(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)]
        for row in table.split("</tr>")
        if "<td" in row
    ]


def test_the_budget_of_a_size_shows_every_case_with_amount_period_perimeter_and_source(
    real_client: FlaskClient,
) -> None:
    page = real_client.get("/quel-budget?besoin=budget&habitants=45000").text

    rows = rows_of(page, "cas")
    assert len(rows) == sum(heading == BUDGET for _, heading, _, _ in SHOWN)
    assert rows[0][:3] == ["1. Ville de Meudon", "47 000", "environ 30 000 € (période non précisée)"]
    assert "p. 2" in rows[0][3]
    assert all("100 000 000" not in cell for row in rows for cell in row)
    assert page.count("<circle") + page.count('<path class="spread') == len(rows)  # an amount or a range
    survey = rows_of(page, "enquete")
    assert {row[2] for row in survey} == {
        "moins de 5 000 € (période non précisée)",
        "de 7 000 à 80 000 € (période non précisée)",
        "plus de 100 000 € (période non précisée)",
    }
    assert page.count('class="range') == len(survey) == 3
    assert page.count('class="range near open"') + page.count('class="range open"') == 1, "« plus de »"
    assert "Tous ces montants viennent de" in page


def test_a_tool_is_compared_with_tools_alone_and_the_type_asked_for_comes_first(
    real_client: FlaskClient,
) -> None:
    page = real_client.get("/quel-budget?besoin=outil&type=metropole&habitants=45000").text

    rows = rows_of(page, "cas")
    assert len(rows) == sum(heading == TOOL for _, heading, _, _ in SHOWN)
    assert {row[0].partition(". ")[2] for row in rows[:3]} == {
        "Bordeaux Métropole",
        "Grenoble-Alpes Métropole",
        "Métropole européenne de Lille",
    }
    assert rows_of(page, "enquete")[0][2] == "de 5 000 à 10 000 € par an"


@pytest.mark.parametrize("arguments", ["besoin=or", "habitants=beaucoup", "type=royaume", "habitants=-3"])
def test_a_size_that_cannot_be_read_is_told(real_client: FlaskClient, arguments: str) -> None:
    page = real_client.get(f"/quel-budget?{arguments}")

    assert page.status_code == 200
    assert 'role="alert"' in page.text


def test_the_chart_stands_on_logarithmic_scales_and_keeps_every_mark_inside(real: Corpus) -> None:
    assert across(10_000) - across(1_000) == pytest.approx(across(100_000) - across(10_000), abs=0.2)
    assert upwards(10_000) - upwards(100_000) == pytest.approx(upwards(1_000) - upwards(10_000), abs=0.2)
    for role in NEEDS:
        chart = scatter(budgets(real, role), 0.5)
        for mark in chart.marks:
            assert LEFT <= mark.x <= WIDTH - RIGHT
            assert TOP <= mark.high <= mark.y <= mark.low <= HEIGHT - BOTTOM
        for box in chart.boxes:
            assert LEFT <= box.x <= box.x + box.width <= WIDTH - RIGHT + 0.1
            assert TOP <= box.y <= box.y + box.height <= HEIGHT - BOTTOM + 3


def test_the_note_on_costs_divides_by_inhabitants_what_the_comparison_does(real: Corpus) -> None:
    text = real.by_slug["couts-des-dispositifs"].section("les-chiffres").markdown  # type: ignore[union-attr]
    table = text.partition("### Le budget de la participation dans les cas")[2].partition("###")[0]
    rows = [line.strip("|").split("|") for line in table.splitlines() if line.startswith("|")][2:]

    for row in rows:
        name = re.sub(r"\[(.*?)\].*", r"\1", row[0]).strip()
        case = next(case for case in real.cases if name in case.case.collectivity.name)  # type: ignore[union-attr]
        told = budget(case)
        computed = per_inhabitant(told, case) if told else None
        assert (row[3].strip() != "–") == (computed is not None), name

    assert len(rows) == 11
