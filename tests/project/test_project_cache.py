"""Derived columns on disk: whole or not there, cheap to reuse, safe to delete."""

import os
import pickle
from pathlib import Path

import polars as pl
import pytest

from curator.errors import WorkFailed
from curator.project.cache import Cache

FRAME = pl.DataFrame({"tokens": list(range(5000))})


def everything_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_what_was_stored_is_found_again_by_another_process(tmp_path):
    Cache(tmp_path).store("abc-1", FRAME.write_ipc)
    found = pickle.loads(pickle.dumps(Cache(tmp_path))).entry("abc-1")
    assert pl.read_ipc(found).equals(FRAME)


def test_what_was_never_stored_is_not_found(tmp_path):
    assert Cache(tmp_path).entry("abc-1") is None
    assert Cache(tmp_path / "not there").size() == 0


@pytest.mark.parametrize("place", [0, 100, -1])
def test_a_single_changed_byte_makes_an_entry_be_made_again(tmp_path, place):
    path = Cache(tmp_path).store("abc-1", FRAME.write_ipc)
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)
    assert Cache(tmp_path).entry("abc-1") is None
    assert everything_in(tmp_path) == []


def test_a_cut_off_entry_is_made_again(tmp_path):
    path = Cache(tmp_path).store("abc-1", FRAME.write_ipc)
    path.write_bytes(path.read_bytes()[:1000])
    cache = Cache(tmp_path)
    assert cache.entry("abc-1") is None
    cache.store("abc-1", FRAME.write_ipc)
    assert pl.read_ipc(Cache(tmp_path).required("abc-1")).equals(FRAME)


def test_an_entry_that_someone_deletes_is_asked_for_again_in_a_sentence(tmp_path):
    cache = Cache(tmp_path)
    cache.store("abc-1", FRAME.write_ipc).unlink()
    assert cache.entry("abc-1") is None
    with pytest.raises(WorkFailed, match=r"was removed .* Run the command again"):
        cache.required("abc-1")


def test_storing_twice_keeps_the_later_one_only(tmp_path):
    cache = Cache(tmp_path)
    cache.store("abc-1", FRAME.write_ipc)
    cache.store("abc-1", FRAME.head(3).write_ipc)
    assert len(everything_in(tmp_path)) == 1
    assert len(pl.read_ipc(Cache(tmp_path).required("abc-1"))) == 3


@pytest.mark.parametrize("write", [FRAME.write_ipc, FRAME.write_parquet], ids=["Arrow", "Parquet"])
def test_a_full_disk_is_a_sentence_and_leaves_nothing_half_written(tmp_path, write, full_disk):
    cache = Cache(tmp_path)
    cache.store("abc-0", FRAME.head(3).write_ipc)
    with full_disk(4096), pytest.raises(WorkFailed, match="disk is full"):
        cache.store("abc-1", write)
    assert cache.entry("abc-1") is None
    assert [name.partition(".")[0] for name in everything_in(tmp_path)] == ["ab/abc-0"]


def test_a_writer_that_fails_leaves_nothing_behind(tmp_path):
    def breaks_off(path: Path) -> None:
        path.write_bytes(b"half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Cache(tmp_path).store("abc-1", breaks_off)
    assert everything_in(tmp_path) == []


def test_pruning_removes_what_the_latest_audit_did_not_use_and_says_how_much(tmp_path):
    cache = Cache(tmp_path)
    for key in ("abc-1", "abc-2", "def-1"):
        cache.store(key, FRAME.write_ipc)
    before = cache.size()
    (tmp_path / "ab" / "abc-9.77-0123.unfinished").write_bytes(b"left by a crash")
    pruned = cache.prune(keep={"abc-1"})
    assert pruned.entries == 3
    assert pruned.bytes == before - cache.size() + len(b"left by a crash")
    assert [cache.entry(key) is not None for key in ("abc-1", "abc-2", "def-1")] == [True, False, False]


def test_pruning_spares_the_most_recent_of_the_others_up_to_a_size(tmp_path):
    cache = Cache(tmp_path)
    for age, key in enumerate(("abc-1", "abc-2", "def-1")):
        os.utime(cache.store(key, FRAME.write_ipc), (1_000_000 - age, 1_000_000 - age))
    cache.prune(keep=(), spare=cache.size() // 3 + 10)
    assert [cache.entry(key) is not None for key in ("abc-1", "abc-2", "def-1")] == [True, False, False]


def test_a_key_that_could_leave_the_folder_is_refused(tmp_path):
    for key in ("../abc", "a.b.c", "ab"):
        with pytest.raises(ValueError, match="cache key"):
            Cache(tmp_path).store(key, FRAME.write_ipc)
