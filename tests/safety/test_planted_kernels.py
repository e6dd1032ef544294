"""numba unpickles what its cache holds: a pickle that somebody else put there is never read."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.safety.traps import Mark, environment

CODE = """
import numpy as np
from curator import jit
from curator.duplicates import forest
forest.components(np.array([[0, 1]]), 3)
print(jit.CACHE)
"""
NOBODY = 65534


@pytest.fixture
def start(tmp_path):
    """Compile or load a kernel in a process of its own; where that keeps kernels."""
    (tmp_path / "work").mkdir()
    (tmp_path / "tmp").mkdir()

    def started(**more):
        usual = {"XDG_CACHE_HOME": str(tmp_path / "cache"), "TMPDIR": str(tmp_path / "tmp")}
        variables = environment(**{**usual, **more})
        command = [sys.executable, "-P", "-c", CODE]
        done = subprocess.run(command, cwd=tmp_path / "work", env=variables, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    return started


@pytest.fixture
def planted(tmp_path, start):
    """The user's cache with every index of a kernel replaced by a pickle that leaves a mark."""
    mark = Mark(tmp_path / "mark")
    folder = tmp_path / "cache" / "curator" / "kernels"
    start()
    indexes = list(folder.rglob("*.nbi"))
    assert indexes
    for index in indexes:
        index.write_bytes(mark.pickle("kernel"))
    return folder, mark


def test_kernels_are_kept_where_only_the_user_can_write(start, tmp_path):
    kept = start()
    assert kept.startswith(str(tmp_path / "cache" / "curator" / "kernels"))
    assert Path(kept).stat().st_mode & 0o777 == 0o700


def test_the_trap_works(planted, start):
    """What lies in the user's own cache is the user's own, and read."""
    start()
    assert planted[1].sprung == ["kernel"]


def in_the_temporary_folder(folder, tmp_path):
    guessable = tmp_path / "tmp" / f"curator-kernels-{os.getuid()}"
    folder.rename(guessable)
    guessable.chmod(0o700)
    return {"XDG_CACHE_HOME": "/proc/none"}


def writable_by_others(folder, tmp_path):
    for place in (folder, *folder.iterdir()):
        place.chmod(0o777)
    return {}


def below_a_folder_that_others_write_to(folder, tmp_path):
    (tmp_path / "cache").chmod(0o777)
    return {}


def of_somebody_else(folder, tmp_path):
    if os.geteuid() != 0:
        pytest.skip("only root can give a folder away")
    for place in (folder, *folder.rglob("*")):
        os.chown(place, NOBODY, NOBODY)
    return {}


def behind_a_link(folder, tmp_path):
    folder.rename(tmp_path / "elsewhere")
    folder.symlink_to(tmp_path / "elsewhere")
    return {}


def named_by_a_file_in_the_working_folder(folder, tmp_path):
    folder.rename(tmp_path / "work" / "kernels")
    (kept,) = (tmp_path / "work" / "kernels").iterdir()
    (tmp_path / "work" / ".numba_config.yaml").write_text(f"cache_dir: {kept}\n")
    return {"XDG_CACHE_HOME": "/proc/none"}


def in_a_relative_cache(folder, tmp_path):
    (tmp_path / "work" / "curator").mkdir()
    folder.rename(tmp_path / "work" / "curator" / "kernels")
    return {"XDG_CACHE_HOME": "."}


PLACES = (
    in_the_temporary_folder,
    writable_by_others,
    below_a_folder_that_others_write_to,
    of_somebody_else,
    behind_a_link,
    named_by_a_file_in_the_working_folder,
    in_a_relative_cache,
)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__.replace("_", " "))
def test_kernels_are_not_read_from_a_place_where_another_could_put_them(place, planted, start, tmp_path):
    folder, mark = planted
    start(**place(folder, tmp_path))
    assert mark.sprung == []


def test_a_cache_that_the_user_names_is_used_in_a_folder_of_its_own(start, tmp_path):
    kept = start(NUMBA_CACHE_DIR=str(tmp_path / "named"))
    assert kept.startswith(str(tmp_path / "named" / "curator-"))
    assert Path(kept).stat().st_mode & 0o777 == 0o700
