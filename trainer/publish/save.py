"""The adapter folder: weights, tokenizer, chat template, generation settings with the stop tokens, model card."""

from __future__ import annotations

import json
from typing import Any

from trainer.contract import ADAPTER_FOLDER
from trainer.contract.files import sync_folder, write_text
from trainer.contract.results import Result
from trainer.evaluate.answers.generate import stop_tokens
from trainer.plan.plan import Plan
from trainer.publish.card import model_card


def save_adapter(plan: Plan, model: Any) -> None:
    """Write `adapter/` so that PEFT, vLLM and conversion tools find all they need in it; on return it is on disk."""
    folder = plan.folder / ADAPTER_FOLDER
    model.save_pretrained(folder)
    plan.tokenizer.save_pretrained(folder)
    stops = stop_tokens(plan.tokenizer, plan.train, plan.base_stops)
    generation = {"eos_token_id": stops, "pad_token_id": stops[0] if stops else None}
    write_text(folder / "generation_config.json", json.dumps(generation, indent=2) + "\n")
    sync_folder(folder)


def write_card(plan: Plan, result: Result) -> None:
    """Write the model card, which shows what the evaluation found."""
    write_text(plan.folder / ADAPTER_FOLDER / "README.md", model_card(plan, result))
