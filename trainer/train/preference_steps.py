"""Steps that learn preferences: the same passes, another loss."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from trainer.data.batches import MicroBatch, StepBatch, micro_batch
from trainer.data.paired_examples import PairedExamples
from trainer.evaluate.preferences import (
    PreferenceScores,
    answer_sums,
    distance,
    pair_outcome,
    rated_outcome,
    reward_margin,
)
from trainer.model.loss import answer_scores
from trainer.model.precision import computing
from trainer.train.loop import AnswerTrainer, StepFigures


class PreferenceTrainer(AnswerTrainer):
    """Learns from pairs or rated answers; the examples of a step weigh the same. On one device."""

    def passes(self, model: Any, inputs: StepBatch) -> torch.Tensor:
        """Forward and backward over each pass of a step; returns the step's loss and notes its figures."""
        examples, device = self.steps.examples, self.args.device
        assert isinstance(examples, PairedExamples)
        figures = StepFigures()
        far = self._distance(model, examples, inputs, figures)
        total, outcomes, order = torch.zeros((), device=device), [], []
        for batch in inputs.micro_batches:
            moved = batch.to(device)
            with computing(device, self.placement.dtype):
                nll = answer_scores(model, moved, 1.0).nll
            outcome, loss = self._outcome(examples, moved, nll, far, inputs.weight)
            loss = loss + outcome.losses.sum() / len(inputs.examples)
            self.accelerator.backward(loss)
            self.dynamics.note(inputs.epoch, batch.examples, outcome.losses)
            total += loss.detach()
            figures.trained_tokens += len(nll)
            outcomes.append(outcome)
            order += batch.examples
        rewards = torch.cat([one.rewards for one in outcomes]).double().cpu().numpy()
        figures.accuracy = float(torch.cat([one.right for one in outcomes]).float().mean())
        figures.margin = reward_margin(rewards, examples.labels[order] if far is not None else None)
        self.figures = figures
        return total

    def _outcome(
        self, examples: PairedExamples, batch: MicroBatch, nll: torch.Tensor, far: Any, weight: float
    ) -> tuple[PreferenceScores, Any]:
        """The outcome of a pass, and what else is lost: for ORPO the chosen answers' tokens, over those of the step."""
        preference = examples.preference
        reference = self._reference(examples, batch.examples)
        if far is not None:
            logps, _ = answer_sums(nll, batch, 1)
            labels = torch.from_numpy(examples.labels[batch.examples]).to(nll.device)
            return rated_outcome(logps[:, 0], reference[:, 0], labels, far, preference), 0.0
        logps, tokens = answer_sums(nll, batch, 2)
        besides = -logps[:, 0].sum() / weight if preference.objective == "orpo" else 0.0
        return pair_outcome(logps, tokens, reference, preference), besides

    def _distance(self, model: Any, examples: PairedExamples, inputs: StepBatch, figures: StepFigures) -> Any:
        """KTO's distance from the reference, over the whole step; None for pairs."""
        if examples.preference.objective != "kto":
            return None
        logps, reference = [], []
        model.eval()
        with torch.no_grad():
            for batch in inputs.micro_batches:
                other = micro_batch(examples.seconds, batch.examples, batch.packed).to(self.args.device)
                with computing(self.args.device, self.placement.dtype):
                    nll = answer_scores(model, other, 1.0).nll
                logps.append(answer_sums(nll, other, 1)[0][:, 0])
                reference.append(self._reference(examples, batch.examples)[:, 1])
                figures.tokens += other.tokens
        model.train()
        return distance(torch.cat(logps), torch.cat(reference))

    def _reference(self, examples: PairedExamples, indices: Sequence[int]) -> Any:
        if examples.reference is None:
            return None
        return torch.from_numpy(examples.reference[list(indices)].astype(np.float32)).to(self.args.device)
