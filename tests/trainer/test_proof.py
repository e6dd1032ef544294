"""What would fail at the first step, or teach nothing, is refused by the plan; what a model keeps frozen is said."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from trainer.contract.errors import SettingsError, TrainerError
from trainer.contract.settings import RunSettings
from trainer.model.adapters import add_adapter
from trainer.model.small_copy import small_configs, small_model
from trainer.plan.memory import measure_shape
from trainer.plan.plan import make_plan
from trainer.plan.proof import prove
from trainer.train.recipe import run

MakeRun = Callable[..., Path]
SHORT = {"steps": 2, "batch_size": 4, "evaluations": 1}
NO_ANSWERS = {"answers": 0, "sample_answers": 0}


@pytest.mark.parametrize(
    ("targets", "sentence"),
    [
        ([], "lora.targets"),
        (["q_prog"], r"no linear layer 'q_prog'. Nearest: q_proj"),
        (["q_proj", "lm_head"], r"no linear layer 'lm_head'"),
        ("experts", "no layer of that kind"),
        ("everything", "lora.targets"),
    ],
)
def test_targets_that_fit_nothing_are_refused_by_the_plan(
    targets: Any, sentence: str, make_run: MakeRun, tmp_path: Path
) -> None:
    with pytest.raises(SettingsError, match=sentence):
        make_plan(make_run(tmp_path / "run", lora={"targets": targets}))


def settings(**sections: Any) -> RunSettings:
    return RunSettings.model_validate({"model": {"name": "x"}, **sections})


def test_a_model_whose_code_fails_is_refused_in_its_own_words(monkeypatch: pytest.MonkeyPatch) -> None:
    from transformers import LlamaConfig, LlamaForCausalLM

    def fail(self: Any, *_: Any, **__: Any) -> Any:
        raise RuntimeError("this kernel wants another shape\nand more")

    monkeypatch.setattr(LlamaForCausalLM, "forward", fail)
    with pytest.raises(SettingsError, match=r"'llama' cannot be trained here.*this kernel wants another shape\.$"):
        prove(settings(), LlamaConfig(hidden_size=256), False)


def test_a_model_that_looks_ahead_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from transformers import LlamaConfig, LlamaForCausalLM

    forward = LlamaForCausalLM.forward

    def ahead(self: Any, input_ids: Any = None, logits_to_keep: Any = 0, **options: Any) -> Any:
        found = forward(self, input_ids=input_ids, **options)
        found.logits = found.logits + found.logits.mean(dim=1, keepdim=True)
        return found

    monkeypatch.setattr(LlamaForCausalLM, "forward", ahead)
    with pytest.raises(SettingsError, match="changes with the tokens after it"):
        prove(settings(training={"packing": False}), LlamaConfig(), False)


def test_the_adapter_of_a_mixture_of_experts_is_counted_as_peft_makes_it() -> None:
    from transformers import Qwen3MoeConfig

    config = next(small_configs(Qwen3MoeConfig()))
    for targets in ("all-linear", "attention", "all", "experts"):
        given = settings(lora={"targets": targets, "rank": 4, "alpha": 4, "dropout": 0.0, "variant": "lora"})
        counted = measure_shape(config, given)
        model = add_adapter(small_model(config), given.lora)
        trained = {name: p.numel() for name, p in model.named_parameters() if p.requires_grad}
        assert sum(trained.values()) == counted.adapter_parameters, targets
        assert not any(".gate." in name and "experts" not in name for name in trained)
        assert any("experts" in name for name in trained) == (targets in ("all", "experts"))
    assert any("experts get no adapter" in note for note in measure_shape(config, settings()).notes)


def test_parts_for_pictures_are_frozen_and_that_is_said() -> None:
    from transformers import Gemma3Config

    config = next(small_configs(Gemma3Config()))
    given = settings(lora={"rank": 4, "alpha": 4, "dropout": 0.0, "variant": "lora"})
    model = add_adapter(small_model(config), given.lora)
    adapted = [name for name, parameter in model.named_parameters() if parameter.requires_grad]
    assert adapted and not any("vision" in name for name in adapted)
    assert any("pictures or sound are frozen" in note for note in measure_shape(config, given).notes)


def test_a_run_continues_from_the_adapter_of_another(finished: Path, make_run: MakeRun, tmp_path: Path) -> None:
    adapter = shutil.copytree(finished / "adapter", tmp_path / "adapter")
    first = json.loads((finished / "result.json").read_text())
    folder = make_run(
        tmp_path / "run",
        model={"adapter": str(adapter), "precision": "bfloat16"},
        training={**SHORT, "learning_rate": 1e-6},
        evaluation=NO_ANSWERS,
    )
    result = run(folder)
    assert result.settings["lora"]["rank"] == first["settings"]["lora"]["rank"] == 4
    assert result.validation_loss == pytest.approx(first["validation_loss"], abs=0.02)
    assert result.evaluation is not None and result.evaluation.baseline_loss.value > result.validation_loss


def test_an_adapter_of_another_model_and_settings_beside_it_are_refused(
    finished: Path, make_run: MakeRun, tmp_path: Path
) -> None:
    from safetensors.torch import load_file, save_file

    with pytest.raises(SettingsError, match=r"\[lora\] rank comes from the adapter"):
        make_plan(make_run(tmp_path / "a", model={"adapter": str(finished / "adapter")}, lora={"rank": 8}))
    other = shutil.copytree(finished / "adapter", tmp_path / "adapter")
    weights = load_file(other / "adapter_model.safetensors")
    wider = {name: torch.zeros(tensor.shape[0], tensor.shape[1] + 8) for name, tensor in weights.items()}
    save_file(wider, other / "adapter_model.safetensors")
    with pytest.raises(SettingsError, match="belongs to another model"):
        make_plan(make_run(tmp_path / "b", model={"adapter": str(other)}))


@pytest.mark.parametrize("optimiser", ["adamw_8bit", "paged_adamw_32bit", "paged_adamw_8bit"])
def test_optimisers_with_small_states_train_and_are_saved(optimiser: str, make_run: MakeRun, tmp_path: Path) -> None:
    folder = make_run(
        tmp_path / "run",
        training={**SHORT, "neftune_alpha": 5.0},
        evaluation={**NO_ANSWERS, "at_end": False},
        transformers={"optim": optimiser},
    )
    assert run(folder).steps == 2 and (folder / "adapter" / "adapter_model.safetensors").is_file()


def test_plain_text_is_trained_on_its_completions_only(make_run: MakeRun, tmp_path: Path) -> None:
    folder = make_run(tmp_path / "run", model={"chat_template": "plain"}, training=SHORT)
    for name, first in (("train.jsonl", 0), ("validation.jsonl", 50)):
        lines = [{"prompt": f"The clock {n} says", "completion": f" it is {n} past."} for n in range(first, first + 12)]
        (folder / name).write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    plan = make_plan(folder)
    example = plan.train[0]
    text = plan.tokenizer.decode(example.ids)
    trained = plan.tokenizer.decode(example.ids[example.weights > 0])
    assert text == "The clock 0 says it is 0 past.<|im_end|>" and trained == " it is 0 past.<|im_end|>"


def test_stop_tokens_of_the_base_model_are_kept(
    tiny_model: Path, make_run: MakeRun, tmp_path: Path, tiny_tokenizer: Any
) -> None:
    model = shutil.copytree(tiny_model, tmp_path / "model")
    end_of_text, word = tiny_tokenizer.convert_tokens_to_ids("<|endoftext|>"), 300
    (model / "generation_config.json").write_text(json.dumps({"eos_token_id": [end_of_text, word]}))
    folder = make_run(
        tmp_path / "run", model={"name": str(model)}, training=SHORT, evaluation={**NO_ANSWERS, "at_end": False}
    )
    run(folder)
    stops = json.loads((folder / "adapter" / "generation_config.json").read_text())["eos_token_id"]
    assert stops == sorted({end_of_text, tiny_tokenizer.eos_token_id}), "and an ordinary token ends no answer"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"include_num_input_tokens_seen": "all"}, "counts tokens itself"),
        ({"use_liger_kernel": True}, "liger-kernel is not installed"),
    ],
)
def test_arguments_that_would_fail_after_loading_are_refused_by_the_plan(
    arguments: dict[str, Any], sentence: str, make_run: MakeRun, tmp_path: Path
) -> None:
    with pytest.raises(TrainerError, match=sentence):
        make_plan(make_run(tmp_path / "run", transformers=arguments))
