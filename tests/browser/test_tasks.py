"""Ten tasks of a hurried official: from the home page, one action, and the answer is on the first screen."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

SCREEN = {"width": 1280, "height": 900}

#: (what is typed on the home page, what must be in sight)
TYPED = [
    (
        "ville de 50 000 habitants, budget participatif, sans prestataire",
        ["Marcq-en-Barœul", "fait en interne"],
    ),
    ("combien coûte une plateforme pour une métropole", ["10 000 à 20 000", "10 000 à 50 000"]),
    ("qui a évalué sa plateforme", ["un chercheur"]),
    ("toucher ceux qui n’ont pas internet", ["Inclusion|inclusion"]),
    ("qui utilise Decidim, Cap Collectif, Consul", ["Cap Collectif"]),
    ("comparer Rennes et Angers sur le coût et l’équipe", ["190 000", "20 000", "3 agents", "8 ETP"]),
    ("combien coûte une plateforme", ["20 000 € par an", "160 000 € HT pour le marché", "voir tout"]),
    ("coût de la plateforme de Meudon", ["12 000", "5 000 à 10 000", "Baromètre"]),
    ("échecs et ce que les équipes feraient autrement", ["Limites et enseignements|limite|échec"]),
]
#: (door of the home page, what must be in sight)
DOORS = [
    ("un cahier des charges", ["cahier des charges", "Vu dans"]),
    ("une modération", ["Animer et modérer", "Vu dans"]),
]


@pytest.fixture(autouse=True)
def screen(page: Page) -> None:
    """The screen of an office, the home page open."""
    page.set_viewport_size({"width": SCREEN["width"], "height": SCREEN["height"]})
    page.goto("/")


@pytest.mark.parametrize(("typed", "wanted"), TYPED)
def test_a_question_typed_is_answered_without_scrolling(page: Page, typed: str, wanted: list[str]) -> None:
    box = page.get_by_role("combobox", name=re.compile("Rechercher dans"))
    box.fill(typed)
    box.press("Enter")
    expect(page).to_have_url(re.compile("/recherche"))

    for words in wanted:
        assert in_sight(page, words), words


@pytest.mark.parametrize(("door", "wanted"), DOORS)
def test_what_one_prepares_is_a_click_away(page: Page, door: str, wanted: list[str]) -> None:
    page.get_by_role("link", name=re.compile(door)).first.click()
    expect(page).to_have_url(re.compile("/pratiques/"))

    for words in wanted:
        assert in_sight(page, words), words


@pytest.mark.parametrize(
    "typed",
    ["budget participatif", "restitution", "combien coûte une plateforme", "qui a évalué sa plateforme"],
)
@pytest.mark.parametrize(("width", "height", "least"), [(1280, 900, 3), (360, 780, 1)])
def test_the_first_hits_are_read_without_scrolling(
    page: Page, typed: str, width: int, height: int, least: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.goto(f"/recherche?q={typed}")

    titles, passages = page.locator(".hits > li h3 a"), page.locator(".hits > li > .passage")
    for number in range(least):
        for found in (titles.nth(number), passages.nth(number)):
            box = found.bounding_box()
            assert box and box["y"] >= 0 and box["y"] + box["height"] <= height, (number, box)


def in_sight(page: Page, words: str) -> bool:
    """Whether words of the main part are wholly on the screen; spaces of typography count as spaces."""
    page.wait_for_load_state()  # an address changes before its page is there
    pattern = re.compile(words.replace(" ", r"[\s\u202f\u00a0]+"))
    found: Locator = page.locator("main").get_by_text(pattern)
    for number in range(min(found.count(), 40)):
        box = found.nth(number).bounding_box()
        if (
            box
            and box["y"] >= 0
            and box["y"] + min(box["height"], 24) <= SCREEN["height"]
            and box["height"] > 0
        ):
            return True
    return False
