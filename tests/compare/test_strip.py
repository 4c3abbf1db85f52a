"""The facts at a glance: what is shown is what the file says, and nothing else."""

from typing import get_args

import pytest

from kb import Corpus
from kb.compare.facts import NEEDS
from kb.compare.strip import strip_of
from kb.content.taxonomy import NeedField


def told(corpus: Corpus, slug: str) -> dict[str, str]:
    return {fact.label: fact.value for fact in strip_of(corpus.by_slug[slug])}


def test_a_strip_tells_the_facts_of_the_file_each_with_its_source(corpus: Corpus) -> None:
    facts = strip_of(corpus.by_slug["boisjoli"])

    assert [(f.label, f.value.replace("\u202f", " ").replace("\u00a0", " "), f.source) for f in facts] == [
        ("Habitants", "12 000", "fiche-p1"),
        ("Outil", "Boisjoli ensemble", "fiche-p1"),
        ("Prestataire", "fait en interne", "fiche-p1"),
        ("Budget", "environ 4 000 €", "fiche-p2"),
        ("Coût de l’outil", "900 € par an", "fiche-p2"),
        ("Équipe", "1,5 ETP", "fiche-p2"),
    ]
    assert facts[3].note == "période non précisée, Concertation, hors salaires"
    assert facts[3].aside == "période non précisée", "a list shows what the amount cannot be read without"


def test_what_nobody_documented_is_left_out(corpus: Corpus) -> None:
    assert "Habitants" not in told(corpus, "petitbourg")


def test_a_tool_that_is_paid_is_told_where_no_budget_is_known(real: Corpus) -> None:
    assert "Budget" not in told(real, "merignac")
    assert told(real, "merignac")["Coût de l’outil"].startswith("environ 50")


def test_of_several_tools_the_first_is_named_and_the_others_counted(real: Corpus) -> None:
    assert told(real, "paris")["Outil"] == "Budget participatif et 6 autres"


@pytest.mark.parametrize(
    ("slug", "tool", "maker"),
    [
        ("nanterre", "participez.nanterre.fr", "Open Source Politics"),
        ("toulouse-metropole", "Je participe et", "Open Source Politics"),
        ("bordeaux-metropole", "participation.bordeaux-metropole.fr (site de 2016)", "Inoxia"),
    ],
)
def test_a_tool_in_service_comes_before_one_that_was_left(
    real: Corpus, slug: str, tool: str, maker: str
) -> None:
    told = {fact.label: fact for fact in strip_of(real.by_slug[slug])}

    assert told["Outil"].value.startswith(tool)
    assert told["Prestataire"].value.startswith(maker)


def test_the_price_says_which_of_several_tools_it_pays(real: Corpus) -> None:
    told = {fact.label: fact for fact in strip_of(real.by_slug["merignac"])}

    assert told["Outil"].value.startswith("Site du budget participatif")
    assert "ICI Mérignac" in told["Coût de l’outil"].aside


def test_a_practice_says_in_how_many_cases_it_was_seen_and_the_strongest_evidence(real: Corpus) -> None:
    note = real.by_slug["evaluation-par-etudiants-et-citoyens"]
    shown = note.practice.illustrated_by  # type: ignore[union-attr]

    facts = told(real, note.slug)

    assert facts["Vu dans"] == f"{len({i.case for i in shown})} cas"
    assert facts["Preuve la plus forte"] == "observé par un tiers"
    assert [i for i in shown if i.evidence == "tiers"]


def test_every_case_of_the_base_has_a_strip_and_each_fact_a_source(real: Corpus) -> None:
    for case in real.cases:
        assert strip_of(case)
        assert all(case.source(fact.source) for fact in strip_of(case))


def test_every_need_that_the_vocabulary_may_name_has_its_facts() -> None:
    assert set(NEEDS) == set(get_args(NeedField))
