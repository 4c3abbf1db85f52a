"""The vocabulary: values and labels of facets, bands, near terms, and the real taxonomy."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb import Corpus, load_corpus
from kb.content.taxonomy import Facet, Taxonomy, Term

BANDS = Facet(
    name="population",
    label="Habitants",
    field="collectivity.population.value",
    terms=(
        Term(slug="petite", label="Moins de 10 000", definition="x", upper=10_000),
        Term(slug="moyenne", label="De 10 000 à 50 000", definition="x", lower=10_000, upper=50_000),
        Term(slug="grande", label="Plus de 50 000", definition="x", lower=50_000),
    ),
)
THEMES = Facet(
    name="theme",
    label="Thème",
    field="themes",
    terms=(
        Term(slug="evaluation", label="Évaluation", definition="x", aliases=("bilan",)),
        Term(slug="restitution", label="Restitution", definition="x"),
    ),
)
OPEN = Facet(name="logiciel", label="Logiciel", field="platforms.software")

#: what design.md fixes: slugs that addresses and links rely on
FIXED = {
    "theme": """choix-du-prestataire organisation-des-demarches communication-et-mobilisation
        budget-participatif animation-et-moderation restitution evaluation inclusion-numerique
        moyens-et-couts portage-politique competences""",
    "outil": """plateforme-de-consultation budget-participatif-en-ligne cartographie-participative
        signalement questionnaire-en-ligne open-data forum wiki petition-en-ligne reseaux-sociaux
        newsletter application-mobile analyse-de-contributions instance-citoyenne""",
    "collectivite": """commune metropole communaute-d-agglomeration departement
        collectivite-a-statut-particulier""",
    "population": "moins-de-10000 10000-50000 50000-100000 100000-350000 plus-de-350000",
    "nature": "cas bonne-pratique piste repere",
    "logiciel": "",
    "prestataire": "",
    "region": "",
}


@pytest.mark.parametrize(
    ("value", "slug"),
    [
        (0, "petite"),
        (9_999, "petite"),
        (10_000, "moyenne"),
        (49_999.5, "moyenne"),
        (50_000, "grande"),
        (2_200_000, "grande"),
    ],
)
def test_a_band_holds_its_lower_bound(value: float, slug: str) -> None:
    assert [found for found, _ in BANDS.values_for((value,))] == [slug]


def test_a_closed_facet_gives_labels_and_follows_former_names() -> None:
    assert THEMES.values_for(("bilan", "restitution")) == (
        ("evaluation", "Évaluation"),
        ("restitution", "Restitution"),
    )


def test_an_open_facet_slugs_what_it_finds() -> None:
    assert OPEN.values_for(("Cap Collectif", "CAP  collectif", "Decidim")) == (
        ("cap-collectif", "Cap Collectif"),
        ("decidim", "Decidim"),
    )


def test_no_value_gives_none() -> None:
    assert OPEN.values_for(()) == ()


@pytest.mark.parametrize(
    ("typed", "near"), [("evaluaton", "evaluation"), ("Évaluation", "evaluation"), ("zzz", None)]
)
def test_the_nearest_term_of_a_typo(typed: str, near: str | None) -> None:
    assert THEMES.nearest(typed) == near


def test_a_facet_is_found_by_name_and_by_path() -> None:
    taxonomy = Taxonomy(facets=(THEMES.model_copy(update={"path": "themes"}), OPEN))

    assert taxonomy.facet("logiciel") == OPEN
    assert taxonomy.facet("zzz") is None
    assert (found := taxonomy.facet_of_path("themes")) is not None
    assert found.name == "theme"


@pytest.mark.parametrize("name", FIXED)
def test_the_terms_that_addresses_rely_on_are_there(real: Corpus, name: str) -> None:
    facet = real.taxonomy.facet(name)

    assert facet is not None
    assert set(FIXED[name].split()) <= set(facet.by_slug)


def test_every_term_of_the_real_taxonomy_is_defined(real: Corpus) -> None:
    assert [term.slug for term in real.taxonomy.terms if not term.definition.strip()] == []


@pytest.mark.parametrize("name", ["theme", "outil"])
def test_every_theme_and_tool_has_scope_and_synonyms(real: Corpus, name: str) -> None:
    facet = real.taxonomy.by_name[name]

    assert [term.slug for term in facet.terms if not (term.scope and term.synonyms)] == []


def test_every_field_that_a_facet_reads_has_values_in_the_real_documents(real: Corpus) -> None:
    empty = [
        facet.name
        for facet in real.taxonomy.facets
        if not any(document.values_of(facet.field) for document in real.documents)
    ]

    assert empty == []


@pytest.mark.parametrize("role", ["salaires", "outils", "Budget", "autre"])
def test_a_need_names_a_role_that_amounts_can_have(folder: Path, role: str) -> None:
    need = f"needs:\n  - {{field: costs, label: Salaires, role: {role}, words: [salaires]}}\n"
    path = folder / "taxonomy.yaml"
    path.write_text(path.read_text(encoding="utf-8") + need, encoding="utf-8")

    told = " ".join(map(str, load_corpus(folder).problems))

    assert f"« needs[1].role » ne peut pas valoir « {role} »" in told
    assert "valeurs permises : budget, outil, personnel, prestation, enveloppe" in told
