"""What the chat template of a model that is to be trained here refuses, as findings of an audit."""

import json
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import polars as pl

from curator.audit.decided.edited import now
from curator.audit.engine import Audit
from curator.audit.findings import all_findings
from curator.audit.loading.reread import originals
from curator.checks.catalogue import check_named
from curator.checks.found_elsewhere import THINKING_LOST
from curator.data.frames import found, nothing_found
from curator.targets.conversion import judge_example, to_line
from curator.targets.engines.built_in import BUILT_IN
from curator.training.runs.run_toml import run_settings
from curator.training.trainer_process import ask_trainer
from trainer.contract import SETTINGS_FILE, TRAIN_FILE

_CHECK = "rejected-by-target"


def with_template_refusals(audit: Audit, model: str, *, allow_download: bool = False) -> Audit:
    """The audit with what the model's chat template refuses, an error each, and whose thinking it drops, a warning.

    Args:
        audit: of the data.
        model: a folder, or a name in the local cache; a name on the hub with `allow_download`.
        allow_download: fetch the tokenizer where it is not here.

    Raises:
        UsageError, MissingDependency, WorkFailed: what the trainer says.
    """
    reasons, lost = _refused(audit, model, ["--allow-download"] if allow_download else [])
    not_run = {name: reason for name, reason in audit.not_run.items() if name != THINKING_LOST.name}
    audit = replace(audit, not_run=not_run)
    if not reasons and not lost:
        return audit
    sentences = [f"The chat template of {model} refuses the example: {reason}" for reason in reasons.values()]
    dropped = [f"The chat template of {model} drops thinking that the example has."] * len(lost)
    bare = replace(audit.loaded, findings=nothing_found())
    named = (check_named(_CHECK), THINKING_LOST)
    frames = [_found(_CHECK, list(reasons), sentences), _found(THINKING_LOST.name, lost, dropped)]
    ours = all_findings(bare, named, audit.options.settings, frames)
    edited = audit.edited
    if edited.by_position:
        rows_of = {position: row for row, position in enumerate(edited.positions.tolist()) if position >= 0}
        is_edited = pl.col("row").is_in(list(rows_of))
        theirs = ours.filter(is_edited).with_columns(pl.col("row").replace_strict(rows_of, return_dtype=pl.UInt32))
        edited = replace(edited, findings=pl.concat([edited.findings, theirs]))
        ours = ours.filter(~is_edited)
    order = ("file", "line", "check", "message_index", "start")
    together = pl.concat([audit.source_findings, ours]).sort(order, nulls_last=False, maintain_order=True)
    return replace(audit, source_findings=together, edited=edited)


def _found(check: str, rows: list[int], sentences: list[str]) -> pl.DataFrame:
    schema = {"row": pl.UInt32, "message": pl.String}
    return found(check, pl.DataFrame({"row": rows, "message": sentences}, schema=schema))


def _refused(audit: Audit, model: str, allowed: list[str]) -> tuple[dict[int, str], list[int]]:
    """By position in the set, why the template refuses a sound example; whose thinking it drops."""
    place = str(Path(model).resolve()) if Path(model).is_dir() else model
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / SETTINGS_FILE).write_text(run_settings(place), encoding="utf-8")
        with (Path(folder) / TRAIN_FILE).open("wb") as file:
            for line in _lines(audit):
                file.write(msgspec.json.encode(line) + b"\n")
            if not file.tell():
                return {}, []
        answered: dict[str, Any] = json.loads(ask_trainer("plan", folder, "--refused", *allowed))
    refusals = {int(position): reason for position, reason in answered["refused"].items()}
    return refusals, [int(position) for position in answered["thinking_lost"]]


def _lines(audit: Audit) -> Iterator[dict[str, Any]]:
    """What would be handed over, its position in the place of its id."""
    for original in originals(audit.loaded):
        content = now(original, audit.edited).content
        if not judge_example(content, {}, BUILT_IN):
            yield {"id": str(original.position), **(to_line(content, {}, BUILT_IN).value or {})}
