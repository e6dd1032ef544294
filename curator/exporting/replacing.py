"""Where an export goes: a folder that appears whole, in the place of nothing but an earlier export as it was written.

An export is known by its manifest, which names every file of it with its hash, and carries a seal over itself. What
else is in a folder, or was changed since, is somebody's own: then the folder is refused, and nothing in it is touched.
"""

import errno
import glob
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from curator.data.files.atomic import flush, is_left_over
from curator.data.files.permissions import ANYONE, narrow_all
from curator.errors import DISK_FULL, UsageError, WorkFailed
from curator.exporting.engines.companions import COMPANIONS
from curator.exporting.manifest import CARD, MANIFEST, seal_of
from curator.exporting.media_files import MEDIA
from curator.exporting.outputs import LOST, SKIPPED
from curator.targets.registry import TARGETS

_SHOWN = 5
_NAMES = frozenset(
    {CARD, MANIFEST, LOST, SKIPPED, *COMPANIONS}
    | {name for target in TARGETS for name in target.files.values()}
    | {f"{split}.parquet" for split in ("train", "validation", "test")}
)
"""Every name that a file of an export can have."""


def refuse_existing(folder: Path, *, replace: bool) -> None:
    """See that an export may be written to `folder`.

    Raises:
        UsageError: it may not; the sentence names what is in the way.
    """
    folder = folder.resolve()
    if folder.is_dir():
        if not any(folder.iterdir()):
            return
        if not replace:
            raise UsageError(
                f"{folder} is there already. Name another folder, or replace the export in it with --replace."
            )
        if found := in_the_way(folder):
            raise _refusal(folder, found)
    elif folder.exists():
        raise UsageError(f"{folder} is a file. Name a folder.")


def in_the_way(folder: Path) -> list[str]:
    """What a folder holds besides an earlier export as it was written; empty: nothing."""
    listed = _listed(folder)
    found = []
    for name in _names_within(folder):
        path = folder / name
        if listed is None or name not in listed or path.is_symlink() or not path.is_file():
            found.append(name)
        elif name != MANIFEST and not _is_unchanged(path, listed[name]):
            found.append(f"{name} (changed since)")
    return found


def _names_within(folder: Path) -> list[str]:
    """What is in a folder, and in that of its media."""
    names = []
    for path in sorted(folder.iterdir()):
        is_media = path.name == MEDIA and path.is_dir() and not path.is_symlink()
        names += sorted(f"{MEDIA}/{inner.name}" for inner in path.iterdir()) if is_media else [path.name]
    return names


def _refusal(folder: Path, found: list[str]) -> UsageError:
    names = ", ".join(found[:_SHOWN]) + (f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else "")
    if not (folder / MANIFEST).exists():
        return UsageError(f"{folder} holds something that is no export ({names}). Name another folder.")
    return UsageError(
        f"{folder} is not replaced, for it holds something that is no export as it was written: {names}. Move that "
        "away, or name another folder."
    )


def _listed(folder: Path) -> dict[str, dict[str, Any]] | None:
    """The files of an export by name, its manifest included; None: the folder holds none of ours."""
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
        if manifest["seal"] != seal_of(manifest):
            return None
        entries = [*manifest["files"], *manifest["other_files"]]
        return {MANIFEST: {}, **{entry["name"]: entry for entry in entries}}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _is_unchanged(path: Path, entry: dict[str, Any]) -> bool:
    return bool(path.stat().st_size == entry["bytes"] and sha256_of(path) == entry["sha256"])


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def placed(folder: Path, *, replace: bool, allowed: int = ANYONE) -> Iterator[Path]:
    """A folder beside the wanted one, which takes its name when all went well and is gone when not.

    Args:
        folder: the wanted one, resolved.
        replace: put it in the place of an earlier export.
        allowed: permissions of its files at most; see `curator.data.files.permissions`.

    Raises:
        UsageError: something is in the way, or the place cannot be written to.
        WorkFailed: the disk is full.
    """
    temporary = folder.parent / f".{folder.name}.{os.getpid()}.partial"
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _recover(folder)
        refuse_existing(folder, replace=replace)
        temporary.mkdir(mode=allowed | (allowed >> 2 & 0o111))
        yield temporary
        narrow_all(temporary, allowed)
        _put_in_place(temporary, folder, replace=replace)
    except OSError as problem:
        if problem.errno in DISK_FULL:
            raise WorkFailed(f"The disk that holds {folder} is full. Make room and export again.") from problem
        if problem.errno in (errno.ENOTEMPTY, errno.EEXIST):
            raise UsageError(f"Something was put into {folder} meanwhile, so nothing was written there.") from problem
        raise UsageError(f"{folder} cannot be written: {problem.strerror or problem}.") from problem
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _put_in_place(temporary: Path, folder: Path, *, replace: bool) -> None:
    """Rename; at every moment the old export, or the new one, is whole, under this name or beside it.

    Raises:
        UsageError: something came into the earlier export since it was looked at.
    """
    old = folder.parent / f".{folder.name}.{os.getpid()}.old"
    try:
        if replace and folder.is_dir() and any(folder.iterdir()):
            folder.rename(old)
            if found := in_the_way(old):
                raise _refusal(folder, found)
        temporary.rename(folder)
    except BaseException:
        if old.exists() and not folder.exists():
            old.rename(folder)
        raise
    flush(folder.parent)
    if old.exists():
        _remove(old)


def _recover(folder: Path) -> None:
    """Put right what exports to the same folder left behind when they were killed.

    An earlier export that was set aside comes back where no new one took its place, and goes where one did.
    """
    for left in _left_over(folder, "old"):
        listed = _listed(left)
        if listed is None:
            with suppress(OSError):  # all but the empty folder was removed before the kill; or it is no export of ours
                left.rmdir()
        elif not folder.exists() and all((left / name).exists() for name in listed):
            left.rename(folder)
        else:
            _remove(left)
    for left in _left_over(folder, "partial"):
        names = _names_within(left)
        is_ours = all(name in _NAMES or name.startswith(f"{MEDIA}/") for name in names)
        if is_ours and all((left / name).is_file() and not (left / name).is_symlink() for name in names):
            shutil.rmtree(left, ignore_errors=True)


def _left_over(folder: Path, ending: str) -> list[Path]:
    found = []
    for left in folder.parent.glob(f".{glob.escape(folder.name)}.*.{ending}"):
        process = left.name.removeprefix(f".{folder.name}.").removesuffix(f".{ending}")
        with suppress(FileNotFoundError):
            if process.isdecimal() and left.is_dir() and not left.is_symlink() and is_left_over(left, process):
                found.append(left)
    return sorted(found)


def _remove(old: Path) -> None:
    """Remove the files of an export that are as they were written, and the folder where nothing else is in it."""
    listed = _listed(old) or {}
    for name in [name for name in _names_within(old) if name in listed and name != MANIFEST]:
        path = old / name
        if path.is_file() and not path.is_symlink() and _is_unchanged(path, listed[name]):
            path.unlink()
    with suppress(OSError):  # there is none, or something else is in it
        (old / MEDIA).rmdir()
    if [path.name for path in old.iterdir()] == [MANIFEST] and listed:
        (old / MANIFEST).unlink()
    with suppress(OSError):  # something else is in it: it stays
        old.rmdir()
