"""The index folder when things go wrong: damaged, planted, locked, full, read-only, built twice, killed."""

from __future__ import annotations

import fcntl
import gc
import logging
import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from whoosh import index as whoosh_index
from whoosh.fields import ID, Schema

from kb import load_corpus
from kb.errors import IndexUnavailableError
from kb.search.index import ensure_index, key_of, open_index
from kb.search.query import SearchQuery
from kb.search.safekeeping import ASIDE, LOCK
from tests.corpora import case, corpus_of, note
from web import create_app, state
from web.state import Site

DOCUMENTS = (case("angers", "Angers ouvre une plateforme."), note("comparer", "Comparer les outils."))
CORPUS = corpus_of(*DOCUMENTS)
PLACE = key_of(CORPUS)
#: `kb` as an account without privileges, on a disk where no file may grow past some bytes
LIMITED = """
import ctypes, resource, sys
ctypes.CDLL(None).capset(ctypes.byref((ctypes.c_uint32 * 2)(0x20080522, 0)), (ctypes.c_uint32 * 6)())
if size := int(sys.argv.pop(1)):
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
from kb.cli import main
main()
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """The folder of a sound index."""
    ensure_index(CORPUS, tmp_path).close()
    return tmp_path / PLACE


def assert_built_again(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.clear()
    with caplog.at_level(logging.WARNING), ensure_index(CORPUS, folder) as index:
        assert index.search(SearchQuery("plateforme")).total == 1
    assert "building again" in caplog.text
    assert {path.name for path in folder.iterdir()} == {LOCK, PLACE}
    with ensure_index(CORPUS, folder) as index:
        assert index.search(SearchQuery("outils")).total == 1


def flip(path: Path) -> None:
    body = bytearray(path.read_bytes())
    body[len(body) // 2] ^= 4
    path.write_bytes(body)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "a byte flipped": flip,
    "cut in the middle": lambda path: os.truncate(path, path.stat().st_size // 2),
    "empty": lambda path: path.write_bytes(b""),
    "missing": Path.unlink,
    "a folder": lambda path: (path.unlink(), path.mkdir()),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_to_any_file_is_told_and_the_index_built_again(
    tmp_path: Path, place: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    endings = {path.suffix for path in place.iterdir() if path.stat().st_size}
    assert endings == {".seg", ".toc", ".json"}

    for pattern in ("*.seg", "*.toc", "vocabulary.json", "manifest.json"):
        DAMAGES[damage](next(place.glob(pattern)))
        assert_built_again(tmp_path, caplog)


class Bomb(ID):  # type: ignore[misc]
    """A field that leaves a file behind when Whoosh reads it."""

    def __init__(self, mark: Path) -> None:
        super().__init__()
        self.mark = mark

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.mark,)


@pytest.mark.parametrize("name", ["_MAIN_1.toc", "_MAIN_99.toc"])
def test_a_pickle_put_into_the_index_is_never_read(
    tmp_path: Path, place: Path, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    mark = tmp_path.with_name(f"{tmp_path.name}-mark")
    planted = Path(shutil.copytree(place, tmp_path.with_name(f"{tmp_path.name}-planted")))
    foreign = tmp_path.with_name(f"{tmp_path.name}-foreign")
    foreign.mkdir()
    whoosh_index.create_in(str(foreign), Schema(words=Bomb(mark)))
    toc = next(foreign.glob("*.toc"))
    mark.unlink(missing_ok=True)
    shutil.copy(toc, planted / name)
    opening = f"from whoosh import index; index.open_dir({str(planted)!r})"
    subprocess.run([sys.executable, "-c", opening], capture_output=True, check=False)
    assert mark.exists(), "the bomb is a bomb"
    mark.unlink()

    shutil.copy(toc, place / name)
    assert_built_again(tmp_path, caplog)

    assert not mark.exists()


@pytest.mark.parametrize("loose", ["folder", "index", "file"])
def test_what_another_account_could_write_is_not_trusted(
    tmp_path: Path, place: Path, loose: str, caplog: pytest.LogCaptureFixture
) -> None:
    {"folder": tmp_path, "index": place, "file": place / "vocabulary.json"}[loose].chmod(0o777)

    assert_built_again(tmp_path, caplog)

    assert tmp_path.stat().st_mode & 0o077 == 0


def test_a_link_in_the_place_of_a_file_is_not_followed(
    tmp_path: Path, place: Path, caplog: pytest.LogCaptureFixture
) -> None:
    elsewhere = (place / "vocabulary.json").rename(tmp_path.with_name(f"{tmp_path.name}.json"))
    (place / "vocabulary.json").symlink_to(elsewhere)

    assert_built_again(tmp_path, caplog)


def test_a_folder_of_another_account_is_refused_and_left_alone(tmp_path: Path) -> None:
    foreign = tmp_path / "kb" if os.getuid() == 0 else Path("/usr")
    if os.getuid() == 0:
        foreign.mkdir()
        os.chown(foreign, 65534, 65534)
    before = sorted(foreign.iterdir())

    with pytest.raises(IndexUnavailableError, match="appartient à un autre compte"):
        ensure_index(CORPUS, foreign)

    assert sorted(foreign.iterdir()) == before


@contextmanager
def held(lock: Path) -> Iterator[None]:
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def test_a_builder_that_never_ends_is_told_after_a_while(tmp_path: Path) -> None:
    with held(tmp_path / LOCK), pytest.raises(IndexUnavailableError, match="un autre processus tient"):
        ensure_index(CORPUS, tmp_path, patience=0.1)

    with ensure_index(CORPUS, tmp_path) as index:
        assert index.search(SearchQuery("plateforme")).total == 1


def test_a_sound_index_opens_whoever_holds_the_locks(tmp_path: Path, place: Path) -> None:
    locks = held(tmp_path / LOCK), held(place / "MAIN_WRITELOCK")

    with locks[0], locks[1], ensure_index(CORPUS, tmp_path, patience=0) as index:
        assert index.search(SearchQuery("plateforme")).total == 1


def kb(content: Path, folder: Path, *arguments: str, size: int = 0) -> subprocess.CompletedProcess[str]:
    """The `kb` command without privileges, and with no file past `size` bytes unless 0."""
    return subprocess.run(
        [sys.executable, "-c", LIMITED, str(size), *arguments, "--content", str(content)],
        env={**os.environ, "KB_INDEX": str(folder)},
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
    )


def test_a_full_disk_is_told_in_a_line_and_the_index_there_is_stays(folder: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    ensure_index(load_corpus(folder).corpus, index).close()

    failed = kb(folder, index, "index", "--rebuild", size=2000)

    assert failed.returncode == 2
    assert "l’index ne peut pas être écrit" in failed.stderr
    assert "la taille permise aux fichiers est atteinte" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert not any(index.glob(f"{ASIDE}*"))
    with open_index(load_corpus(folder).corpus, index) or pytest.fail("the former index is gone") as opened:
        assert opened.search(SearchQuery("budget")).total


def test_a_read_only_folder_serves_the_index_it_has_and_tells_what_it_cannot(
    folder: Path, tmp_path: Path
) -> None:
    index = tmp_path / "index"
    ensure_index(load_corpus(folder).corpus, index).close()
    index.chmod(0o500)

    found = kb(folder, index, "search", "budget")
    failed = kb(folder, index, "index", "--rebuild")

    index.chmod(0o700)
    assert "Boisjoli" in found.stdout
    assert (failed.returncode, "Traceback" in failed.stderr) == (2, False)
    assert "l’accès est refusé" in failed.stderr


@contextmanager
def full_disk() -> Iterator[None]:
    """No file of this process may grow past two thousand bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # Whoosh leaves files open
def test_the_site_serves_on_while_the_disk_is_full_and_follows_when_there_is_room(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state, "RETRY", 0.0)
    app = create_app({"CONTENT": str(folder), "INDEX": str(tmp_path / "index"), "WATCH": 0})
    site, client = state.site_of(app), app.test_client()
    path = folder / "cases" / "boisjoli.md"
    path.write_text(
        path.read_text(encoding="utf-8").replace("sans prestataire", "sans aide"), encoding="utf-8"
    )

    with full_disk():
        assert site.refresh() is False
        gc.collect()
    assert "sans prestataire" in client.get("/cas/boisjoli").text
    assert client.get("/recherche?q=prestataire").status_code == 200
    assert client.get("/sante").get_json()["status"] == "behind"

    assert site.refresh() is True
    assert "sans aide" in client.get("/cas/boisjoli").text
    assert client.get("/sante").get_json()["status"] == "ok"


@pytest.mark.parametrize("fault", ["taxonomy", "document", "folder"])
def test_content_that_becomes_unreadable_leaves_the_last_good_version_serving(
    folder: Path, tmp_path: Path, fault: str
) -> None:
    app = create_app({"CONTENT": str(folder), "INDEX": str(tmp_path / "index"), "WATCH": 0})
    site, client = state.site_of(app), app.test_client()
    if fault == "folder":
        folder.rename(tmp_path / "gone")
    else:
        name = {"taxonomy": "taxonomy.yaml", "document": "cases/boisjoli.md"}[fault]
        (folder / name).write_text("---\nfacets: [[\n", encoding="utf-8")

    assert site.refresh() is False

    assert client.get("/cas/boisjoli").status_code == 200
    assert "boisjoli" in client.get("/recherche?q=budget").text
    assert client.get("/sante").get_json()["status"] == "behind"


def test_the_watch_survives_whatever_a_look_raises(folder: Path, tmp_path: Path) -> None:
    site = Site(folder, tmp_path / "index")
    moved = folder.rename(tmp_path / "gone")
    folder.write_text("a file where the folder was", encoding="utf-8")
    assert site.refresh() is False

    folder.unlink()
    moved.rename(folder)
    (folder / "cases" / "boisjoli.md").unlink()

    assert site.refresh() is True


def test_two_builders_at_once_leave_one_sound_index(folder: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "kb", "index", "--rebuild", "--content", str(folder)]
    environment = {**os.environ, "KB_INDEX": str(tmp_path / "index")}

    builders = [subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) for _ in range(2)]

    assert [builder.wait() for builder in builders] == [0, 0]
    assert len(list((tmp_path / "index").iterdir())) == 2
    assert "Boisjoli" in kb(folder, tmp_path / "index", "search", "budget").stdout


def test_what_a_killed_builder_leaves_is_removed_and_the_former_index_stays(
    tmp_path: Path, place: Path
) -> None:
    script = f"""
import kb.search.index as index, time
from tests.search.test_index_faults import CORPUS
index._sync = lambda path: time.sleep(60)  # as if the disk were slow
index.ensure_index(CORPUS, index.Path({str(tmp_path)!r}), rebuild=True)
"""
    builder = subprocess.Popen([sys.executable, "-c", script])
    while not any(tmp_path.glob(f"{ASIDE}*/manifest.json")):
        assert builder.poll() is None
        time.sleep(0.02)
    builder.send_signal(signal.SIGKILL)
    builder.wait()

    with open_index(CORPUS, tmp_path) or pytest.fail("the former index is gone") as index:
        assert index.search(SearchQuery("plateforme")).total == 1
    ensure_index(CORPUS, tmp_path, rebuild=True).close()
    assert {path.name for path in tmp_path.iterdir()} == {LOCK, PLACE}


def test_readers_meet_no_error_while_the_index_is_swapped(tmp_path: Path, place: Path) -> None:
    stopped, met = threading.Event(), set[object]()

    def read() -> None:
        while not stopped.is_set():
            try:
                with ensure_index(CORPUS, tmp_path) as index:
                    met.add(index.search(SearchQuery("plateforme")).total)
            except Exception as error:
                met.add(error)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for _ in range(8):
        ensure_index(CORPUS, tmp_path, rebuild=True).close()
    stopped.set()
    for reader in readers:
        reader.join()

    assert met == {1}


def test_no_file_of_the_index_is_served(folder: Path, tmp_path: Path) -> None:
    index = folder.parent / ".kb" / "content"
    client = create_app({"CONTENT": str(folder), "INDEX": str(index), "WATCH": 0}).test_client()
    files = [path.relative_to(folder.parent) for path in index.rglob("*") if path.is_file()]
    assert len(files) > 3

    for file in files:
        for before in ("/", "/static/../", "/static/%2e%2e/", "/cas/..%2f..%2f", "/content/../"):
            assert client.get(f"{before}{file}").status_code in (301, 308, 404)
