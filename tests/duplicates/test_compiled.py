"""A kernel is compiled once: a second start takes it from disk."""

import os
import subprocess
import sys

from curator import jit
from curator.duplicates.block_features import block_features
from curator.jit import compiled_before
from tests.duplicates.reference import views

CODE = """
import numpy as np
from curator.duplicates import forest
forest.components(np.array([[0, 1]]), 3)
print(sum(forest._united.stats.cache_hits.values()), sum(forest._united.stats.cache_misses.values()))
"""


def start(home):
    place = {"HOME": str(home), "XDG_CACHE_HOME": str(home / "cache")}
    environment = {name: value for name, value in os.environ.items() if name != "NUMBA_CACHE_DIR"} | place
    done = subprocess.run([sys.executable, "-c", CODE], env=environment, capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_a_second_start_compiles_nothing(tmp_path):
    assert start(tmp_path) == ["0", "1"]
    assert start(tmp_path) == ["1", "0"]


def test_without_a_home_that_can_be_written_kernels_are_kept_elsewhere(tmp_path):
    (tmp_path / "cache").write_text("a file where the folder would be")
    assert start(tmp_path)[0] in ("0", "1")


def test_it_is_known_whether_the_first_use_will_compile(tmp_path, monkeypatch):
    block_features(views([("a", "b")]))
    assert compiled_before()
    monkeypatch.setattr(jit, "CACHE", tmp_path / "kernels")
    assert not compiled_before()
