"""Checkpoints that are whole: a list of their files with sizes and hashes is written last and checked before use."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from trainer.contract.files import sha256, write_text

SEAL = "complete.json"
NOTES = "notes.json"
"""What a resumed run has to know besides weights and losses: why training ended, what was warned of."""


def seal(folder: Path) -> None:
    """Write the list of files; only then does the checkpoint count."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != SEAL)
    listed = {str(path.relative_to(folder)): sha256(path) for path in files}
    write_text(folder / SEAL, json.dumps(listed, indent=1))


def problem(folder: Path) -> str | None:
    """Why a checkpoint cannot be used, or None."""
    try:
        listed = json.loads((folder / SEAL).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return "it was not finished"
    except (OSError, ValueError):
        return f"{SEAL} cannot be read"
    for name, digest in listed.items():
        path = folder / name
        if not path.is_file():
            return f"{name} is missing"
        if sha256(path) != digest:
            return f"{name} is damaged"
    return None


def step_of(folder: Path) -> int:
    """The step a checkpoint was written after."""
    return int(folder.name.rsplit("-", 1)[1])


def write_notes(folder: Path, notes: dict[str, Any]) -> None:
    """Write the notes of a checkpoint."""
    write_text(folder / NOTES, json.dumps(notes))


def read_notes(folder: Path) -> dict[str, Any]:
    """The notes of a checkpoint; none where an earlier version wrote it."""
    path = folder / NOTES
    notes: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return notes


def ends_training(folder: Path) -> bool:
    """Whether no step follows a checkpoint: it is of the last one, or training was stopped for good there."""
    state = _state(folder)
    return (
        bool(state["global_step"] >= state["max_steps"]) or read_notes(folder).get("reason", "finished") != "finished"
    )


def best_step(folder: Path) -> int | None:
    """The step of the lowest validation loss when a checkpoint was written; None without validation."""
    best: int | None = _state(folder)["best_global_step"]
    return best


def remove_unfinished(checkpoints: Path, kept: Path | None) -> None:
    """Remove what lies after the checkpoint that a run is resumed from, and what was being removed before it.

    Left where it is, a checkpoint that was half written or half removed when the run was killed would count as the
    newest, by the time of its folder, when the oldest is deleted.
    """
    last = step_of(kept) if kept is not None else -1
    for folder in _all(checkpoints):
        if step_of(folder) > last or problem(folder) is not None:
            shutil.rmtree(folder)


def newest_sound(checkpoints: Path) -> tuple[Path | None, list[str]]:
    """The latest usable checkpoint, and a sentence for each later one that is not."""
    skipped: list[str] = []
    for folder in sorted(_all(checkpoints), key=step_of, reverse=True):
        reason = problem(folder)
        if reason is None:
            return folder, skipped
        skipped.append(f"{folder.name} is skipped: {reason}.")
    return None, skipped


def _all(checkpoints: Path) -> list[Path]:
    return [folder for folder in checkpoints.glob("checkpoint-*") if folder.name.rsplit("-", 1)[1].isdigit()]


def _state(folder: Path) -> dict[str, Any]:
    state: dict[str, Any] = json.loads((folder / "trainer_state.json").read_text(encoding="utf-8"))
    return state
