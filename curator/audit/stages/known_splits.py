"""Which side of a split an example is known to be on: by the saved split, else by the name of its file."""

import re
from collections.abc import Sequence
from pathlib import PurePath

import numpy as np
import numpy.typing as npt
import polars as pl

from curator.project.saved_split import TRAIN, Splits

_FILE_NAMES = (r"train(ing)?", r"valid(ation)?|val|dev|eval(uation)?", r"test")


def known_splits(ids: pl.Series, files: npt.NDArray[np.int64], names: Sequence[str], saved: pl.DataFrame) -> Splits:
    """The side of every example: saved, else by file name; -1 for none.

    Args:
        ids: of the examples.
        files: int64 [n], number of each one's file; -1 for one that is in no file.
        names: of the files.
        saved: the frame of `curator.project.saved_split.saved_splits`.
    """
    known = ids.to_frame("id").join(saved, on="id", how="left", maintain_order="left")["side"]
    splits: Splits = known.fill_null(-1).to_numpy().astype(np.int8)
    by_file = splits_of_files(names)
    named = np.where(files < 0, -1, by_file[files])
    return np.where(splits < 0, named, splits).astype(np.int8)


def splits_of_files(names: Sequence[str]) -> Splits:
    """The side that each file's name, or its folder's, gives it (`train.jsonl`, `test/data-00000.arrow`); -1 for none.

    Names give a split only where one file is for training and another one is not.
    """
    splits = np.full(len(names), -1, dtype=np.int8)
    for at, name in enumerate(names):
        path = PurePath(name)
        fits = _fitting(path.name.partition(".")[0]) or _fitting(path.parent.name)
        splits[at] = fits[0] if len(fits) == 1 else -1
    gives_split = (splits == TRAIN).any() and (splits > TRAIN).any()
    return splits if gives_split else np.full(len(names), -1, dtype=np.int8)


def _fitting(name: str) -> list[int]:
    """The splits whose words are in a name."""
    words = re.split(r"[^a-z]+", name.lower())
    return [side for side, pattern in enumerate(_FILE_NAMES) if any(re.fullmatch(pattern, word) for word in words)]
