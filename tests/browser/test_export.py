"""The exported site in Chromium, from file://: it reads, searches and leads on without a server."""

from __future__ import annotations

import fcntl
import json
import re
import subprocess
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from kb.search.evaluation import evaluate, evaluate_ranking, read_judgements
from tests.browser.qa import NODE
from web.export import write_site

ROOT = Path(__file__).resolve().parents[2]
SETS = {
    name: read_judgements(ROOT / f"tests/relevance/{name}.yaml")
    for name in ("judgements", "fresh-dev", "heldout", "fresh-test", "unseen")
}


@pytest.fixture(scope="module")
def dist(real_app: Flask, shared: Path) -> Path:
    """The exported site, written once for all workers of a run."""
    folder = shared / "real-export"
    with (shared / "real-export.lock").open("w") as alone:
        fcntl.flock(alone, fcntl.LOCK_EX)
        if not folder.exists():
            assert write_site(real_app, folder).broken == ()
    return folder


def test_a_search_typed_on_the_first_page_finds_and_opens_a_passage(dist: Path, page: Page) -> None:
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto((dist / "index.html").as_uri())
    page.locator("input[name=q]").first.fill("budget participatif à Angers")
    page.keyboard.press("Enter")

    expect(page.locator("#compte")).to_contain_text("fiche")
    expect(page.locator("ol.hits h3 a").first).to_contain_text("Angers")
    page.locator("ol.hits .passage a").first.click()

    expect(page).to_have_url(re.compile("/cas/angers/index.html#"))
    assert faults == []


@pytest.mark.parametrize(
    "query",
    [
        "budjet participatif",
        "SIGNALEMENT",
        "« cahier des charges »",
        "Œuvre 10 000 €",
        "<img src=x>",
        "-decidim plateforme",
        "(((",
    ],
)
def test_whatever_is_typed_is_text(dist: Path, page: Page, query: str) -> None:
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))

    page.goto((dist / "recherche/index.html").as_uri())
    page.locator("#q").fill(query)
    page.keyboard.press("Enter")

    expect(page.locator("#compte")).to_contain_text("fiche")
    assert page.locator("main img").count() == 0
    assert faults == []


def test_a_permanent_address_leads_on_with_its_anchor(dist: Path, page: Page) -> None:
    page.goto((dist / "id/cas-01/index.html").as_uri() + "#contexte")
    page.wait_for_url("**/cas/angers/index.html#contexte")


def test_a_link_with_a_filter_filters(dist: Path, page: Page) -> None:
    page.goto((dist / "themes/evaluation/index.html").as_uri())
    page.get_by_role("link", name="Voir dans la recherche").click()

    expect(page.locator("#compte")).to_contain_text("Évaluation")


def test_a_link_with_the_former_name_of_a_term_filters_by_the_present_one(
    app: Flask, tmp_path: Path, page: Page
) -> None:
    """`budgets` is an alias of `budget-participatif` in the small content."""
    write_site(app, tmp_path / "site")

    page.goto((tmp_path / "site/recherche/index.html").as_uri() + "?theme=budgets")

    expect(page.locator("#compte")).to_contain_text("(Budget participatif)")
    expect(page.locator("ol.hits h3 a").first).to_be_visible()


ASK = """
const fs = require("fs"), vm = require("vm"), [data, script, queries] = process.argv.slice(1);
const place = { Float64Array };
place.globalThis = place;
vm.createContext(place);
for (const file of [data, script]) vm.runInContext(fs.readFileSync(file, "utf8"), place);
const search = place.engine(place.KB);
const first = ({ hits, answering }) => [hits.slice(0, 10).map((h) => h.document.slug), answering];
console.log(JSON.stringify(JSON.parse(queries).map((q) => first(search(q)))));
"""


#: nDCG@10 that the archive may lose beside the server: names inside longer queries, a nearer spelling
LOST = 0.02


@pytest.fixture(scope="module")
def found(dist: Path) -> dict[str, tuple[list[str], int]]:
    """The ten best slugs of every judged query in the archive, and how many answer."""
    queries = [judgement.q for judgements in SETS.values() for judgement in judgements]
    script = next((dist / "static").glob("archive.*.js"))
    command = [NODE, "-e", ASK, str(dist / "recherche/donnees.js"), str(script), json.dumps(queries)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, timeout=120, encoding="utf-8"
    ).stdout
    return dict(zip(queries, json.loads(done), strict=True))


@pytest.mark.parametrize("name", SETS)
def test_the_archive_answers_as_the_server_does(
    name: str, found: dict[str, tuple[list[str], int]], real_app: Flask
) -> None:
    """Here .919 .915 .909 .890 .858 (judgements, fresh-dev, heldout, fresh-test, unseen), where the server
    has .927 .901 .923 .893 .857."""
    index = real_app.extensions["kb"].snapshot.index
    must_find_nothing = {judgement.q for judgement in SETS[name] if not judgement.relevant}

    def in_archive(query: str) -> list[str]:
        slugs, answering = found[query]
        return slugs[:answering] if query in must_find_nothing else slugs

    server = evaluate(index.search, SETS[name]).overall.ndcg
    assert evaluate_ranking(in_archive, SETS[name]).overall.ndcg > server - LOST


def test_no_word_that_nobody_wrote_withholds_an_answer(dist: Path, page: Page) -> None:
    page.goto((dist / "recherche/index.html").as_uri() + "?q=plateforme+webinaire")

    expect(page.get_by_text("Dans aucune fiche : « webinaire ».")).to_be_visible()
    expect(page.locator("ol.hits h3 a").nth(9)).to_be_visible()


def test_what_only_touches_is_parted_from_what_answers(dist: Path, page: Page) -> None:
    page.goto((dist / "recherche/index.html").as_uri() + "?q=signalement+voirie")
    expect(page.get_by_role("heading", name="Fiches qui touchent seulement au sujet")).to_be_visible()

    page.goto((dist / "recherche/index.html").as_uri() + "?q=recette+de+tarte+aux+pommes")
    expect(page.get_by_text("Aucune fiche ne répond")).to_be_visible()
