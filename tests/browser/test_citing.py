"""Citing a section or a figure in Chromium, with and without JavaScript."""

from playwright.sync_api import Browser, Page, expect


def test_a_section_is_cited_from_its_heading(page: Page) -> None:
    page.goto("/cas/angers")

    page.get_by_role("link", name="Citer la section « Contexte »").click()

    cited = page.locator("#citer-contexte")
    expect(cited).to_be_visible()
    expect(cited).to_be_in_viewport()
    expect(cited).to_contain_text("/id/cas-01#contexte")


def test_a_section_is_cited_without_javascript(browser: Browser, base_url: str) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=base_url, locale="fr-FR")
    page = context.new_page()
    page.goto("/pratiques/benchmark-des-outils")

    page.get_by_role("link", name="Citer la section « Pourquoi »").click()

    expect(page.locator("#citer-pourquoi")).to_be_visible()
    context.close()


def test_a_figure_shows_its_citation_beside_its_table(page: Page) -> None:
    page.goto("/reperes")
    figure = page.locator("figure.chart").first

    figure.get_by_text("Tableau et citation").click()

    expect(figure.get_by_text("Pour citer cette figure")).to_be_visible()
    expect(figure.locator("[data-copy]")).to_contain_text("/id/")


def test_a_suggestion_says_what_it_is(page: Page) -> None:
    page.goto("/")

    page.get_by_role("combobox", name="Rechercher").press_sequentially("evaluation", delay=20)

    option = page.get_by_role("option", name="Évaluation Thème", exact=True)
    expect(option).to_be_visible()
    expect(option).to_have_attribute("href", "/themes/evaluation")


def test_a_suggestion_goes_as_soon_as_one_types_on(page: Page) -> None:
    page.goto("/")
    box = page.get_by_role("combobox", name="Rechercher")
    box.press_sequentially("evaluation", delay=20)
    expect(page.get_by_role("option", name="Évaluation Thème", exact=True)).to_be_visible()

    box.press_sequentially(" zzz", delay=20)

    expect(page.get_by_role("listbox")).to_be_hidden()
