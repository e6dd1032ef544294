"""What a judge answered, kept as it comes: an answer that was received is never asked for again."""

import os
import threading
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import msgspec

from curator.data.files.permissions import as_its_folder
from curator.errors import DISK_FULL, WorkFailed
from curator.scoring.replies import Reply


class KeptReplies:
    """The replies in one file, by the key of what was asked; any number of threads may add to it.

    Each reply is one write at the end of the file, which a killed process cannot undo. What a crash of the machine may
    cost are the replies of its last second.

    Args:
        path: of the file; made with the first reply.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._by_key: dict[str, list[Reply]] = {}
        self._file: int | None = None
        for line in _lines(path):
            self._by_key.setdefault(line.pop("key"), []).append(Reply(**line))

    def of(self, key: str) -> Sequence[Reply]:
        """The replies to what was asked, in order."""
        return self._by_key.get(key, ())

    def add(self, key: str, reply: Reply) -> None:
        """Keep a reply.

        Raises:
            WorkFailed: the disk is full.
        """
        line = msgspec.json.encode({"key": key, **asdict(reply)}) + b"\n"
        with self._lock:
            try:
                if self._file is None:
                    self._file = _opened(self._path)
                if os.write(self._file, line) < len(line):
                    raise WorkFailed(_full(self._path))
            except OSError as error:
                if error.errno in DISK_FULL:
                    raise WorkFailed(_full(self._path)) from None
                raise WorkFailed(f"{self._path} cannot be written: {error.strerror}.") from None
            self._by_key.setdefault(key, []).append(reply)

    def flush(self) -> None:
        """See that all of it is on the disk."""
        with self._lock:
            if self._file is not None:
                os.fsync(self._file)


def _full(path: Path) -> str:
    return f"The disk is full: {path} cannot grow. Make room and run the same command again; what was answered is kept."


def _opened(path: Path) -> int:
    """The file, without what a crash or a full disk left half written at its end."""
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    as_its_folder(path)
    os.ftruncate(file, path.read_bytes().rfind(b"\n") + 1)
    return file


def _lines(path: Path) -> list[dict[str, Any]]:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return []
    try:
        return [msgspec.json.decode(line) for line in content[: content.rfind(b"\n") + 1].splitlines()]
    except msgspec.MsgspecError as error:
        raise WorkFailed(f"{path} is damaged: {error}. Correct or delete the line; the others are sound.") from error
