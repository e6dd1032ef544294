"""The folder of a run as it is handed to the trainer: the exact examples, and where they come from. Never rewritten."""

import hashlib
import os
import shutil
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Literal, NamedTuple

import msgspec

from curator.data.content import Content
from curator.data.files.permissions import narrow_all
from curator.errors import UsageError, WorkFailed
from curator.targets.conversion import to_line
from curator.targets.engines.built_in import BUILT_IN
from trainer.contract import SETTINGS_FILE, TEST_FILE, TRAIN_FILE, VALIDATION_FILE

SNAPSHOT_FILE = "snapshot.json"
SPLIT_FILES = {"train": TRAIN_FILE, "validation": VALIDATION_FILE, "test": TEST_FILE}
FEWEST = 10
"""Kept examples below which no provider starts a training (OpenAI, Together: 10)."""


class Handed(NamedTuple):
    """An example for the trainer and its side.

    Attributes:
        response_format: the form its answer is wanted in, where its source says one.
        has_secret: whether it holds a secret, or held one that was masked.
    """

    id: str
    content: Content
    side: Literal["train", "validation", "test"]
    response_format: dict[str, Any] | None = None
    has_secret: bool = False


class HandedFile(msgspec.Struct, frozen=True):
    """A data file of a run."""

    file: str
    examples: int
    sha256: str


class Snapshot(msgspec.Struct, frozen=True):
    """`snapshot.json`: what a run was trained on.

    Attributes:
        name: of the run's folder.
        created: UTC.
        model: name or path.
        sources: file, bytes and fingerprint of each.
        decisions: position in the decision log; everything decided until then is in the data.
        split: where the split comes from and what its certificate claims.
        files: by side.
        version: of this form.
        secrets: what became of examples with a secret (`policy`: `mask`, `allow` or `none found`) and how many they
            are (`examples`); None: they were not searched.
    """

    name: str
    created: datetime
    model: str
    sources: list[dict[str, Any]]
    decisions: int
    split: str
    files: dict[str, HandedFile]
    version: int = 1
    secrets: dict[str, Any] | None = None


def hand_over(
    runs: Path,
    examples: Iterable[Handed],
    settings: str,
    *,
    model: str,
    sources: list[dict[str, Any]],
    decisions: int,
    split: str,
    files: Mapping[str, Path] | None = None,
    secrets: Literal["stop", "mask", "allow"] | None = None,
) -> tuple[Path, Snapshot]:
    """Write a new run folder below `runs`; it appears whole.

    Args:
        runs: the project's folder of runs.
        examples: what is kept, in order.
        settings: text of `run.toml`.
        model: name or path, for the list of runs.
        sources: see `Snapshot`.
        decisions: see `Snapshot`.
        split: see `Snapshot`.
        files: to be copied into the folder, by their name there.
        secrets: what becomes of examples with a secret; None: they were not searched.

    Raises:
        UsageError: too few examples, none to train on, or an example that no chat model can be trained on.
        WorkFailed: the disk is full.
    """
    name = _next_name(runs)
    unfinished = runs / f".{name}.{os.getpid()}"
    try:
        unfinished.mkdir(mode=0o700, parents=True)
        splits, found = _write_splits(unfinished, examples)
        about_secrets = None if secrets is None else {"policy": secrets if found else "none found", "examples": found}
        snapshot = Snapshot(name, datetime.now(UTC), model, sources, decisions, split, splits, secrets=about_secrets)
        (unfinished / SETTINGS_FILE).write_text(settings, encoding="utf-8")
        for called, file in (files or {}).items():
            shutil.copyfile(file, unfinished / called)
        _flushed(unfinished / SNAPSHOT_FILE, msgspec.json.format(msgspec.json.encode(snapshot), indent=2))
        narrow_all(unfinished)
        unfinished.rename(runs / name)
    except OSError as error:
        raise WorkFailed(
            f"The run could not be written below {runs}: {error.strerror}. Nothing was started."
        ) from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return runs / name, snapshot


def read_snapshot(folder: Path) -> Snapshot | None:
    """The snapshot of a run; None where the folder has none.

    Raises:
        WorkFailed: it is damaged.
    """
    try:
        return msgspec.json.decode((folder / SNAPSHOT_FILE).read_bytes(), type=Snapshot)
    except FileNotFoundError:
        return None
    except msgspec.DecodeError as error:
        raise WorkFailed(
            f"{folder / SNAPSHOT_FILE} is damaged: {error}. The run's data files are beside it."
        ) from error


def changed_files(folder: Path, snapshot: Snapshot) -> list[str]:
    """Data files that are no longer what was handed over."""
    return [side.file for side in snapshot.files.values() if _sha256(folder / side.file) != side.sha256]


def _next_name(runs: Path) -> str:
    taken = [path.name.split("-")[0] for path in runs.iterdir() if path.is_dir()] if runs.is_dir() else []
    number = 1 + max((int(part) for part in taken if part.isdigit()), default=0)
    return f"{number:03}-{datetime.now(UTC):%Y%m%d-%H%M%S}"


def _write_splits(folder: Path, examples: Iterable[Handed]) -> tuple[dict[str, HandedFile], int]:
    """The files by side, and how many of the examples hold or held a secret."""
    secrets = 0
    counts = dict.fromkeys(SPLIT_FILES, 0)
    files: dict[str, IO[bytes]] = {side: (folder / name).open("wb") for side, name in SPLIT_FILES.items()}
    try:
        for example in examples:
            files[example.side].write(_line(example) + b"\n")
            counts[example.side] += 1
            secrets += example.has_secret
    finally:
        for file in files.values():
            file.flush()
            os.fsync(file.fileno())
            file.close()
    _refuse_what_cannot_train(counts)
    for side in [side for side, count in counts.items() if not count]:
        (folder / SPLIT_FILES[side]).unlink()
    counts_by_split = {
        side: HandedFile(SPLIT_FILES[side], n, _sha256(folder / SPLIT_FILES[side])) for side, n in counts.items() if n
    }
    return counts_by_split, secrets


def _refuse_what_cannot_train(counts: dict[str, int]) -> None:
    total = sum(counts.values())
    if total < FEWEST:
        raise UsageError(f"Only {total} examples are kept; a training needs at least {FEWEST}, and 100 to be ready.")
    if not counts["validation"]:
        raise UsageError("No example is held out: overfitting would not be noticed. Split with --validation 0.1 first.")


def _line(example: Handed) -> bytes:
    rewritten = to_line(example.content, {}, BUILT_IN)
    if rewritten.value is None:
        raise UsageError(f"Example {example.id} cannot be trained on. {rewritten.refusals[0].message} Drop it.")
    messages = rewritten.value.get("messages") or rewritten.value["chosen"]
    if not any(message["role"] == "assistant" for message in messages):
        raise UsageError(f"Example {example.id} has no assistant turn: there is nothing to train. Drop it or add one.")
    line: dict[str, Any] = {"id": example.id, **rewritten.value}
    if example.response_format:
        line["response_format"] = example.response_format
    return msgspec.json.encode(line)


def _flushed(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return ""
