"""Checkpoints that are whole: a list of their files with sizes and hashes is written last and checked before use."""

from __future__ import annotations

import json
from pathlib import Path

from trainer.files import sha256, write_text

SEAL = "complete.json"


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


def newest_sound(checkpoints: Path) -> tuple[Path | None, list[str]]:
    """The latest usable checkpoint, and a sentence for each later one that is not."""
    skipped: list[str] = []
    folders = [folder for folder in checkpoints.glob("checkpoint-*") if folder.name.rsplit("-", 1)[1].isdigit()]
    for folder in sorted(folders, key=step_of, reverse=True):
        reason = problem(folder)
        if reason is None:
            return folder, skipped
        skipped.append(f"{folder.name} is skipped: {reason}.")
    return None, skipped
