"""The content itself, file by file: it loads, checks clean, renders, and its links resolve."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from kb import Loaded, load_corpus
from kb.content.checking import check
from kb.content.rendering import render
from kb.errors import Problem

CONTENT = Path(__file__).parents[2] / "content"
FILES = sorted(path.relative_to(CONTENT).as_posix() for path in CONTENT.glob("*/*.md"))

#: what design.md §2 fixes: these addresses are linked from elsewhere
CASES = """angers bordeaux-metropole grenoble-alpes-metropole metropole-europeenne-de-lille loire-atlantique
    marcq-en-baroeul merignac meudon nanterre nantes-metropole nimes-metropole paris rennes
    saint-germain-en-laye toulouse-metropole"""
PRACTICES = """benchmark-des-outils experimenter-avant-de-choisir co-construire-le-cahier-des-charges
    newsletters-dediees accompagnement-personnalise budgets-participatifs retour-des-participants
    evaluation-par-etudiants-et-citoyens recours-a-un-chercheur analyse-semantique
    restitution-lisible syntheses-participatives partage-d-experiences
    expertise-participative-et-portage-politique evaluer-les-effets inclusion-et-mediation-numerique
    enquete-et-repondants perceptions-de-la-democratie-numerique outils-et-objectifs
    couts-des-dispositifs trois-profils-de-collectivites equipes-et-competences"""


@cache
def loaded() -> Loaded:
    return load_corpus(CONTENT)


@cache
def problems() -> tuple[Problem, ...]:
    return check(loaded())


@pytest.mark.parametrize("name", FILES)
def test_a_document_loads(name: str) -> None:
    told = [str(problem) for problem in loaded().files[name].problems]

    assert told == [], "lancez : kb check"
    assert Path(name).stem in loaded().corpus.by_slug


@pytest.mark.parametrize("name", FILES)
def test_a_document_checks_clean(name: str) -> None:
    told = [str(problem) for problem in problems() if problem.path.endswith(name)]

    assert told == [], "lancez : kb check, puis kb fix pour la typographie"


@pytest.mark.parametrize("name", FILES)
def test_a_document_renders_and_its_calls_lead_to_notes(name: str) -> None:
    page = render(loaded().corpus.by_slug[Path(name).stem])
    html = "".join(section.html for section in page.sections)
    back = "".join(note.backlinks for note in page.notes)

    assert all(section.text for section in page.sections)
    assert all(note.source for note in page.notes)
    assert "[^" not in html
    assert set(re.findall(r'href="#fn-([^"]*)"', html)) == {note.call for note in page.notes}
    assert set(re.findall(r'href="#(fnref[^"]*)"', back)) == set(re.findall(r'id="(fnref[^"]*)"', html))


@pytest.mark.parametrize("name", FILES)
def test_the_links_of_a_page_lead_to_pages_and_anchors(name: str) -> None:
    corpus = loaded().corpus
    page = render(corpus.by_slug[Path(name).stem])

    for section in page.sections:
        for path, anchor in re.findall(r'href="(/[^"#]*)(?:#([^"]*))?"', section.html):
            target = corpus.by_slug[path.rpartition("/")[2]]
            assert target.permalink == path
            assert not anchor or anchor in _anchors(target.slug), f"{path}#{anchor}"


def test_the_folder_as_a_whole_checks_clean() -> None:
    faults = [problem for problem in problems() if problem.level == "erreur"]
    told = [str(problem) for problem in faults if not problem.path.endswith(".md")]

    assert told == []


@pytest.mark.parametrize("slug", [*CASES.split(), *PRACTICES.split()])
def test_an_agreed_address_has_its_document(slug: str) -> None:
    kind = "cas" if slug in CASES.split() else "pratiques"

    assert loaded().corpus.by_slug[slug].permalink == f"/{kind}/{slug}"


def test_identifiers_are_unique() -> None:
    documents = loaded().corpus.documents

    assert len({document.id for document in documents}) == len(documents)


@cache
def _anchors(slug: str) -> frozenset[str]:
    page = render(loaded().corpus.by_slug[slug])
    inner = {found for section in page.sections for found in re.findall(r'id="([^"]+)"', section.html)}
    return frozenset(inner | {section.anchor for section in page.sections})


def test_a_case_that_a_theme_cites_is_filed_under_it() -> None:
    """Tags say what the text says: the introduction of a theme holds no example that its filter misses."""
    corpus = loaded().corpus
    facet = corpus.taxonomy.facet("theme")
    assert facet

    missed = [
        (term.slug, slug)
        for term in facet.terms
        for slug in re.findall(r"\(cases/([a-z-]+)\.md", term.introduction)
        if term.slug not in corpus.by_slug[slug].fields.themes
    ]

    assert missed == []
