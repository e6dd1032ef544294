"""A copy of the sample data for a person to try things on."""

import shutil
from pathlib import Path

import platformdirs

from curator.errors import MissingDependency

_NAME = "messy.jsonl"
_FOLDERS = (Path(__file__).parents[1] / "sample", Path(__file__).parents[2] / "sample_data")
"""In an installed package; in the repository."""


def sample_copy() -> Path:
    """The copy in the user's data folder, made where it is not there; decisions about it stay with it.

    Raises:
        MissingDependency: the program came without its sample data.
    """
    original = next((place / _NAME for place in _FOLDERS if (place / _NAME).exists()), None)
    if original is None:
        raise MissingDependency("This installation has no sample data. Open a file of your own.")
    copy = platformdirs.user_data_path("curator") / "sample" / _NAME
    if not copy.exists():
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(original, copy)
    return copy
