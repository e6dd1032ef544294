"""A run from its folder to its result, top to bottom."""

from __future__ import annotations

import math
import os
import signal
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from trainer import contract
from trainer.contract.errors import SettingsError, StoppedError
from trainer.contract.events import EventLog
from trainer.contract.files import remove_torn
from trainer.contract.results import Result
from trainer.data.batches import Layout
from trainer.evaluate.answers.generate import answer, questions, stop_tokens
from trainer.evaluate.held_out import spread_sample
from trainer.evaluate.reference import add_reference
from trainer.evaluate.rehearsal import rehearse
from trainer.evaluate.tuned_and_untuned import held_out_of
from trainer.exhausted import exhaustion_worded
from trainer.model import attention
from trainer.model.adapters import add_adapter, model_facts
from trainer.model.continued import adapter_folder, continue_adapter
from trainer.model.fused import fuse_adapters
from trainer.model.load import load_model, replace_attention
from trainer.narration import Narration
from trainer.plan.plan import Plan, make_plan
from trainer.train.arguments import training_arguments
from trainer.train.checkpoints import ends_training, remove_unfinished
from trainer.train.dynamics import Dynamics
from trainer.train.finish import finish, tell_finished
from trainer.train.heartbeat import Heartbeat
from trainer.train.loop import AnswerTrainer, StepDataset
from trainer.train.preference_steps import PreferenceTrainer
from trainer.train.processes import Processes, here
from trainer.train.signals import StopSignals, sigterm_as_interrupt
from trainer.train.started import continue_from, note_start, refuse_another_model, refuse_used_folder
from trainer.train.watch import Watch

GO_ON = "`trainer resume` continues from the last checkpoint."
OR_ANEW = "Or start a new run with a lower [training] micro_batch_tokens or max_length."


def run(
    folder: Path,
    *,
    resume: bool = False,
    allow_download: bool = False,
    trust_remote_code: bool = False,
    skip_untrainable: bool = False,
    began: float | None = None,
    on_event: Callable[[dict[str, Any]], None] | None = None,
) -> Result:
    """Train the run in `folder`, or continue it; returns what is written to `result.json`.

    `trust_remote_code`: code that comes with the model may run; a setting alone does not allow it.
    `skip_untrainable`: as the setting of that name.
    `began` is the wall-clock time the process started, for the time to the first loss.

    Raises:
        TrainerError: with a sentence, and the exit code of a command.
    """
    began = time.time() if began is None else began
    processes = here()
    if resume and processes.main and (reported := tell_finished(folder, on_event)) is not None:
        return reported
    narrate = Narration(folder / contract.LOG_FILE if processes.main else None)
    checkpoint = continue_from(folder, narrate) if resume else None
    if not resume:
        refuse_used_folder(folder, processes)
    log = EventLog(folder / contract.EVENTS_FILE if processes.main else None, folder.resolve().name, on_event)
    try:
        with sigterm_as_interrupt(), exhaustion_worded(GO_ON, OR_ANEW), Heartbeat(log) as heartbeat:
            log.write(
                "resumed" if resume else "started", pid=os.getpid(), checkpoint=checkpoint.name if checkpoint else None
            )
            options = {"trust_remote_code": trust_remote_code, "skip_untrainable": skip_untrainable}
            planned = partial(make_plan, folder, allow_download, narrate, resume, **options)
            result = _train(planned, resume, checkpoint, began, log, heartbeat, narrate, processes)
        log.write("finished", reason=result.reason, exit_code=0, result=contract.RESULT_FILE)
        return result
    except StoppedError as stop:
        log.write("stopped", message=str(stop), exit_code=stop.exit_code)
        raise
    except KeyboardInterrupt as interrupt:
        between = _stopped_between(folder, interrupt)
        log.write("stopped", message=str(between), exit_code=between.exit_code)
        raise between from None
    except Exception as problem:
        log.write("failed", message=str(problem), exit_code=getattr(problem, "exit_code", contract.EXIT_INTERNAL))
        raise
    finally:
        log.close()


def _train(
    planned: Callable[[], Plan],
    resume: bool,
    checkpoint: Path | None,
    began: float,
    log: EventLog,
    heartbeat: Heartbeat,
    narrate: Narration,
    processes: Processes,
) -> Result:
    clock = time.monotonic()
    plan = planned()
    if resume:
        refuse_another_model(plan)
        rehearse(plan, plan.train_conversations())
    _tell(plan, log, narrate)
    narrate(f"Loading {plan.source.name} on {plan.placement.device}.")
    model, plan = prepare_model(plan, processes)
    facts = model_facts(model)
    log.write("plan", **plan.as_event(), model_facts=facts)
    if processes.main and not resume:
        note_start(plan)

    with StopSignals() as signals:
        _add_references(plan, model, signals, narrate, begun=checkpoint is not None)
        trainer, watch = build_trainer(plan, model, log, heartbeat, signals, began, processes, checkpoint)
        if processes.main:
            remove_torn(plan.folder)
        if processes.main and resume:
            remove_unfinished(plan.folder / contract.CHECKPOINTS_FOLDER, checkpoint)
        if checkpoint is not None:
            trainer.dynamics.load(checkpoint)
            watch.load(checkpoint)
            watch.tell_checkpoint(checkpoint)
        for sentence in plan.warnings:
            watch.warn(sentence)
            narrate(sentence)
        if not trainer.over:
            narrate(f"Training: {plan.steps} steps of {plan.settings.training.batch_size} examples.")
        trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
        if signals.received is not None:
            raise _stopped(signals.received, trainer.state.global_step)
    trainer.dynamics.gather(trainer.accelerator)
    result = None
    if processes.main:
        result = finish(plan, trainer, watch, facts, log, narrate, time.monotonic() - clock)
    trainer.accelerator.wait_for_everyone()
    return (
        result if result is not None else Result.model_validate_json((plan.folder / contract.RESULT_FILE).read_text())
    )


def prepare_model(plan: Plan, processes: Processes | None = None) -> tuple[Any, Plan]:
    """Load the base model, settle whether examples can be packed, and add the adapter."""
    import torch

    processes = processes or Processes()
    if plan.settings.training.objective != "sft" and processes.count > 1:
        raise SettingsError(
            f'[training] objective = "{plan.settings.training.objective}" trains on one device. Start it without '
            "a launcher for several."
        )
    if processes.sharded and plan.settings.lora.variant in ("pissa", "loftq"):
        raise SettingsError(
            f'[lora] variant = "{plan.settings.lora.variant}" needs whole weights, and FSDP keeps none. Use "lora".'
        )
    torch.manual_seed(plan.settings.training.seed)
    model = load_model(plan.source, plan.placement, sharded=processes.sharded)
    wanted = plan.settings.training.packing
    reason: str | None = "run.toml"
    if wanted is not False and not processes.sharded:
        replace_attention(model)
        reason = attention.packing_problem(model)
    elif wanted is not False:
        replace_attention(model)
        reason = None
    if reason is not None and wanted:
        raise SettingsError(
            f"[training] packing = true, but this model cannot be packed: {reason}. Remove packing from run.toml."
        )
    if wanted is None:
        origin = "checked on the loaded model" if reason is None else f"no: {reason}"
        plan = plan.with_value("training", "packing", reason is None, origin)
    adapter = plan.settings.model.adapter
    adapted = (
        add_adapter(model, plan.settings.lora)
        if adapter is None
        else continue_adapter(model, adapter_folder(adapter, plan.folder))
    )
    if not processes.sharded:
        fuse_adapters(adapted)
    return adapted, plan


def build_trainer(
    plan: Plan,
    model: Any,
    log: EventLog,
    heartbeat: Heartbeat,
    signals: StopSignals,
    began: float,
    processes: Processes,
    checkpoint: Path | None,
) -> tuple[AnswerTrainer, Watch]:
    """The trainer and the callback that watches it; with the checkpoint that training continues from."""
    from transformers import PrinterCallback

    training = plan.settings.training
    layout = Layout(bool(training.packing), training.micro_batch_tokens or 0, processes.count)
    steps = StepDataset(plan.train, layout, training.batch_size or 1, training.seed, processes.rank)
    validation = plan.validation.tokens if plan.validation else None
    count = len(validation) if validation is not None else 0
    stops = stop_tokens(plan.tokenizer, plan.train, plan.base_stops)
    asked = questions(plan.validation.conversations, plan.settings.evaluation.sample_answers) if plan.validation else []

    def sample_answers() -> list[dict[str, Any]]:
        if not asked or processes.sharded:
            return []
        most = min(64, plan.settings.evaluation.max_new_tokens or 64)
        said = answer(model, plan.template, asked, stops, most, plan.placement.device, plan.placement.dtype)
        return [
            {"example": question.name, "prompt": question.messages, "answer": one.text, "reference": question.reference}
            for question, one in zip(asked, said, strict=True)
        ]

    watch = Watch(log, plan.settings.stopping, signals, sample_answers, heartbeat, began, processes.main)
    kind = AnswerTrainer if training.objective == "sft" else PreferenceTrainer
    trainer = kind(
        model=model,
        args=training_arguments(plan, checkpoint is not None),
        processing_class=plan.tokenizer,
        steps=steps,
        validation=validation,
        validated=spread_sample(count, plan.settings.evaluation.max_examples, training.seed),
        placement=plan.placement,
        dynamics=Dynamics(math.ceil(plan.steps / plan.steps_per_epoch), len(plan.train)),
        on_held_out=watch.note,
        on_checkpoint=watch.save,
        over=checkpoint is not None and ends_training(checkpoint),
        callbacks=[watch],
    )
    watch.trainer = trainer
    trainer.remove_callback(PrinterCallback)
    return trainer, watch


def _add_references(plan: Plan, model: Any, signals: StopSignals, narrate: Narration, begun: bool) -> None:
    """What the reference says of every preference, before the first step."""
    if plan.settings.training.objective in ("sft", "orpo"):
        return
    narrate("Scoring the answers with the reference.")

    def between() -> None:
        if signals.received is not None:
            raise _stopped(signals.received, 0)

    files = {contract.TRAIN_FILE: plan.train}
    if plan.validation is not None:
        held_out = held_out_of(plan) if plan.settings.evaluation.at_end else plan.validation
        files |= {one.file: one.tokens for one in (plan.validation, held_out)}
    for file, examples in files.items():
        add_reference(plan, model, examples, file, begun=begun, between=between)


def _tell(plan: Plan, log: EventLog, narrate: Narration) -> None:
    log.write("token-fate", file=contract.TRAIN_FILE, **plan.train_truncation.as_event())
    narrate(f"{contract.TRAIN_FILE}: {plan.train_truncation.sentence()}")
    if plan.validation is not None:
        log.write("token-fate", file=contract.VALIDATION_FILE, **plan.validation.truncation.as_event())
        narrate(f"{contract.VALIDATION_FILE}: {plan.validation.truncation.sentence()}")


def _stopped(number: int, step: int) -> StoppedError:
    return _stop(number, f"after step {step}, which is saved. `trainer resume` continues")


def _stopped_between(folder: Path, interrupt: KeyboardInterrupt) -> StoppedError:
    """By a signal that came while no step was running: before the first, after the last, or a second one."""
    begun = (folder / contract.CHECKPOINTS_FOLDER / contract.STARTED_FILE).exists()
    number = interrupt.args[0] if interrupt.args else signal.SIGINT
    return _stop(
        number,
        "between steps. What was saved is kept; `trainer resume` continues"
        if begun
        else "before the first step. `trainer run` starts again",
    )


def _stop(number: int, when: str) -> StoppedError:
    code = contract.EXIT_SIGINT if number == signal.SIGINT else contract.EXIT_INTERRUPTED_WORK
    return StoppedError(f"Stopped by {signal.Signals(number).name} {when}.", code)
