"""transformers.Trainer with this trainer's steps: whole optimiser steps in, answer tokens scored, nothing hidden."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import Trainer

from trainer.contract.errors import CheckpointError, NotFiniteError
from trainer.data.batches import Layout, StepBatch, epoch_order, step_batch
from trainer.data.tokens import TokenisedExamples
from trainer.evaluate.held_out import Scores, score
from trainer.model.adapters import gradient_facts
from trainer.model.load import Placement
from trainer.model.loss import answer_scores
from trainer.model.precision import computing
from trainer.train import checkpoints
from trainer.train.dynamics import Dynamics

START_ANEW = "Replace it with an intact copy, or start a new run in a new folder."


class StepDataset(torch.utils.data.IterableDataset[StepBatch]):  # type: ignore[misc]
    """The steps of one epoch for this device; `epoch` is set before each pass."""

    def __init__(self, examples: TokenisedExamples, layout: Layout, batch_size: int, seed: int, rank: int) -> None:
        self.examples, self.layout, self.batch_size, self.seed, self.rank = examples, layout, batch_size, seed, rank
        self.lengths = examples.lengths
        self.epoch = 0

    def __len__(self) -> int:
        return math.ceil(len(self.examples) / self.batch_size)

    def tokens_of(self, steps: int) -> int:
        """Tokens of the first `steps` steps of a run, on all devices."""
        epochs, rest = divmod(steps, len(self))
        last = epoch_order(len(self.examples), self.batch_size, self.seed, epochs)[:rest]
        return int(epochs * self.lengths.sum() + sum(self.lengths[step].sum() for step in last))

    def __iter__(self) -> Iterator[StepBatch]:
        for step in epoch_order(len(self.examples), self.batch_size, self.seed, self.epoch):
            yield step_batch(self.examples, self.lengths, step, self.layout, self.rank, self.epoch)


@dataclass
class StepFigures:
    """What the last step showed, for the event log."""

    tokens: int = 0
    trained_tokens: int = 0
    accuracy: float = 0.0
    margin: float | None = None
    examples: list[str] = field(default_factory=list)


class AnswerTrainer(Trainer):  # type: ignore[misc]
    """One dataset element is one optimiser step; it may take several forward passes.

    Gradients are divided by the weight of the whole step on all devices, so they do not depend on how the step is
    laid out. The random generator is seeded by seed, step and device before each step: dropout then depends on nothing
    that came before, and a resumed run repeats an uninterrupted one. `over`: it is resumed where training had ended, so
    that only the best adapter is loaded.
    """

    control: Any

    def __init__(
        self,
        *,
        steps: StepDataset,
        validation: TokenisedExamples | None,
        validated: list[int],
        placement: Placement,
        dynamics: Dynamics,
        on_held_out: Callable[[Scores], None],
        on_checkpoint: Callable[[Path], None],
        over: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(train_dataset=steps, eval_dataset=validation, **options)
        self.over = over
        self.steps, self.validation, self.validated = steps, validation, validated
        self.placement, self.dynamics = placement, dynamics
        self.on_held_out, self.on_checkpoint = on_held_out, on_checkpoint
        self.figures = StepFigures()
        self.tokens_trained = 0
        self.gradient_facts: dict[str, Any] | None = None

    def get_train_dataloader(self) -> Any:
        """Steps come laid out; there is nothing to collate, shuffle or shard."""
        return torch.utils.data.DataLoader(self.steps, batch_size=None)

    def _init_training_state(
        self, max_steps: int, steps_per_epoch: int, epochs: int, resume_from_checkpoint: str | None, trial: Any
    ) -> tuple[int, int]:
        begun = super()._init_training_state(max_steps, steps_per_epoch, epochs, resume_from_checkpoint, trial)
        if resume_from_checkpoint is not None and self.state.best_global_step:
            # Found by its step: the path it was saved under is another one when the folder has been moved.
            best = Path(self.args.output_dir) / f"checkpoint-{self.state.best_global_step}"
            if reason := checkpoints.problem(best):
                raise CheckpointError(f"{best.name}, the best one so far, cannot be used: {reason}. {START_ANEW}")
            self.state.best_model_checkpoint = str(best)
        # transformers takes a step before it asks whether any is left.
        return (epochs, 0) if self.over else begun

    def _get_num_items_in_batch(self, batch_samples: list[Any], device: Any) -> None:  # noqa: ARG002
        return None

    def floating_point_ops(self, inputs: Any) -> int:  # noqa: ARG002
        """Not counted."""
        return 0

    def training_step(self, model: Any, inputs: StepBatch, num_items_in_batch: Any = None) -> torch.Tensor:  # noqa: ARG002
        """Forward and backward over the whole step; returns its mean loss per unit of weight."""
        model.train()
        torch.manual_seed(_seed(self.args.seed, self.state.global_step, self.args.process_index))
        total = self.passes(model, inputs)
        self.figures.tokens += sum(batch.tokens for batch in inputs.micro_batches)
        self.figures.examples = [self.steps.examples.names[index] for index in inputs.examples]
        self.tokens_trained += self.figures.tokens * self.steps.layout.devices
        if not torch.isfinite(total):
            raise NotFiniteError(self._not_finite("loss"))
        if self.gradient_facts is None:
            self.gradient_facts = gradient_facts(self.model)
        return total

    def passes(self, model: Any, inputs: StepBatch) -> torch.Tensor:
        """Forward and backward over each pass of a step; returns the step's loss and notes its figures."""
        devices = self.steps.layout.devices
        device = self.args.device
        total = torch.zeros((), device=device)
        correct, trained = torch.zeros((), device=device), 0
        for position, batch in enumerate(inputs.micro_batches):
            moved = batch.to(device)
            last = position == len(inputs.micro_batches) - 1
            if self.is_deepspeed_enabled:
                # DeepSpeed takes its optimiser step within the backward pass of what it is told is the last one.
                self.accelerator.gradient_state._set_sync_gradients(last)
            # Gradients are averaged over the devices, so each one's share is multiplied by their number.
            with nullcontext() if last else self.accelerator.no_sync(model):
                with computing(device, self.placement.dtype):
                    scores = answer_scores(model, moved, inputs.weight / devices)
                self.accelerator.backward(scores.loss)
            self.dynamics.add(inputs.epoch, moved, scores.nll)
            total += scores.loss.detach()
            correct += scores.correct.sum()
            trained += len(scores.correct)
        self.figures = StepFigures(trained_tokens=trained, accuracy=float(correct) / max(1, trained))
        return total

    def _clip_grad_norm(self, model: Any) -> Any:
        norm = super()._clip_grad_norm(model)
        if not math.isfinite(float(norm)):
            raise NotFiniteError(self._not_finite("gradient"))
        return norm

    def _not_finite(self, what: str) -> str:
        names = ", ".join(self.figures.examples[:20])
        return (
            f"The {what} of step {self.state.global_step + 1} is not a finite number. Its examples: {names}. "
            "Look at them, or lower [training] learning_rate; `trainer resume` continues from the last checkpoint."
        )

    def evaluate(self, *_: Any, **__: Any) -> dict[str, float]:
        """Score the validation examples, each device its share."""
        if self.validation is None:
            return {}
        rank, devices = self.args.process_index, self.args.world_size
        share = self.validated[rank::devices]
        layout = Layout(self.steps.layout.packed, self.steps.layout.tokens)
        model = self.model_wrapped if self.is_fsdp_enabled else self.model
        scores = score(model, self.validation, share, layout, self.args.device, self.placement.dtype)
        if devices > 1:
            scores = _gathered(scores, len(self.validated), rank, devices)
        metrics = {"eval_loss": scores.mean_loss, "eval_accuracy": scores.accuracy}
        if scores.margin is not None:
            metrics["eval_margin"] = scores.margin
        if not math.isfinite(scores.mean_loss):
            raise NotFiniteError(f"The validation loss at step {self.state.global_step} is not a finite number.")
        self.on_held_out(scores)
        self.log(dict(metrics))
        self.control = self.callback_handler.on_evaluate(self.args, self.state, self.control, metrics)
        return metrics

    def _save(self, output_dir: str | None = None, state_dict: Any = None) -> None:
        super()._save(output_dir, state_dict)
        (Path(output_dir or self.args.output_dir) / "training_args.bin").unlink(missing_ok=True)

    def _save_rng_state(self, output_dir: str) -> None:
        """Nothing to save: the generator is seeded anew at each step."""

    def _load_rng_state(self, checkpoint: str | None) -> None:
        """Nothing to load: the generator is seeded anew at each step."""

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        super()._save_checkpoint(model, trial)
        self.dynamics.gather(self.accelerator)
        self.accelerator.wait_for_everyone()
        if self.args.should_save:
            folder = Path(self.args.output_dir) / f"checkpoint-{self.state.global_step}"
            self.dynamics.save(folder)
            self.on_checkpoint(folder)
            checkpoints.seal(folder)
        self.accelerator.wait_for_everyone()


def _seed(seed: int, step: int, rank: int) -> int:
    return int(np.random.SeedSequence([seed, step, rank]).generate_state(1)[0])


def _gathered(mine: Scores, count: int, rank: int, devices: int) -> Scores:
    from accelerate.utils import gather_object

    parts = gather_object([(rank, mine.loss, mine.correct, mine.tokens)])
    complete = np.zeros((3, count))
    for origin, *columns in parts:
        complete[:, origin::devices] = columns
    return Scores(*complete)
