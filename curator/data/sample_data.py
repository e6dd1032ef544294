"""Copies of the sample data for a person to try things on."""

import shutil
from pathlib import Path

import platformdirs

from curator.data.files.atomic import atomic_file
from curator.errors import MissingDependency, UsageError

_NAME = "messy.jsonl"
NAMES = (_NAME, "support_desk.jsonl", "benchmark.jsonl")
"""A set with known faults, the same without them, and questions of an exam that some of it repeats."""

_FOLDERS = (Path(__file__).parents[1] / "sample", Path(__file__).parents[2] / "sample_data")
"""In an installed package; in the repository."""


def sample_copy() -> Path:
    """The copy in the user's data folder, made where it is not there; decisions about it stay with it.

    Raises:
        MissingDependency: the program came without its sample data.
    """
    original = _original(_NAME)
    copy = platformdirs.user_data_path("curator") / "sample" / _NAME
    if not copy.exists():
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(original, copy)
    return copy


def write_samples(folder: Path) -> list[Path]:
    """Write the sample files into a folder, made where it is not there; a file that is there as it should be stays.

    Raises:
        UsageError: a file of such a name is there and is another one, or the folder cannot be written.
        MissingDependency: the program came without its sample data.
    """
    copies = {folder / name: _original(name).read_bytes() for name in NAMES}
    for copy, content in copies.items():
        if copy.exists() and (not copy.is_file() or copy.read_bytes() != content):
            raise UsageError(
                f"{copy} is there already and is not the sample. Nothing was written: name another folder."
            )
    folder.mkdir(parents=True, exist_ok=True)
    for copy, content in copies.items():
        if not copy.exists():
            with atomic_file(copy) as unfinished:
                unfinished.write_bytes(content)
    return list(copies)


def _original(name: str) -> Path:
    found = next((place / name for place in _FOLDERS if (place / name).exists()), None)
    if found is None:
        raise MissingDependency("This installation has no sample data. Open a file of your own.")
    return found
