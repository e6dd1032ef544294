"""What tells the files of a base model from those of another, or of the same one after a change."""

from __future__ import annotations

import hashlib
from pathlib import Path

from trainer.contract.errors import ChangedError
from trainer.contract.files import sha256
from trainer.model.load import ModelSource

ENDS = 1 << 20
"""Bytes read at either end of a file of weights: tens of gigabytes would take longer than an evaluation."""


def fingerprint(source: ModelSource) -> dict[str, str]:
    """For each file of the model's folder that decides an answer, a hash; for a model of the hub, its commit.

    Of weights the size and both ends are hashed: the head names shapes and places, and training changes every value.
    """
    folder = Path(source.name)
    if not folder.is_dir():
        from trainer.model.load import load_config

        return {"commit": str(getattr(load_config(source), "_commit_hash", None))}
    found = {path.name: sha256(path) for path in sorted([*folder.glob("*.json"), *folder.glob("*.jinja")])}
    return found | {path.name: _ends(path) for path in sorted(folder.glob("*.safetensors"))}


def refuse_changed(what: str, place: str, then: dict[str, str], now: dict[str, str]) -> None:
    """See to it that files are still those that a run was trained on; new ones beside them do not matter.

    Raises:
        ChangedError: one is gone or another.
    """
    changed = sorted(name for name, digest in then.items() if now.get(name) != digest)
    if changed:
        raise ChangedError(
            f"The {what} in {place} changed since the run ({', '.join(changed)}): the adapter no longer "
            "belongs to it. Restore the files, or train again in a new folder."
        )


def _ends(path: Path) -> str:
    size = path.stat().st_size
    with path.open("rb") as file:
        digest = hashlib.sha256(str(size).encode() + file.read(ENDS))
        file.seek(max(0, size - ENDS))
        digest.update(file.read(ENDS))
    return digest.hexdigest()
