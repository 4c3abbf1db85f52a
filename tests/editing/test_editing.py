"""Starting a document, renaming a term, following links: as an editor does it."""

from __future__ import annotations

import datetime
import json
import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import yaml
from click.testing import Result

from kb import load_corpus
from kb.content.checking import check
from kb.content.kinds import KINDS, Kind
from kb.content.parsing import parse_text
from kb.content.rules.drafts import MARK, TERM_MARK
from kb.editing.following import ELSEWHERE, LOCAL, is_public, status_of
from kb.editing.skeleton import Answers, plan
from kb.editing.terms import plan_rename, uses
from kb.editing.weblinks import FILE, Sightings, external_links, look, online
from kb.errors import EditError
from web import create_app

Kb = Callable[..., Result]
TODAY = datetime.date(2026, 11, 23)
REAL = Path(__file__).parents[2] / "content"
CASE, PRACTICE = KINDS
SKELETONS = [(CASE, ""), *((PRACTICE, nature.slug) for nature in PRACTICE.natures)]


@pytest.mark.parametrize(("kind", "nature"), SKELETONS)
def test_the_check_of_a_skeleton_names_exactly_the_parts_to_fill(
    folder: Path, kind: Kind, nature: str
) -> None:
    made = plan(load_corpus(folder), kind, "essai", Answers(kind=nature), TODAY)
    made.path.write_text(made.text, encoding="utf-8")

    problems = check(load_corpus(folder), TODAY)

    marked = [n for n, line in enumerate(made.text.split("\n"), 1) if MARK in line or TERM_MARK in line]
    assert {problem.rule for problem in problems} == {"a-completer"}
    assert [problem.line for problem in problems] == marked
    assert all(problem.hint for problem in problems)
    assert "essai" in load_corpus(folder).corpus.by_slug


@pytest.mark.parametrize("kind", KINDS)
def test_the_optional_fields_of_a_skeleton_are_valid_once_uncommented(folder: Path, kind: Kind) -> None:
    made = plan(load_corpus(folder), kind, "essai", Answers(), TODAY)
    text = re.sub(r"^( *)# (?=  - \{|  [a-z]+: \{|[a-z_]+: ?)", r"\1", made.text, flags=re.MULTILINE)
    made.path.write_text(text, encoding="utf-8")

    problems = check(load_corpus(folder), TODAY)

    assert len(re.findall("^ *#(?! Facultatif|#)", text, re.MULTILINE)) == 0
    assert {problem.rule for problem in problems} == {"a-completer"}


def test_a_new_document_has_the_next_id_never_one_of_the_ledger(folder: Path) -> None:
    (folder / "adresses").mkdir()
    (folder / "adresses/cas-11.yaml").write_text("retired: true\n", encoding="utf-8")
    (folder / "adresses/pra-07.yaml").write_text("{}\n", encoding="utf-8")
    loaded = load_corpus(folder)

    assert plan(loaded, CASE, "essai", Answers(), TODAY).id == "cas-12"
    assert plan(loaded, PRACTICE, "essai", Answers(), TODAY).id == "pra-08"


def test_an_id_of_a_file_that_cannot_be_read_is_not_given_again(folder: Path) -> None:
    (folder / "cases" / "cassee.md").write_text("---\nid: cas-40\ntitle: [\n---\n", encoding="utf-8")

    assert plan(load_corpus(folder), CASE, "essai", Answers(), TODAY).id == "cas-41"


#: (slug, part of what is said)
REFUSED = [
    ("Mon Cas", "essayez mon-cas"),
    ("boisjoli", "est déjà le nom de"),
    ("comparer-les-outils", "est déjà le nom de"),
    ("../dehors", "essayez dehors"),
    ("essai.md", "essayez essai"),
    ("«»", "lettres sans accent"),
]


@pytest.mark.parametrize(("slug", "said"), REFUSED)
def test_a_name_that_cannot_be_is_refused_with_a_remedy(kb: Kb, folder: Path, slug: str, said: str) -> None:
    result = kb("new", "case", slug, "--content", folder)

    assert result.exit_code == 2
    assert said in result.output
    assert len(list(folder.rglob("*.md"))) == 6


def test_new_writes_the_file_and_says_what_to_do_next(kb: Kb, folder: Path) -> None:
    result = kb(
        "new",
        "case",
        "val-clair",
        "--content",
        folder,
        "--type",
        "commune",
        "--title",
        'Un "vrai" titre: ici !',
    )

    assert result.exit_code == 0
    for text in ("kb check", "kb serve --reload", "/cas/val-clair", "CONTRIBUTING.md"):
        assert text in result.output
    made = load_corpus(folder).corpus.by_slug["val-clair"]
    assert made.title == "Un «\u202fvrai\u202f» titre: ici\u202f!"
    assert made.case
    assert made.case.collectivity.type == "commune"


def test_new_never_waits_for_an_answer_in_a_pipe(kb: Kb, folder: Path) -> None:
    assert kb("new", "practice", "ecouter", "--content", folder).exit_code == 0
    assert "kind: bonne-pratique   # À COMPLÉTER" in (folder / "practices" / "ecouter.md").read_text(
        encoding="utf-8"
    )


def test_an_unknown_type_is_told_with_those_there_are(kb: Kb, folder: Path) -> None:
    result = kb("new", "case", "essai", "--content", folder, "--type", "village")

    assert result.exit_code == 2
    assert "commune, departement" in result.output


def test_terms_tells_the_use_of_each_and_the_orphans(kb: Kb) -> None:
    result = kb("terms", "--facet", "outil")

    assert result.exit_code == 0
    assert re.search(r"^ +\d+ +forum ", result.output, re.MULTILINE)
    assert re.search(r"2 termes, \d sans emploi", result.output)


def test_a_former_name_counts_for_its_term(folder: Path) -> None:
    path = folder / "cases" / "boisjoli.md"
    path.write_text(
        path.read_text(encoding="utf-8").replace("[budget-participatif, ", "[budgets, "), encoding="utf-8"
    )

    found = {use.term: use.documents for use in uses(load_corpus(folder).corpus, "theme")}

    assert "boisjoli" in found["budget-participatif"]


def test_a_renamed_term_keeps_comments_layout_and_every_address(kb: Kb, folder: Path, tmp_path: Path) -> None:
    path = folder / "cases" / "boisjoli.md"
    text = (
        path.read_text(encoding="utf-8")
        .replace("themes: [", 'themes:   [ "evaluation", # noté\n  ')
        .replace(", evaluation]", "]")
    )
    path.write_text(text, encoding="utf-8")
    carrying = {d.slug for d in load_corpus(folder).corpus.documents if "evaluation" in d.fields.themes}

    result = kb("terms", "rename", "evaluation", "mesure-des-effets", "--content", folder)

    assert result.exit_code == 0
    assert path.read_text(encoding="utf-8") == text.replace('"evaluation"', '"mesure-des-effets"')
    corpus = load_corpus(folder).corpus
    assert {d.slug for d in corpus.documents if "mesure-des-effets" in d.fields.themes} == carrying
    assert check(load_corpus(folder), TODAY) == ()
    site = create_app({"CONTENT": str(folder), "INDEX": str(tmp_path / "site"), "WATCH": 0}).test_client()
    assert site.get("/themes/evaluation").headers["Location"] == "/themes/mesure-des-effets"
    found = site.get("/api/v1/search?theme=evaluation").json
    assert found
    assert {hit["slug"] for hit in found["results"]} == carrying


def test_a_rename_changes_only_the_lines_that_hold_the_term(folder: Path) -> None:
    before = {
        path: path.read_text(encoding="utf-8").split("\n")
        for path in folder.rglob("*.*")
        if path.suffix in (".md", ".yaml")
    }

    for edit in plan_rename(load_corpus(folder), "forum", "salon"):
        edit.write()

    for path, lines in before.items():
        after = path.read_text(encoding="utf-8").split("\n")
        assert len(after) == len(lines)
        for old, new in zip(lines, after, strict=True):
            assert new == old or ("salon" in new and "forum" in old)


def test_a_term_renamed_twice_and_back_keeps_all_its_names(folder: Path) -> None:
    for old, new in (("forum", "salon"), ("salon", "agora"), ("agora", "forum")):
        for edit in plan_rename(load_corpus(folder), old, new):
            edit.write()

    facet = load_corpus(folder).corpus.taxonomy.facet("outil")
    assert facet
    assert next(term.aliases for term in facet.terms if term.slug == "forum") == ("salon", "agora")


TAXONOMIES = [
    "{slug: un, label: Un, definition: D.}",
    "{slug: un, label: Un, definition: D., aliases: [a, b]}",
    'slug: "un"\n        label: Un # noté\n        definition: D.',
    "slug: un # noté\n        label: Un\n        definition: D.\n        aliases: [a]   # noté",
    "label: Un\n        aliases:\n          - a\n          - b\n\n        # noté\n        slug: un\n"
    "        definition: D.",
    "label: Un\n        slug: un\n        definition: D.\n        aliases:\n        - a",
]


@pytest.mark.parametrize("term", TAXONOMIES)
def test_a_term_is_renamed_however_the_taxonomy_is_laid_out(tmp_path: Path, term: str) -> None:
    (tmp_path / "cases").mkdir()
    text = (
        "facets:\n  - name: theme\n    label: Thème\n    field: themes\n    terms:\n"
        f"      - {term}\n      - {{slug: deux, label: Deux, definition: D.}}\n"
    )
    (tmp_path / "taxonomy.yaml").write_text(text, encoding="utf-8")

    *_, edit = plan_rename(load_corpus(tmp_path), "un", "premier")
    edit.write()

    facet = load_corpus(tmp_path).corpus.taxonomy.facets[0]
    assert [t.slug for t in facet.terms] == ["premier", "deux"]
    assert facet.terms[0].aliases[-1] == "un"
    assert edit.after.count("# noté") == text.count("# noté")


#: (old, new, facet, part of what is said)
NOT_RENAMED = [
    ("evaluatoin", "mesure", "", "« evaluation »"),
    ("evaluation", "restitution", "", "est déjà un nom"),
    ("evaluation", "budgets", "", "est déjà un nom"),
    ("evaluation", "evaluation", "", "est déjà un nom"),
    ("evaluation", "Mesure des effets", "", "essayez mesure-des-effets"),
    ("evaluation", "non-renseigne", "", "réservé"),
    ("evaluation", "mesure", "outil", "dans la facette outil"),
    ("budgets", "mesure", "", "« budget-participatif »"),
    ("piste", "avenir", "", "ceux du modèle"),
]


@pytest.mark.parametrize(("old", "new", "facet", "said"), NOT_RENAMED)
def test_a_rename_that_cannot_be_is_refused_before_any_change(
    folder: Path, old: str, new: str, facet: str, said: str
) -> None:
    with pytest.raises(EditError, match=re.escape(said)):
        plan_rename(load_corpus(folder), old, new, facet)


def test_a_rename_shows_its_difference_and_a_dry_run_writes_nothing(kb: Kb, folder: Path) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*.*")}

    result = kb("terms", "rename", "forum", "salon", "--dry-run", "--content", folder)

    assert "-tool_types: [forum]" in result.output
    assert "+tool_types: [salon]" in result.output
    assert {path: path.read_bytes() for path in folder.rglob("*.*")} == before


def test_every_term_of_the_real_taxonomy_can_be_renamed_with_its_documents() -> None:
    loaded = load_corpus(REAL)
    facets = [facet for facet in loaded.corpus.taxonomy.facets if facet.name not in ("nature",)]

    for facet in facets:
        for use in uses(loaded.corpus, facet.name) if facet.terms else ():
            edits = plan_rename(loaded, use.term, "nom-tout-neuf", facet.name)
            banded = facet.name == "population"
            assert len(edits) - 1 == (0 if banded else len(use.documents))


LINKED = """\
---
id: cas-09
sources: [{id: s1, title: T, url: "https://exemple.test/a_(b)", kind: presse}]
---

## En bref

Voir [le site](https://exemple.test/page), <https://exemple.test/a_(b)> ou https://autre.test/fin.
"""


def test_external_links_are_found_in_fields_and_text_with_their_lines(folder: Path) -> None:
    for path in folder.glob("*/*.md"):
        path.unlink()
    (folder / "cases" / "lien.md").write_text(LINKED, encoding="utf-8")

    found = external_links(load_corpus(folder))

    assert {url: [link.line for link in places] for url, places in found.items()} == {
        "https://autre.test/fin": [8],
        "https://exemple.test/a_(b)": [3, 8],
        "https://exemple.test/page": [8],
    }


def test_a_link_that_dies_keeps_the_day_it_last_answered(tmp_path: Path) -> None:
    url = "https://exemple.test/"
    alive = look((url,), 1, fetch=lambda *_: 200)
    dead = look((url,), 1, fetch=lambda *_: 404)

    held = Sightings({}).with_sights(alive, TODAY).with_sights(dead, datetime.date(2027, 1, 2))
    held.write(tmp_path)

    sight = Sightings.read(tmp_path).of(url)
    assert (sight.seen, sight.checked, sight.is_gone) == ("2026-11-23", "2027-01-02", True)


#: (status or reason, state, whether it is lost)
ANSWERS = [
    (200, "ok", False),
    (301, "ok", False),
    (404, "introuvable (404)", True),
    (410, "introuvable (410)", True),
    (403, "refusé (403)", False),
    (503, "refusé (503)", False),
    ("délai dépassé", "délai dépassé", False),
]


@pytest.mark.parametrize(("answer", "state", "lost"), ANSWERS)
def test_only_a_page_that_is_not_there_is_lost(answer: int | str, state: str, lost: bool) -> None:
    states = look(("https://exemple.test/",), 1, fetch=lambda *_: answer)

    assert states == {"https://exemple.test/": state}
    assert Sightings({}).with_sights(states, TODAY).of("https://exemple.test/").is_gone == lost


def test_without_network_links_says_so_writes_nothing_and_is_content(
    kb: Kb, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kb.editing.weblinks.status_of", lambda *_: "domaine inconnu")

    result = kb("links", "--content", folder)

    assert result.exit_code == 0
    assert "pas de réseau" in result.output
    assert not (folder / FILE).exists()


def test_a_host_that_never_answers_does_not_hold_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.editing.weblinks.PROBE_SECONDS", -0.9)
    silent = threading.Event()

    def hang(*_: object) -> int:
        silent.wait(30)
        return 200

    assert not online(("https://exemple.test/",), 5, fetch=hang)
    silent.set()


def test_links_are_told_with_file_line_and_remedy(
    kb: Kb, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kb.editing.weblinks.status_of", lambda url, _: 404 if "boisjoli" in url else 200)

    result = kb("links", "--content", folder)

    assert result.exit_code == 1
    assert re.search(
        r"boisjoli\.md:\d+: https://boisjoli\.example : introuvable \(404\), jamais vu ; ", result.output
    )
    assert (
        yaml.safe_load((folder / FILE).read_text(encoding="utf-8"))["https://boisjoli.example"]["state"]
        == "introuvable (404)"
    )
    later = kb("links", "--offline", "--content", folder)
    assert later.exit_code == 0
    assert "introuvable (404)" in later.output
    assert json.loads(kb("links", "--offline", "--json", "--content", folder).output)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server of this machine that refuses HEAD: /la is there, /perdu is not, some paths lead on."""
    monkeypatch.setenv("no_proxy", "127.0.0.1,localhost")
    onward = {
        "/vers-la": "/la",
        "/boucle": "/boucle",
        "/aller": "/retour",
        "/retour": "/aller",
        "/disque": "file:///etc/passwd",
        "/ftp": "ftp://exemple.test/a",
        "/nuage": "http://169.254.169.254/latest",
        "/voisin": "http://10.0.0.1/",
        "/ici": "http://localhost:1/",
        "/v6": "http://[::1]:1/",
    }

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_error(405)

        def do_GET(self) -> None:
            target = onward.get(self.path)
            self.send_response(302 if target else 200 if self.path == "/la" else 404)
            self.send_header("Location", target or "")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    here = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=here.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{here.server_port}"
    here.shutdown()
    here.server_close()


def test_a_server_without_head_is_asked_with_get(server: str) -> None:
    def public(_: str) -> bool:
        return True

    assert status_of(f"{server}/la", 2, public) == 200
    assert status_of(f"{server}/vers-la", 2, public) == 200
    assert status_of(f"{server}/perdu", 2, public) == 404
    assert isinstance(status_of("http://127.0.0.1:1/", 2, public), str)


@pytest.mark.parametrize("path", ["/boucle", "/aller", "/disque", "/ftp"])
def test_a_redirect_without_end_or_to_no_page_is_no_answer(server: str, path: str) -> None:
    assert status_of(server + path, 2, lambda _: True) == ELSEWHERE


@pytest.mark.parametrize("path", ["/nuage", "/voisin", "/ici", "/v6"])
def test_a_redirect_to_this_machine_or_its_network_is_not_followed(server: str, path: str) -> None:
    assert status_of(server + path, 2, lambda url: url.startswith(server) or is_public(url)) == LOCAL


@pytest.mark.parametrize(
    "url",
    [
        *("http://127.0.0.1/", "http://localhost/", "http://[::1]/", "http://[fe80::1%25eth0]/", "http://0/"),
        *("http://10.1.2.3/", "http://192.168.0.1/", "http://172.16.0.1/", "http://169.254.169.254/"),
        *("http://[fd00::1]/", "http://[::ffff:127.0.0.1]/", "http://2130706433/"),
    ],
)
def test_a_link_to_this_machine_or_its_network_is_never_asked(url: str) -> None:
    assert status_of(url, 0.1) == LOCAL


def test_a_skeleton_parses_to_the_same_fields_after_kb_fix(kb: Kb, folder: Path) -> None:
    kb("new", "case", "essai", "--content", folder)
    path = folder / "cases" / "essai.md"
    before = parse_text(path.read_text(encoding="utf-8"), "essai.md").data

    kb("fix", "--content", folder)

    assert parse_text(path.read_text(encoding="utf-8"), "essai.md").data == before


def test_a_draft_publishes_no_address_until_it_is_complete(kb: Kb, folder: Path) -> None:
    kb("permalinks", "--record", "--content", folder)
    kb("new", "case", "essai", "--content", folder)

    told = kb("check", "--content", folder).output.splitlines()

    assert [line for line in told if "essai.md" not in line and "horloge" not in line] == [
        "7 fiches, 15 problèmes"
    ]
