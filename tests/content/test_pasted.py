"""What people type and paste works as meant, or `kb check` tells it, or `kb fix` mends it."""

from __future__ import annotations

import pytest

from kb.content.checking import check
from kb.content.fixing import fix_text
from kb.content.loading import load_corpus
from kb.content.nesting import nested
from kb.content.parsing import parse_text
from tests.content.test_rendering import rendered

HEAD = "---\nid: cas-90\ntitle: {title}\n---\n\n## En bref\n\n{body}\n"


def told(tmp_path_factory: pytest.TempPathFactory, body: str) -> list[str]:
    root = tmp_path_factory.mktemp("base") / "content"
    (root / "cases").mkdir(parents=True)
    text = HEAD.format(title="Une ville", body=body)
    (root / "cases" / "essai.md").write_text(text, encoding="utf-8")
    return [problem.message for problem in check(load_corpus(root)) if problem.rule == "texte-brut"]


@pytest.mark.parametrize(
    "body",
    [
        "Voir [le bilan] (https://ville.example).",
        "Voir [le bilan]  (angers.md).",
        "Voir (le bilan)[https://ville.example].",
        "Voir (la fiche)[angers.md].",
        "Voir [[angers]].",
        "Voir [[angers|la fiche]].",
        "Voir [le bilan](“https://ville.example”).",
        "•\tle site",
        "▪ le site",
        "!!! note",
        "> [!NOTE]",
        "- [ ] à faire",
        "* [x] fait",
        "un texte ~~barré~~",
        "Un mot {#ancre}",
        "Un mot {.classe}",
        "partici\u00adpation",
        "partici\u200bpation",
        "participa-\ntion citoyenne",
    ],
)
def test_what_would_stay_raw_is_told(tmp_path_factory: pytest.TempPathFactory, body: str) -> None:
    assert told(tmp_path_factory, body)


@pytest.mark.parametrize(
    "body",
    [
        "Voir [le bilan](https://ville.example) (en ligne).",
        "Un ensemble [sic] (disent-ils).",
        "`[[angers]]` et `~~x~~`",
        "```\n!!! note\n- [ ] à faire\n```",
        "peut-être, dit-\nElle",
        "Une note[^fiche] (voir plus bas).",
        "a · b",
    ],
)
def test_what_is_meant_is_left_alone(tmp_path_factory: pytest.TempPathFactory, body: str) -> None:
    assert told(tmp_path_factory, body) == []


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("Ville lance #jeparticipe", "la valeur est coupée à « #jeparticipe »"),
        ("Ville #1", "la valeur est coupée à « #1 »"),
        ("“Une ville”", "les guillemets courbes “ ” n’en sont pas"),
        ("“Une ville : un outil”", "le guillemet courbe “ n’en est pas un"),
        ("« Une ville »", "les guillemets courbes « » n’en sont pas"),
    ],
)
def test_what_yaml_takes_away_is_told_with_the_quotes_to_add(title: str, said: str) -> None:
    problems = parse_text(HEAD.format(title=title, body="Texte."), "essai.md").problems

    assert [problem.line for problem in problems] == [3]
    assert said in problems[0].message
    assert '"' in problems[0].hint


@pytest.mark.parametrize("title", ["Une ville  # à compléter", '"Ville #jeparticipe"', "C#", "Ville\u00a0#1"])
def test_a_comment_or_a_sharp_inside_a_word_is_no_fault(title: str) -> None:
    assert parse_text(HEAD.format(title=title, body="Texte."), "essai.md").problems == ()


@pytest.mark.parametrize(
    "text",
    [
        HEAD.format(title="Une ville", body="<<<<<<< HEAD\nun\n=======\ndeux\n>>>>>>> autre"),
        "<<<<<<< HEAD\n---\nid: cas-1\n=======\n---\nid: cas-2\n>>>>>>> autre\n---\n",
        HEAD.format(title="Une ville", body="<<<<<<< a\nun\n||||||| base\nzéro\n=======\ndeux\n>>>>>>> b"),
    ],
)
def test_a_conflict_of_git_is_told_alone_with_its_lines(text: str) -> None:
    (problem,) = parse_text(text, "essai.md").problems

    assert problem.message.startswith("marques de conflit de git aux lignes")
    assert problem.rule == "conflit"


@pytest.mark.parametrize(
    ("pasted", "mended"),
    [
        ("Trois\u00a0:\n•\tle site\n•\tles ateliers", "Trois\u00a0:\n\n- le site\n- les ateliers"),
        ("▪ un\n▪ deux", "- un\n- deux"),
        ("partici\u00adpation", "participation"),
        ("partici\u200bpation\ufeff", "participation"),
        ("```\n•\tun\n```", "```\n•\tun\n```"),
    ],
)
def test_what_word_and_pdf_leave_is_mended_once(pasted: str, mended: str) -> None:
    text = HEAD.format(title="Une ville", body=pasted)

    assert fix_text(text) == HEAD.format(title="Une ville", body=mended)
    assert fix_text(fix_text(text)) == fix_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "- le site :\n  - les avis ;\n  - les votes ;\n- les ateliers.",
        "- le site :\n   - les avis ;\n   - les votes ;\n- les ateliers.",
        "- le site :\n    - les avis ;\n    - les votes ;\n- les ateliers.",
        "1. le site :\n   - les avis ;\n   - les votes ;\n2. les ateliers.",
    ],
)
def test_lists_in_lists_are_nested_however_they_are_indented(text: str) -> None:
    html = rendered(text).sections[0].html

    assert html.count("<li>") == 4
    assert html.count("<ul>") + html.count("<ol>") == 2


@pytest.mark.parametrize("text", ["- a\n" * 300, "".join(f"{' ' * 2 * n}- a\n" for n in range(300)), " - a"])
def test_nesting_is_bounded(text: str) -> None:
    assert max(len(line) - len(line.lstrip()) for line in nested(text).split("\n")) <= 32
