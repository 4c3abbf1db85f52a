"""Snippets of VS Code: what they write is read by the parser, and told by the check until filled."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from kb import load_corpus
from kb.content.model import CaseFields, PracticeFields
from kb.content.parsing import parse_text
from kb.content.rules.drafts import MARK, TERM_MARK
from kb.content.snippets import snippets

HERE = Path(__file__).parents[1]
FOUND = json.loads(snippets(load_corpus(HERE / "data" / "content").corpus.taxonomy).partition("\n")[2])


def inserted(body: list[str]) -> str:
    """The text that VS Code leaves where every place is passed over."""
    text = re.sub(r"\$\{\d+\|([^,|]*)[^}]*\|\}", r"\1", "\n".join(body))
    return re.sub(r"\$\{\d+:([^}]*)\}|\$\d+", lambda match: match[1] or "", text)


def test_every_field_of_the_model_has_a_snippet_in_front_matter() -> None:
    names = {snippet["prefix"] for snippet in FOUND.values()}

    assert names >= set(CaseFields.model_fields) | set(PracticeFields.model_fields)
    assert {snippet["scope"] for snippet in FOUND.values()} == {"markdown,yaml"}


@pytest.mark.parametrize("name", [name for name in FOUND if name.startswith("champ ") and "+" not in name])
def test_what_a_snippet_writes_is_read_as_its_field(name: str) -> None:
    text = inserted(FOUND[name]["body"])

    parsed = parse_text(f"---\n{text}\n---\n", "essai.md")

    assert parsed.problems == ()
    assert list(parsed.data) == [FOUND[name]["prefix"]]


@pytest.mark.parametrize("name", [name for name in FOUND if "+" in name])
def test_an_item_goes_under_its_list(name: str) -> None:
    lines = inserted(FOUND[name]["body"]).split("\n")
    text = "\n".join(f"  {line}" for line in lines)

    parsed = parse_text(f"---\n{FOUND[name]['prefix'].removeprefix('+')}:\n{text}\n---\n", "essai.md")

    assert parsed.problems == ()


def test_no_example_can_be_taken_for_a_fact() -> None:
    for snippet in FOUND.values():
        left = inserted(snippet["body"])
        values = re.findall(r"(?<=: )[^\[{\n,}\]]+|\"[^\"]*\"", left)
        assert (
            set(values) - {""} <= {f'"{MARK}"', MARK, TERM_MARK, "false", " "} or snippet["prefix"] == "note"
        )


def test_the_task_of_vs_code_finds_file_line_and_message_in_the_words_of_check() -> None:
    tasks = json.loads((HERE.parent / ".vscode" / "tasks.json").read_text(encoding="utf-8"))["tasks"]
    pattern = re.compile(tasks[0]["problemMatcher"]["pattern"]["regexp"])

    lines = (HERE / "golden" / "awful.txt").read_text(encoding="utf-8").splitlines()

    missed = [line for line in lines if not pattern.match(line)]
    assert [line for line in missed if "oublie.markdown" not in line] == []


def test_the_terms_to_choose_from_are_those_of_the_taxonomy() -> None:
    assert "|a-completer,evaluation,budget-participatif,restitution|" in FOUND["champ themes"]["body"][0]
