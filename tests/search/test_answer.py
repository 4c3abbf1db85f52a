"""What the fields answer: a place and a need give the figure in sight, with its perimeter and source."""

from __future__ import annotations

from itertools import pairwise

import pytest

from kb.search.index import Index
from kb.search.query import SearchQuery

ASKED = [
    ("coût Rennes", "190 000"),
    ("Toulouse coût", "160 000"),
    ("Angers combien d’agents", "8 ETP"),
    ("Bordeaux effectif", "4 agents"),
    ("Meudon budget", "30 000"),
    ("prestataire Meudon", "Cap Collectif"),
    ("logiciel Lille", "Decidim"),
    ("habitants de Nantes", "630 000"),
    ("votants Angers", "9 498"),
    ("équipe Mérignac", "3 ETP"),
    ("coût Grenoble", "10 000 à 20 000"),
    ("budget Saint-Germain", "3 000"),
    ("Loire-Atlantique effectif", "5,3 ETP"),
    ("prix de la plateforme de Nanterre", "10 000 à 20 000"),
    ("quand a ouvert la plateforme de Nanterre", "juillet 2018"),
    ("qui a évalué Marcq-en-Barœul", "étudiants"),
    ("Paris budget participatif enveloppe", "100 000 000"),
    ("combien d’habitants à Meudon", "47 000"),
    ("budgt Rennes", "190 000"),
    ("outil Angers", "Écrivons Angers"),
]


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


@pytest.mark.parametrize(("text", "figure"), ASKED)
def test_a_place_and_a_need_give_the_figure_with_its_source(served: Index, text: str, figure: str) -> None:
    facts = served.search(SearchQuery(text)).facts

    assert figure in " · ".join(plain(f"{fact.value} {fact.scope}") for fact in facts)
    assert len({fact.slug for fact in facts}) == 1
    assert all(fact.source and fact.need and fact.label for fact in facts)


def test_without_a_name_the_cases_of_the_type_asked_give_amounts_of_one_role(served: Index) -> None:
    facts = served.search(SearchQuery("combien coûte une plateforme pour une métropole")).facts

    assert {fact.slug for fact in facts} == {
        "grenoble-alpes-metropole",
        "metropole-europeenne-de-lille",
        "bordeaux-metropole",
    }
    assert {fact.need for fact in facts} == {"Coût de l’outil"}


def test_who_evaluated_leaves_out_those_where_nobody_did(served: Index) -> None:
    facts = served.search(SearchQuery("qui a évalué sa plateforme")).facts

    assert "nanterre" in {fact.slug for fact in facts}
    assert not [fact for fact in facts if fact.value.startswith("pas ")]


def test_a_software_or_a_vendor_gives_those_who_use_it(served: Index) -> None:
    facts = served.search(SearchQuery("qui utilise Decidim")).facts

    assert {"angers", "nanterre", "toulouse-metropole"} <= {fact.slug for fact in facts}
    assert all("Decidim" in fact.scope for fact in facts)


@pytest.mark.parametrize(
    "text",
    [
        "Qui utilise Decidim, Cap Collectif, Consul ?",
        "Cap Collectif ou Decidim",
        "prestataire decidim cap collectif",
        "les logiciels Cap Collectif et Decidim, qui s’en sert",
    ],
)
def test_two_softwares_give_all_who_use_either_one_name_after_the_other(served: Index, text: str) -> None:
    told = [fact.slug for fact in served.search(SearchQuery(text)).facts]
    alone = [
        {fact.slug for fact in served.search(SearchQuery(name)).facts}
        for name in ("Decidim", "Cap Collectif")
    ]

    assert all(alone), alone
    assert set(told) == set.union(*alone)
    names = ["Decidim" if slug in alone[0] else "Cap Collectif" for slug in told]
    assert len([1 for a, b in pairwise(names) if a != b]) == 1


@pytest.mark.parametrize("text", ["masse salariale Angers", "salaires à Angers", "Angers, coût du personnel"])
def test_words_of_a_need_ask_for_it_whether_or_not_a_document_holds_them(served: Index, text: str) -> None:
    first = served.search(SearchQuery(text)).facts[0]

    assert (first.slug, first.need, plain(first.value)) == ("angers", "Salaires", "environ 200 000 €")


@pytest.mark.parametrize(
    "text", ["budget participatif", "équipe", "habitants", "plateforme de participation", "restitution", ""]
)
def test_a_word_that_is_part_of_a_subject_asks_for_no_field(served: Index, text: str) -> None:
    assert served.search(SearchQuery(text)).facts == ()


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("restitution", "Restitution"),
        ("AMO", "Assistance à maîtrise d’ouvrage"),
        ("c’est quoi un budget participatif ?", "Budget participatif"),
        ("open source", "Logiciel libre"),
    ],
)
def test_a_query_that_is_a_term_is_told_what_it_means(served: Index, text: str, label: str) -> None:
    definition = served.search(SearchQuery(text)).definition

    assert definition and definition.label == label


def test_a_term_beside_other_words_is_not_defined(served: Index) -> None:
    assert served.search(SearchQuery("restitution à Rennes")).definition is None


def test_only_the_first_page_tells_facts(served: Index) -> None:
    assert served.search(SearchQuery("coût Rennes", page=2)).facts == ()
