"""What a run tells while it runs: events, sample answers, the overfitting alarm, the reaction to signals."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import numpy as np
from transformers import TrainerCallback

from trainer.contract.events import EventLog
from trainer.contract.settings import StoppingSettings
from trainer.evaluate.held_out import Scores
from trainer.model.adapters import untouched_layers
from trainer.train.checkpoints import best_step, read_notes, step_of, write_notes
from trainer.train.heartbeat import Heartbeat
from trainer.train.overfitting import Reading, out_of_patience, overfitting
from trainer.train.signals import StopSignals

SAVED = "watch.npz"
SELF_CHECK_STEP = 3
"""After three steps every B matrix must have left zero (PEFT troubleshooting guide)."""


class Watch(TrainerCallback):  # type: ignore[misc]
    """Follows a training and steers its end. `trainer` is set right after the trainer is built."""

    trainer: Any

    def __init__(
        self,
        log: EventLog,
        stopping: StoppingSettings,
        signals: StopSignals,
        sample_answers: Callable[[], list[dict[str, Any]]],
        heartbeat: Heartbeat,
        began: float,
        main: bool,
    ) -> None:
        self.log, self.stopping, self.signals = log, stopping, signals
        self.sample_answers, self.began, self.main = sample_answers, began, main
        self.readings: list[Reading] = []
        self.reason: Literal["finished", "overfitting", "patience"] = "finished"
        self.warnings: list[str] = []
        self.first_loss_seconds: float | None = None
        self.train_losses: list[float] = []
        self.heartbeat = heartbeat
        self._loop_began = self._step_began = time.monotonic()
        self._before, self._steps_taken, self._evaluated = 0, 0, 0
        self._step_seconds, self._all_tokens = 0.0, 0

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:  # noqa: ARG002
        """Start the clock of tokens a second."""
        self._loop_began = time.monotonic()
        self._before = self.trainer.tokens_trained
        self._all_tokens = self.trainer.steps.tokens_of(state.max_steps)
        self.heartbeat.phase, self.heartbeat.figures = "training", self._progress

    def on_train_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:  # noqa: ARG002
        """What follows takes no steps; the last figures stay."""
        last = {**self._progress(), "seconds_left": None}
        self.heartbeat.phase, self.heartbeat.figures = "evaluating", lambda: last

    def on_epoch_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:  # noqa: ARG002
        """Lay out the steps of this epoch."""
        self.trainer.steps.epoch = state.global_step // len(self.trainer.steps)

    def on_step_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:  # noqa: ARG002
        """Steps and evaluations are timed apart."""
        self._step_began = time.monotonic()

    def on_step_end(self, args: Any, state: Any, control: Any, model: Any = None, **_: Any) -> None:  # noqa: ARG002
        """Progress; a signal ends the run after this step."""
        self._step_seconds += time.monotonic() - self._step_began
        self._steps_taken += 1
        self.heartbeat.step()
        if state.global_step == SELF_CHECK_STEP:
            for name in untouched_layers(model)[:3]:
                self.warn(f"{name} is still zero after {SELF_CHECK_STEP} steps: nothing is learnt there.")
        if state.global_step >= state.max_steps and self.trainer.validation is not None:
            control.should_evaluate = True
        if self._stop_requested():
            control.should_save = control.should_training_stop = True

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:  # noqa: ARG002
        """Each step's training figures."""
        if not logs or "loss" not in logs:
            return
        if self.first_loss_seconds is None:
            self.first_loss_seconds = time.time() - self.began
        self.train_losses.append(logs["loss"])
        self.log.write(
            "metric",
            step=state.global_step,
            split="train",
            loss=logs["loss"],
            accuracy=self.trainer.figures.accuracy,
            **_margin(self.trainer.figures.margin),
            learning_rate=logs.get("learning_rate"),
            grad_norm=logs.get("grad_norm"),
            memory=peak_memory(self.trainer.placement),
        )

    def on_evaluate(self, args: Any, state: Any, control: Any, metrics: Any = None, **_: Any) -> None:  # noqa: ARG002
        """Validation figures and sample answers; judge overfitting and patience."""
        self.log.write(
            "metric",
            step=state.global_step,
            split="validation",
            loss=metrics["eval_loss"],
            accuracy=metrics["eval_accuracy"],
            **_margin(metrics.get("eval_margin")),
            learning_rate=None,
            grad_norm=None,
            memory=peak_memory(self.trainer.placement),
        )
        if self.main:
            for sample in self.sample_answers():
                self.log.write("answer", step=state.global_step, **sample)
        self._evaluated += 1
        self._judge(state, control)

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:  # noqa: ARG002
        """A checkpoint is complete."""
        self._tell_checkpoint(state.global_step, state.best_global_step)

    def tell_checkpoint(self, folder: Path) -> None:
        """Tell of the checkpoint that a run is resumed from: it may have been killed before it could."""
        self._tell_checkpoint(step_of(folder), best_step(folder))

    def _tell_checkpoint(self, step: int, best: int | None) -> None:
        self.log.write("checkpoint", step=step, path=f"checkpoints/checkpoint-{step}", best=best)

    def note(self, scores: Scores) -> None:
        """Take the per-example scores of the evaluation that is about to be reported."""
        recent = self.train_losses or [float("inf")]
        self.train_losses = []
        step = self.trainer.state.global_step
        rewards = () if scores.margin is None else (scores.accuracy, scores.margin)
        self.readings.append(Reading(step, float(np.mean(recent)), scores.loss, scores.tokens, *rewards))

    def warn(self, sentence: str) -> None:
        """A warning for the event log and, once, for the result."""
        if sentence not in self.warnings:
            self.warnings.append(sentence)
        self.log.write("warning", message=sentence)

    def _judge(self, state: Any, control: Any) -> None:
        alarm = overfitting(self.readings)
        if alarm is not None:
            self.log.write(
                "overfitting",
                step=state.global_step,
                best_step=alarm.best_step,
                best_loss=alarm.best_loss,
                loss=alarm.loss,
                standard_error=alarm.standard_error,
                message=alarm.sentence(),
            )
            self.warnings.append(alarm.sentence())
            if self.stopping.on_overfitting == "stop":
                self.reason, control.should_training_stop = "overfitting", True
        losses = [reading.validation_loss for reading in self.readings]
        if self.reason == "finished" and out_of_patience(losses, self.stopping.patience, self.stopping.min_delta):
            self.reason, control.should_training_stop = "patience", True
        if control.should_training_stop:
            control.should_save = True

    def _stop_requested(self) -> bool:
        requested = self.signals.received is not None
        if self.trainer.args.world_size > 1:
            import torch
            from accelerate.utils import reduce

            # A signal may reach one process only; all must stop after the same step.
            requested = bool(reduce(torch.tensor(float(requested), device=self.trainer.args.device)) > 0)
        return requested

    def _progress(self) -> dict[str, Any]:
        state = self.trainer.state
        seconds = max(1e-9, time.monotonic() - self._loop_began)
        tokens = self.trainer.tokens_trained
        left = self._seconds_left(seconds) if self._steps_taken else None
        return {
            "step": state.global_step,
            "steps": state.max_steps,
            "epoch": round(state.epoch or 0.0, 4),
            "tokens": tokens,
            "tokens_per_second": round((tokens - self._before) / seconds, 1),
            "seconds_left": None if left is None else round(left, 1),
        }

    def _seconds_left(self, seconds: float) -> float:
        """Of the training: its tokens at the speed of the steps so far, and its evaluations at their mean cost."""
        state, trained = self.trainer.state, self.trainer.tokens_trained
        for_steps = (self._all_tokens - trained) * self._step_seconds
        evaluations = math.ceil((state.max_steps - state.global_step) / max(1, self.trainer.args.eval_steps or 1))
        besides = max(0.0, seconds - self._step_seconds) / max(1, self._evaluated)
        if self.trainer.validation is None:
            besides = 0.0
        return float(max(0.0, for_steps / max(1, trained - self._before) + evaluations * besides))

    def save(self, folder: Path) -> None:
        """Write what a resumed run must know into a checkpoint: evaluations so far, tokens seen, what was noticed.

        The events up to here are brought to disk first: the figures of the run are read from them.
        """
        self.log.sync()
        readings = self.readings
        np.savez(
            folder / SAVED,
            steps=np.array([reading.step for reading in readings]),
            train_losses=np.array([reading.train_loss for reading in readings]),
            losses=np.array([reading.losses for reading in readings]),
            tokens=np.array([reading.tokens for reading in readings]),
            accuracies=np.array([reading.accuracy for reading in readings]),
            margins=np.array([reading.margin for reading in readings]),
            recent=np.array(self.train_losses),
            tokens_trained=np.array(self.trainer.tokens_trained),
        )
        notes = {"reason": self.reason, "warnings": self.warnings, "first_loss_seconds": self.first_loss_seconds}
        write_notes(folder, {**notes, "gradient_facts": self.trainer.gradient_facts})

    def load(self, folder: Path) -> None:
        """Continue from a checkpoint."""
        with np.load(folder / SAVED, allow_pickle=False) as saved:
            columns = [saved["steps"].tolist(), saved["train_losses"].tolist(), saved["losses"], saved["tokens"]]
            columns += [saved[name].tolist() for name in ("accuracies", "margins") if name in saved]
            self.readings = [Reading(*values) for values in zip(*columns, strict=True)]
            self.train_losses = saved["recent"].tolist()
            self.trainer.tokens_trained = int(saved["tokens_trained"])
        notes = read_notes(folder)
        self.reason, self.warnings = notes.get("reason", "finished"), notes.get("warnings", [])
        self.first_loss_seconds = notes.get("first_loss_seconds")
        self.trainer.gradient_facts = notes.get("gradient_facts")


def _margin(value: float | None) -> dict[str, float]:
    """Of a preference training: by how much more the preferred answers are rewarded."""
    return {} if value is None else {"margin": value}


def peak_memory(placement: Any) -> int:
    """Peak bytes: of the CUDA device, else resident size of this process."""
    if placement.on_cuda:
        import torch

        return int(torch.cuda.max_memory_allocated())
    import resource
    import sys

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
