"""Near cases, comparison and map, on the small content and on the real one."""

import csv
import io
import re

import pytest
from flask.testing import FlaskClient

from kb import Corpus
from kb.compare.nearness import nearest
from kb.compare.panorama import LONGEST, opening, panorama
from kb.compare.profile import Profile, per_inhabitant, profile_of
from kb.compare.table import comparison
from kb.content.rendering import render
from web.map import APART, lambert93, points


def test_a_case_finds_itself_first_by_its_own_profile(real: Corpus) -> None:
    for case in real.cases:
        first = nearest(profile_of(case), real.cases)[0]

        assert first.document == case
        assert first.score == pytest.approx(1)


def test_contributions_sum_to_the_score(real: Corpus) -> None:
    for near in nearest(Profile("commune", 40_000, 10_000, 1), real.cases):
        assert sum(c.amount for c in near.contributions) == pytest.approx(near.score)
        assert 0 <= near.score <= 1


def test_what_is_not_asked_does_not_count_and_what_is_unknown_adds_nothing(corpus: Corpus) -> None:
    by_slug = {near.document.slug: near for near in nearest(Profile(inhabitants=12_000), corpus.cases)}

    assert by_slug["boisjoli"].score == pytest.approx(1)
    assert by_slug["petitbourg"].score == 0
    assert by_slug["petitbourg"].contributions[0].likeness is None


def test_a_cost_per_inhabitant_is_computed_only_for_yearly_costs(corpus: Corpus) -> None:
    case = corpus.by_slug["boisjoli"]
    assert case.case

    assert per_inhabitant(case.case.costs_of("outil")[0], case) == pytest.approx(900 / 12_000)
    assert per_inhabitant(case.case.costs_of("outil")[0].model_copy(update={"per": "unique"}), case) is None


def test_the_csv_of_a_comparison_holds_the_cells_of_the_page(client: FlaskClient, corpus: Corpus) -> None:
    page = re.sub("</?strong>", "", client.get("/comparer?cas=boisjoli&cas=clairval").text)
    text = client.get("/comparer.csv?cas=boisjoli&cas=clairval").text.removeprefix("\ufeff")

    rows = list(csv.reader(io.StringIO(text), delimiter=";"))

    table = comparison([corpus.by_slug["boisjoli"], corpus.by_slug["clairval"]], corpus.taxonomy)
    assert [row[0] for row in rows[1:]] == [row.label for row in table]
    for written, row in zip(rows[1:], table, strict=True):
        assert written[1:] == ["\n".join(cell) or "non renseigné" for cell in row.cells]
        assert all(line.replace("'", "&#39;") in page for cell in row.cells for line in cell)


def test_a_comparison_needs_two_cases_and_takes_four(client: FlaskClient) -> None:
    assert "au moins deux cas" in client.get("/comparer?cas=boisjoli").text
    assert client.get("/comparer?cas=nulle-part&cas=boisjoli&cas=boisjoli").status_code == 200


def test_csv_cells_never_start_a_formula(client: FlaskClient) -> None:
    text = client.get("/pratiques/chiffres-de-l-enquete/sources-d-information.csv").text

    assert text == "\ufefflibellé;valeur (%)\r\nLa presse;79\r\nLes réseaux;75\r\n"
    assert not any(cell[:1] in "=+-@" for line in text.splitlines() for cell in line.split(";"))


@pytest.mark.parametrize(
    "arguments", ["habitants=beaucoup", "type=royaume", "budget=-3", "etp=" + "9" * 40, "habitants=<b>"]
)
def test_a_profile_that_cannot_be_read_is_told(client: FlaskClient, arguments: str) -> None:
    page = client.get(f"/comme-ma-collectivite?{arguments}")

    assert page.status_code == 200
    assert 'role="alert"' in page.text
    assert "<b>" not in page.text


def test_a_profile_gives_cases_with_reasons(client: FlaskClient) -> None:
    page = client.get("/comme-ma-collectivite?type=commune&habitants=12 000&budget=4 000&etp=1,5").text

    assert "Ressemblance : <strong>100" in page.replace("\u00a0", " ")
    assert "même type de collectivité" in page


def test_lambert_93_agrees_with_the_national_institute_on_paris() -> None:
    assert lambert93(48.8566, 2.3522) == pytest.approx((652469.02, 6862035.26), abs=0.01)


def test_marks_of_the_map_never_touch_and_stay_on_it(real: Corpus) -> None:
    placed = points(real.cases)

    assert len(placed) == len(real.cases)
    for number, a in enumerate(placed):
        assert 0 < a.mark_x < 700
        assert 0 < a.mark_y < 640
        for b in placed[number + 1 :]:
            assert ((a.mark_x - b.mark_x) ** 2 + (a.mark_y - b.mark_y) ** 2) ** 0.5 > APART - 1.5


def test_the_map_links_every_case_twice(client: FlaskClient) -> None:
    page = client.get("/carte").text

    assert page.count('href="/cas/boisjoli"') >= 2
    assert "/cas/petitbourg" in page  # no place known: in the list only


def test_figures_come_with_table_source_and_citation(client: FlaskClient) -> None:
    page = client.get("/reperes").text

    for text in ("<rect", "Tableau et citation", "Diaporama", "#sources-d-information", ".csv"):
        assert text in page


def test_a_chart_tells_each_value_in_words_and_draws_it_to_scale(corpus: Corpus, client: FlaskClient) -> None:
    charts = [chart for d in corpus.practices if d.practice for chart in d.practice.charts]
    page = client.get("/reperes").text

    assert charts

    for chart in charts:
        top = 100 if chart.unit == "%" else max(value.value for value in chart.values)
        drawn = page.partition(f'id="{chart.id}"')[2].partition("</ul>")[0]
        widths = [float(width) for width in re.findall(r'<rect class="bar" width="([\d.]+)%"', drawn)]
        assert widths == pytest.approx([100 * value.value / top for value in chart.values], abs=0.06)
        words = [" ".join(row.split()) for row in re.findall(r"<li>(.+?)\s: <strong>", drawn)]
        assert words == [" ".join(value.label.split()) for value in chart.values]


def test_the_panorama_shows_each_passage_or_names_who_is_silent(real: Corpus) -> None:
    for phase in panorama(real, render):
        for cell in phase.cells:
            told = [passage.document for passage in cell.passages]
            assert {*told, *cell.silent} == {
                d for d in real.cases if d.case and d.case.collectivity.type == cell.type.slug
            }
            assert all((d.section(phase.anchor) is not None) == (d in told) for d in (*told, *cell.silent))
            assert all(20 < len(passage.text) <= LONGEST + 1 for passage in cell.passages)


def test_the_panorama_leads_to_the_section_of_a_case(client: FlaskClient) -> None:
    page = client.get("/panorama").text

    assert 'href="/cas/boisjoli#evaluation-et-resultats"' in page
    assert "Rien dans la fiche de" in page


FULL = "La Ville a d’abord comparé trois outils pendant un an."


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"Les essais\n{FULL} Et après ?", FULL),
        (f"Voici comment :\nun point ;\n{FULL}", FULL),
        (f"L’équipe. {FULL}", f"L’équipe. {FULL}"),
        ("Un seul mot", ""),
        ("", ""),
    ],
)
def test_an_opening_says_something_by_itself(text: str, told: str) -> None:
    assert opening(text) == told
