"""Frames in Arrow files, mapped into memory: opened in milliseconds whatever their size, and dropped again at need."""

from pathlib import Path

import polars as pl


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
