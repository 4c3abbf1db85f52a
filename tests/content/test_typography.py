"""French typography: what changes, what never does, and that twice is once."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kb.content.typography import NARROW, WIDE, french, french_html, french_markdown, french_template

CASES = [
    ("Qui ? Moi !", f"Qui{NARROW}? Moi{NARROW}!"),
    ("un ; deux : trois", f"un{NARROW}; deux{WIDE}: trois"),
    ("« le mot »", f"«{NARROW}le mot{NARROW}»"),
    ("« le 'mot' »", f"«{NARROW}le 'mot'{NARROW}»"),
    ("l'outil d'Angers", "l’outil d’Angers"),
    ("à suivre...", "à suivre…"),
    ("10 000 €", f"10{NARROW}000{WIDE}€"),
    ("1 300 000 habitants", f"1{NARROW}300{NARROW}000 habitants"),
    ("12 % et 1,4 million", f"12{WIDE}% et 1,4{WIDE}million"),
    ("en 2018 500 idées", "en 2018 500 idées"),
    ("20 k€", f"20{WIDE}k€"),
    ("à 12:30", "à 12:30"),
    ("a != b", "a != b"),
]

UNTOUCHED = [
    "`a ? b`",
    "[x](http://a.fr/b?c='d')",
    "https://a.fr/?q=1 ",
    "[^s1]",
    "```\na ? b\n```",
    "| :--- | ---: |",
    "<https://a.fr/l'un>",
]

#: signs on which the rules act, so that they meet often
MEETING = st.text(st.sampled_from("aZé1 0\n.,;:!?'’«»%€…\u202f\u00a0[]()`*_|-^\"<>/&k"), max_size=30)


@pytest.mark.parametrize(("typed", "printed"), CASES)
def test_plain_text_takes_french_spaces_and_signs(typed: str, printed: str) -> None:
    assert french(typed) == printed


@pytest.mark.parametrize("text", UNTOUCHED)
def test_code_addresses_and_calls_stay_as_they_are(text: str) -> None:
    assert french_markdown(text) == text


def test_a_call_before_a_semicolon_keeps_its_space() -> None:
    assert french_markdown("dit[^s1] ; fait") == f"dit[^s1]{NARROW}; fait"


def test_attributes_and_code_of_html_are_untouched() -> None:
    html = '<a title="a ? b">qui ?</a><code>a ? b</code>'

    assert french_html(html) == f'<a title="a ? b">qui{NARROW}?</a><code>a ? b</code>'


def test_a_template_keeps_its_own_signs() -> None:
    assert french_template('{{ "a ?" }} quoi ?') == f'{{{{ "a ?" }}}} quoi{NARROW}?'


@pytest.mark.parametrize("change", [french, french_markdown, french_html])
@given(text=MEETING)
@example(text="« »")
@example(text="1 000 000 €")
@example(text="....")
def test_applying_typography_twice_changes_nothing_more(change, text: str) -> None:  # type: ignore[no-untyped-def]
    once = change(text)

    assert change(once) == once


@given(text=MEETING)
def test_typography_changes_neither_lines_nor_letters(text: str) -> None:
    after = french_markdown(text)

    assert after.count("\n") == text.count("\n")
    assert re.findall(r"[a-zé0-9]", after, re.IGNORECASE) == re.findall(r"[a-zé0-9]", text, re.IGNORECASE)


@given(text=st.text(max_size=60))
def test_any_text_can_be_typeset(text: str) -> None:
    assert french_markdown(french_markdown(text)) == french_markdown(text)
