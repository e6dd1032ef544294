"""Arrays and frames that are mapped from a file: opened in milliseconds whatever their size, and dropped at need."""

import mmap
from pathlib import Path
from typing import Any

import polars as pl


def release(array: Any) -> None:
    """Give the memory of an array that is mapped back to the system; it is read from the disk again where needed.

    An array in memory, or a system without such an advice, is left as it is.
    """
    owner = array
    while owner is not None and not isinstance(owner, mmap.mmap):
        owner = getattr(owner, "base", None)
    if owner is not None and hasattr(mmap, "MADV_DONTNEED"):
        owner.madvise(mmap.MADV_DONTNEED)


def mapped(path: Path) -> pl.DataFrame:
    """The frame that `write_mapped` wrote; its bytes are read from the file when they are looked at."""
    import pyarrow

    table = pyarrow.ipc.open_file(pyarrow.memory_map(str(path))).read_all()
    frame = pl.from_arrow(table, rechunk=False)
    assert isinstance(frame, pl.DataFrame)
    return frame


def write_mapped(frame: pl.DataFrame, path: Path) -> None:
    """Write a frame as one batch, so that its columns are one piece each when they are mapped."""
    frame.rechunk().write_ipc(path, record_batch_size=max(len(frame), 1), compat_level=pl.CompatLevel.newest())
