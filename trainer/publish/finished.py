"""Load a finished run again: its plan as it was settled, base and adapter."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from trainer import contract
from trainer.contract.errors import MissingError
from trainer.contract.files import data_hashes
from trainer.contract.results import Result
from trainer.model.fingerprint import fingerprint, refuse_changed
from trainer.model.fused import fuse_adapters
from trainer.model.load import load_model, replace_attention
from trainer.plan.plan import Plan, make_plan

ADAPTER_FILES = ("adapter_config.json", "adapter_model.safetensors")


def finished_run(folder: Path, allow_download: bool, trust_remote_code: bool = False) -> tuple[Plan, Result]:
    """The plan and the result of a finished run.

    Raises:
        MissingError: the run is not finished, or its adapter is gone.
        ChangedError: its data or its base model are no longer what it was trained on.
    """
    path = folder / contract.RESULT_FILE
    if not path.is_file():
        raise MissingError(f"{folder} contains no finished run. Train first: `trainer run {folder}`.")
    adapter = folder / contract.ADAPTER_FOLDER
    if missing := [name for name in ADAPTER_FILES if not (adapter / name).is_file()]:
        raise MissingError(
            f"The adapter of this run is missing: {adapter} has no {' and no '.join(missing)}. Restore it, or train "
            "again in a new folder."
        )
    result = Result.model_validate(json.loads(path.read_text(encoding="utf-8")))
    refuse_changed("data", str(folder), result.data, data_hashes(folder))
    plan = make_plan(folder, allow_download, resumed=True, trust_remote_code=trust_remote_code)
    if result.model:
        refuse_changed("base model", plan.source.name, result.model, fingerprint(plan.source))
    return plan, result


def tuned_model(plan: Plan) -> Any:
    """The base model as it was trained on, with the finished adapter.

    Raises:
        MissingError: the model is not there, or the adapter is damaged.
    """
    from peft import PeftModel
    from safetensors import SafetensorError

    base = load_model(plan.source, plan.placement)
    if plan.settings.training.packing:
        replace_attention(base)
    adapter = plan.folder / contract.ADAPTER_FOLDER
    try:
        tuned = PeftModel.from_pretrained(base, adapter)
    except (OSError, ValueError, SafetensorError) as problem:
        raise MissingError(
            f"The adapter in {adapter} cannot be loaded: {str(problem).splitlines()[0][:200]}. Replace it with an "
            "intact copy, or train again in a new folder."
        ) from problem
    fuse_adapters(tuned)
    return tuned
