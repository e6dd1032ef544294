"""Log probabilities by the reference: computed once before the first step and kept with the run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np

from trainer import contract
from trainer.contract.errors import EvaluationError
from trainer.contract.files import atomic_file, sha256
from trainer.data.batches import Layout
from trainer.data.paired_examples import PairedExamples
from trainer.data.tokens import TokenisedExamples
from trainer.evaluate.preferences import both_logps
from trainer.model.continued import adapter_folder
from trainer.model.fingerprint import fingerprint
from trainer.plan.plan import Plan

CHUNK = 256
"""Examples between two writes to disk."""


def add_reference(
    plan: Plan,
    model: Any,
    examples: TokenisedExamples,
    file: str,
    *,
    begun: bool,
    between: Callable[[], object] = lambda: None,
) -> None:
    """Give the examples of a data file their reference, from the run's folder or from the model.

    The reference is the model without its adapter, or with the adapter that the run begins from. `begun`: the adapter
    was trained meanwhile. `between` is called after each part that is on the disk; what it raises is passed on.

    Raises:
        EvaluationError: the adapter that the run began from has changed, and the file is gone.
    """
    if not isinstance(examples, PairedExamples) or examples.preference.objective == "orpo":
        return
    path = plan.folder / contract.CHECKPOINTS_FOLDER / f"reference-{Path(file).stem}.npz"
    key = _key(plan, examples)
    found = _read(path, key, len(examples))
    open_ = np.flatnonzero(np.isnan(found).any(axis=1)).tolist()
    continued = plan.settings.model.adapter is not None
    if open_ and continued and begun:
        raise EvaluationError(f"{path} is gone, and the run's adapter is no longer the one that it began from.")
    training = plan.settings.training
    layout = Layout(bool(training.packing), training.micro_batch_tokens or 0)
    for start in range(0, len(open_), CHUNK):
        chunk = open_[start : start + CHUNK]
        with nullcontext() if continued or not hasattr(model, "disable_adapter") else model.disable_adapter():
            found[chunk] = both_logps(model, examples, chunk, layout, plan.placement.device, plan.placement.dtype)[0]
        path.parent.mkdir(exist_ok=True)
        with atomic_file(path) as temporary, temporary.open("wb") as output:
            np.savez(output, key=np.array(key), logps=found)
        between()
    examples.reference = found


def _read(path: Path, key: str, count: int) -> Any:
    if path.is_file():
        try:
            with np.load(path, allow_pickle=False) as saved:
                if str(saved["key"]) == key:
                    return saved["logps"]
        except (OSError, ValueError, KeyError):
            pass  # torn or of another kind: computed anew
    return np.full((count, 2), np.nan)


def _key(plan: Plan, examples: PairedExamples) -> str:
    """All that the reference depends on: both sequences of every example, the model, and how it computes."""
    digest = hashlib.sha256()
    for part in (examples, examples.seconds):
        for index in range(len(part)):
            digest.update(part[index].ids.tobytes() + part[index].weights.tobytes())
    model = plan.settings.model
    adapter = (
        None if model.adapter is None else adapter_folder(model.adapter, plan.folder) / "adapter_model.safetensors"
    )
    parts = [fingerprint(plan.source), model.model_dump_json(), adapter and sha256(adapter)]
    return hashlib.sha256(digest.digest() + json.dumps(parts).encode()).hexdigest()
