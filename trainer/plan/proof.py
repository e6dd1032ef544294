"""The settings tried on a small copy of the model: what would fail at the first step or the first answer fails here."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from trainer.contract.errors import SettingsError
from trainer.contract.settings import LoraSettings, RunSettings
from trainer.data.batches import Layout, micro_batch
from trainer.data.paired_examples import Objective, PairedExamples, PreferenceLoss
from trainer.data.tokens import Tokens
from trainer.model import attention
from trainer.model.adapters import add_adapter
from trainer.model.load import ModelSource, Placement, load_model, replace_attention
from trainer.model.small_copy import small_configs, small_model
from trainer.model.soundness import DIFFERENT, RAISED, fault, first_line

RANK = 4


@dataclass
class Proof:
    """What was seen on the copy: why its examples cannot be packed (None: they can), and what a person should know."""

    packing_problem: str | None = None
    warnings: list[str] = field(default_factory=list)


def prove(given: RunSettings, config: Any, trust_remote_code: bool) -> Proof:
    """Take a step and write an answer with a model of the same architecture, two layers deep, with random weights.

    Raises:
        SettingsError: the model cannot be trained, or not with these settings; the sentence says why.
    """
    attention.register()
    kind = f"a model of type {config.model_type!r}"
    problem: BaseException | None = None
    too_large = False
    for small in small_configs(config):
        try:
            model = small_model(small, trust_remote_code)
            if given.model.quantisation == "none" or trust_remote_code:
                return _tried(model, given, kind)
            return _tried_in_4_bits(model, given, kind)
        except MemoryError:
            too_large = True
        except RAISED as found:
            problem = found
    words = first_line(problem) if problem is not None else "all of its sizes are large"
    if too_large:
        return Proof(warnings=[f"The settings could not be tried on a small copy of the model ({words})."])
    raise SettingsError(f"[model] name: {kind} cannot be trained here. A small copy of it fails with: {words}")


def _tried_in_4_bits(model: Any, given: RunSettings, kind: str) -> Proof:
    """As `_tried`, with the copy quantised as the model will be."""
    import torch

    with TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        source = ModelSource(folder, None, False, False)
        quantised = load_model(source, Placement("cpu", torch.float32, quantised=True))
    try:
        return _tried(quantised, given, kind)
    except RAISED as problem:
        _tried(model, given, kind)
        raise SettingsError(
            f"[model] quantisation: {kind} cannot be trained in 4 bits: {first_line(problem)} Set "
            '[model] quantisation = "none".'
        ) from problem


def _tried(model: Any, given: RunSettings, kind: str) -> Proof:
    proof = Proof("run.toml")
    if given.training.packing is not False:
        replace_attention(model)
        proof.packing_problem = attention.packing_problem(model)
        if proof.packing_problem and given.training.packing:
            raise SettingsError(
                f"[training] packing = true, but {kind} cannot be packed: {proof.packing_problem}. Remove packing "
                "from run.toml."
            )
    adapted = add_adapter(model, _small_adapter(given.lora))
    packed = proof.packing_problem is None
    problem = fault(adapted, packed)
    if problem and packed and given.training.packing is None:
        packed, proof.packing_problem = False, problem
        problem = fault(adapted, packed)
    if problem:
        raise SettingsError(f"[model] name: {kind} cannot be trained correctly: {problem}.")
    _refuse_lost_gradient(adapted, kind)
    if given.training.objective != "sft":
        _refuse_lost_preference(adapted, kind, given.training.objective, packed)
    if given.evaluation.sample_answers or given.evaluation.answers:
        _refuse_no_answer(adapted, kind)
    return proof


def _small_adapter(lora: LoraSettings) -> LoraSettings:
    """The adapter of the run, small; LoftQ begins at the weights in files, which a copy does not have."""
    variant = "lora" if lora.variant in (None, "loftq") else lora.variant
    return lora.model_copy(update={"rank": RANK, "alpha": RANK, "dropout": lora.dropout or 0.0, "variant": variant})


def _refuse_lost_gradient(model: Any, kind: str) -> None:
    import torch

    ids = torch.arange(8)[None]
    model(input_ids=ids, attention_mask=torch.ones_like(ids), use_cache=False).logits.float().logsumexp(
        -1
    ).sum().backward()
    gradients = [parameter.grad for parameter in model.parameters() if parameter.requires_grad]
    if not any(gradient is not None and bool(gradient.any()) for gradient in gradients):
        raise SettingsError(f"[model] name: in {kind} no gradient reaches the adapter, so nothing would be learnt.")
    model.zero_grad()


def _refuse_lost_preference(model: Any, kind: str, objective: Objective, packed: bool) -> None:
    """Two examples as a step scores them: a new adapter prefers nothing, and what it learns reaches it."""
    import torch

    from trainer.evaluate.preferences import answer_sums, both_logps, pair_outcome, rated_outcome
    from trainer.model.loss import answer_scores

    made = [Tokens("", np.arange(size, dtype=np.int32), np.ones(size, dtype=np.float32), True) for size in (5, 9, 6, 7)]
    for one in made:
        one.weights[:2] = 0
    examples = PairedExamples(made[:2], made[2:], PreferenceLoss(objective, 0.1))
    with model.disable_adapter():
        found, _ = both_logps(model, examples, [0, 1], Layout(packed, 64), "cpu", torch.float32)
    batch = micro_batch(examples, [0, 1], packed)
    logps, tokens = answer_sums(answer_scores(model, batch, 1.0).nll, batch, len(examples.sequences([0])))
    reference = torch.from_numpy(found).to(logps)
    if objective == "kto":
        labels = torch.tensor([True, False])
        losses, expected = rated_outcome(logps[:, 0], reference[:, 0], labels, 0.0, examples.preference).losses, 0.5
    else:
        losses, expected = pair_outcome(logps, tokens, reference, examples.preference).losses, math.log(2)
    losses.mean().backward()
    if not bool(torch.isfinite(losses).all()):
        raise SettingsError(f'[training] objective = "{objective}": in {kind} the loss is not a finite number.')
    if objective != "orpo" and (losses - expected).abs().max() > DIFFERENT:
        raise SettingsError(f'[training] objective = "{objective}": {kind} scores otherwise without a new adapter.')
    model.zero_grad()


def _refuse_no_answer(model: Any, kind: str) -> None:
    """Two questions of different length, as the evaluation asks them."""
    import torch

    model.eval()
    try:
        mask = torch.tensor([[0, 0, 1, 1], [1, 1, 1, 1]])
        with torch.no_grad():
            model.generate(
                input_ids=torch.arange(8).view(2, 4),
                attention_mask=mask,
                max_new_tokens=2,
                do_sample=False,
                use_cache=True,
                pad_token_id=0,
                eos_token_id=[0],
            )
    except RAISED as problem:
        raise SettingsError(
            f"[evaluation] {kind} cannot generate text: {first_line(problem)} Set answers and sample_answers to 0."
        ) from problem
