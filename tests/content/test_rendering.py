"""Markdown → HTML that can be trusted, and plain text for the index."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.content.documents import Document
from kb.content.model import CaseFields
from kb.content.parsing import parse_text
from kb.content.rendering import Rendering, address_of, describe_source, render, render_fragment
from kb.content.rules.sample import CASE
from kb.content.sections import heading_anchors, split_sections
from kb.content.validation import tuples

FIELDS = CaseFields.model_validate(
    tuples(
        parse_text(
            CASE.replace(
                'pages: "9"}',
                'pages: "9"}\n'
                '  - {id: s1, title: "Un [titre] *étoilé* & <b>", url: https://a.fr/x, kind: presse}',
            ),
            "",
        ).data
    )
)


def document(body: str) -> Document:
    return Document("ville-exemple", "cases/ville-exemple.md", FIELDS, split_sections(body, 1))


def rendered(text: str) -> Rendering:
    return render(document(f"## En bref\n\n{text}\n"))


class Tags(HTMLParser):
    """Every tag with its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def tags(html: str) -> list[tuple[str, dict[str, str | None]]]:
    parser = Tags()
    parser.feed(html)
    return parser.found


ATTACKS = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//x>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><circle/></svg>",
    "<iframe src=//x></iframe>",
    "<iframe srcdoc='<script>1</script>'>",
    "<object data=//x></object>",
    "<embed src=//x>",
    "<style>*{display:none}</style>",
    "<link rel=stylesheet href=//x>",
    "<base href=//x>",
    "<meta http-equiv=refresh content=0>",
    "<form action=//x><input></form>",
    "<a href='javascript:alert(1)'>x</a>",
    "<p style='position:fixed' onclick=alert(1)>x</p>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](vbscript:x)",
    "![x](javascript:alert(1))",
    "![x](data:image/svg+xml,<svg/onload=alert(1)>)",
    '![" onerror="alert(1)](x.png)',
    '[x](https://a.fr "\\" onclick=alert(1) \\"")',
    '<https://a.fr/"onclick=alert(1)>',
    "[x][1]\n\n[1]: javascript:alert(1)",
    "<div>\n\n<script>\n\nalert(1)\n\n</script>\n\n</div>",
    "<!-- --><script>1</script>",
    "<!-- <script>1</script>",
    "`<script>`",
    "```\n<script>alert(1)</script>\n```",
    "    <script>alert(1)</script>",
    "| a |\n|---|\n| <script>x</script> |",
    "### <script>alert(1)</script>",
    '[^s1"><script>]',
    "<math><mtext></mtext><script>1</script></math>",
    "&lt;script&gt;",
    "<details open ontoggle=alert(1)>",
    "\x00<script>\x00",
    "<<script>script>",
    "<scr<script>ipt>",
    "\ue0040</h2><script>",
    "wzxhzdk:0",
    "\x02wzxhzdk:0\x03",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_in_a_content_file_runs_in_a_page(attack: str) -> None:
    page = rendered(attack)
    html = page.sections[0].html + "".join(note.backlinks for note in page.notes) + render_fragment(attack)

    for tag, attributes in tags(html):
        assert tag in {
            "p",
            "a",
            "img",
            "code",
            "pre",
            "table",
            "thead",
            "tbody",
            "tr",
            "th",
            "td",
            "div",
            "h3",
            "sup",
            "ol",
            "li",
            "hr",
            "em",
            "br",
        }
        assert not [name for name in attributes if name.startswith("on") or name in ("style", "srcdoc")]
        for name in ("href", "src"):
            assert not re.match(r"\s*(javascript|data|vbscript):", attributes.get(name) or "", re.IGNORECASE)


def test_a_tag_of_a_content_file_is_shown_as_text() -> None:
    page = rendered("a <b>gras</b>")

    assert page.sections[0].html == "<p>a &lt;b&gt;gras&lt;/b&gt;</p>"
    assert page.sections[0].text == "a <b>gras</b>"


def test_a_comment_is_left_out() -> None:
    assert rendered("un<!-- à écrire\n\nencore -->deux").sections[0].text == "undeux"


def test_a_call_becomes_a_note_with_source_and_pages() -> None:
    page = rendered("Le vote réunit 948 personnes[^fiche-p5-6].")

    assert 'href="#fn-fiche-p5-6"' in page.sections[0].html
    (note,) = page.notes
    assert (note.number, note.source, note.pages) == (1, "fiche", "5–6")
    assert ("a", {"href": "#fnref-fiche-p5-6"}) in [
        (tag, {"href": found.get("href")}) for tag, found in tags(note.backlinks)
    ]


def test_a_note_leads_back_to_each_of_its_calls() -> None:
    page = rendered("Un[^s1], deux[^s1].")

    (note,) = page.notes
    assert [found["href"] for _, found in tags(note.backlinks)] == ["#fnref-s1", "#fnref2-s1"]


def test_an_unknown_source_has_a_note_of_its_own() -> None:
    assert [(note.call, note.source) for note in rendered("Un fait[^zzz].").notes] == [("zzz", "")]


def test_notes_are_numbered_through_the_sections() -> None:
    page = render(document("## En bref\n\nUn[^fiche-p1].\n\n## Contexte\n\nDeux[^s1], trois[^fiche-p1].\n"))

    assert ">1</a>" in page.sections[0].html
    assert [">2</a>" in page.sections[1].html, ">1</a>" in page.sections[1].html] == [True, True]


def test_a_body_without_calls_has_no_notes() -> None:
    assert rendered("Rien.").notes == ()


LINKS = [
    ("../practices/benchmark-des-outils.md", "/pratiques/benchmark-des-outils"),
    ("../practices/benchmark-des-outils.md#pourquoi", "/pratiques/benchmark-des-outils#pourquoi"),
    ("rennes.md", "/cas/rennes"),
    ("./rennes.md#en-bref", "/cas/rennes#en-bref"),
    ("#contexte", "#contexte"),
    ("https://a.fr/x.md", "https://a.fr/x.md"),
    ("mailto:a@b.fr", "mailto:a@b.fr"),
    ("../../README.md", "../../README.md"),
    ("../practices/sous/x.md", "../practices/sous/x.md"),
]


@pytest.mark.parametrize(("href", "address"), LINKS)
def test_a_link_between_files_becomes_an_address(href: str, address: str) -> None:
    assert address_of(href, "cases/angers.md") == address
    assert f'href="{address}"' in rendered(f"[x]({href})").sections[0].html


def test_plain_text_has_neither_marks_nor_notes() -> None:
    page = rendered(
        "Un **mot**[^fiche-p1], un [lien](rennes.md).\n\n- item[^s1]\n\n| A | B |\n|---|---|\n| 1 | 2 |"
    )

    assert page.sections[0].text == "Un mot, un lien.\nitem\n1 · B\u00a0: 2"


def test_sub_headings_have_the_anchors_that_links_are_checked_against() -> None:
    text = "### Le vote[^s1]\n\nx\n\n### Le vote\n\nx\n\n#### L’*œuvre* [ici](rennes.md)\n\nx"

    ids = re.findall(r'<h[34] id="([^"]+)"', rendered(text).sections[0].html)

    assert ids == ["le-vote", "le-vote-2", "l-oeuvre-ici"]
    assert tuple(ids) == heading_anchors(text)


def test_tables_scroll_and_say_what_heads_their_columns() -> None:
    html = rendered("| A | B |\n|---|---|\n| 1 | 2 |").sections[0].html

    assert 'class="table"' in html
    assert html.count('<th scope="col">') == 2


def test_an_empty_heading_cell_of_a_table_is_kept() -> None:
    assert rendered("|  | B |\n|---|---|\n| 1 | 2 |").sections[0].html.count("<th ") == 2


#: what Markdown takes for a section heading and the file does not
TRAPS = [
    "> ## cité",
    "- ## listé",
    "Souligné\n-------",
    "Souligné\n=======",
    "```\n## code\n```",
    "~~~\n## code\n~~~",
    "    ## code",
    " ## décalé",
    "#",
    "##x",
    "[^fiche-p1]: à la main",
    "# Titre",
    "[^x]:\n    ## note",
    "<div>\n## x",
    "1. a\n\n    ## b",
    "***",
    "&#35;# x",
]


@pytest.mark.parametrize("trap", TRAPS)
def test_what_looks_like_a_heading_never_breaks_a_page(trap: str) -> None:
    body = f"## En bref\n\nUn.\n\n{trap}\n\n## Contexte\n\nDeux.\n"

    page = render(document(body))

    assert len(page.sections) == len(split_sections(body, 1))
    assert page.sections[0].text.startswith("Un.")


@given(text=st.text(st.sampled_from('a \n#>-*`~[]()^:|1.!<&"\\_=\t'), max_size=60))
def test_any_text_can_be_rendered(text: str) -> None:
    body = f"## En bref\n\n{text}\n\n## Contexte\n\nfin"

    page = render(document(body))

    assert len(page.sections) == len(split_sections(body, 1))


def test_a_source_in_one_line() -> None:
    assert describe_source(FIELDS.sources[0], "5-6") == "«\u202fFiche de la ville\u202f», 2020, p.\u00a05–6"
