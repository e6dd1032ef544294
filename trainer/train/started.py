"""What a run was started with, and whether it may be started or continued."""

from __future__ import annotations

import json
from pathlib import Path

from trainer import contract
from trainer.contract.errors import CheckpointError, SettingsError
from trainer.contract.files import data_hashes, sha256, write_text
from trainer.model.fingerprint import fingerprint, refuse_changed
from trainer.narration import Narration
from trainer.plan.plan import Plan
from trainer.train.checkpoints import newest_sound
from trainer.train.finish import versions
from trainer.train.processes import Processes


def refuse_used_folder(folder: Path, processes: Processes) -> None:
    """A folder holds one run.

    Raises:
        SettingsError: it is not there, or holds a run.
    """
    if not folder.is_dir():
        raise SettingsError(
            f"There is no folder {folder}. A run folder holds run.toml, train.jsonl and validation.jsonl."
        )
    # The first process creates files while others still start, so it alone looks for traces of an earlier run.
    begun = folder / contract.CHECKPOINTS_FOLDER / contract.STARTED_FILE
    used = (folder / contract.RESULT_FILE).exists() or begun.exists()
    if processes.main and used:
        raise SettingsError(
            f"{folder} already holds a run. Continue it with `trainer resume`, or copy run.toml and the data to "
            "a new folder."
        )


def continue_from(folder: Path, narrate: Narration) -> Path | None:
    """The checkpoint to continue from; None starts at step 0 when the run was killed before its first checkpoint.

    Raises:
        CheckpointError: the run is finished, never began, or its data or settings changed since.
    """
    if (folder / contract.RESULT_FILE).exists():
        raise CheckpointError(f"The run in {folder} is finished; there is nothing to resume.")
    started = folder / contract.CHECKPOINTS_FOLDER / contract.STARTED_FILE
    if not started.exists():
        raise CheckpointError(f"No run was started in {folder}. Start it with `trainer run`.")
    then = json.loads(started.read_text(encoding="utf-8"))
    for name, digest in {
        **data_hashes(folder),
        contract.SETTINGS_FILE: sha256(folder / contract.SETTINGS_FILE),
    }.items():
        if then["files"].get(name) != digest:
            raise CheckpointError(
                f"{name} has changed since the run began. Restore it, or start a new run in a new folder."
            )
    changed = [name for name, found in versions().items() if then["versions"].get(name) != found]
    if changed:
        narrate(f"Other versions than when the run began ({', '.join(changed)}): losses may differ in the last digits.")
    checkpoint, skipped = newest_sound(folder / contract.CHECKPOINTS_FOLDER)
    for sentence in skipped:
        narrate(sentence)
    narrate(f"Continuing from {checkpoint.name}." if checkpoint else "No checkpoint yet: starting from the first step.")
    return checkpoint


def note_start(plan: Plan) -> None:
    """Write the settled settings, and what a resumed run must find unchanged."""
    write_text(plan.folder / contract.RESOLVED_FILE, plan.resolved.toml())
    checkpoints = plan.folder / contract.CHECKPOINTS_FOLDER
    checkpoints.mkdir(exist_ok=True)
    files = {**data_hashes(plan.folder), contract.SETTINGS_FILE: sha256(plan.folder / contract.SETTINGS_FILE)}
    started = {"files": files, "versions": versions(), "origins": plan.resolved.origins}
    started["model"] = fingerprint(plan.source)
    write_text(checkpoints / contract.STARTED_FILE, json.dumps(started, indent=1))


def refuse_another_model(plan: Plan) -> None:
    """An adapter is trained further only on the model that it began on.

    Raises:
        ChangedError: the base model's files are others than when the run began.
    """
    started = plan.folder / contract.CHECKPOINTS_FOLDER / contract.STARTED_FILE
    then = json.loads(started.read_text(encoding="utf-8")).get("model", {})
    refuse_changed("base model", plan.source.name, then, fingerprint(plan.source) if then else {})
