"""Fixtures: a small corpus on disk, the site over it, the `kb` command."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings
from jinja2 import FileSystemBytecodeCache

from kb import Corpus, load_corpus

HERE = Path(__file__).parent
SMALL = HERE / "data" / "content"
REAL = HERE.parent / "content"

# commands that tests start speak UTF-8, as tests read it, whatever the locale (`test_printing` tries others)
os.environ["PYTHONUTF8"] = "1"

# the same examples on every run, however slow the machine: a gate finds what it found yesterday
_ANYWHERE = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("default", _ANYWHERE, max_examples=100, derandomize=True)
settings.register_profile("soak", _ANYWHERE, max_examples=5000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--golden-update", action="store_true", help="rewrite the golden files")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Compares a text with tests/golden/NAME, or rewrites the file with --golden-update.

    With `under`, its first line, only a file that begins so is compared: what stands under another
    line was made of other things.
    """

    def compare(name: str, text: str, under: str = "") -> None:
        path = HERE / "golden" / name
        if request.config.getoption("--golden-update"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        known = path.read_text(encoding="utf-8")
        if known.startswith(under):
            assert text == known, f"{name} differs: read the diff, then make golden"

    return compare


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    """Three invented cases and three notes."""
    loaded = load_corpus(SMALL)
    assert loaded.problems == ()
    return loaded.corpus


@pytest.fixture(scope="session")
def real() -> Corpus:
    """The real documents."""
    return load_corpus(REAL).corpus


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of all workers of a run."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session", autouse=True)
def templates(shared: Path) -> None:
    """Templates are compiled once for all the sites of a run."""
    folder = shared / "templates"
    folder.mkdir(mode=0o700, exist_ok=True)
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": FileSystemBytecodeCache(str(folder))}


@pytest.fixture(scope="session")
def real_index(shared: Path) -> Path:
    """Where the index of the real documents is kept, built once for all workers of a run."""
    folder = shared / "real-index"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the small content that a test may change."""
    return Path(shutil.copytree(SMALL, tmp_path / "content"))


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The site over the small content."""
    from web import create_app

    return create_app({"CONTENT": str(SMALL), "INDEX": str(tmp_path_factory.mktemp("index")), "WATCH": 0})


@pytest.fixture
def client(app: Flask) -> Iterator[FlaskClient]:
    """A client of that site."""
    with app.test_client() as client:
        yield client


@pytest.fixture
def kb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs the `kb` command on the small content, its index in a folder of the test."""
    from kb.cli import main

    monkeypatch.setenv("KB_INDEX", str(tmp_path / "index"))
    monkeypatch.setenv("KB_CONTENT", str(SMALL))
    return lambda *arguments: CliRunner().invoke(main, [str(a) for a in arguments])
