"""Files that appear whole: written beside their place, flushed to disk, renamed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from trainer.contract import TEST_FILE, TRAIN_FILE, VALIDATION_FILE


@contextmanager
def atomic_file(path: Path) -> Iterator[Path]:
    """Give a temporary path in the same folder; on a clean exit it is flushed and takes the place of `path`."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        yield temporary
        descriptor = os.open(temporary, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write a text file that appears whole."""
    with atomic_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def sync_folder(folder: Path) -> None:
    """Return when all files of a folder are on disk, whoever wrote them."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        with path.open("rb") as file:
            os.fsync(file.fileno())


def remove_torn(folder: Path) -> None:
    """Remove what a killed process was writing when it ended: files of `atomic_file` that never took their place."""
    for path in folder.rglob(".*.tmp"):
        if path.suffixes[-2:-1] and path.suffixes[-2][1:].isdigit():
            path.unlink()


def sha256(path: Path) -> str:
    """Hexadecimal SHA-256 of a file, read in blocks."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def data_hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of each data file in a run's folder."""
    names = (TRAIN_FILE, VALIDATION_FILE, TEST_FILE)
    return {name: sha256(folder / name) for name in names if (folder / name).is_file()}
