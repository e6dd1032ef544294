"""What a run does after its last step: the adapter first, then the evaluation, `result.json` last."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from trainer import contract
from trainer.contract.errors import EvaluationError, StoppedError, TrainerError
from trainer.contract.events import EventLog
from trainer.contract.files import data_hashes, remove_torn, write_text
from trainer.contract.results import Comparison, Result
from trainer.data.batches import Layout
from trainer.evaluate.held_out import score, spread_sample
from trainer.evaluate.tuned_and_untuned import compare
from trainer.exhausted import exhaustion_worded
from trainer.model.fingerprint import fingerprint
from trainer.narration import Narration
from trainer.plan.plan import Plan
from trainer.publish.save import save_adapter, write_card
from trainer.train.dynamics import write_dynamics
from trainer.train.loop import AnswerTrainer
from trainer.train.results_csv import write_figures
from trainer.train.watch import Watch, peak_memory

UNTUNED_EXAMPLES = 2_000
PACKAGES = ("torch", "transformers", "peft", "bitsandbytes", "accelerate")


def finish(
    plan: Plan,
    trainer: AnswerTrainer,
    watch: Watch,
    facts: dict[str, Any],
    log: EventLog,
    narrate: Narration,
    seconds: float,
) -> Result:
    """Write everything that a run leaves behind. The adapter is there before anything is evaluated.

    Raises:
        EvaluationError: the adapter is saved, and its evaluation failed.
    """
    folder, state = plan.folder, trainer.state
    save_adapter(plan, trainer.model)
    train_loss = write_figures(folder, state.global_step)
    comparison = _evaluated(plan, trainer, log, narrate)
    untuned = _untuned_losses(plan, trainer.model, narrate)
    write_dynamics(folder, plan.train.names, plan.train.trained, trainer.dynamics, untuned)
    result = Result(
        run=log.run,
        reason=watch.reason,
        versions=versions(),
        data=data_hashes(folder),
        model=fingerprint(plan.source),
        settings=plan.resolved.tables(),
        origins=plan.resolved.origins,
        model_facts={**facts, **(trainer.gradient_facts or {})},
        truncation_report=plan.train_truncation.as_event(),
        steps=state.global_step,
        best_step=state.best_global_step if plan.validation else None,
        train_loss=train_loss,
        validation_loss=state.best_metric if plan.validation else None,
        evaluation=comparison,
        seconds=round(seconds, 2),
        first_loss_seconds=watch.first_loss_seconds,
        peak_memory_bytes=peak_memory(plan.placement),
        warnings=watch.warnings,
    )
    write_card(plan, result)
    write_text(folder / contract.RESULT_FILE, result.model_dump_json(indent=2) + "\n")
    narrate(f"Done: {folder / contract.ADAPTER_FOLDER}, {folder / contract.RESULT_FILE}.")
    return result


def tell_finished(folder: Path, on_event: Callable[[dict[str, Any]], None] | None) -> Result | None:
    """Tell of the end of a run that was killed between its result and its last event; None where there is none such."""
    path, events = folder / contract.RESULT_FILE, folder / contract.EVENTS_FILE
    if (
        not path.exists()
        or not events.exists()
        or b'"event": "finished"' in b"".join(events.read_bytes().splitlines()[-1:])
    ):
        return None
    remove_torn(folder)
    result = Result.model_validate_json(path.read_text(encoding="utf-8"))
    log = EventLog(events, result.run, on_event)
    log.write("finished", reason=result.reason, exit_code=0, result=contract.RESULT_FILE)
    log.close()
    return result


def _evaluated(plan: Plan, trainer: AnswerTrainer, log: EventLog, narrate: Narration) -> Comparison | None:
    """The comparison with the untuned model; None where none is wanted, or FSDP holds the model in pieces."""
    if not plan.settings.evaluation.at_end or plan.validation is None or trainer.is_fsdp_enabled:
        return None
    narrate("Comparing the tuned with the untuned model on held-out examples.")
    saved = f"The adapter is trained and saved in {plan.folder / contract.ADAPTER_FOLDER}."
    go_on = f"`trainer resume {plan.folder}` repeats only the evaluation."
    try:
        with exhaustion_worded(f"{saved} {go_on}"):
            return compare(
                plan, trainer.model, lambda fields: log.write("answer", step=trainer.state.global_step, **fields)
            )
    except StoppedError:
        raise
    except TrainerError as problem:
        raise EvaluationError(f"{saved} Its evaluation failed: {problem} {go_on}") from problem


def _untuned_losses(plan: Plan, model: Any, narrate: Narration) -> dict[int, float]:
    """Loss of the untuned model on up to 2,000 train examples, when asked for; timed apart."""
    training = plan.settings.training
    if not training.untuned_losses:
        return {}
    clock = time.monotonic()
    chosen = spread_sample(len(plan.train), UNTUNED_EXAMPLES, training.seed)
    layout = Layout(bool(training.packing), training.micro_batch_tokens or 0)
    with model.disable_adapter():
        scores = score(model, plan.train, chosen, layout, plan.placement.device, plan.placement.dtype)
    narrate(f"Scored {len(chosen)} train examples with the untuned model in {time.monotonic() - clock:.1f} s.")
    return dict(zip(chosen, scores.loss.tolist(), strict=True))


def versions() -> dict[str, str]:
    """Versions that decide the numbers of a run."""
    return {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}}
