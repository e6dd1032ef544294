"""The runs of a project: state, loss, verdict, and what changed in the data since the run before."""

from dataclasses import dataclass
from pathlib import Path

import msgspec
import xxhash

from curator.project.jobs.run_files import lines_of
from curator.training.runs.snapshot import SPLIT_FILES, Snapshot, read_snapshot
from trainer.contract import EVENTS_FILE, RESULT_FILE
from trainer.contract.results import Result


@dataclass(frozen=True)
class Changed:
    """Examples of a run's data against those of an earlier run."""

    added: int
    dropped: int
    edited: int

    def sentence(self) -> str:
        """For people."""
        if not (self.added or self.dropped or self.edited):
            return "the same data"
        parts = [
            f"{count:,} {name}"
            for name, count in (("added", self.added), ("dropped", self.dropped), ("edited", self.edited))
            if count
        ]
        return ", ".join(parts)


@dataclass(frozen=True)
class Run:
    """A run's folder.

    Attributes:
        folder: where it is.
        snapshot: what was handed over.
        result: what came out; None: not finished.
        changed: its data against that of the run before it in the list; None: it is the first.
    """

    folder: Path
    snapshot: Snapshot
    result: Result | None
    changed: Changed | None

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.folder.name


def runs_in(folder: Path) -> list[Run]:
    """Every run below `folder`, the oldest first."""
    found: list[Run] = []
    if not folder.is_dir():
        return found
    before: dict[str, int] | None = None
    for path in sorted(folder.iterdir()):
        snapshot = read_snapshot(path) if path.is_dir() and not path.name.startswith(".") else None
        if snapshot is None:
            continue
        contents = contents_of(path)
        changed = None if before is None else changes(before, contents)
        found.append(Run(path, snapshot, result_of(path), changed))
        before = contents
    return found


def result_of(folder: Path) -> Result | None:
    """What came out of a run; None while it is not finished."""
    try:
        return Result.model_validate_json((folder / RESULT_FILE).read_bytes())
    except FileNotFoundError:
        return None


def has_started(folder: Path) -> bool:
    """Whether the trainer has written an event yet."""
    return (folder / EVENTS_FILE).is_file()


def contents_of(folder: Path) -> dict[str, int]:
    """A hash of the content of every example of a run, by id."""
    return {
        line["id"]: xxhash.xxh3_64_intdigest(msgspec.json.encode([line["messages"], line.get("tools")]))
        for name in SPLIT_FILES.values()
        for line in lines_of(folder / name)
        if "id" in line and "messages" in line
    }


def changes(before: dict[str, int], after: dict[str, int]) -> Changed:
    """What was added, dropped and edited between two versions of the data."""
    shared = before.keys() & after.keys()
    return Changed(
        added=len(after.keys() - shared),
        dropped=len(before.keys() - shared),
        edited=sum(before[id_] != after[id_] for id_ in shared),
    )
