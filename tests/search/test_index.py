"""The index on disk: built, opened, thrown away and built again."""

from __future__ import annotations

import logging
import stat
import threading
from pathlib import Path

import pytest

from kb.errors import IndexUnavailableError
from kb.search.index import Index, _code_version, build_index, ensure_index, index_folder, key_of, open_index
from kb.search.query import SearchQuery
from tests.corpora import case, corpus_of, note

DOCUMENTS = (case("angers", "Angers ouvre une plateforme."), note("comparer", "Comparer les outils."))
CORPUS = corpus_of(*DOCUMENTS)


def folders(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.is_dir()}


def test_an_index_is_built_where_there_is_none_and_then_only_opened(tmp_path: Path) -> None:
    with ensure_index(CORPUS, tmp_path) as first:
        assert first.search(SearchQuery("plateforme")).total == 1
    built = (first.folder / "manifest.json").stat().st_mtime_ns

    with ensure_index(CORPUS, tmp_path) as again:
        assert again.search(SearchQuery("outil")).hits[0].slug == "comparer"
    assert (again.folder / "manifest.json").stat().st_mtime_ns == built


@pytest.mark.parametrize(
    "part", ["formatting.py", "content/snippets.py", "search/ranking.py", "links/ledger.py"]
)
def test_an_index_made_by_other_code_is_not_taken(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before, read = key_of(CORPUS), Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda p: read(p) + b"#" * p.as_posix().endswith(f"kb/{part}"))
    _code_version.cache_clear()
    try:
        assert key_of(CORPUS) != before
    finally:
        _code_version.cache_clear()


def test_nothing_is_opened_where_nothing_was_built(tmp_path: Path) -> None:
    assert open_index(CORPUS, tmp_path) is None


def test_changed_content_has_another_index_and_the_former_one_goes(tmp_path: Path) -> None:
    ensure_index(CORPUS, tmp_path).close()
    changed = corpus_of(*DOCUMENTS, note("tard", "Une note de plus."))

    ensure_index(changed, tmp_path).close()

    assert folders(tmp_path) == {key_of(changed)}


def test_left_overs_of_a_build_that_died_are_removed(tmp_path: Path) -> None:
    (tmp_path / ".building-1-dead").mkdir()

    ensure_index(CORPUS, tmp_path).close()

    assert folders(tmp_path) == {key_of(CORPUS)}


@pytest.mark.parametrize("damage", ["cut", "gone", "garbage", "manifest"])
def test_a_damaged_index_is_told_and_built_again(
    tmp_path: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    ensure_index(CORPUS, tmp_path).close()
    place = tmp_path / key_of(CORPUS)
    victim = place / "manifest.json" if damage == "manifest" else next(place.glob("*.seg"))
    if damage == "gone":
        victim.unlink()
    else:
        victim.write_bytes(b"\x80garbage" if damage != "cut" else victim.read_bytes()[:-10])

    with caplog.at_level(logging.WARNING), ensure_index(CORPUS, tmp_path) as index:
        assert index.search(SearchQuery("plateforme")).total == 1

    assert "building again" in caplog.text


def test_a_foreign_file_in_the_place_of_the_index_is_built_over(tmp_path: Path) -> None:
    (tmp_path / key_of(CORPUS)).mkdir()
    (tmp_path / key_of(CORPUS) / "_MAIN_1.toc").write_bytes(b"not ours")

    with ensure_index(CORPUS, tmp_path) as index:
        assert index.search(SearchQuery("plateforme")).total == 1


def test_the_folder_belongs_to_this_user_alone(tmp_path: Path) -> None:
    ensure_index(CORPUS, tmp_path / "kb").close()

    assert stat.S_IMODE((tmp_path / "kb").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "kb" / key_of(CORPUS)).stat().st_mode) == 0o700


def test_a_folder_that_cannot_be_made_is_told_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")

    with pytest.raises(IndexUnavailableError, match="KB_INDEX"):
        ensure_index(CORPUS, tmp_path / "file" / "kb")


def test_builders_at_once_all_get_a_sound_index(tmp_path: Path) -> None:
    totals: list[int] = []

    def build() -> None:
        with ensure_index(CORPUS, tmp_path) as index:
            totals.append(index.search(SearchQuery("plateforme")).total)

    threads = [threading.Thread(target=build) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert totals == [1, 1, 1, 1]
    assert folders(tmp_path) == {key_of(CORPUS)}


def test_the_former_index_answers_while_the_next_is_built(tmp_path: Path) -> None:
    former = ensure_index(CORPUS, tmp_path)

    ensure_index(corpus_of(DOCUMENTS[0]), tmp_path).close()

    assert former.search(SearchQuery("outils")).total == 1
    former.close()


def test_rebuild_builds_even_where_all_is_well(tmp_path: Path) -> None:
    ensure_index(CORPUS, tmp_path).close()
    before = (tmp_path / key_of(CORPUS) / "manifest.json").stat().st_ino

    ensure_index(CORPUS, tmp_path, rebuild=True).close()

    assert (tmp_path / key_of(CORPUS) / "manifest.json").stat().st_ino != before


def test_an_empty_corpus_has_an_index_that_finds_nothing(tmp_path: Path) -> None:
    with ensure_index(corpus_of(), tmp_path) as index:
        assert index.search(SearchQuery("budget")).total == 0
        assert index.search(SearchQuery()).total == 0


def test_a_build_gives_the_folder_of_an_index_that_opens(tmp_path: Path) -> None:
    place = build_index(CORPUS, tmp_path)

    with Index(place, CORPUS) as index:
        assert index.search(SearchQuery("angers")).hits[0].slug == "angers"


def test_the_index_lies_beside_the_content_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KB_INDEX", raising=False)
    assert index_folder(Path("/srv/base/content")) == Path("/srv/base/.kb/content")

    monkeypatch.setenv("KB_INDEX", "/var/kb")
    assert index_folder(Path("/srv/base/content")) == Path("/var/kb")


def test_the_process_lets_go_of_the_files_of_a_closed_index(tmp_path: Path) -> None:
    ensure_index(CORPUS, tmp_path).close()

    maps = Path("/proc/self/maps").read_text(encoding="utf-8", errors="replace")

    assert str(tmp_path) not in maps
