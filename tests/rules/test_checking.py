"""The rules: each with its examples, the whole awful folder at once, and no false alarm."""

from __future__ import annotations

import datetime
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kb import load_corpus
from kb.content.checking import FOLDER_RULES, PAGE_RULES, check
from kb.content.rules.examples import EXAMPLES
from kb.content.rules.sample import CASE, written
from kb.content.taxonomy import Taxonomy
from kb.editing.docs import RULES, generated, problems_of
from kb.links.registry import LINK_RULES, check_links

HERE = Path(__file__).parents[1]
TODAY = datetime.date(2026, 11, 23)


def test_every_problem_of_the_awful_folder_is_told_with_line_and_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, golden: Callable[[str, str], None]
) -> None:
    shutil.copytree(HERE / "data" / "awful", tmp_path / "awful")  # where git knows no day of it
    monkeypatch.chdir(tmp_path)

    loaded = load_corpus(Path("awful"))
    problems = sorted((*check(loaded, TODAY), *check_links(loaded)))

    golden("awful.txt", "".join(f"{problem}  [{problem.rule}]\n" for problem in problems))
    assert all(problem.hint for problem in problems)
    assert {problem.rule for problem in problems} >= set(RULES) - {"taille", "lien", *LINK_RULES}


def test_every_rule_has_an_example_and_every_example_a_rule() -> None:
    assert set(RULES) == set(EXAMPLES)


@pytest.mark.parametrize("slug", RULES)
def test_a_bad_example_breaks_its_rule_and_no_other(slug: str) -> None:
    example = EXAMPLES[slug]

    problems = problems_of(example, example.bad)

    assert {problem.rule for problem in problems} == {slug}
    assert all(problem.hint for problem in problems)


@pytest.mark.parametrize("slug", RULES)
def test_a_good_example_breaks_no_rule(slug: str) -> None:
    assert problems_of(EXAMPLES[slug], EXAMPLES[slug].good) == ()


@pytest.mark.parametrize("rule", [*PAGE_RULES.values(), *FOLDER_RULES.values(), *LINK_RULES.values()])
def test_a_rule_is_its_docstring(rule: Callable[..., object]) -> None:
    assert rule.__doc__
    assert rule.__doc__.split("\n")[0].endswith((".", "!"))


def test_the_generated_docs_are_up_to_date() -> None:
    taxonomy = load_corpus(HERE.parent / "content").corpus.taxonomy

    stale = [
        name
        for name, text in generated(taxonomy).items()
        if not (path := HERE.parent / "docs" / name).exists() or path.read_text(encoding="utf-8") != text
    ]

    assert stale == [], "lancez : kb docs"


def test_the_schema_lists_the_terms_of_closed_facets() -> None:
    text = generated(Taxonomy(facets=()))["schema/case.json"]
    real = generated(load_corpus(HERE.parent / "content").corpus.taxonomy)["schema/case.json"]

    assert '"budget-participatif-en-ligne"' not in text.replace('"examples"', "")
    assert '"budget-participatif-en-ligne",' in real


def rules_told(folder: Path, body: str) -> list[tuple[str, int]]:
    """(rule, line of the body) of what is told of a case with this body."""
    written(folder, body if body.startswith("## ") else f"## En bref\n\n{body}", "texte")
    start = CASE[: CASE.index("## En bref")].count("\n") + (1 if body.startswith("## ") else 3)
    used = ("source-inutile",)  # the bodies below need not cite anything
    return [(p.rule, p.line - start + 1) for p in check(load_corpus(folder), TODAY) if p.rule not in used]


#: bodies that look wrong and are not
SOUND = [
    "Le vote réunit 948 personnes[^fiche-p1], dont 12 % de jeunes ; 30 l’annulent[^fiche].",
    "M. le maire (n. 4, p. 12) vote[^fiche]. Il le dit.",
    "« Nous étions 30 ! Nous voici 40 », dit-il[^fiche].",
    "Le vote (30 voix. Puis 40.) se clôt[^fiche].",
    "Le site ecrivons.angers.fr ouvre. Voir [la suite](https://exemple.fr/2019/12).",
    "Le code `a = 12` reste. Le logiciel Decidim-2, la salle C2D et l’outil X3 aussi.",
    "**Après 2019.** Rien n’est connu.",
    "Trois faits[^fiche] :\n\n- en 2018, un site ;\n- en 2019, un vote.",
    "1. Ouvrir le site.\n2. Voter.\n3. Publier.",
    "Le vote a lieu chaque année, etc.[^fiche] et le site aussi.",
    "Un fait[^fiche] ! Un autre[^fiche] ? Oui[^fiche]…",
    "Il demande : « Pourquoi ? »[^fiche]. Nul ne répond.",
    "Voici les votes[^fiche].\n\n| Vote | Voix |\n|---|---|\n| Papier | 30 |\n| Total | 30 |",
    "| Vote | Voix |\n|---|---|\n| Papier | 30 |\n\nD’après la fiche[^fiche].",
    "| Vote | Part |\n|---|---|\n| A | 33,3 % |\n| B | 66,6 % |\n| Total | 100 % |\n\nSelon elle[^fiche].",
    "| Vote | Voix |\n|---|---|\n| A | 12 |\n| B | – |\n| Total | 40 |\n\nD’après la fiche[^fiche].",
    "| Vote | Voix |\n|---|---|\n| A | 1 030 |\n| B | 412 |\n| **Total** | 1 442 |\n\nSelon elle[^fiche].",
    "Deux équivalents temps plein (ETP) suivent. Deux ETP de plus viendront.",
    "Deux ETP (équivalents temps plein) suivent.",
    "Deux équivalents\ntemps plein suivent ; un ETP vient.",
    "Une phrase coupée\nen deux lignes dit 12\nfois la même chose[^fiche].",
    "### Un titre de 2019\n\nUn fait[^fiche].\n\n### Un autre\n\nUn fait.",
    "Le 29 février 2020, le 1er mars et le 31 décembre[^fiche].",
    "Un *mot* < un autre, 3 > 2[^fiche], a<b et <https://exemple.fr/a>.",
    "```\n## titre <b> 2019\n[x](perdu.md)\n```\n\nUn fait.",
    "Voir [Bourg](bourg-exemple.md), [là](./bourg-exemple.md#en-bref) et [ici](#en-bref).",
    "Voir [la note](../practices/enquete.md#qui-repond).",
    "Il reste 2 018 500 €, 1,4 million, 20 k€ et 12,5 %[^fiche].",
    "Le quotient, 3 1/2, et la version 2.0 du site[^fiche].",
    "Posez deux ou trois questions ; des dizaines d’avis se lisent, dix fois plus lassent.",
    "Les Trente Glorieuses, le dix-neuvième arrondissement et mille et une idées.",
    "Une coexistence, un poème, un moelleux, la moelle, coefficient et Noël.",
]


@pytest.mark.parametrize("body", SOUND)
def test_a_sound_body_raises_no_alarm(tmp_path: Path, body: str) -> None:
    assert rules_told(tmp_path / "content", body) == []


#: (body, what is told of it: rule and line of the body)
UNSOUND = [
    ("Le vote réunit 948 personnes.", [("chiffre-sans-source", 1)]),
    ("Un fait[^fiche]. Un autre en 2019.\nUn dernier[^fiche].", [("chiffre-sans-source", 1)]),
    ("Un fait\nen deux lignes,\ndatant de 2019.", [("chiffre-sans-source", 3)]),
    ("- un\n- deux en 2019\n\n    suite en 2020", [("chiffre-sans-source", 2), ("chiffre-sans-source", 4)]),
    ("| A | B |\n|---|---|\n| a | 3 |", [("chiffre-sans-source", 1)]),
    ("Vingt agents suivent le vote.", [("chiffre-sans-source", 1)]),
    ("Un fait[^fiche]. Il réunit\ndeux cents personnes.", [("chiffre-sans-source", 2)]),
    ("Il compte une centaine d’avis.", [("chiffre-sans-source", 1)]),
    ("Le vote a lieu le 30 février 2020[^fiche].", [("jours", 1)]),
    ("Le vote a lieu le 29 février 2019[^fiche].", [("jours", 1)]),
    ("Il coûte 12% ou 5€[^fiche].", [("nombres", 1), ("nombres", 1)]),
    ("Il coûte 2.5 millions[^fiche].", [("nombres", 1)]),
    ("Un mot [^fiche] collé.", [("place-de-l-appel", 1)]),
    ("Un fait.[^fiche] Un autre.", [("place-de-l-appel", 1)]),
    ("Un fait ![^fiche]", [("place-de-l-appel", 1)]),
    ("Un fait[^fiche].\n\n[^fiche]: la note", [("place-de-l-appel", 3)]),
    ("Un <br> et un <span class=x>mot</span>.", [("html", 1), ("html", 1)]),
    ("Un mot.\n\n<!-- à\nremplir -->", [("html", 3)]),
    ("Un [lien](bourg-exemple.md#En-Bref).", [("liens", 1)]),
    ("Un [lien](Bourg-Exemple.md).", [("liens", 1)]),
    ("Un [lien](bourg-exemple).", [("liens", 1)]),
    ("Un [lien\nsur deux lignes](perdu.md).", [("liens", 1)]),
    ("Un [lien][x].\n\n[x]: perdu.md", [("liens", 3)]),
    ("Un [lien](data:text/html,x).", [("liens", 1)]),
    ("Un [lien](https://exemple).", [("liens", 1)]),
    ("![Un plan](plan.png)", [("images", 1)]),
    ("![Un plan](../../plan.png)", [("images", 1)]),
    ("[![](affiche.png)](bourg-exemple.md)", [("images", 1)]),
    ("Un ETP suit le vote.", [("sigles", 1)]),
    ("Le comité est un voeu, une Oeuvre, un noeud.", [("ligatures", 1), ("ligatures", 1), ("ligatures", 1)]),
    ("## En bref\n\nUn.\n\n## en bref\n\nDeux.", [("sections", 5)]),
    ("## Évaluation et resultats\n\nUn.", [("sections", 1)]),
    ("## Limites et enseignements\n\nUn.\n\n## Contexte\n\nDeux.", [("sections", 5)]),
    ("## Contexte\n\n### Rien\n\n## Le dispositif\n\nUn.", [("sections", 1)]),
    ("## En bref\n\nUn.\n\n## \n\nDeux.", [("titres", 5)]),
    ("### Un\n\n##### Deux\n\nx", [("titres", 3)]),
    ("Titre\n=====", [("titres", 2)]),
    ("Un paragraphe\n* une liste", [("listes-et-tableaux", 2)]),
    ("| A | B |\n|---|---|\n| a |", [("listes-et-tableaux", 3)]),
    ('Un "mot" droit.', [("guillemets-droits", 1)]),
]


@pytest.mark.parametrize(("body", "expected"), UNSOUND)
def test_an_unsound_body_is_told_once_at_its_line(
    tmp_path: Path, body: str, expected: list[tuple[str, int]]
) -> None:
    assert rules_told(tmp_path / "content", body) == expected


def test_a_file_with_wrong_fields_still_has_its_text_checked(tmp_path: Path) -> None:
    written(
        tmp_path / "content",
        CASE.replace("id: cas-01\n", "").replace("plateforme[^fiche-p1]", "plateforme en 2018"),
        "fichier",
    )

    found = check(load_corpus(tmp_path / "content"), TODAY)

    assert {problem.rule for problem in found} == {"champ", "chiffre-sans-source", "source-inutile"}


def test_the_typography_of_the_taxonomy_is_checked_line_by_line(tmp_path: Path) -> None:
    terms = (
        "glossary:\n"
        "  - slug: etp\n"
        "    label: L'équivalent temps plein\n"
        "    definition: Un poste.\n"
        "    acronyms: [ETP]\n"
        "    introduction: |-\n"
        "      Un poste à temps complet.\n"
        "      Deux mi-temps ; un seul poste."
    )
    written(tmp_path / "content", terms, "taxonomie")

    found = check(load_corpus(tmp_path / "content"), TODAY)

    lines = (tmp_path / "content" / "taxonomy.yaml").read_text(encoding="utf-8").split("\n")
    assert [lines[problem.line - 1].strip() for problem in found] == [
        "label: L'équivalent temps plein",
        "Deux mi-temps ; un seul poste.",
    ]
    assert [problem.hint for problem in found] == [
        "écrivez « L’équivalent temps plein »",
        "écrivez « Deux mi-temps\u202f; un seul poste. »",
    ]


def test_progress_counts_the_files(tmp_path: Path) -> None:
    written(tmp_path / "content", CASE, "fichier")
    seen: list[tuple[int, int]] = []

    check(load_corpus(tmp_path / "content"), TODAY, lambda *step: seen.append(step))

    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_the_real_content_is_checked_in_under_two_seconds() -> None:
    start = time.process_time()

    check(load_corpus(HERE.parent / "content"))

    assert time.process_time() - start < 2


def test_a_folder_shared_among_processes_gives_the_same_problems(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(HERE / "data")
    loaded = load_corpus(Path("awful"))

    assert check(loaded, TODAY, processes=2) == check(loaded, TODAY)


#: fields of a case of 100,000 inhabitants, and what is told of each
MONEY = [
    ("costs: [{label: A, amount: 5000, source: fiche}]", "le champ « costs[1].role » manque"),
    ("costs: [{label: A, role: frais, amount: 5000, source: fiche}]", "ne peut pas valoir « frais »"),
    (
        "costs: [{label: A, role: budget, amount: 500001, per: an, source: fiche}]",
        "plus de 5 € par habitant et par an",
    ),
    (
        "costs: [{label: A, role: budget, amount: 500001, source: fiche}]",
        "plus de 5 € par habitant et par an",
    ),
    (
        "costs: [{label: A, role: outil, amount: [1000, 600000], per: an, source: fiche}]",
        "plus de 5 € par habitant et par an",
    ),
    (
        "costs: [{label: Dotation des quartiers, role: prestation, amount: 10, source: fiche}]",
        "est une enveloppe de projets",
    ),
    (
        'key_figures: [{label: Dotation annuelle, value: 10, unit: "€", source: fiche}]',
        "est une enveloppe en euros parmi les chiffres",
    ),
    (
        "team: {size: 3, unit: ETP, label: trois agents, source: fiche}",
        "l’équipe est comptée en ETP, et le libellé n’en cite aucun nombre",
    ),
    (
        "team: {size: 15, unit: ETP, label: 15 agents (la fiche ne donne pas d’ETP), source: fiche}",
        "l’équipe est comptée en ETP, et le libellé n’en cite aucun nombre",
    ),
    (
        "team: {size: 2, unit: ETP, label: une directrice et un chargé de mission, source: fiche}",
        "l’équipe est comptée en ETP, et le libellé n’en cite aucun nombre",
    ),
    (
        "team: {size: 3, unit: agents, label: 3 ETP, source: fiche}",
        "l’équipe est comptée en agents, et le libellé ne donne que des ETP",
    ),
    (
        "team: {size: 3, label: trois agents, source: fiche}",
        "« team.size » est écrit sans « team.unit »",
    ),
    (
        "team: {unit: agents, label: trois agents, source: fiche}",
        "« team.unit » est écrit sans « team.size »",
    ),
]
SOUND_MONEY = [
    "costs: [{label: A, role: budget, amount: 500000, per: an, source: fiche}]",
    "costs: [{label: A, role: outil, amount: 900000, per: unique, source: fiche}]",
    "costs: [{label: A, role: enveloppe, amount: 100000000, per: an, source: fiche}]",
    "costs: [{label: A, role: personnel, amount: 600000, per: an, source: fiche}]",
    "team: {size: 3, unit: ETP, label: trois agents (3 ETP), source: fiche}",
    "team: {size: 10, unit: ETP, label: dix équivalents temps plein, source: fiche}",
    "team: {size: 15, unit: agents, label: 15 agents (la fiche ne donne pas d’ETP), source: fiche}",
    "team: {label: le service de la communication, source: fiche}",
]


def _told_of(fields: str, folder: Path) -> list[str]:
    place = "collectivity: {name: Ville-Exemple, type: commune, population: {value: 100000, source: fiche}}"
    written(folder, f"{place}\n{fields}", "champs")
    return [problem.message for problem in check(load_corpus(folder), TODAY)]


@pytest.mark.parametrize(("fields", "told"), MONEY)
def test_money_and_staff_that_would_be_compared_wrongly_are_refused(
    fields: str, told: str, tmp_path: Path
) -> None:
    messages = [" ".join(message.split()) for message in _told_of(fields, tmp_path)]

    assert len(messages) == 1
    assert told in messages[0]


@pytest.mark.parametrize("fields", SOUND_MONEY)
def test_sound_money_and_staff_are_taken(fields: str, tmp_path: Path) -> None:
    assert _told_of(fields, tmp_path) == []
