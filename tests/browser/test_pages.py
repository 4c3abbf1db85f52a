"""Every kind of page in Chromium: accessibility, valid HTML, no error, nothing from elsewhere."""

import re
import subprocess
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any, Literal

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.browser.qa import NODE, checkers

ROOT = Path(__file__).resolve().parents[2]
Axe = Callable[..., list[Any]]
Scheme = Literal["light", "dark"]
KINDS = [
    "/",
    "/recherche",
    "/recherche?q=budjet+participatif",
    "/recherche?q=zzzz&theme=evaluation&theme=-restitution",
    "/cas/",
    "/cas/angers",
    "/pratiques/",
    "/pratiques/couts-des-dispositifs",
    "/pratiques/benchmark-des-outils",
    "/themes/",
    "/themes/evaluation",
    "/collectivites/commune",
    "/carte",
    "/reperes",
    "/panorama",
    "/comparer",
    "/comparer?cas=angers&cas=rennes&cas=paris",
    "/comme-ma-collectivite?type=commune&habitants=40000&budget=10000&etp=1",
    "/a-propos",
    "/aide",
    "/glossaire",
    "/plan-du-site",
    "/accessibilite",
    "/chiffres-discutes",
    "/mentions-legales",
    "/donnees/",
    "/api",
    "/cas/angers/historique",
    "/selection?doc=angers&doc=rennes%23le-dispositif",
    "/id/cas-01/v/2099-01-01",
    "/recherche?q=co%C3%BBt+Rennes&per_page=2",
    "/recherche?q=combien+co%C3%BBte+une+plateforme&per_page=2",
    "/nulle-part",
]
WIDTHS = (320, 360, 768, 1280)
#: where axe looks, by every rule: each of the sheet's three layouts (under 640 pixels, under 960, above) and
#: each of its two sets of colours; `make soak` looks at every width in both, with and without forced colours
LOOKED_AT: dict[int, Scheme] = {320: "light", 768: "light", 1280: "dark"}
FOCUS = """() => { const e = document.activeElement; if (!e || e === document.body) return null;
 e.scrollIntoView({block: 'nearest'}); const s = getComputedStyle(e);
 const r = [...e.getClientRects()].find(r => r.width && r.height);
 const mid = (from, size, end) => (Math.max(from, 0) + Math.min(from + size, end)) / 2;
 const at = r && document.elementFromPoint(mid(r.x, r.width, innerWidth), mid(r.y, r.height, innerHeight));
 return {html: e.outerHTML.slice(0, 90), seen: s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2,
 uncovered: !!at && (e.contains(at) || at.contains(e))}; }"""
FOCUSABLE = "a[href],button,input:not([type=hidden]),select,textarea,summary,[tabindex='0']"
SPACING = """() => { const s = new CSSStyleSheet();
 s.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important;
 word-spacing: .16em !important } p { margin-bottom: 2em !important }`);
 document.adoptedStyleSheets = [s]; }"""


@pytest.mark.parametrize("path", KINDS)
def test_a_page_is_accessible_reflows_and_is_quiet(page: Page, axe: Axe, base_url: str, path: str) -> None:
    elsewhere, errors = [], []
    page.on("request", lambda r: None if r.url.startswith(base_url) else elsewhere.append(r.url))
    page.on("console", lambda m: errors.append(m.text) if m.type == "error" and "404" not in m.text else None)
    page.on("pageerror", lambda e: errors.append(str(e)))
    page.set_viewport_size({"width": WIDTHS[0], "height": 800})
    page.goto(path)

    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        if width in LOOKED_AT:
            page.emulate_media(color_scheme=LOOKED_AT[width])
            assert axe() == [], f"{width}, {LOOKED_AT[width]}"
        assert fits(page), width
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert fits(page), "text twice the size"
    page.evaluate("document.documentElement.style.fontSize = ''")
    page.set_viewport_size({"width": WIDTHS[0], "height": 640})
    page.evaluate(SPACING)
    assert fits(page), "wide text spacing"
    assert elsewhere == []
    assert errors == []


@pytest.mark.soak
@pytest.mark.parametrize("path", KINDS)
def test_every_rule_holds_at_every_width_in_every_scheme(page: Page, axe: Axe, path: str) -> None:
    page.goto(path)

    for width, scheme, forced in product(WIDTHS, ("light", "dark"), ("none", "active")):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme, forced_colors=forced)
        # under forced colours axe reads -webkit-text-fill-color, which is not what Chromium draws
        found = [fault for fault in axe() if forced == "none" or fault[0] != "color-contrast"]
        assert found == [], f"{width}, {scheme}, forced colours {forced}"


def fits(page: Page) -> bool:
    """True where nothing is to be scrolled sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_pages_are_valid_html(real_app: Flask, tmp_path: Path) -> None:
    client = real_app.test_client()
    for number, path in enumerate(KINDS):
        (tmp_path / f"{number}.html").write_text(client.get(path).text, encoding="utf-8")

    checker = checkers() / "html-validate/bin/html-validate.mjs"
    done = subprocess.run(
        [
            NODE,
            str(checker),
            "-c",
            str(ROOT / "tools/qa/htmlvalidate.json"),
            "--max-warnings",
            "0",
            *map(str, sorted(tmp_path.glob("*.html"))),
        ],
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
    )

    assert done.returncode == 0, done.stdout


def test_a_search_is_typed_filtered_and_read_without_javascript(browser: Browser, base_url: str) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=base_url, locale="fr-FR")
    page = context.new_page()
    page.goto("/")

    page.get_by_label("Rechercher dans").fill("budget participatif")
    page.get_by_role("button", name="Rechercher").click()
    expect(page).to_have_url(re.compile(r"q=budget"))
    page.get_by_label(re.compile("^Évaluation")).check()
    page.get_by_role("button", name="Appliquer les filtres").click()
    expect(page).to_have_url(re.compile(r"theme=evaluation"))
    expect(page.get_by_role("link", name="Retirer le filtre Thème : Évaluation")).to_be_visible()
    page.locator("ol.hits > li h3 a").first.click()
    expect(page).to_have_url(re.compile("/(cas|pratiques)/"))
    expect(page.get_by_role("heading", level=1)).to_be_visible()

    context.close()


def test_cases_are_chosen_and_compared_without_javascript(browser: Browser, base_url: str) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=base_url, locale="fr-FR")
    page = context.new_page()
    page.goto("/comparer")

    for name in ("angers", "rennes"):
        page.locator(f"#cas-{name}").check()
    page.get_by_role("button", name="Comparer").click()

    expect(page.get_by_role("columnheader", name="Ville de Rennes")).to_be_visible()
    expect(page.get_by_role("rowheader", name="Habitants", exact=True)).to_be_visible()
    context.close()


def test_a_town_with_a_participatory_budget_and_no_provider_is_found_in_two_actions(page: Page) -> None:
    page.goto("/")

    page.get_by_label("Rechercher dans").fill(
        "ville de 50 000 habitants, budget participatif sans prestataire"
    )
    page.keyboard.press("Enter")
    first = page.locator("ol.hits > li", has_text="Marcq-en-Barœul").first
    expect(first).to_be_visible()
    first.locator("h3 a").click()

    expect(page.get_by_text("40 000 habitants").first).to_be_visible()
    expect(page.get_by_text("webmaster").first).to_be_visible()


def test_who_evaluated_their_platform_is_found_in_two_actions(page: Page) -> None:
    page.goto("/")

    page.get_by_label("Rechercher dans").fill("qui a évalué sa plateforme, et comment")
    page.keyboard.press("Enter")
    page.locator("ol.hits > li h3 a").first.click()

    expect(page).to_have_url(re.compile("/(cas|pratiques)/"))
    expect(page.locator("main")).to_contain_text(re.compile("évaluation", re.IGNORECASE))


def test_what_a_platform_costs_a_metropole_is_found_in_two_actions(page: Page) -> None:
    page.goto("/")

    page.get_by_label("Rechercher dans").fill("combien coûte une plateforme pour une métropole")
    page.keyboard.press("Enter")
    page.locator("ol.hits > li h3 a").first.click()

    expect(page.get_by_role("heading", name=re.compile("Métropole de plus de 100 000"))).to_be_visible()


def test_the_skip_link_leads_to_the_content(page: Page) -> None:
    page.goto("/cas/angers")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Aller au contenu")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.locator("#contenu")).to_be_focused()


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/recherche?q=budget",
        "/cas/marcq-en-baroeul",
        "/comparer?cas=angers&cas=rennes",
        "/comme-ma-collectivite?type=commune&habitants=40000",
        "/carte",
    ],
)
def test_every_control_is_reached_by_keyboard_with_a_visible_focus(page: Page, path: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(path)
    count = page.evaluate(
        "s => [...document.querySelectorAll(s)].filter(e => e.checkVisibility() && !e.disabled).length",
        FOCUSABLE,
    )

    seen = []
    while len(seen) < count + 5:
        page.keyboard.press("Tab")
        state = page.evaluate(FOCUS)
        if state is None:
            break
        seen.append(state)

    assert len(seen) == count
    assert [s["html"] for s in seen if not (s["seen"] and s["uncovered"])] == []


def test_search_filter_case_and_comparison_are_walked_by_keyboard(page: Page) -> None:
    page.goto("/")

    _tab_to(page, "Rechercher dans")
    page.keyboard.type("budget participatif")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("q=budget"))
    _tab_to(page, "Métropole")
    page.keyboard.press("Space")
    _tab_to(page, "Appliquer les filtres")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("collectivite=metropole"))
    _tab_to(page, "Nantes")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/cas/nantes"))
    _tab_to(page, "Comparer ces cas")
    page.keyboard.press("Enter")

    expect(page.get_by_role("columnheader", name="Nantes")).to_be_visible()


def _tab_to(page: Page, name: str, presses: int = 300) -> None:
    """The focus goes by Tab alone to a control whose words begin so, and stays in sight."""
    for _ in range(presses):
        page.keyboard.press("Tab")
        words = page.evaluate(
            "() => { const e = document.activeElement;"
            " return (e.labels?.[0]?.textContent ?? e.getAttribute('aria-label') ?? e.textContent).trim(); }"
        )
        if words.startswith(name):
            assert page.evaluate(FOCUS)["uncovered"]
            return
    raise AssertionError(f"no control « {name} » in {presses} presses of Tab")


def test_suggestions_are_a_combobox(page: Page, axe: Axe) -> None:
    page.goto("/")
    box = page.get_by_role("combobox", name=re.compile("Rechercher dans"))

    box.press_sequentially("evalu", delay=20)
    expect(box).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", re.compile("suggestions-0"))
    assert axe() == []
    page.keyboard.press("Escape")
    expect(box).to_have_attribute("aria-expanded", "false")
    expect(box).to_have_value("evalu")
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(r"/recherche\?q=evalu$"))


def test_a_search_page_weighs_little(page: Page) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    received: list[float] = []
    session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))

    page.goto("/recherche?q=budget+participatif", wait_until="networkidle")

    assert 0 < sum(received) < 60_000


def test_a_case_prints_without_navigation(page: Page) -> None:
    page.goto("/cas/angers")
    page.emulate_media(media="print")

    expect(page.get_by_role("navigation", name="Menu principal")).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


@pytest.mark.parametrize("slug", ["paris", "rennes", "bordeaux-metropole", "nantes-metropole"])
def test_a_printed_case_is_whole_on_six_sheets(page: Page, slug: str) -> None:
    page.goto(f"/cas/{slug}")
    printed = page.pdf(format="A4", prefer_css_page_size=True)
    page.emulate_media(media="print")

    assert len(re.findall(rb"/Type\s*/Page\b", printed)) <= 6
    assert fits(page)
    for name in ("identite", "sources", "pratiques-liees"):  # folded on the screen, open on paper
        assert page.locator(f"details:has(#{name}) > :is(dl, ol, ul)").first.bounding_box()
    expect(page.locator("#citer dd").first).to_contain_text("/id/cas-")
    expect(page.locator("#citer button, .tags").first).to_be_hidden()


def test_a_printed_case_is_a_tagged_pdf_in_french(page: Page) -> None:
    page.goto("/cas/angers")

    printed = page.pdf(format="A4", tagged=True, outline=True)

    for part in (b"/StructTreeRoot", b"/Marked true", b"/Lang (fr", b"/Outlines"):
        assert part in printed


WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 780}
COMPARED = "/comparer?cas=angers&cas=rennes&cas=paris"


def test_a_phone_shows_the_menu_whole_and_without_javascript(browser: Browser, base_url: str) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=base_url, viewport=PHONE)
    page = context.new_page()
    page.goto("/")
    menu = page.get_by_role("navigation", name="Menu principal")
    expect(menu).to_be_hidden()

    page.get_by_role("link", name="Menu", exact=True).click()

    for link in menu.get_by_role("link").all():
        box = link.bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= PHONE["width"]
    menu.get_by_role("link", name="Comparer des cas").click()
    expect(page).to_have_url(re.compile("/comparer$"))
    context.close()


def test_a_comparison_has_no_window_of_its_own_and_its_header_stays(page: Page) -> None:
    page.set_viewport_size(WIDE)
    page.goto(COMPARED)
    table = page.locator("table.compare")

    assert table.evaluate("t => t.getBoundingClientRect().height") > WIDE["height"]
    assert table.locator("xpath=..").evaluate("e => e.scrollHeight - e.clientHeight") <= 1
    page.locator("th", has_text="Enveloppes de projets").scroll_into_view_if_needed()
    expect(page.get_by_role("columnheader", name="Ville de Rennes")).to_be_in_viewport()


def test_on_a_phone_a_criterion_stands_once_and_the_cases_under_one_another(page: Page) -> None:
    page.set_viewport_size(PHONE)
    page.goto(COMPARED)

    cells = page.locator("tr", has_text="Budget de la participation").first.locator("td")
    tops = [box["y"] for box in (cell.bounding_box() for cell in cells.all()) if box]
    assert tops == sorted(set(tops)) and len(tops) == 3
    told = cells.evaluate_all("cells => cells.map(c => getComputedStyle(c, '::before').content)")
    assert [name.strip('" ') for name in told] == ["Ville d’Angers", "Ville de Rennes", "Ville de Paris"]


@pytest.mark.parametrize("path", ["/recherche?q=budget+participatif", "/", "/cas/", "/themes/evaluation"])
@pytest.mark.parametrize("width", [360, 1280])
def test_no_fact_is_cut(page: Page, path: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(path)

    cut = page.locator(".facts > div, .facts dd").evaluate_all(
        "all => all.filter(e => e.scrollWidth > e.clientWidth + 1)"
        ".filter(e => getComputedStyle(e).overflow !== 'visible').map(e => e.textContent)"
    )

    assert cut == []


def test_the_panorama_says_of_every_case_what_is_known(page: Page) -> None:
    page.set_viewport_size(WIDE)
    page.goto("/panorama")

    row = page.get_by_role("row", name=re.compile("Marcq-en-Barœul"))
    expect(row.get_by_role("cell").nth(3)).to_contain_text(re.compile(r"moins de 1\s000\s€"))
    expect(row.get_by_role("cell").nth(2)).to_have_text("non renseigné")
    expect(row.get_by_role("cell").nth(5)).to_contain_text("étudiants")
