"""Front matter: strict YAML, the right line for every fault, and nothing that costs too much."""

from __future__ import annotations

import time

import pytest

from kb.content.parsing import Parsed, parse_text


def parsed(head: str, body: str = "## En bref\n\nTexte.\n") -> Parsed:
    return parse_text(f"---\n{head}\n---\n\n{body}", "f.md")


def told(head: str) -> list[tuple[int, str]]:
    return [(problem.line, problem.rule) for problem in parsed(head).problems]


#: (front matter, line, rule): what libraries pass over in silence, or tell without line or remedy
FAULTS = [
    ("a: 1\nb: 2\na: 3", 4, "champ-en-double"),
    ("a:\n  b: 1\n  c: 2\n  b: 3", 5, "champ-en-double"),
    ("a:\n  - {b: 1, b: 2}", 3, "champ-en-double"),
    ("# note\n\na: 1\n\n\nb: >-\n  deux\n\n  lignes\n\n# fin\na: 2", 13, "champ-en-double"),
    ('a: "une\n  deux\n  trois"\nb: NO', 5, "valeur-ambigue"),
    ("- un\n- deux", 2, "en-tete"),
    ("\n\n- un\n- deux", 4, "en-tete"),
    ("", 2, "en-tete"),
    ("# rien", 2, "en-tete"),
    ("a: 1\nb:\n\tc: 2", 4, "yaml"),
    ('a: 1\nb: "jamais refermé\nc: 2', 3, "yaml"),
    ("a: 1\nb: [un, deux\nc: 2", 3, "yaml"),
    ("a: 1\nb: un : deux", 3, "yaml"),
    ("a: 1\n\nb: x\x07", 4, "yaml"),
    ("a: 1\nb: &ancre x", 3, "yaml"),
    ("a: &x [1, 2]\nb: *x", 2, "yaml"),
    ("a: 1\nb: *rien", 3, "yaml"),
    ("a: 1\nb: !!python/object:os.system x", 3, "yaml"),
    ("a: 1\nb: !!python/object/apply:os.system ['ls']", 3, "yaml"),
    ("a: 1\nb: !local x", 3, "yaml"),
    ("a: 1\nb: @x", 3, "yaml"),
    ("a: 1\n? [b]\n: 2", 3, "yaml"),
    ("a: " + "[" * 30 + "]" * 30, 2, "yaml"),
    ("a: 1\nb: " + "{c: " * 30 + "1" + "}" * 30, 3, "yaml"),
]


@pytest.mark.parametrize(("head", "line", "rule"), FAULTS)
def test_a_fault_is_told_with_its_line(head: str, line: int, rule: str) -> None:
    assert (line, rule) in told(head)


@pytest.mark.parametrize("head", [head for head, _, _ in FAULTS])
def test_a_fault_is_told_in_french_with_a_remedy(head: str) -> None:
    for problem in parsed(head).problems:
        assert problem.hint
        assert not {"found", "expected", "while", "did"} & set(problem.message.split())


@pytest.mark.parametrize(
    "value",
    [
        "NO",
        "yes",
        "Off",
        "y",
        "True",
        "010",
        "0x1F",
        "12:30",
        "1_000",
        "1e3",
        "+5",
        "2018-01-29",
        "Null",
        ".5",
    ],
)
def test_a_value_read_in_two_ways_is_text_and_is_told(value: str) -> None:
    found = parsed(f"a: 1\nb: {value}")

    assert found.data["b"] == value
    assert [(p.line, p.rule) for p in found.problems] == [(3, "valeur-ambigue")]
    assert f'"{value}"' in found.problems[0].hint


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("true", True),
        ("12", 12),
        ("-3", -3),
        ("2.5", 2.5),
        ("null", None),
        ("~", None),
        ("", None),
        ('"NO"', "NO"),
        ("'010'", "010"),
        ("2018", 2018),
        ("2018-01", "2018-01"),
        ("2008-2014", "2008-2014"),
        ("1er mars", "1er mars"),
    ],
)
def test_plain_values_are_read_as_yaml_1_2(written: str, read: object) -> None:
    found = parsed(f"a: {written}")

    assert (found.data["a"], found.problems) == (read, ())


def test_a_byte_order_mark_is_told_and_the_rest_is_read() -> None:
    found = parse_text("\ufeff---\na: 1\n---\nTexte", "f.md")

    assert [(p.line, p.rule) for p in found.problems] == [(1, "encodage")]
    assert (found.data, found.body) == ({"a": 1}, "Texte")


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
def test_windows_line_ends_change_neither_values_nor_lines(newline: str) -> None:
    text = "---\na: 1\nb: >-\n  un\n  deux\nc: NO\n---\n\n## Un\n\nTexte.\n"

    found = parse_text(text.replace("\n", newline), "f.md")

    assert (found.data["b"], found.problems[0].line, found.body_line) == ("un deux", 6, 8)
    assert "\r" not in found.body


@pytest.mark.parametrize(
    "text", ["", "Texte", "## Titre\n", "--\na: 1\n--\n", " ---\na: 1\n---\n", "a: 1\n---\n"]
)
def test_a_file_without_front_matter_is_told(text: str) -> None:
    assert [(p.line, p.rule) for p in parse_text(text, "f.md").problems] == [(1, "en-tete")]


@pytest.mark.parametrize("text", ["---\n", "---\na: 1\n", "---\na: 1\n\n## Titre\n\n---- \n"])
def test_a_front_matter_without_end_is_told(text: str) -> None:
    found = parse_text(text, "f.md")

    assert "refermé" in found.problems[0].message
    assert found.body == ""


def test_the_lines_of_keys_and_items_survive_comments_and_long_texts() -> None:
    found = parsed(
        "# un\n\na: >-\n  deux\n\n  quatre\n\n\n# cinq\nb:\n  - c: 1\n\n"
        "  - c: 2   # six\n    d: |\n      x\n      y\n  - {c: 3}"
    )

    assert {path: found.lines[path] for path in [("a",), ("b",), ("b", 0), ("b", 1, "d"), ("b", 2, "c")]} == {
        ("a",): 4,
        ("b",): 11,
        ("b", 0): 12,
        ("b", 1, "d"): 15,
        ("b", 2, "c"): 18,
    }


def test_the_body_starts_at_its_line() -> None:
    found = parsed("a: 1\nb: 2")

    assert found.text.split("\n")[found.body_line - 1 :] == found.body.split("\n")


def test_a_line_of_hyphens_in_the_body_is_the_body_s() -> None:
    assert parsed("a: 1", "Un\n\n---\n\nDeux").body.endswith("---\n\nDeux")


def test_a_yaml_bomb_is_refused_at_once() -> None:
    bomb = "a: &a [x, x]\n" + "\n".join(
        f"{b}: &{b} [*{a}, *{a}, *{a}, *{a}]" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    start = time.perf_counter()

    found = parsed(bomb)

    assert (found.problems[0].rule, found.data) == ("yaml", {})
    assert time.perf_counter() - start < 0.5


@pytest.mark.parametrize("sign", ["[", "{a: ", "- "])
def test_very_deep_nesting_is_refused_and_never_crashes(sign: str) -> None:
    assert parsed("a:\n  " + sign * 100_000).problems[0].rule == "yaml"


@pytest.mark.parametrize(
    "text",
    [
        "\x00",
        "---\n\x00\n---\n",
        "---\na: \ud800\n---\n",
        "---\n...\n---\n",
        "---\na: 1\n...\nb: 2\n---\n",
        "---\n%YAML 1.1\n---\n",
        "---\n" + "a" * 100_000 + "\n---\n",
    ],
)
def test_odd_files_are_told_and_never_crash(text: str) -> None:
    assert parse_text(text, "f.md").problems
