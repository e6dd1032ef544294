"""A result of `find` in one file, so that a later run compares only what is new."""

from pathlib import Path

import msgspec
import polars as pl

from curator.data.frames import read_frame
from curator.duplicates.search import Duplicates

_ARRAYS = ("exact_first", "first", "template_shingles", "template_key")
_FRAMES = ("pairs", "forest", "templates")
_FIGURES = ("examples", "threshold", "floor", "views", "recall", "candidates", "incomplete", "seconds")


def save(duplicates: Duplicates, path: Path) -> None:
    """Write one Arrow file of one row, a list per column; the caller makes it appear whole."""
    columns = [pl.Series(name, getattr(duplicates, name)).implode() for name in _ARRAYS]
    for name in _FRAMES:
        frame: pl.DataFrame = getattr(duplicates, name)
        columns += [column.implode().alias(f"{name}.{column.name}") for column in frame]
    figures = {name: getattr(duplicates, name) for name in _FIGURES}
    pl.DataFrame([*columns, pl.Series("figures", [msgspec.json.encode(figures).decode()])]).write_ipc(path)


def load(path: Path) -> Duplicates:
    """What `save` wrote to `path`."""
    stored = read_frame(path)
    values = {name: stored[name][0].to_numpy() for name in _ARRAYS}
    for name in _FRAMES:
        own = [column for column in stored.columns if column.startswith(f"{name}.")]
        values[name] = pl.DataFrame({column.removeprefix(f"{name}."): stored[column][0] for column in own})
    figures = msgspec.json.decode(stored["figures"].item())
    return Duplicates(
        **values, **figures | {"views": tuple(figures["views"]), "incomplete": tuple(figures["incomplete"])}
    )
