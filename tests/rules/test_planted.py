"""One case more among the real documents, as a new editor writes it, then forty-odd mistakes at once."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from kb.content.fixing import fix_text
from kb.editing.docs import RULES

Kb = Callable[..., Result]
REAL = Path(__file__).parents[2] / "content"
CASE, NOTE_NAME = "cases/saint-exemple.md", "practices/voter-en-ligne.md"

TEXT = fix_text("""\
---
id: cas-9016
title: "Saint-Exemple : un vote en ligne après dix ans de réunions"
summary: La ville remplace ses réunions de quartier par un vote en ligne, puis revient aux deux.
lessons:
  keep: {text: Garder les deux, section: limites-et-enseignements, source: fiche-p5}
  avoid: {text: Renoncer à se voir, section: organisation-et-moyens, source: presse}
collectivity:
  name: Ville de Saint-Exemple
  also_known_as: [Saint-Exemple]
  type: commune
  codes: {insee: "49007", siren: "214900078", departement: "49"}
  department: Maine-et-Loire
  region: Pays de la Loire
  population: {value: 41000, year: "2019", source: fiche-p1}
  location: {lat: 47.4712, lon: -0.5476, source: fiche}
themes: [evaluation, budget-participatif]
tool_types: [forum]
questions:
  - {text: Faut-il garder les réunions ?, section: limites-et-enseignements}
  - {text: Combien de gens viennent ?, section: en-bref}
  - {text: Que coûte le vote ?, section: organisation-et-moyens}
  - {text: Qui suit le vote ?, section: organisation-et-moyens}
platforms:
  - name: Saint-Exemple ensemble
    vendor: Cap Collectif
    since: "2018"
    until: "2020"
    source: fiche-p2
team: {size: 2.5, unit: ETP, label: "deux agents et un mi-temps (2,5 ETP)", source: fiche-p2}
costs:
  - {label: Plateforme, role: outil, amount: [5000, 8000], per: an, year: "2019", source: fiche-p3}
  - {label: Concertation, role: budget, amount: 30000, source: fiche-p3}
sources:
  - {id: fiche, title: Fiche de la ville, date: "2020", kind: fiche, pages: "9"}
  - id: presse
    title: Un vote, deux voix
    date: "2019-06-02"
    accessed: "2020-01-15"
    kind: presse
review:
  status: brouillon
  date: "2020-11-20"
aliases: [saint-exemple-ville]
---

## En bref

La ville ouvre un vote en ligne en 2018[^fiche-p1].

## Contexte

Les réunions de quartier rassemblent 30 personnes[^presse].

## Le dispositif

Le forum s’ouvre le 30 juin 2019[^fiche-p2]. Voir [Angers](angers.md#en-bref).

### Le vote

La ville parle d’une « boîte à outils » pour tous.

![La salle du vote, vide](salle.png)

Elle propose :

- un site ;
- une urne.

## Organisation et moyens

Le vote coûte 12 % du budget, soit 5 000 € [^fiche-p3].

Deux équivalents temps plein (ETP) le suivent[^fiche-p2].

Le comité est au cœur du vote[^fiche].

Voici les votes[^fiche-p4].

| Vote | Voix |
|---|---|
| Papier | 30 |
| En ligne | 12 |
| Total | 42 |

## Limites et enseignements

La ville revient aux réunions[^fiche-p5]. Elle garde **le vote**.
""").replace("\u00a0€ [^", "\u00a0€[^")

NOTE = fix_text("""\
---
id: pra-9099
title: Voter en ligne
kind: repere
summary: Ce que le vote en ligne change, et ce qu’il ne change pas.
themes: [evaluation]
illustrated_by:
  - {case: saint-exemple, section: en-bref, why: la ville le raconte}
charts:
  - {id: voix, title: Voix, unit: "%", values: [{label: Oui, value: 12}], source: fiche}
sources: [{id: fiche, title: Fiche de la ville, kind: fiche}]
review: {status: brouillon, date: "2020-11-20"}
---

## Les chiffres

Le vote en ligne attire les mêmes personnes[^fiche].
""")

#: (rule, what stands in the case, what is planted instead)
PLANTED = [
    ("identifiant", "id: cas-9016", "id: cas-03"),
    ("resume-et-titre", "dix ans de réunions", "dix ans de réunions."),
    ("termes", "type: commune", "type: comune"),
    ("codes", 'insee: "49007"', 'insee: "94007"'),
    ("fourchettes", "value: 41000", "value: 410000000"),
    ("coordonnees", "lat: 47.4712, lon: -0.5476", "lat: -0.5476, lon: 47.4712"),
    ("termes", "[evaluation, ", "[evaluaton, "),
    ("champ", "tool_types: [forum]", "tool_tipes: [forum]"),
    ("questions", "réunions\u202f?, section: limites-et", "réunions\u202f?, section: limite-et"),
    ("lecons", "voir, section: organisation-et-moyens", "voir, section: organisation-et-moyen"),
    ("questions", "Qui suit le vote\u202f?", "Ceux qui suivent le vote"),
    ("une-seule-graphie", "vendor: Cap Collectif", "vendor: CAP Collectif"),
    ("dates", 'until: "2020"', 'until: "2017"'),
    ("pages", "source: fiche-p2\nteam", "source: fiche-p12\nteam"),
    ("guillemets-droits", 'label: "deux agents', 'label: "deux \\"agents\\"'),
    ("fourchettes", "[5000, 8000]", "[8000, 5000]"),
    ("champ", 'date: "2019-06-02"', 'date: "2019-06-31"'),
    ("roles-des-montants", "label: Concertation", "label: Enveloppe des quartiers"),
    ("unite-de-l-equipe", "(2,5 ETP)", "(2,5 postes)"),
    ("valeur-ambigue", 'accessed: "2020-01-15"', "accessed: 2020-01-15"),
    (
        "source-inutile",
        "    kind: presse\n",
        "    kind: presse\n  - {id: s9, title: Jamais citée, kind: presse}\n",
    ),
    ("relecture", 'date: "2020-11-20"', 'date: "2026"'),
    ("anciens-noms", "aliases: [saint-exemple-ville]", "aliases: [angers]"),
    ("champ-en-double", "  region: Pays", "  department: Ain\n  region: Pays"),
    ("debut-du-texte", "## En bref\n\nLa ville ouvre", "La ville ouvre"),
    ("chiffre-sans-source", "en ligne en 2018[^fiche-p1].", "en ligne en 2018."),
    ("sections", "## Contexte", "## Contexe"),
    ("sigles", "Les réunions de quartier", "Les réunions de quartier, avec une AMO,"),
    ("source-inconnue", "30 personnes[^presse]", "30 personnes[^press]"),
    ("jours", "le 30 juin 2019", "le 31 juin 2019"),
    ("liens", "angers.md#en-bref", "angers.md#en-breff"),
    ("titres", "### Le vote", "##### Le vote"),
    ("typographie", "d’une «\u202fboîte", "d'une «\u202fboîte"),
    ("images", "![La salle du vote, vide](salle.png)", "![](salle.png)"),
    ("listes-et-tableaux", "Elle propose\u00a0:\n\n-", "Elle propose\u00a0:\n-"),
    ("nombres", "12\u00a0%", "12%"),
    ("nombres", "5\u202f000\u00a0€", "5000€"),
    ("place-de-l-appel", "(ETP) le suivent[^fiche-p2].", "(ETP) le suivent.[^fiche-p2]"),
    ("ligatures", "au cœur", "au coeur"),
    ("suite-d-appels", "du vote[^fiche].", "du vote" + "[^fiche]" * 5 + "."),
    ("phrases-longues", "pour tous.", f"pour tous{', et pour chacun de ses quartiers' * 8}."),
    ("totaux", "| Total | 42 |", "| Total | 52 |"),
    ("listes-et-tableaux", "| Papier | 30 |", "| Papier | 30 | 4 |"),
    ("html", "**le vote**", "<b>le vote</b>"),
    ("texte-brut", "Voici les votes[^fiche-p4]", "Voici [[les votes]][^fiche-p4]"),
    ("a-completer", "La ville revient aux réunions", "À COMPLÉTER\u00a0: ce que la ville garde"),
]
IN_NOTE = [
    ("illustrations", "section: en-bref", "section: en-breff"),
    ("graphiques", "value: 12", "value: 120"),
]
#: (rule, path, what stands there, what is planted instead: its last line is the one to mend)
IN_OTHERS = [
    (
        "taxonomie",
        "taxonomy.yaml",
        "glossary:\n",
        "glossary:\n" + "  - {slug: vote, label: Vote, definition: Un choix.}\n" * 2,
    ),
    ("site", "site.yaml", "  - {path: /carte, label: Carte}\n", "  - {path: /cas/, label: Carte}\n"),
    (
        "adresses",
        "adresses/cas-01.yaml",
        "slugs: [angers]\nanchors:\n",
        "slugs: [angers]\nanchors:\n  les-moyens: les-moyens\n",
    ),
    (
        "rapports",
        "rapports.yaml",
        "rapports: []\n",
        "rapports:\n  - title: Dix ans de votes\n    cites: [cas-9999]\n",
    ),
]
#: (rule, path, text, bytes or `-> ` and where a link leads, line)
FILES: list[tuple[str, str, str | bytes, int]] = [
    ("nom-de-fichier", "cases/Sàint.md", TEXT.replace("cas-9016", "cas-9097"), 1),
    ("nom-unique", "practices/saint-exemple.md", NOTE.replace("pra-9099", "pra-9098"), 1),
    ("fichiers-oublies", "cases/saint.markdown", TEXT, 1),
    (
        "yaml",
        "cases/deux-points.md",
        TEXT.replace('title: "Saint-Exemple\u00a0: un vote', 'title: A: b "'),
        3,
    ),
    ("en-tete", "cases/ouvert.md", TEXT.split("---\n\n")[0], 1),
    ("encodage", "cases/latin.md", TEXT.encode("latin-1", "replace"), 3),
    ("lien", "cases/lien.md", "-> angers.md", 1),
    ("taille", "cases/gros.md", TEXT + "Trop. " * 200_000, 1),
]


@pytest.fixture
def clone(kb: Kb, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The real content with a new case and its note, published, in a folder of its own."""
    folder = Path(shutil.copytree(REAL, tmp_path / "content"))
    (folder / CASE).write_text(TEXT, encoding="utf-8")
    (folder / "cases" / "salle.png").write_bytes(b"")
    (folder / NOTE_NAME).write_text(NOTE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    kb("permalinks", "--record", "--content", "content")
    return Path("content")


def planted(text: str, mistakes: list[tuple[str, str, str]]) -> tuple[str, list[tuple[str, int]]]:
    """(the text with all mistakes, rule and line of each)."""
    for _, old, new in mistakes:
        assert old in text, old
        text = text.replace(old, new, 1)
    lines = []
    for rule, old, new in mistakes:
        start = text.index(new)
        shared = len(new) - len(new.lstrip("\n"))
        while shared < min(len(old), len(new)) and old[shared] == new[shared]:
            shared += 1
        lines.append((rule, text.count("\n", 0, start + min(shared, len(new) - 1)) + 1))
    return text, lines


def test_a_new_case_raises_no_alarm_and_neither_do_the_others(kb: Kb, clone: Path) -> None:
    result = kb("check", "--content", clone)

    assert result.output.splitlines()[-1] == f"{len(list(clone.glob('*/*.md')))} fiches, aucun problème"


def test_every_planted_mistake_is_told_at_once_by_file_line_and_remedy(kb: Kb, clone: Path) -> None:
    wanted = plant(clone)
    assert len(wanted) >= 40
    assert {rule for _, rule, _ in wanted} == set(RULES)

    result = kb("check", "--json", "--content", clone)

    problems = [problem for problem in json.loads(result.output) if problem["level"] == "erreur"]
    told = {(problem["path"], problem["rule"], problem["line"]) for problem in problems}
    assert result.exit_code == 1
    assert [place for place in wanted if place not in told] == []
    assert [problem for problem in problems if not problem["hint"]] == []
    assert {path for path, _, _ in told} == {path for path, _, _ in wanted}, "nothing else is accused"


#: what an editor may run next; the mistakes are in the way of none of it
OTHERS = [
    ("fix",),
    ("terms",),
    ("terms", "rename", "evaluation", "mesure"),
    ("links", "--offline"),
    ("new", "case", "autre-ville"),
    ("new", "practice", "autre-note"),
    ("show", "angers"),
    ("permalinks", "--record"),
    ("index",),
    ("search", "budget"),
]


def test_no_other_command_stumbles_over_the_mistakes(kb: Kb, clone: Path) -> None:
    plant(clone)

    results = {command: kb(*command, "--content", clone) for command in OTHERS}

    stumbled = {
        command: result.exception
        for command, result in results.items()
        if result.exception and not isinstance(result.exception, SystemExit)
    }
    assert stumbled == {}


def test_kb_fix_mends_what_is_mechanical_among_them(kb: Kb, clone: Path) -> None:
    plant(clone)

    fixed = kb("fix", "--content", clone)

    assert "+Le vote coûte 12\u00a0% du budget, soit 5000\u00a0€" in fixed.output.replace(
        "5\u202f000", "5000"
    )
    told = json.loads(kb("check", "--json", "--content", clone).output)
    assert [p for p in told if p["rule"] == "typographie" and p["path"] == f"content/{CASE}"] == []


def plant(clone: Path) -> list[tuple[str, str, int]]:
    """Write every mistake into the folder; gives (file, rule, line) of each."""
    case, in_case = planted(TEXT, PLANTED)
    note, in_note = planted(NOTE, IN_NOTE)
    wanted = [(CASE, *place) for place in in_case] + [(NOTE_NAME, *place) for place in in_note]
    (clone / CASE).write_text(case, encoding="utf-8")
    (clone / NOTE_NAME).write_text(note, encoding="utf-8")
    for rule, name, content, line in FILES:
        if isinstance(content, str) and content.startswith("-> "):
            (clone / name).symlink_to(content[3:])
        else:
            (clone / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        wanted.append((name, rule, line))
    for rule, name, old, new in IN_OTHERS:
        text = (clone / name).read_text(encoding="utf-8")
        before, found, after = text.partition(old)
        assert found, old
        (clone / name).write_text(before + new + after, encoding="utf-8")
        wanted.append((name, rule, (before + new).count("\n")))
    return [(f"content/{name}", rule, line) for name, rule, line in wanted]
