"""What a search means: words, forms, names, phrases, exclusions, and no text that breaks it."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.errors import UnknownDocumentError
from kb.search.index import Index
from kb.search.query import MAX_TEXT, MAX_WORDS, Filter, SearchQuery
from kb.search.ranking import CORRECTION, EXACT, SAME, SYNONYM
from tests.corpora import case, index_of, note

PLATFORM = {
    "name": "Écrivons Angers",
    "software": "Decidim",
    "vendor": "Open Source Politics",
    "source": "fiche",
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """Nine small documents."""
    return index_of(
        tmp_path_factory.mktemp("index"),
        case(
            "angers",
            "Le budget participatif ouvre en 2018. Des évaluations ont été menées par les élus.",
            known_as=("Écrivons Angers",),
            platforms=[PLATFORM],
            costs=[{"label": "Plateforme", "role": "outil", "amount": 20000, "per": "an", "source": "fiche"}],
        ),
        case(
            "nimes-metropole",
            "L’agglomération réunit des panels tirés au sort sur les transports.",
            name="Nîmes Métropole",
            known_as=("Agglo Forum", "Nîmes"),
        ),
        case(
            "marcq-en-baroeul",
            "Une ville du Nord fait tout elle-même, sans prestataire, pour une commune moyenne.",
            name="Marcq-en-Barœul",
        ),
        case(
            "saint-germain-en-laye",
            "La boîte à idées de ConsultVox. L’œuvre et le cœur de ville.",
            name="Saint-Germain-en-Laye",
        ),
        case(
            "lille",
            "La métropole publie ses données.",
            name="Métropole européenne de Lille",
            known_as=("MEL",),
        ),
        note(
            "budgets-participatifs",
            "Mener un budget participatif demande des règles. Angers en montre une.",
            title="Mener un budget participatif",
            themes=["budget-participatif"],
        ),
        note(
            "evaluer",
            "Faire évaluer par des étudiants. La Métropole européenne de Lille le fait aussi.",
            title="Évaluer avec des étudiants",
        ),
        note(
            "signaler",
            "Les habitants préviennent la voirie.",
            title="Signalement",
            tool_types=["signalement"],
        ),
        note(
            "couts",
            "Une plateforme coûte de 10 000 € à 20 000 €. Le communiqué de presse le dit.",
            title="Combien coûte une plateforme",
            themes=["moyens-et-couts"],
            kind="repere",
        ),
    )


def found(index: Index, text: str, **options: object) -> list[str]:
    return [hit.slug for hit in index.search(SearchQuery(text, **options)).hits]  # type: ignore[arg-type]


FIRST = [
    ("angers", "angers"),
    ("budget participatif Angers", "angers"),
    ("ecrivons angers", "angers"),
    ("agglo forum", "nimes-metropole"),
    ("aggloforum", "nimes-metropole"),
    ("nimes", "nimes-metropole"),
    ("NIMES METROPOLE", "nimes-metropole"),
    ("Marcq en Baroeul", "marcq-en-baroeul"),
    ("marcqenbaroeul", "marcq-en-baroeul"),
    ("st germain", "saint-germain-en-laye"),
    ("consultvox", "saint-germain-en-laye"),
    ("oeuvre", "saint-germain-en-laye"),
    ("œuvre", "saint-germain-en-laye"),
    ("MEL", "lille"),
    ("decidim", "angers"),
    ("budget participatif", "budgets-participatifs"),
    ("BP", "budgets-participatifs"),
    ("etudiants", "evaluer"),
    ("l'evaluation", "evaluer"),
    ("remontée de dysfonctionnements", "signaler"),
    ("dysfonctionnements", "signaler"),
    ("10000 euros", "couts"),
    ("combien coûte une plateforme ?", "couts"),
    ("tire au sort", "nimes-metropole"),
    ("agglomerations", "nimes-metropole"),
]


@pytest.mark.parametrize(("text", "slug"), FIRST)
def test_the_obvious_document_comes_first(index: Index, text: str, slug: str) -> None:
    assert found(index, text)[:1] == [slug]


def test_the_exact_form_ranks_above_the_stem_above_the_synonym(tmp_path: Path) -> None:
    texts = {
        "synonyme": "un bilan complet",
        "forme": "un évaluateur complet",
        "exact": "une évaluation complète",
    }
    with index_of(
        tmp_path, *(note(slug, text, themes=["moyens-et-couts"]) for slug, text in texts.items())
    ) as index:
        hits = index.search(SearchQuery("évaluation")).hits

    assert [(hit.slug, hit.matched[0].how) for hit in hits] == [
        (how, how) for how in ("exact", "forme", "synonyme")
    ]


def test_ways_of_meeting_a_word_weigh_in_the_agreed_order() -> None:
    assert EXACT > 0
    assert 1 > SAME > SYNONYM > CORRECTION > 0


def test_a_word_that_nobody_wrote_is_told_as_missing(index: Index) -> None:
    results = index.search(SearchQuery("budget participatif zanzibar"))

    assert results.total > 0
    assert results.all_words == 0
    assert all("zanzibar" in hit.missing for hit in results.hits)


def test_all_words_keeps_only_documents_that_hold_them_all(index: Index) -> None:
    some = index.search(SearchQuery("budget participatif étudiants"))
    every = index.search(SearchQuery("budget participatif règles", all_words=True))

    assert some.all_words == 0 < some.total
    assert [hit.slug for hit in every.hits] == ["budgets-participatifs"]
    assert every.hits[0].missing == ()


def tiers(index: Index, text: str) -> dict[str, str]:
    return {hit.slug: hit.tier for hit in index.search(SearchQuery(text, per_page=50)).hits}


def test_a_document_that_shares_only_the_commonplace_touches_and_stays_in_the_list(tmp_path: Path) -> None:
    notes = [note(f"n{i}", "La participation des habitants.") for i in range(12)]
    with index_of(tmp_path, *notes, note("rare", "La participation par hackathon.")) as index:
        results = index.search(SearchQuery("participation hackathon"))

        assert (results.total, results.answering, results.hits[0].slug) == (13, 1, "rare")
        assert [hit.tier for hit in results.hits] == ["repond"] + ["effleure"] * 12
        assert index.search(SearchQuery("participation")).answering == 13


def test_words_met_by_chance_are_listed_and_do_not_answer(tmp_path: Path) -> None:
    notes = [note(f"n{i}", "Les habitants votent.") for i in range(6)]
    apart = (note("un", "La charte permet de voter."), note("deux", "Il faut construire la confiance."))
    with index_of(tmp_path, *notes, *apart) as index:
        results = index.search(SearchQuery("charte construire zanzibar"))
        every = tiers(index, "confiance construire")

    assert (results.total, results.answering, results.unknown) == (2, 0, ("zanzibar",))
    assert every == {"deux": "repond"}


def test_a_word_that_no_document_holds_changes_nothing_but_that_it_is_named(index: Index) -> None:
    for text in ("budget participatif", "budget zanzibar participatif", "zanzibar budget participatif"):
        results = index.search(SearchQuery(text))

        assert [(hit.slug, hit.score, hit.tier) for hit in results.hits] == [
            (hit.slug, hit.score, hit.tier) for hit in index.search(SearchQuery("budget participatif")).hits
        ]
        assert results.unknown == (("zanzibar",) if "zanzibar" in text else ())


def test_where_all_words_are_unknown_nothing_is_found_and_all_are_named(index: Index) -> None:
    results = index.search(SearchQuery("Zanzibar, kubernetes et le reste"))

    assert results.total >= results.answering
    assert index.search(SearchQuery("zanzibar kubernetes")).total == 0
    assert index.search(SearchQuery("zanzibar kubernetes")).unknown == ("zanzibar", "kubernetes")


def test_a_short_word_that_nobody_wrote_does_not_count_against_the_answer(tmp_path: Path) -> None:
    notes = [note(f"n{i}", "Les habitants votent.") for i in range(6)]
    with index_of(tmp_path, *notes, note("un", "Un tirage des habitants.")) as index:
        assert tiers(index, "tirage sor") == {"un": "repond"}
        assert tiers(index, "tirage zanzibar") == {"un": "effleure"}


def test_words_in_two_sections_touch_unless_all_words_are_asked_for(tmp_path: Path) -> None:
    text = "## Contexte\n\nLe club des élus.\n\n## Limites et enseignements\n\nLe tennis ferme."
    notes = [note(f"n{i}", "Les habitants votent.") for i in range(6)]
    with index_of(tmp_path, case("ici", text), *notes) as index:
        assert tiers(index, "club de tennis") == {"ici": "effleure"}
        assert found(index, "club de tennis", all_words=True) == ["ici"]


def test_a_phrase_puts_first_the_document_that_speaks_of_its_words(tmp_path: Path) -> None:
    once = note("once", "Le conseil de développement siège. La salle ouvre chaque matin, le public entre.")
    often = note(
        "often", "Le conseil de développement siège. Le conseil débat du développement, un conseil utile."
    )
    with index_of(tmp_path, once, often) as index:
        assert found(index, '"conseil de développement"') == ["often", "once"]


def test_a_phrase_is_exact_but_blind_to_accents(index: Index) -> None:
    assert found(index, '"tires au sort"') == ["nimes-metropole"]
    assert found(index, "«\u00a0tirés au sort\u00a0»") == ["nimes-metropole"]
    assert found(index, '"tiré au sort"') == []
    assert found(index, '"sort au tirés"') == []


def test_a_phrase_that_nobody_wrote_proposes_its_words(index: Index) -> None:
    results = index.search(SearchQuery('"sort tirés"'))

    assert results.total == 0
    assert results.correction is not None
    assert (results.correction.text, results.correction.applied) == ("sort tirés", False)


def test_a_minus_excludes_a_word_or_a_phrase(index: Index) -> None:
    assert "angers" not in found(index, "budget participatif -élus")
    assert "nimes-metropole" not in found(index, 'panels -"tirés au sort"')
    assert len(found(index, "-budget")) == 9 - len(found(index, "budget"))


def test_a_query_of_stop_words_alone_is_searched_as_it_stands(index: Index) -> None:
    assert found(index, "par les") == ["angers"] or "angers" in found(index, "par les")
    assert found(index, "sans") == ["marcq-en-baroeul"]


def test_communes_are_not_taken_for_a_communique(index: Index) -> None:
    assert "couts" not in found(index, "communes")
    assert found(index, "communique") == ["couts"]


def test_an_acronym_is_widened_and_this_is_told(index: Index) -> None:
    results = index.search(SearchQuery("BP"))

    assert [(e.typed, e.label) for e in results.expansions] == [("BP", "Budget participatif")]
    assert results.hits[0].matched[0].how == "synonyme"


def test_an_alias_of_a_collectivity_finds_its_full_name_elsewhere(index: Index) -> None:
    assert found(index, "MEL") == ["lille", "evaluer"]


def test_nothing_asked_shows_everything_cases_first_then_by_title(index: Index) -> None:
    results = index.search(SearchQuery())

    assert results.total == results.all_words == 9
    assert [hit.nature for hit in results.hits] == ["cas"] * 5 + ["bonne-pratique"] * 3 + ["repere"]
    assert all(hit.passages == () for hit in results.hits)


def test_sorting_by_title_ignores_accents_and_score(index: Index) -> None:
    titles = [hit.title for hit in index.search(SearchQuery("plateforme", sort="titre")).hits]

    assert titles == ["Angers : un cas", "Combien coûte une plateforme"]


def test_pages_cut_one_order(index: Index) -> None:
    whole = found(index, "")
    cut = [slug for page in (1, 2, 3, 4, 5) for slug in found(index, "", page=page, per_page=2)]

    assert cut == whole
    assert found(index, "", page=99) == []


def test_an_explanation_sums_to_the_score_and_tells_the_place(index: Index) -> None:
    hit = index.search(SearchQuery("évaluer le budget participatif angers")).hits[0]

    told = index.explain("évaluer le budget participatif angers", hit.slug)

    assert told.score == pytest.approx(hit.score, abs=1e-5)
    assert sum(part.amount for part in told.contributions) == pytest.approx(told.score)
    assert told.place == 1
    assert "angers" in str(told)


def test_a_document_that_does_not_answer_is_explained_too(index: Index) -> None:
    told = index.explain("étudiants", "couts")

    assert told.place is None
    assert "pas dans la réponse" in str(told)


def test_an_unknown_document_is_told_with_the_nearest(index: Index) -> None:
    with pytest.raises(UnknownDocumentError, match="angers"):
        index.explain("étudiants", "anger")


def test_suggestions_hold_questions_with_their_section_and_the_synonym_that_matched(served: Index) -> None:
    offered = served.suggest("combien")
    assert any(s.type == "question" and "#" in s.target and s.text.endswith("?") for s in offered)

    assert "Budget participatif (BP)" in {s.text for s in served.suggest("bp")}
    assert "glossaire" in {s.type for s in served.suggest("équivalent temps")}
    assert len(served.suggest("e")) == 8
    assert {s.type for s in served.suggest("budget")} >= {"theme", "question"}


def test_suggestions_complete_names_terms_and_ignore_accents(index: Index) -> None:
    assert index.suggest("nim")[0].target == "nimes-metropole"
    assert ("budget-participatif", "theme") in {(s.target, s.type) for s in index.suggest("bud")}
    assert [s.target for s in index.suggest("dysf")] == ["signalement"]
    assert {s.target for s in index.suggest("evalu")} >= {"evaluer", "evaluation"}
    assert ("decidim", "logiciel") in {(s.target, s.type) for s in index.suggest("decid")}
    assert index.suggest("") == ()
    assert len(index.suggest("e", limit=2)) <= 2


def test_what_is_not_read_of_a_long_query_is_told(index: Index) -> None:
    results = index.search(SearchQuery("budget " + "a" * MAX_TEXT))
    many = index.search(SearchQuery(" ".join(f"m{i}" for i in range(60))))

    assert any(str(MAX_TEXT) in notice for notice in results.notices)
    assert any(str(MAX_WORDS) in notice for notice in many.notices)


def test_a_word_typed_from_its_beginning_on_finds_its_words(index: Index) -> None:
    assert "nimes-metropole" in found(index, "agglom")


AWFUL = [
    '"',
    '"""',
    "((((",
    "-",
    "--",
    "- budget",
    "\x00",
    "a" * 5000,
    "*",
    "?*?*",
    "theme:",
    "NOT",
    "budget AND",
    "😀",
    "«",
    "' OR 1=1 --",
    '"budget',
    "-budget",
    '-"',
    "🇫🇷 budget",
    "\u202e",
    "ﬁ",
    "İstanbul",
    "𝒃𝒖𝒅𝒈𝒆𝒕",
    "1.2.3.4",
    "9" * 180,
]


@pytest.mark.parametrize("text", AWFUL)
def test_no_odd_text_is_an_error(index: Index, text: str) -> None:
    index.search(SearchQuery(text))
    index.suggest(text)
    index.explain(text, "angers")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(max_size=400)
    | st.lists(
        st.sampled_from(
            [
                '"',
                "-",
                "budget",
                "participatif",
                "évaluation",
                "BP",
                "angrs",
                "10 000 €",
                "l'",
                "de",
                "«",
                "»",
                "zz",
                "nîmes",
            ]
        )
    ).map(" ".join)
)
def test_any_text_is_answered_in_bounded_time_with_sound_values(index: Index, text: str) -> None:
    began = time.perf_counter()

    results = index.search(SearchQuery(text))

    assert time.perf_counter() - began < 1
    assert results.all_words <= results.total
    assert [hit.score for hit in results.hits] == sorted((hit.score for hit in results.hits), reverse=True)
    for hit in results.hits:
        for passage in hit.passages:
            ends = [0, *(place for span in passage.spans for place in span), len(passage.text)]
            assert ends == sorted(ends)


def test_many_threads_get_the_same_answers(index: Index) -> None:
    texts = [text for text, _ in FIRST]
    wanted = [found(index, text) for text in texts]
    wrong: list[str] = []

    def ask() -> None:
        wrong.extend(text for text, slugs in zip(texts, wanted, strict=True) if found(index, text) != slugs)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []


def test_searching_needs_no_flask_and_its_values_no_whoosh() -> None:
    code = """
import sys, kb.search.query
assert 'whoosh' not in sys.modules
import kb.search.index
assert 'flask' not in sys.modules
"""

    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True)


def test_filters_and_words_go_together(index: Index) -> None:
    only = SearchQuery("plateforme", filters=(Filter("nature", "repere"),))

    assert [hit.slug for hit in index.search(only).hits] == ["couts"]
