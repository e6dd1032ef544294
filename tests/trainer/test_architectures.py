"""Architectures of every kind train as plain transformers and PEFT train them, or are refused before any loading.

All that transformers has: `python -m benchmarks.trainer.architectures`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.trainer.architectures import TOLERANCE, verdict

PACKED = ["mistral", "gpt_neox", "phi3", "cohere2", "qwen3_moe", "gemma3", "mistral3", "qwen2_5_vl"]
PADDED = ["gpt2", "falcon", "gemma2", "gpt_oss", "falcon_h1"]
"""Softcaps, sinks, state-space layers and attention of their own cannot be packed."""


@pytest.mark.parametrize("name", [*PACKED, *PADDED])
def test_a_step_has_the_loss_and_gradients_of_plain_transformers(name: str, tmp_path: Path) -> None:
    found = verdict(name, tmp_path / "model")
    assert (found.refused, found.problem) == ("", "")
    assert found.worst <= TOLERANCE
    assert name not in PACKED or found.packs


@pytest.mark.parametrize("wanted", ["experts", "all", "attention"])
def test_experts_are_adapted_by_choice(wanted: str, tmp_path: Path) -> None:
    found = verdict("mixtral", tmp_path / "model", lora={"targets": wanted})
    assert (found.refused, found.problem) == ("", "") and found.worst <= TOLERANCE


@pytest.mark.parametrize(
    ("name", "reason"), [("bert", "with the tokens after it"), ("bart", "only models that continue")]
)
def test_a_model_that_cannot_be_trained_is_refused_with_a_sentence(name: str, reason: str, tmp_path: Path) -> None:
    assert reason in verdict(name, tmp_path / "model").refused
