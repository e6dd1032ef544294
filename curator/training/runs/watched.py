"""A training as its events tell it so far: what a screen shows, and its trouble in plain words."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

SAMPLES_KEPT = 12
FLAT_STEPS = 50
"""Steps over which a training loss that has not fallen is called flat."""
FLAT_SHARE = 0.01
"""A fall of less than this share is none."""


@dataclass
class Watched:
    """What is known of a run.

    Attributes:
        plan: fields of its `plan` event.
        step: optimiser steps done, of `steps`.
        train: step and loss, in order.
        validation: step and loss, in order.
        figures: the latest learning_rate, grad_norm, memory, tokens_per_second, seconds_left, accuracy, phase.
        rewards: of a preference training by split the latest reward accuracy and margin.
        samples: the latest answers to held-out questions, the newest first.
        warnings: sentences.
        alarm: what the overfitting alarm said.
        checkpoint: the step of the latest one.
        ended: the last event of an attempt, once there is one.
    """

    plan: dict[str, Any] = field(default_factory=dict)
    step: int = 0
    steps: int = 0
    train: list[tuple[int, float]] = field(default_factory=list)
    validation: list[tuple[int, float]] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)
    rewards: dict[str, tuple[float, float]] = field(default_factory=dict)
    samples: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    alarm: str | None = None
    checkpoint: int | None = None
    ended: dict[str, Any] | None = None

    def add(self, events: Iterable[Mapping[str, Any]]) -> bool:
        """Take in new events; whether anything changed."""
        changed = False
        for event in events:
            changed = True
            self._add(event)
        return changed

    def _add(self, event: Mapping[str, Any]) -> None:
        kind = event["event"]
        if kind in ("started", "resumed"):
            self.ended = None
        elif kind == "plan":
            self.plan = dict(event)
            self.steps = int(event.get("steps") or 0)
        elif kind == "progress":
            self._progress(event)
        elif kind == "metric":
            self._metric(event)
        elif kind == "answer":
            self.samples = [dict(event), *self.samples][:SAMPLES_KEPT]
        elif kind == "warning":
            self.warnings.append(str(event.get("message")))
        elif kind == "overfitting":
            self.alarm = str(event.get("message"))
        elif kind == "checkpoint":
            self.checkpoint = event.get("step")
        elif kind in ("finished", "failed", "stopped"):
            self.ended = dict(event)

    def _progress(self, event: Mapping[str, Any]) -> None:
        self.step = int(event.get("step") or self.step)
        self.steps = int(event.get("steps") or self.steps)
        names = ("tokens", "tokens_per_second", "seconds_left", "epoch", "phase")
        self.figures |= {name: event[name] for name in names if event.get(name) is not None}

    def _metric(self, event: Mapping[str, Any]) -> None:
        loss = math.nan if event.get("loss") is None else float(event["loss"])
        series = self.train if event.get("split") == "train" else self.validation
        step = int(event["step"])
        while series and series[-1][0] >= step:  # a resumed run tells its last steps again
            series.pop()
        series.append((step, loss))
        self.step = max(self.step, step)
        if event.get("margin") is not None:
            self.rewards[str(event["split"])] = float(event["accuracy"]), float(event["margin"])
        names = ("learning_rate", "grad_norm", "memory", "accuracy")
        self.figures |= {name: event[name] for name in names if event.get(name) is not None}

    def trouble(self) -> str | None:
        """What is wrong, in plain words, and what to do; None: nothing is."""
        if self.ended is not None and self.ended["event"] == "failed":
            message = self.ended.get("message")
            return message or "The training failed without saying why; its log is in the run's folder."
        if self.train and not math.isfinite(self.train[-1][1]):
            return (
                "The loss is not a number. Lower training.learning_rate and start again; the log names the examples of "
                "the step."
            )
        if self.alarm is not None:
            return self.alarm
        rising = rises(self.validation)
        if rising >= 2:
            return f"Validation loss has risen for {rising} evaluations: it begins to learn by heart."
        if is_flat(self.train):
            return (
                f"The training loss has not fallen for {FLAT_STEPS} steps: raise training.learning_rate, or there is "
                "nothing left to learn."
            )
        return None

    def summary(self) -> str:
        """One line: where it stands."""
        parts = (
            [f"step {self.step:,} of {self.steps:,}"] if self.steps else [str(self.figures.get("phase", "starting"))]
        )
        if (rate := self.figures.get("tokens_per_second")) is not None:
            parts.append(f"{rate:,.0f} tokens/s")
        if (left := self.figures.get("seconds_left")) is not None and self.ended is None:
            parts.append(f"{duration(left)} left")
        if (memory := self.figures.get("memory")) is not None:
            parts.append(f"{memory / 2**30:.1f} GiB")
        if (rate := self.figures.get("learning_rate")) is not None:
            parts.append(f"learning rate {rate:.1e}")
        return " · ".join(parts)

    def preferred(self) -> str:
        """Of a preference training: how often it prefers what the data does, and by how much; else nothing."""
        return " · ".join(
            f"{split}: reward accuracy {accuracy:.2f}, margin {margin:+.3f}"
            for split, (accuracy, margin) in self.rewards.items()
        )


def rises(losses: list[tuple[int, float]]) -> int:
    """How many evaluations in a row the loss has risen, up to the latest."""
    count = 0
    for (_, before), (_, after) in zip(reversed(losses[:-1]), reversed(losses[1:]), strict=True):
        if not after > before:
            break
        count += 1
    return count


def is_flat(losses: list[tuple[int, float]]) -> bool:
    """Whether the mean loss of the last half of the latest 50 steps is not below that of the first half."""
    recent = [loss for _, loss in losses[-FLAT_STEPS:]]
    if len(recent) < FLAT_STEPS:
        return False
    half = FLAT_STEPS // 2
    before, after = sum(recent[:half]) / half, sum(recent[half:]) / half
    return after > before * (1 - FLAT_SHARE) and after > FLAT_SHARE


def smoothed(losses: Sequence[tuple[float, float]], weight: float) -> list[tuple[float, float]]:
    """Exponential moving average with its start corrected (as TensorBoard draws it); weight 0 changes nothing."""
    result: list[tuple[float, float]] = []
    mean = share = 0.0
    for step, loss in losses:
        if not math.isfinite(loss):
            continue
        mean = weight * mean + (1 - weight) * loss
        share = weight * share + (1 - weight)
        result.append((step, mean / share))
    return result


def duration(seconds: float) -> str:
    """Seconds as a person says them."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"
