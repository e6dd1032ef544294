"""Derived columns on disk, by content and version: safe to delete, cheap to reuse.

An entry is one file, `cache/ab/KEY.CHECKSUM`. The checksum of its bytes is part of its name, so an entry is whole or it
is not there: a file that a crash or a bad disk damaged no longer fits its name, is removed, and is made again.
"""

import os
import re
import secrets
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xxhash

from curator.data.files.atomic import is_left_over
from curator.data.files.permissions import narrow
from curator.errors import WorkFailed
from curator.project.refusals import worded

Writer = Callable[[Path], object]
"""Writes one file to the path it is given, such as a frame's `write_ipc`."""

_CHUNK = 4 << 20
_UNFINISHED = ".unfinished"
_SHARD_LETTERS = 2
_ENTRY = re.compile(r"[^/.]{3,}\.([0-9a-f]{32}|(\d+)-[0-9a-f]+\.unfinished)")
"""The names of an entry and of one that is being written, with the writer's process. What has another name stays."""


@dataclass(frozen=True)
class Pruned:
    """What was removed: files, and their bytes."""

    entries: int
    bytes: int


def cache_key(*made_of: Any) -> str:
    """A key of 32 hexadecimal digits, equal where everything is that an entry is made of.

    Args:
        made_of: versions, settings, keys of other entries, and arrays.
    """
    digest = xxhash.xxh3_128()
    for part in made_of:
        digest.update(part.tobytes() if hasattr(part, "tobytes") else repr(part).encode("utf-8", "surrogatepass"))
        digest.update(b"|")
    return digest.hexdigest()


class Cache:
    """The entries under one folder, readable by its owner alone.

    Several processes may use it at once: entries only ever appear whole, and two that store the same key store the same
    content.

    Args:
        folder: where they are.
        below: another such folder, whose entries are there too; nothing in it is changed.

    Attributes:
        folder: where they are.
        used: the keys that were asked for or stored by this object, whether or not anything is stored under them.
    """

    def __init__(self, folder: Path, below: Path | None = None) -> None:
        self.folder = folder
        self._below = below
        self.used: set[str] = set()
        self._sound: dict[str, Path] = {}

    def __reduce__(self) -> tuple[type["Cache"], tuple[Path, Path | None]]:
        """A worker process gets the folders; what was checked so far stays here."""
        return Cache, (self.folder, self._below)

    def entry(self, key: str) -> Path | None:
        """The file stored under `key`; None when there is none, or a damaged one, which is then removed.

        The first time a process asks for an entry its bytes are compared with its checksum.
        """
        self.used.add(key)
        known = self._sound.get(key)
        if known is not None and known.exists():
            return known
        for path in self._candidates(key):
            if _checksum(path) == path.name.rpartition(".")[2]:
                self._sound[key] = path
                return path
            path.unlink(missing_ok=True)
        for path in Cache(self._below)._candidates(key) if self._below else ():
            if _checksum(path) == path.name.rpartition(".")[2]:
                self._sound[key] = path
                return path
        return None

    def holds(self, key: str) -> bool:
        """Whether something is stored under `key`, sound or not: `entry` without reading it."""
        return key in self._sound or bool(self._candidates(key))

    def required(self, key: str) -> Path:
        """The file stored under `key`, which was stored before.

        Raises:
            WorkFailed: something removed or damaged it meanwhile.
        """
        path = self.entry(key)
        if path is None:
            raise WorkFailed(
                f"Something was removed from {self.folder} while it was in use. Run the command again: it is made anew."
            )
        return path

    def store(self, key: str, writer: Writer) -> Path:
        """Write an entry under a temporary name, flush it to the disk, and let it appear whole.

        Raises:
            WorkFailed: the disk is full; nothing half-written stays behind.
            UsageError: the folder may not be written.
        """
        if "/" in key or "." in key or len(key) <= _SHARD_LETTERS:
            raise ValueError(f"not a cache key: {key}")
        self.used.add(key)
        shard = self._shard(key)
        unfinished = shard / f"{key}.{os.getpid()}-{secrets.token_hex(4)}{_UNFINISHED}"
        with worded(shard):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            shard.mkdir(mode=0o700, exist_ok=True)
            try:
                writer(unfinished)
                checksum = _flushed_checksum(unfinished)
                path = shard / f"{key}.{checksum}"
                unfinished.replace(path)
            finally:
                unfinished.unlink(missing_ok=True)
        for other in self._candidates(key):
            if other != path:
                other.unlink(missing_ok=True)
        self._sound[key] = path
        return path

    def remove(self, key: str) -> None:
        """Remove what is stored under `key`, if anything is. Who has it open can continue to read it."""
        self.used.discard(key)
        self._sound.pop(key, None)
        for path in self._candidates(key):
            path.unlink(missing_ok=True)

    def size(self) -> int:
        """Bytes of all entries."""
        return sum(_bytes(path) for path in self._files())

    def prune(self, keep: Collection[str], spare: int = 0) -> Pruned:
        """Remove entries whose key is not in `keep`, the oldest first, and what a crash left unfinished.

        Who has an entry open can continue to read it; what another process is writing stays.

        Args:
            keep: the keys that are still needed.
            spare: bytes of other entries that may stay, for a person who switches between settings.
        """
        wanted = set(keep)
        removable = sorted(
            (path for path in self._files() if path.name.partition(".")[0] not in wanted),
            key=lambda path: (path.name.endswith(_UNFINISHED), -_modified(path), path.name),
        )
        spared, removed, freed = 0, 0, 0
        for path in removable:
            size = _bytes(path)
            is_unfinished = path.name.endswith(_UNFINISHED)
            if is_unfinished and _is_unfinished(path):
                continue
            if not is_unfinished and spared + size <= spare:
                spared += size
                continue
            with worded(path):
                path.unlink(missing_ok=True)
            removed, freed = removed + 1, freed + size
        return Pruned(removed, freed)

    def clear(self) -> Pruned:
        """Remove all entries, and those of the caches in folders below this one."""
        pruned = [self.prune(keep=())]
        if self.folder.is_dir():
            below = [path for path in self.folder.iterdir() if path.is_dir() and len(path.name) > _SHARD_LETTERS]
            pruned += [Cache(path).prune(keep=()) for path in below]
        self._sound.clear()
        return Pruned(sum(one.entries for one in pruned), sum(one.bytes for one in pruned))

    def _shard(self, key: str) -> Path:
        return self.folder / key[:_SHARD_LETTERS]

    def _candidates(self, key: str) -> list[Path]:
        try:
            found = [path for path in self._shard(key).iterdir() if path.name.startswith(f"{key}.")]
        except (FileNotFoundError, NotADirectoryError):
            return []
        return sorted(path for path in found if not path.name.endswith(_UNFINISHED))

    def _files(self) -> Iterator[Path]:
        if not self.folder.is_dir():
            return
        for shard in self.folder.iterdir():
            if len(shard.name) == _SHARD_LETTERS and shard.is_dir():
                for path in list(shard.iterdir()):
                    if path.name.startswith(shard.name) and _ENTRY.fullmatch(path.name) and path.is_file():
                        yield path


def _checksum(path: Path) -> str | None:
    try:
        with path.open("rb") as stream:
            return _digest(stream)
    except OSError:
        return None  # an entry that cannot be read is one to make again


def _flushed_checksum(path: Path) -> str:
    narrow(path)
    with path.open("r+b") as stream:
        digest = _digest(stream)
        os.fsync(stream.fileno())
    return digest


def _digest(stream: Any) -> str:
    hasher = xxhash.xxh3_128()
    while chunk := stream.read(_CHUNK):
        hasher.update(chunk)
    return hasher.hexdigest()


def _is_unfinished(path: Path) -> bool:
    named = _ENTRY.fullmatch(path.name)
    try:
        return named is not None and named[2] is not None and not is_left_over(path, named[2])
    except FileNotFoundError:
        return False


def _bytes(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _modified(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0
