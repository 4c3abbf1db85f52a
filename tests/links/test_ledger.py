"""Addresses last: the ledger, what it refuses, and commits of renaming at random."""

from __future__ import annotations

import random
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from flask import Flask

from kb import load_corpus
from kb.cli import main
from kb.cli.linking import _client
from kb.errors import Problem
from kb.links.ledger import NAME, load_ledger, record, save, write
from kb.links.losses import problems_of_ledger
from kb.links.replay import Address, lost, published
from web import create_app
from web.export import reader, write_site


def recorded(folder: Path) -> Path:
    """The folder with its ledger up to date."""
    ledger = record(load_ledger(folder), load_corpus(folder).corpus)
    save(ledger, folder)
    return folder


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def problems(folder: Path) -> list[Problem]:
    return list(problems_of_ledger(load_corpus(folder)))


def site(folder: Path) -> Flask:
    return create_app({"CONTENT": str(folder), "INDEX": str(folder.parent / "index"), "WATCH": 0})


def test_a_recorded_ledger_says_nothing_and_is_read_as_written(folder: Path) -> None:
    recorded(folder)

    assert problems(folder) == []
    written = {path.name: path.read_text(encoding="utf-8") for path in (folder / NAME).iterdir()}
    assert write(load_ledger(folder).ledger) == written
    assert {"cas-01.yaml", "termes.yaml"} < set(written)


def test_a_folder_without_ledger_has_nothing_to_keep(folder: Path) -> None:
    assert problems(folder) == []


def test_a_file_renamed_without_alias_is_told_with_the_line_to_add(folder: Path) -> None:
    recorded(folder)
    (folder / "cases/boisjoli.md").rename(folder / "cases/bois-joli-sur-oeuvre.md")

    (found, *_) = problems(folder)

    assert "« boisjoli »" in found.message
    assert found.hint == "ajoutez la ligne : aliases: [bois-joli, boisjoli]"


def test_a_heading_renamed_is_told_with_the_line_to_write(folder: Path) -> None:
    recorded(folder)
    change(folder / "cases/boisjoli.md", "## Le dispositif", "## Organisation et moyens")

    found = next(p for p in problems(folder) if "le-dispositif" in p.message)

    assert found.path.endswith(f"{NAME}/cas-01.yaml")
    lines = (folder / NAME / "cas-01.yaml").read_text(encoding="utf-8").splitlines()
    assert lines[found.line - 1].strip() == "le-dispositif: le-dispositif"
    assert "« le-dispositif: organisation-et-moyens »" in found.hint


@pytest.mark.parametrize(
    ("path", "old", "new", "message"),
    [
        ("cases/boisjoli.md", "id: cas-01", "id: cas-77", "« cas-01 » a été publiée"),
        ("cases/boisjoli.md", "aliases: [bois-joli]", "aliases: []", "« bois-joli »"),
        ("taxonomy.yaml", "slug: evaluation", "slug: mesure", "« evaluation »"),
    ],
)
def test_what_was_published_cannot_be_dropped(
    folder: Path, path: str, old: str, new: str, message: str
) -> None:
    recorded(folder)
    change(folder / path, old, new)

    assert any(message in problem.message for problem in problems(folder))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    field: themes\n", "    fields: themes\n"),
        ("facets:\n", "facets: [\n"),
        ("  - name: theme\n", "  - name: theme\n  - name: theme\n"),
        ("", None),
    ],
)
def test_a_taxonomy_that_cannot_be_read_is_the_only_thing_told(
    folder: Path, old: str, new: str | None
) -> None:
    """Its terms are not lost for that, and nobody is advised to write that they were retired."""
    recorded(folder)
    path = folder / "taxonomy.yaml"
    if new is None:
        path.unlink()
    else:
        change(path, old, new)

    loaded = load_corpus(folder)

    assert any("taxonomy.yaml" in str(problem) for problem in loaded.problems)
    assert list(problems_of_ledger(loaded)) == []


def test_a_removed_document_answers_410_with_its_successor(folder: Path) -> None:
    recorded(folder)
    (folder / "cases/clairval.md").unlink()
    assert any("retired: {date" in problem.hint for problem in problems(folder))
    retired = 'slugs: [clairval]\nretired: {date: "2027-01-02", successor: cas-01, reason: "fusionné"}'
    change(folder / NAME / "cas-02.yaml", "slugs: [clairval]", retired)

    client = site(folder).test_client()

    assert problems(folder) == []
    for path in ("/cas/clairval", "/cas/clairval.json", "/cas/clairval.bib", "/id/cas-02"):
        response = client.get(path)
        assert response.status_code == 410
        assert "/id/cas-01" in response.text
    api = client.get("/api/v1/documents/clairval")
    assert (api.status_code, api.content_type) == (410, "application/problem+json")
    assert api.get_json()["successor"] == "/id/cas-01"


def test_the_id_and_the_name_of_a_removed_document_are_never_taken_again(folder: Path) -> None:
    recorded(folder)
    retired = 'slugs: [clairval]\nretired: {date: "2027-01-02", reason: "fusionné"}'
    change(folder / NAME / "cas-02.yaml", "slugs: [clairval]", retired)

    assert any("réutilisé" in problem.message for problem in problems(folder))

    change(folder / "cases/clairval.md", "id: cas-02", "id: cas-09")
    assert any("fiche retirée" in problem.message for problem in problems(folder))


def test_a_former_anchor_stays_in_the_page_at_its_section(folder: Path) -> None:
    recorded(folder)
    change(folder / "cases/boisjoli.md", "## Le dispositif", "## Organisation et moyens")
    change(
        folder / NAME / "cas-01.yaml",
        "  le-dispositif: le-dispositif\n  evaluation",
        "  le-dispositif: organisation-et-moyens\n  evaluation",
    )
    recorded(folder)

    page = site(folder).test_client().get("/cas/boisjoli").text

    assert problems(folder) == []
    heading = page[page.index('<h2 id="organisation-et-moyens"') :].partition("</h2>")[0]
    assert '<span id="le-dispositif"></span>' in heading


def test_an_anchor_that_left_the_page_says_where_it_went(folder: Path) -> None:
    recorded(folder)
    text = (folder / "cases/boisjoli.md").read_text(encoding="utf-8")
    (folder / "cases/boisjoli.md").write_text(text.partition("## Évaluation")[0], encoding="utf-8")
    change(
        folder / NAME / "cas-01.yaml",
        "evaluation-et-resultats: evaluation-et-resultats",
        "evaluation-et-resultats: pra-01#pourquoi",
    )

    page = site(folder).test_client().get("/cas/boisjoli").text

    assert problems(folder) == []
    assert re.search(r'<p id="evaluation-et-resultats">.*href="/pratiques/[a-z-]+#pourquoi"', page)


@pytest.mark.parametrize("ending", ["", ".json", ".md", ".bib", ".ris", ".csl.json", "/historique", "/carte"])
def test_every_twin_of_a_former_name_leads_to_the_present_one(folder: Path, ending: str) -> None:
    response = site(folder).test_client().get(f"/cas/bois-joli{ending}")

    assert response.status_code == 301
    assert response.headers["Location"] == f"/cas/boisjoli{ending}"


def test_the_command_records_and_then_checks(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = CliRunner().invoke(main, ["permalinks", "--record", "--content", str(folder)])
    checked = CliRunner().invoke(main, ["check", "--content", str(folder)])

    assert run.exit_code == checked.exit_code == 0
    change(folder / "cases/boisjoli.md", "## Le dispositif", "## Contexte")
    checked = CliRunner().invoke(main, ["check", "--content", str(folder)])
    assert checked.exit_code == 1
    assert f"{NAME}/cas-01.yaml:" in checked.output


def test_the_real_ledger_is_complete(kb: Callable[..., Result]) -> None:
    root = Path(__file__).parents[2] / "content"

    assert load_ledger(root).kept
    assert [str(problem) for problem in problems_of_ledger(load_corpus(root))] == []


def test_every_address_of_every_commit_is_replayed_from_git(folder: Path) -> None:
    commit(folder, "first")
    (folder / "cases/boisjoli.md").rename(folder / "cases/nouveau-nom.md")
    commit(folder, "renamed without alias")

    run = CliRunner().invoke(main, ["permalinks", "--since", "first", "--content", str(folder)])
    assert run.exit_code == 1
    assert "/cas/boisjoli (publiée par" in run.output
    change(folder / "cases/nouveau-nom.md", "aliases: [bois-joli]", "aliases: [bois-joli, boisjoli]")
    run = CliRunner().invoke(main, ["permalinks", "--since", "first", "--content", str(folder)])

    assert run.output.splitlines()[-1].endswith("0 perdue(s)")
    assert run.exit_code == 0


def commit(folder: Path, subject: str, day: str = "2026-01-01") -> None:
    def git(*arguments: str) -> None:
        who = ("-c", "user.name=Essai", "-c", "user.email=essai@exemple.fr")
        environment = {
            "GIT_AUTHOR_DATE": f"{day}T12:00:00Z",
            "GIT_COMMITTER_DATE": f"{day}T12:00:00Z",
            "PATH": "/usr/bin:/bin",
            "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_CONFIG_SYSTEM": "/dev/null",
        }
        command = ["git", "-C", str(folder.parent), *who, *arguments]
        subprocess.run(command, check=True, capture_output=True, env=environment)

    if not (folder.parent / ".git").exists():
        git("init", "-q")
    git("add", "--", "content")
    git("commit", "-q", "-m", subject)


class Editor:
    """Renames at random, and then does only what the messages say."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self.folder, self.chance = folder, chance
        self.number = 0
        self.renamed: dict[str, str] = {}

    def work(self) -> None:
        self.number += 1
        acts = (self.title, self.file, self.heading, self.section, self.term)
        act = self.add if self.number % 25 == 0 else self.chance.choice(acts)
        act()
        assert load_corpus(self.folder).problems == (), act.__name__
        self.obey()

    def any_file(self) -> Path:
        return self.chance.choice(sorted(self.folder.glob("*/*.md")))

    def title(self) -> None:
        path = self.any_file()
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(r"(?m)^title: .*$", f'title: "Titre {self.number}"', text), encoding="utf-8")

    def file(self) -> None:
        path = self.any_file()
        path.rename(path.with_name(f"nom-{self.number}.md"))

    def heading(self) -> None:
        path = self.any_file()
        text = path.read_text(encoding="utf-8")
        title = f"### Partie {self.number} de l’œuvre"
        if "\n### " in text and self.chance.random() < 0.7:
            text = re.sub(r"\n### .*", f"\n{title}", text, count=1)
        else:
            text += f"\n{title}\n\nUn mot.\n"
        path.write_text(text, encoding="utf-8")

    def section(self) -> None:
        path = self.any_file()
        text = path.read_text(encoding="utf-8")
        titles = re.findall(r"(?m)^## (.*)$", text)
        old = self.chance.choice(titles)
        path.write_text(text.replace(f"## {old}\n", f"## Section {self.number}\n"), encoding="utf-8")

    def term(self) -> None:
        taxonomy = self.taxonomy()
        facet = self.chance.choice([f for f in taxonomy["facets"] if f.get("path")])
        term = self.chance.choice(facet["terms"])
        old, term["slug"] = term["slug"], f"terme-{self.number}"
        self.renamed[old] = term["slug"]
        self.write(taxonomy)
        for file in self.folder.glob("*/*.md"):
            body = file.read_text(encoding="utf-8")
            file.write_text(re.sub(rf"(?<![\w/#-]){old}(?![\w:-])", term["slug"], body), encoding="utf-8")

    def taxonomy(self) -> dict[str, Any]:
        return dict(yaml.safe_load((self.folder / "taxonomy.yaml").read_text(encoding="utf-8")))

    def write(self, taxonomy: dict[str, Any]) -> None:
        text = yaml.safe_dump(taxonomy, allow_unicode=True, sort_keys=False)
        (self.folder / "taxonomy.yaml").write_text(text, encoding="utf-8")

    def add(self) -> None:
        source = self.folder / "cases" / "modele.txt"
        if not source.exists():
            source.write_text(
                (next(iter(sorted(self.folder.glob("cases/*.md"))))).read_text(encoding="utf-8"),
                encoding="utf-8",
            )
        text = re.sub(r"(?m)^id: .*$", f"id: cas-{100 + self.number}", source.read_text(encoding="utf-8"))
        text = re.sub(r"(?m)^aliases: .*\n", "", text)
        (self.folder / "cases" / f"fiche-{self.number}.md").write_text(text, encoding="utf-8")

    def obey(self) -> None:
        """Write what each message says to write, then record."""
        for _ in range(30):
            told = [p for p in problems(self.folder) if "--record" not in p.hint]
            if not told:
                break
            for problem in told:
                self.mend(problem)
        assert not told, told
        recorded(self.folder)

    def mend(self, problem: Problem) -> None:
        ledger = self.folder / NAME / Path(problem.path).name
        if found := re.search(r"remplacez la ligne par « (.*?) »", problem.hint):
            lines = ledger.read_text(encoding="utf-8").splitlines()
            lines[problem.line - 1] = f"  {found[1]}"
            ledger.write_text("\n".join(lines) + "\n", encoding="utf-8")
        elif found := re.search(r"ajoutez la ligne : (aliases: .*)", problem.hint):
            path = next(p for p in self.folder.glob("*/*.md") if problem.path.endswith(p.name))
            text = re.sub(r"(?m)^aliases: .*\n", "", path.read_text(encoding="utf-8"))
            path.write_text(text.replace("---\n", f"---\n{found[1]}\n", 1), encoding="utf-8")
        elif found := re.search(r"aliases: \[(\S+)\]", problem.hint):
            self.alias_term(found[1])
        else:
            raise AssertionError(problem)

    def alias_term(self, old: str) -> None:
        taxonomy = self.taxonomy()
        new = old
        while new in self.renamed:
            new = self.renamed[new]
        term = next(t for f in taxonomy["facets"] for t in f.get("terms", ()) if t["slug"] == new)
        term["aliases"] = [*term.get("aliases", ()), old]
        self.write(taxonomy)


def assert_renamings_lose_no_address(folder: Path, tmp_path: Path, times: int) -> int:
    """Rename titles, files, headings, terms; the editor obeys the messages and nothing else.

    Gives the number of addresses that were published on the way, each of which still leads on.
    """
    recorded(folder)
    editor, every = Editor(folder, random.Random(6)), dict[Address, str]()
    for number in range(times):
        for address in published(load_corpus(folder).corpus):
            every.setdefault(address, str(number))
        editor.work()
    app = site(folder)
    written = write_site(app, tmp_path / "export")

    assert written.broken == ()
    for get in (_client(app), reader(tmp_path / "export")):
        assert [str(one.address) + one.reason for one in lost(every, get)] == []
    return len(every)


def test_commits_of_renaming_at_random_lose_no_address(folder: Path, tmp_path: Path) -> None:
    """Two hundred of them under `make soak`."""
    assert assert_renamings_lose_no_address(folder, tmp_path, 30) > 100
