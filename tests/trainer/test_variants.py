"""Every kind of adapter trains on 4-bit weights, and is the same adapter when it is loaded again and merged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from trainer.contract.errors import SettingsError
from trainer.contract.settings import LoraSettings, ModelSettings
from trainer.evaluate.again import evaluate_again
from trainer.model.adapters import add_adapter
from trainer.model.load import ModelSource, choose_placement, load_model
from trainer.plan.plan import make_plan
from trainer.publish.merge import merge_adapter
from trainer.train.recipe import run

RANK = 4


@pytest.mark.parametrize("variant", ["rslora", "dora", "pissa", "loftq"])
def test_a_variant_scores_the_same_trained_loaded_and_merged(
    variant: str, make_run: Callable[..., Path], tmp_path: Path
) -> None:
    folder = make_run(
        tmp_path / "run",
        lora={"rank": RANK, "variant": variant},
        training={"steps": 4, "batch_size": 8, "evaluations": 1, "learning_rate": 0.005},
        evaluation={"answers": 0, "sample_answers": 0},
    )
    evaluation = run(folder).evaluation
    assert evaluation is not None and evaluation.loss_fall.low > 0
    again = evaluate_again(folder)
    assert again.tuned_loss.value == pytest.approx(evaluation.tuned_loss.value, abs=1e-5)
    assert again.baseline_loss.value == pytest.approx(evaluation.baseline_loss.value, abs=1e-5)
    merged = merge_adapter(folder, "float32")
    assert merged["logit_difference"] <= 1e-5
    assert merged["held_out_loss_merged"] == pytest.approx(evaluation.tuned_loss.value, rel=0.02)


def adapted(folder: Path, variant: str) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Logits without and with a fresh adapter on 4-bit weights, and those of the full-precision model."""

    def load(quantisation: str) -> object:
        settings = ModelSettings(name=str(folder), quantisation=quantisation)
        return load_model(ModelSource(str(folder), None, False, False), choose_placement(settings))

    ids = torch.arange(40)[None]
    full = load("none")(input_ids=ids).logits  # type: ignore[operator]
    torch.manual_seed(0)
    model = add_adapter(load("nf4"), LoraSettings(rank=RANK, alpha=2 * RANK, dropout=0.0, variant=variant))
    with torch.no_grad():
        fresh = model(input_ids=ids).logits
        with model.disable_adapter():
            return model(input_ids=ids).logits, fresh, full


def test_pissa_begins_at_the_model_itself(tiny_model: Path) -> None:
    base, fresh, _ = adapted(tiny_model, "pissa")
    assert (fresh - base).abs().max() <= 1e-5 * base.abs().max()


def test_loftq_begins_nearer_to_the_full_precision_model_than_4bit_weights_are(tiny_model: Path) -> None:
    base, fresh, full = adapted(tiny_model, "loftq")
    assert torch.linalg.norm(fresh - full) < 0.95 * torch.linalg.norm(base - full)


def test_only_the_trained_half_of_a_pissa_adapter_changes(make_run: Callable[..., Path], tmp_path: Path) -> None:
    from safetensors.torch import load_file

    folder = make_run(
        tmp_path / "run",
        lora={"rank": RANK, "variant": "pissa"},
        training={"steps": 4, "batch_size": 8, "evaluations": 2, "learning_rate": 0.005},
        evaluation={"at_end": False, "sample_answers": 0},
    )
    run(folder)
    first, last = (
        load_file(folder / "checkpoints" / f"checkpoint-{step}" / "adapter_model.safetensors") for step in (2, 4)
    )
    for name in first:
        trained, frozen = (slice(None, RANK), slice(RANK, None))
        if "lora_B" in name:
            trained, frozen = (slice(None), trained), (slice(None), frozen)  # type: ignore[assignment]
        assert first[name][frozen].equal(last[name][frozen]) and not first[name][trained].equal(last[name][trained])


@pytest.mark.parametrize(
    ("sections", "message"),
    [
        ({"model": {"quantisation": "none"}, "lora": {"variant": "loftq"}}, "remove one of them"),
        ({"lora": {"variant": "pissa"}, "training": {"weight_decay": 0.1}}, "set it to 0"),
    ],
)
def test_settings_that_contradict_a_variant_are_refused(
    sections: dict[str, dict[str, object]], message: str, make_run: Callable[..., Path], tmp_path: Path
) -> None:
    with pytest.raises(SettingsError, match=message):
        make_plan(make_run(tmp_path / "run", **sections))
