"""Load a finished run again: its plan as it was settled, base and adapter."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from trainer import contract
from trainer.contract import Result
from trainer.errors import MissingError
from trainer.model.load import load_model, replace_attention
from trainer.plan import Plan, make_plan


def finished_run(folder: Path, allow_download: bool) -> tuple[Plan, Result]:
    """The plan and the result of a finished run.

    Raises:
        MissingError: the run is not finished.
    """
    path = folder / contract.RESULT_FILE
    if not path.is_file() or not (folder / contract.ADAPTER_FOLDER).is_dir():
        raise MissingError(f"{folder} holds no finished run. Train first: `trainer run {folder}`.")
    result = Result.model_validate(json.loads(path.read_text(encoding="utf-8")))
    return make_plan(folder, allow_download, resumed=True), result


def tuned_model(plan: Plan) -> Any:
    """The base model as it was trained on, with the finished adapter."""
    from peft import PeftModel

    base = load_model(plan.source, plan.placement)
    if plan.settings.training.packing:
        replace_attention(base)
    return PeftModel.from_pretrained(base, plan.folder / contract.ADAPTER_FOLDER)
