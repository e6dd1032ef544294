"""The gradient is the gradient: however a step is laid out, and whatever was evaluated before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from trainer.contract.settings import LoraSettings, ModelSettings
from trainer.data.batches import Layout, step_batch
from trainer.data.tokens import TokenisedExamples, Tokens
from trainer.model.adapters import add_adapter
from trainer.model.fused import fuse_adapters
from trainer.model.load import ModelSource, choose_placement, load_model, replace_attention
from trainer.model.loss import answer_scores
from trainer.model.precision import computing

LORA = LoraSettings(rank=4, alpha=8, dropout=0.0, variant="lora")


def ragged_examples(count: int = 12) -> TokenisedExamples:
    """Lengths from 6 to 130, answers of different length, some tokens of half weight."""
    rng = np.random.default_rng(3)
    examples = []
    for number in range(count):
        length = int(rng.integers(6, 130))
        ids = rng.integers(0, 500, length).astype(np.int32)
        weights = (rng.random(length) < 0.4).astype(np.float32) * (0.5 if number % 3 == 0 else 1.0)
        weights[0], weights[-1] = 0, 1
        examples.append(Tokens(str(number), ids, weights, True))
    return TokenisedExamples(examples)


def adapter_model(folder: Path, quantisation: str = "none", precision: str = "float32", fused: bool = True) -> Any:
    settings = ModelSettings(name=str(folder), quantisation=quantisation, precision=precision)
    base = load_model(ModelSource(str(folder), None, False, False), choose_placement(settings))
    replace_attention(base)
    torch.manual_seed(1)
    model = add_adapter(base, LORA)
    for name, parameter in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=0.05)
    if fused:
        fuse_adapters(model)
    return model


def gradient(model: Any, examples: TokenisedExamples, layout: Layout) -> torch.Tensor:
    model.zero_grad()
    model.train()
    batch = step_batch(examples, examples.lengths, np.arange(len(examples)), layout, rank=0, epoch=0)
    for part in batch.micro_batches:
        answer_scores(model, part, batch.weight).loss.backward()
    return torch.cat([p.grad.flatten() for p in model.parameters() if p.requires_grad])


def reference_gradient(model: Any, examples: TokenisedExamples) -> torch.Tensor:
    """Plain cross-entropy over all logits of one example after the other."""
    model.zero_grad()
    weight = float(examples.weight_sums.sum())
    for example in examples:
        logits = model(input_ids=torch.from_numpy(example.ids.astype(np.int64))[None], use_cache=False).logits[0]
        labels = torch.from_numpy(example.ids[1:].astype(np.int64))
        losses = torch.nn.functional.cross_entropy(logits[:-1], labels, reduction="none")
        (losses * torch.from_numpy(example.weights[1:]) / weight).sum().backward()
    return torch.cat([p.grad.flatten() for p in model.parameters() if p.requires_grad])


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 2e-6), (torch.float64, 1e-12)])
def test_packed_padded_and_accumulated_steps_have_the_gradient_of_plain_cross_entropy(
    tiny_model: Path, dtype: torch.dtype, tolerance: float
) -> None:
    model = adapter_model(tiny_model).to(dtype)
    examples = ragged_examples()
    expected = reference_gradient(model, examples)
    layouts = {
        "packed in one": Layout(packed=True, tokens=100_000),
        "packed in several": Layout(packed=True, tokens=200),
        "padded in one": Layout(packed=False, tokens=100_000),
        "padded in several": Layout(packed=False, tokens=200),
    }
    for name, layout in layouts.items():
        difference = torch.linalg.norm(gradient(model, examples, layout) - expected) / torch.linalg.norm(expected)
        assert difference <= tolerance, name


def test_two_devices_share_a_step_and_their_gradients_add_up(tiny_model: Path) -> None:
    model, examples = adapter_model(tiny_model).double(), ragged_examples()
    expected = gradient(model, examples, Layout(packed=True, tokens=300))
    total = torch.zeros_like(expected)
    for rank in (0, 1):
        model.zero_grad()
        batch = step_batch(examples, examples.lengths, np.arange(len(examples)), Layout(True, 300, devices=2), rank, 0)
        for part in batch.micro_batches:
            answer_scores(model, part, batch.weight).loss.backward()
        total += torch.cat([p.grad.flatten() for p in model.parameters() if p.requires_grad])
    assert torch.linalg.norm(total - expected) <= 1e-12 * torch.linalg.norm(expected)


@pytest.mark.parametrize("quantisation", ["none", "nf4"])
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_an_adapter_computed_with_its_layer_has_the_gradient_of_one_beside_it(
    tiny_model: Path, quantisation: str, precision: str
) -> None:
    model, examples = adapter_model(tiny_model, quantisation, precision, fused=False), ragged_examples()
    layout, dtype = Layout(packed=True, tokens=400), getattr(torch, precision)
    with computing("cpu", dtype):
        expected = gradient(model, examples, layout)
    fuse_adapters(model)
    with computing("cpu", dtype):
        found = gradient(model, examples, layout)
    tolerance = 2e-6 if precision == "float32" else 2e-2
    assert not torch.equal(found, expected)
    assert torch.linalg.norm(found - expected) <= tolerance * torch.linalg.norm(expected)


def test_an_adapter_computed_with_its_layer_can_be_switched_off(tiny_model: Path) -> None:
    model, ids = adapter_model(tiny_model, fused=False), torch.arange(20)[None]
    with torch.no_grad(), model.disable_adapter():
        untuned = model(input_ids=ids, use_cache=False).logits
    fuse_adapters(model)
    with torch.no_grad():
        assert not torch.allclose(model(input_ids=ids, use_cache=False).logits, untuned)
        with model.disable_adapter():
            assert torch.equal(model(input_ids=ids, use_cache=False).logits, untuned)


def _around_an_evaluation(model: Any, examples: TokenisedExamples) -> tuple[torch.Tensor, torch.Tensor]:
    layout = Layout(packed=True, tokens=400)
    before = gradient(model, examples, layout)
    model.eval()
    with torch.no_grad():
        model(input_ids=torch.arange(20)[None], use_cache=False)
    return before, gradient(model, examples, layout)


def _linear_4bit(model: Any) -> list[Any]:
    from bitsandbytes.nn import Linear4bit

    return [module for module in model.modules() if isinstance(module, Linear4bit)]


def _set_cpu_repacking(model: Any, allowed: bool) -> None:
    for layer in _linear_4bit(model):
        layer.support_avx512bf16_for_cpu = allowed


def test_an_evaluation_between_two_steps_leaves_the_4bit_gradient_as_it_was(tiny_model: Path) -> None:
    before, after = _around_an_evaluation(adapter_model(tiny_model, "nf4", "bfloat16"), ragged_examples())
    assert torch.equal(before, after)


def test_the_repair_of_4bit_layers_is_what_keeps_the_gradient(tiny_model: Path) -> None:
    """Repacked weights spoil it on every processor; bitsandbytes repacks by itself only on some."""
    model = adapter_model(tiny_model, "nf4", "bfloat16")
    _set_cpu_repacking(model, allowed=True)
    before, after = _around_an_evaluation(model, ragged_examples())
    assert float(torch.linalg.norm(after - before) / torch.linalg.norm(before)) > 0.1
    assert not any(layer.support_avx512bf16_for_cpu for layer in _linear_4bit(adapter_model(tiny_model, "nf4")))
