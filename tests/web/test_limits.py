"""Each limit of SECURITY.md, at the limit and one past it: what the visitor gets."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kb.content.slugs import slugify
from kb.search import search as searching
from kb.search.index import Index
from kb.search.matching import MAX_UNKNOWN
from kb.search.query import MAX_FILTERS, MAX_PAGE, MAX_PER_PAGE, MAX_TEXT, MAX_WORDS, SearchQuery
from kb.search.spelling import LONGEST_WORD
from kb.search.suggestions import MAX_CANDIDATES
from tests.corpora import case, index_of, note
from web.citations import MAX_SELECTED
from web.front.limits import MAX_ADDRESS, MAX_KEPT_ADDRESS

WORDS = [a + b + "me" for a in "bdfgklmnprstvz" for b in ("ra", "lo", "ni")]
LEFT_OUT = f"Seuls les {MAX_TEXT} premiers caractères ont été lus."
RAREST = f"Seuls les {MAX_WORDS} mots les plus rares ont été cherchés."


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """Notes enough to be respelt, completed and cut into passages."""
    long = [f"participation{ending}" for ending in "abcdefghijklmnopqrstuvwxy"]
    return index_of(
        tmp_path_factory.mktemp("index"),
        note("beaucoup", " ".join(long) + ". " + " ".join(WORDS)),
        case("ville", "Un budget voté. " * 40),
        note("autre", "urbanisme consultation territoire participatif cartographie signalement plateforme"),
    )


def test_an_address_at_the_limit_is_answered_and_one_past_it_is_414(client: FlaskClient) -> None:
    room = MAX_ADDRESS - len("/recherche") - len("q=")

    at, past = (client.get(f"/recherche?q={'a' * length}") for length in (room, room + 1))

    assert at.status_code == 200
    assert past.status_code == 414
    assert "Adresse trop longue" in past.text
    assert client.get(f"/api/v1/search?q={'a' * MAX_ADDRESS}").content_type == "application/problem+json"


def test_a_long_address_is_answered_and_not_kept(client: FlaskClient) -> None:
    room = MAX_KEPT_ADDRESS - len("/recherche") - len("q=")

    at, past = (client.get(f"/recherche?q={'b' * length}") for length in (room, room + 1))

    assert at.headers["Cache-Control"] != "no-store"
    assert past.headers["Cache-Control"] == "no-store"
    assert past.status_code == 200


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_body_past_16_kb_is_413_and_below_changes_nothing(client: FlaskClient, method: str) -> None:
    most = client.application.config["MAX_CONTENT_LENGTH"]

    at, past = (client.open(f"/?{n}", method=method, data=b"x" * n).status_code for n in (most, most + 1))

    assert at == {"GET": 200, "POST": 405}[method]
    assert past == 413


def test_the_text_of_a_query_is_read_to_its_limit_and_the_page_says_so(client: FlaskClient) -> None:
    text = "vote " * (MAX_TEXT // 5)

    at, past = (client.get("/recherche", query_string={"q": q}).text for q in (text.strip(), text + "forum"))

    assert LEFT_OUT not in at
    assert LEFT_OUT in past


def test_a_word_past_the_limit_is_not_searched(index: Index) -> None:
    room = "zz " * ((MAX_TEXT - len("budget")) // 3)

    assert index.search(SearchQuery(room + "budget")).total == 1
    assert index.search(SearchQuery(room + "zz zz budget")).total == 0


def test_a_page_does_not_grow_with_what_was_not_read(client: FlaskClient) -> None:
    long, longer = (len(client.get(f"/recherche?q={'zz' * count}").data) for count in (200, 2000))

    assert long == longer


def test_words_are_searched_to_their_limit_the_rarest_first_and_the_answer_says_so(index: Index) -> None:
    at, past = (index.search(SearchQuery(" ".join(WORDS[:count]))) for count in (MAX_WORDS, MAX_WORDS + 1))

    assert RAREST not in at.notices
    assert RAREST in past.notices
    assert past.total == 1


def test_a_phrase_may_be_as_long_as_a_query(index: Index) -> None:
    phrase = " ".join(WORDS[: (MAX_TEXT - 2) // 6])

    assert len(phrase) <= MAX_TEXT - 2
    assert index.search(SearchQuery(f'"{phrase}"')).total == 1


@pytest.mark.parametrize(("count", "status"), [(MAX_FILTERS, 200), (MAX_FILTERS + 1, 400)])
def test_filters_past_the_limit_are_left_out_of_pages_and_refused_by_the_api(
    client: FlaskClient, count: int, status: int
) -> None:
    arguments = "&".join(f"logiciel=x{number}" for number in range(count))

    page = client.get(f"/recherche?{arguments}")

    assert page.status_code == 200
    assert len(set(re.findall(r'value="(x\d+)"[^>]* checked', page.text))) == MAX_FILTERS
    assert f"x{MAX_FILTERS}" not in page.text
    assert client.get(f"/api/v1/search?{arguments}").status_code == status


@pytest.mark.parametrize(
    ("argument", "status"),
    [
        (f"page={MAX_PAGE}", 200),
        (f"page={MAX_PAGE + 1}", 400),
        (f"per_page={MAX_PER_PAGE}", 200),
        (f"per_page={MAX_PER_PAGE + 1}", 400),
        ("page=0", 400),
        ("per_page=0", 400),
    ],
)
def test_numbers_past_their_limit_are_brought_back_by_pages_and_refused_by_the_api(
    client: FlaskClient, argument: str, status: int
) -> None:
    assert client.get(f"/recherche?{argument}").status_code == 200
    assert client.get(f"/api/v1/search?{argument}").status_code == status


def test_no_answer_holds_more_than_the_largest_page(index: Index) -> None:
    assert index.search(SearchQuery(per_page=10**9)).query.per_page == MAX_PER_PAGE


@pytest.mark.parametrize(("page", "status"), [(9999, 200), (10000, 400)])
def test_the_list_of_documents_has_9999_pages(client: FlaskClient, page: int, status: int) -> None:
    assert client.get(f"/api/v1/documents?page={page}").status_code == status


def test_four_cases_are_compared_and_a_fifth_is_left_out(tmp_path: Path) -> None:
    app = _site(tmp_path, cases=5)
    names = [f"ville{number}" for number in range(5)]

    pages = [
        app.test_client().get("/comparer", query_string={"cas": names[:count]}).text for count in (4, 5, 1)
    ]

    heads = [len(re.findall(r'<th scope="col">.*?/cas/ville', page, re.DOTALL)) for page in pages]
    assert heads == [4, 4, 0]


@pytest.mark.parametrize(("count", "status"), [(MAX_SELECTED, 404), (MAX_SELECTED + 1, 400)])
def test_a_selection_holds_a_hundred_documents_at_most(client: FlaskClient, count: int, status: int) -> None:
    names = "&".join(f"doc=inconnue-{number}" for number in range(count))

    assert client.get(f"/selection.bib?{names}").status_code == status


@pytest.mark.parametrize(("written", "told"), [("1234567890123", False), ("12345678901234", True)])
def test_a_number_of_a_form_has_thirteen_digits_at_most(
    client: FlaskClient, written: str, told: bool
) -> None:
    page = client.get(f"/comme-ma-collectivite?habitants={written}").text

    assert ("écrivez un nombre" in page) is told


def test_a_beginning_is_completed_from_five_letters_on_and_to_twenty_words(index: Index) -> None:
    spelling = index.searcher.matcher.spelling

    assert spelling.starting_with("part") == ()
    assert len(spelling.starting_with("parti")) == 20


def test_six_words_of_a_query_are_respelt_at_most(index: Index) -> None:
    faulty = "urbanisne consultatiom teritoire participatis cartografie signalemant platefrome"

    respelt = index.searcher.matcher.match(searching.parse(faulty)).corrections
    fewer = index.searcher.matcher.match(searching.parse(faulty.rpartition(" ")[0])).corrections

    assert len(faulty.split()) == MAX_UNKNOWN + 1
    assert len(respelt) == len(fewer) == MAX_UNKNOWN


def test_words_of_any_length_are_compared_by_their_first_letters(index: Index) -> None:
    spelling = index.searcher.matcher.spelling

    assert spelling.nearest("territoyre" + "bd" * LONGEST_WORD) == ()
    assert spelling.nearest("territoyre") == ("territoire",)


def test_suggestions_are_eight_at_most_and_read_as_much_as_a_query(client: FlaskClient, index: Index) -> None:
    assert len(client.get("/api/v1/suggest?q=e").get_json()) <= 8
    assert index.suggest("budget participatif" + " " * (MAX_TEXT - 19) + " inconnu")
    assert not index.suggest("budget participatif inconnu")
    assert MAX_CANDIDATES == 2_000


def test_a_search_out_of_time_leaves_passages_and_corrections_out_says_so_and_is_not_kept(
    client: FlaskClient, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_time = index.search(SearchQuery("budget"))
    monkeypatch.setattr(searching, "BUDGET", -1.0)

    late = index.search(SearchQuery("budget"))
    page = client.get("/recherche?q=votte+budget")

    assert in_time.hits[0].passages
    assert not in_time.cut
    assert [hit.slug for hit in late.hits] == [hit.slug for hit in in_time.hits]
    assert not any(hit.passages for hit in late.hits)
    assert index.search(SearchQuery("budgett")).correction is None
    assert slugify(searching.LATE) in slugify(page.text)
    assert page.headers["Cache-Control"] == "no-store"


def _site(folder: Path, cases: int) -> Flask:
    """The site over copies of one small case."""
    import shutil

    from tests.conftest import SMALL
    from web import create_app

    content = Path(shutil.copytree(SMALL, folder / "content"))
    model = (content / "cases" / "petitbourg.md").read_text(encoding="utf-8")
    for number in range(cases):
        text = model.replace("cas-03", f"cas-9{number}").replace("Petitbourg", f"Ville{number}")
        (content / "cases" / f"ville{number}.md").write_text(text, encoding="utf-8")
    return create_app({"CONTENT": str(content), "INDEX": str(folder / "index"), "WATCH": 0})


def test_a_scalar_given_twice_counts_once_and_a_facet_each_time(client: FlaskClient) -> None:
    twice = client.get(
        "/api/v1/search?q=vote&q=forum&per_page=1&per_page=9&theme=evaluation&theme=restitution"
    )

    found = twice.get_json()
    chosen = [value["value"] for value in found["facets"]["theme"] if value["selected"]]
    assert (found["query"], found["per_page"], len(chosen)) == ("vote", 1, 2)


def test_security_md_names_tests_that_exist_and_limits_that_are_those_of_the_code() -> None:
    root = Path(__file__).parents[1]
    text = (root.parent / "SECURITY.md").read_text(encoding="utf-8")
    tests = "\n".join(path.read_text(encoding="utf-8") for path in root.rglob("test_*.py"))

    named = set(re.findall(r"\btest_\w+(?=`)", text))
    assert [name for name in named if f"def {name}(" not in tests] == []
    table = text[text.index("## Limits") : text.index("## How we know")]
    for limit in (MAX_ADDRESS, MAX_KEPT_ADDRESS, MAX_TEXT, MAX_WORDS, MAX_UNKNOWN, LONGEST_WORD, MAX_FILTERS):
        assert f" {limit}" in table, limit
    for limit in (MAX_PAGE, MAX_PER_PAGE, MAX_CANDIDATES, MAX_SELECTED, searching.BUDGET):
        assert f" {limit}" in table, limit
