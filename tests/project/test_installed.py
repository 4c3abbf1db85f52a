"""What is built from this project, away from its checkout: the wheel carries the content, the sdist all."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.soak.running import Running

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the sdist."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-t", "sdist", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, unpacked as an installer does."""
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        wheel.extractall(folder)  # noqa: S202 - ours
    return folder


def kb(installed: Path, here: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """The installed command, run in the folder `here`."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("KB_")}
    return subprocess.run(
        [sys.executable, "-m", "kb", *words],
        cwd=here,
        env={**kept, "PYTHONPATH": str(installed), **variables},
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
    )


def test_the_wheel_answers_from_an_empty_folder_and_says_with_what(installed: Path, tmp_path: Path) -> None:
    done = kb(installed, tmp_path, "search", "budget participatif", "--limit", "1")

    assert done.returncode == 0, done.stderr
    assert "budget" in done.stdout.lower()
    assert "pas de dossier « content » ici" in done.stderr
    assert (tmp_path / ".kb").is_dir()


def test_the_wheel_serves_the_site_from_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    with Running(
        None, tmp_path / "index", tmp_path / "log", here=tmp_path, PYTHONPATH=str(installed)
    ) as site:
        pages = {
            path: site.get(path).decode() for path in ("/", "/cas/angers", "/recherche?q=budjet+participatif")
        }

    assert "livrées avec kb" in (tmp_path / "log").read_text(encoding="utf-8")
    assert all("</html>" in page for page in pages.values())
    assert "Budget participatif" in pages["/recherche?q=budjet+participatif"]


def test_a_folder_that_was_named_is_never_replaced_by_another(installed: Path, tmp_path: Path) -> None:
    by_option = kb(installed, tmp_path, "search", "budget", "--content", "ailleurs")
    by_variable = kb(installed, tmp_path, "search", "budget", KB_CONTENT="ailleurs")

    assert by_option.returncode and by_variable.returncode
    assert "livrées avec kb" not in by_option.stderr + by_variable.stderr


def test_content_in_the_folder_comes_before_what_was_shipped(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()

    assert "livrées avec kb" not in kb(installed, tmp_path, "show", "angers").stderr


def test_a_command_that_writes_does_not_write_in_the_package(installed: Path, tmp_path: Path) -> None:
    before = sorted(installed.rglob("*.md"))

    kb(installed, tmp_path, "new", "case", "ville-exemple", "--title", "Ville", "--type", "commune")
    kb(installed, tmp_path, "fix")

    assert sorted(installed.rglob("*.md")) == before


def test_every_file_of_the_content_and_of_the_packages_is_in_the_wheel(installed: Path) -> None:
    def names(folder: Path) -> set[str]:
        files = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
        return {path.relative_to(folder).as_posix() for path in files}

    assert names(ROOT / "content") - names(installed / "kb/base") == set()
    for package in ("kb", "web"):
        assert names(ROOT / package) - names(installed / package) == set()


def test_the_sdist_holds_content_tests_tools_and_locks(built: Path) -> None:
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        names = {re.sub(r"^[^/]+/", "", name) for name in archive.getnames()}

    assert {"Makefile", "requirements.lock", "tools/packages.txt", "content/taxonomy.yaml"} <= names
    assert {f"tests/project/{Path(__file__).name}", "tests/conftest.py"} <= names
