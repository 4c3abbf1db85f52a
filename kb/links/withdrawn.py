"""What the published branch had in its ledger and this folder no longer has: a revert, a bad resolution.

The ledger forbids nothing by itself: whoever takes away a file of it takes the memory with the document. So
it is held against git: the files that the published branch has, and those that it had. The published branch
is the default one of `origin`, else `main` or `master`; a branch of one's own has published nothing yet.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from kb.content.history import git
from kb.errors import Problem
from kb.links.ledger import NAME, RULE, TERMS, Entry, Register, read_ledger

BRANCHES = ("origin/HEAD", "origin/main", "origin/master", "main", "master")


def problems_of_withdrawn(root: Path, register: Register) -> Iterator[Problem]:
    """Every entry that was published and that the ledger no longer holds, with how to have it back."""
    try:
        branch = _published(root)
        if branch is None:
            return
        yield from _files(root, register, branch)
        yield from _lines(root, register, branch)
    except (OSError, subprocess.SubprocessError):
        return  # not a checkout, or a shallow one: git cannot say


def _published(root: Path) -> str | None:
    """The published branch, or None where there is none."""
    named = git(root, "for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/remotes").splitlines()
    return next((branch for branch in BRANCHES if branch in named or f"{branch}/HEAD" in named), None)


def _files(root: Path, register: Register, branch: str) -> Iterator[Problem]:
    """Documents whose file of the ledger is gone: removed by a commit of the branch, or here."""
    history = git(
        root, "log", branch, "--first-parent", "-m", "--no-renames", "--diff-filter=D", "--name-only",
        "--relative", "--format=%x00%h", "--", NAME,
    )  # fmt: skip
    gone: dict[str, str] = {}
    for block in history.split("\0")[1:]:
        commit, *names = [line for line in block.split("\n") if line]
        gone |= {name: f"{commit}^" for name in names if name not in gone}
    gone |= dict.fromkeys(git(root, "ls-tree", "--name-only", branch, f"{NAME}/").splitlines(), branch)
    for name, commit in sorted(gone.items()):
        identifier = Path(name).stem
        if name.endswith(TERMS) or identifier in register.ledger.documents:
            continue
        yield Problem(
            os.path.relpath(root / name),
            1,
            f"la fiche « {identifier} » a été publiée et le registre ne la connaît plus",
            f"tapez : git checkout {commit} -- {os.path.relpath(root / name)} ; puis remettez la fiche, "
            "ou écrivez dans ce fichier qu’elle est retirée",
            RULE,
        )


def _lines(root: Path, register: Register, branch: str) -> Iterator[Problem]:
    """Names, anchors and terms that a file of the ledger has on the branch and not here."""
    changed = git(
        root, "diff", "--relative", "--name-only", "--diff-filter=M", branch, "--", NAME
    ).splitlines()
    before = read_ledger({Path(name).name: git(root, "show", f"{branch}:./{name}") for name in changed}, root)
    for identifier, entry in before.ledger.documents.items():
        if now := register.ledger.documents.get(identifier):
            yield from _dropped(register, identifier, entry, now)
    for facet, terms in before.ledger.terms.items():
        for term in sorted(set(terms) - set(register.ledger.terms.get(facet, {}))):
            place = register.place("terms", facet)
            yield _problem(place, f"le terme « {term} » a été publié", f"{term}: {terms[term]}")


def _dropped(register: Register, identifier: str, before: Entry, now: Entry) -> Iterator[Problem]:
    if missing := [slug for slug in before.slugs if slug not in now.slugs]:
        place = register.place("documents", identifier, "slugs")
        line = f"slugs: [{', '.join((*missing, *now.slugs))}]"
        yield _problem(place, f"le nom « {missing[0]} » a été publié", line)
    for anchor in sorted(set(before.anchors) - set(now.anchors)):
        place = register.place("documents", identifier, "anchors")
        yield _problem(place, f"l’ancre « {anchor} » a été publiée", f"{anchor}: {before.anchors[anchor]}")


def _problem(place: tuple[str, int], published: str, line: str) -> Problem:
    return Problem(*place, f"{published} et le registre ne le dit plus", f"remettez la ligne : {line}", RULE)
