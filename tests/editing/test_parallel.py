"""Two editors, each on a branch, with git: nothing lost, nothing stolen, the messages alone lead on."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from kb import load_corpus
from kb.errors import Problem
from kb.links.ledger import load_ledger, record, save
from kb.links.losses import problems_of_ledger
from kb.links.ownership import problems_of_owners
from kb.links.registry import check_links
from tests.links.test_ledger import change


def git(root: Path, *words: str, fails: bool = False) -> str:
    identity = ("-c", "user.name=Une Éditrice", "-c", "user.email=editrice@exemple.fr")
    done = subprocess.run(
        ["git", *identity, "-C", root, *words], capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert (done.returncode != 0) == fails, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def base(folder: Path) -> Path:
    """The small content, published on `main`."""
    git(folder, "init", "-q", "-b", "main")
    publish(folder, "première version")
    return folder


def publish(folder: Path, message: str) -> None:
    """Record and commit."""
    save(record(load_ledger(folder), load_corpus(folder).corpus), folder)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", message)


def add(folder: Path, slug: str, identifier: str) -> None:
    """A case like another, under its own name and id."""
    text = (folder / "cases/clairval.md").read_text(encoding="utf-8")
    text = re.sub("(?m)^id: .*$", f"id: {identifier}", text).replace("Clairval", slug.capitalize())
    (folder / f"cases/{slug}.md").write_text(re.sub("(?m)^aliases: .*\n", "", text), encoding="utf-8")


def told(folder: Path) -> list[Problem]:
    loaded = load_corpus(folder)
    return [*problems_of_owners(loaded), *problems_of_ledger(loaded)]


def on_two_branches(base: Path, one: tuple[str, str], other: tuple[str, str]) -> None:
    """Two editors begin from the same main, each adds a case and records it; the first is merged."""
    for name, (slug, identifier) in {"une": one, "autre": other}.items():
        git(base, "switch", "-q", "-c", name, "main")
        add(base, slug, identifier)
        publish(base, f"cases/{slug}")
    git(base, "switch", "-q", "main")
    git(base, "merge", "-q", "--no-edit", "une")


def test_two_branches_that_each_add_a_case_merge_without_a_conflict(base: Path) -> None:
    on_two_branches(base, ("avril", "cas-20"), ("mai", "cas-21"))

    git(base, "merge", "-q", "--no-edit", "autre")

    assert told(base) == []
    assert {"cas-20", "cas-21"} <= set(load_ledger(base).ledger.documents)


def test_an_id_taken_twice_is_kept_by_the_published_one_and_the_other_told_which_to_take(base: Path) -> None:
    on_two_branches(base, ("mai", "cas-20"), ("avril", "cas-20"))
    git(base, "merge", "--no-edit", "autre", fails=True)  # both have content/adresses/cas-20.yaml
    assert any("conflit" in problem.message for problem in told(base)), [str(p) for p in told(base)]

    git(base, "checkout", "--ours", "--", "adresses/cas-20.yaml")
    (problem,) = [problem for problem in told(base) if "prenez le suivant" in problem.hint]
    assert problem.path.endswith("cases/avril.md"), "the alphabet decides nothing"
    change(base / "cases/avril.md", "id: cas-20", f"id: {problem.hint.rpartition(' ')[2]}")
    publish(base, "résolu")

    assert told(base) == []
    ledger = load_ledger(base).ledger.documents
    assert (ledger["cas-20"].slugs, ledger["cas-21"].slugs) == (("mai",), ("avril",))


def test_a_revert_of_a_published_case_is_told_with_how_to_have_it_back(base: Path) -> None:
    add(base, "avril", "cas-20")
    publish(base, "cases/avril")

    git(base, "revert", "--no-edit", "HEAD")
    (problem,) = told(base)

    assert problem.path.endswith("adresses/cas-20.yaml")
    assert "a été publiée et le registre ne la connaît plus" in problem.message
    restored = re.search("git checkout (\\S+) --", problem.hint)
    assert restored
    git(base, "checkout", restored[1], "--", "adresses/cas-20.yaml")
    assert any("retired:" in found.hint for found in told(base))


def test_a_revert_on_a_branch_is_told_before_it_is_merged(base: Path) -> None:
    git(base, "switch", "-q", "-c", "une")
    git(base, "rm", "-q", "cases/clairval.md", "adresses/cas-02.yaml")
    git(base, "commit", "-q", "-m", "cases/clairval: retiré")

    assert [problem.path.rpartition("/")[2] for problem in told(base)] == ["cas-02.yaml"]


@pytest.mark.parametrize(
    ("name", "old", "new", "line"),
    [
        ("cas-01.yaml", "  le-dispositif: le-dispositif\n", "", "le-dispositif: le-dispositif"),
        ("cas-01.yaml", "slugs: [boisjoli, bois-joli]", "slugs: [boisjoli]", "slugs: [bois-joli, boisjoli]"),
        ("termes.yaml", "  evaluation: evaluation\n", "", "evaluation: evaluation"),
    ],
)
def test_a_line_of_the_ledger_that_is_lost_is_told_with_the_line(
    base: Path, name: str, old: str, new: str, line: str
) -> None:
    git(base, "switch", "-q", "-c", "une")
    change(base / "adresses" / name, old, new)

    assert f"remettez la ligne : {line}" in [problem.hint for problem in told(base)]


def test_what_a_branch_alone_has_recorded_is_not_published(base: Path) -> None:
    git(base, "switch", "-q", "-c", "une")
    add(base, "avril", "cas-20")
    publish(base, "cases/avril")
    git(base, "rm", "-q", "cases/avril.md", "adresses/cas-20.yaml")
    git(base, "commit", "-q", "-m", "finalement non")

    assert told(base) == []


@pytest.mark.parametrize("name", ["taxonomy.yaml", "site.yaml", "rapports.yaml", "adresses/termes.yaml"])
def test_a_conflict_left_in_any_file_is_the_one_thing_told(base: Path, name: str) -> None:
    (base / "rapports.yaml").write_text("rapports: []\n", encoding="utf-8")
    text = (base / name).read_text(encoding="utf-8")
    first, _, rest = text.partition("\n")
    marked = f"<<<<<<< HEAD\n{first}\n=======\n{first}\n>>>>>>> autre\n{rest}"
    (base / name).write_text(marked, encoding="utf-8")

    loaded = load_corpus(base)
    told = [*loaded.problems, *check_links(loaded)]

    assert [(problem.path.rpartition("content/")[2], problem.rule) for problem in told] == [(name, "conflit")]
