"""What cannot work is said before any long work, with the setting to change and the right exit code."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from trainer.contract.errors import DoesNotFitError, MissingError, TrainerError
from trainer.plan.plan import make_plan

from .conftest import conversation, write_jsonl

MakeRun = Callable[..., Path]


def refusal(folder: Path) -> TrainerError:
    with pytest.raises(TrainerError) as problem:
        make_plan(folder)
    return problem.value


@pytest.mark.parametrize(
    ("sections", "message", "exit_code"),
    [
        ({"model": {"name": "/nowhere/at/all"}}, "There is no model folder /nowhere/at/all", 3),
        ({"model": {"name": "somebody/some-model"}}, "--allow-download", 3),
        ({"model": {"device": "cuda"}}, 'Set [model] device = "cpu"', 3),
        ({"model": {"chat_template": "mine.jinja"}}, "mine.jinja does not exist", 3),
        ({"training": {"learning_rat": 0.1}}, "no setting training.learning_rat (nearest: learning_rate)", 2),
        ({"training": {"epochs": -1}}, "training.epochs = -1", 2),
        ({"transformers": {"max_steps": 5}}, "is set by [training] steps", 2),
        ({"transformers": {"reportto": "none"}}, "no such argument", 2),
        ({"transformers": {"logging_steps": 50}}, "[transformers] logging_steps is set by this trainer", 2),
        ({"transformers": {"dataloader_num_workers": 2}}, "dataloader_num_workers is set by this trainer", 2),
        ({"transformers": {"optim": "adamm"}}, "[transformers] cannot be used: adamm is not a valid", 2),
        ({"transformers": {"adam_beta1": "much"}}, "[transformers] cannot be used", 2),
        ({"transformers": {"report_to": "mlflow"}}, "[transformers] report_to", 2),
        ({"evaluation": {"answer_schema": "nowhere.json"}}, "answer_schema: ", 2),
        ({"evaluation": {"answer_schema": "train.jsonl"}}, "cannot be read as JSON", 2),
        ({"evaluation": {"max_new_tokens": 512}}, "leaves no room for a question: the model has 512 positions", 2),
    ],
)
def test_wrong_settings(
    make_run: MakeRun, tmp_path: Path, sections: dict[str, Any], message: str, exit_code: int
) -> None:
    problem = refusal(make_run(tmp_path / "run", **sections))
    assert message in str(problem) and problem.exit_code == exit_code


NO_SYSTEM = "{% if messages[0]['role'] == 'system' %}{{ raise_exception('no system message here') }}{% endif %}"
LOOPS = {
    "a loop within a loop": "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
    "a loop that is too long": "{% for a in range(10**9) %}x{% endfor %}",
    "a text of gigabytes": "{{ 'x' * 10**10 }}",
    "a text that doubles": "{% set n = namespace(s='x') %}{% for a in [1] * 99 %}{% set n.s = n.s + n.s %}{% endfor %}",
    "a macro that calls itself": "{% macro f(n) %}{{ f(n + 1) }}{% endmacro %}{{ f(0) }}",
    "ten megabytes": "{{ 'x' * 10**7 }}",
}


def with_template(folder: Path, source: str, tiny_tokenizer: Any) -> Path:
    """The run with its model's template after `source`, and no system message in its data."""
    (folder / "mine.jinja").write_text(source + tiny_tokenizer.chat_template)
    for name in ("train.jsonl", "validation.jsonl"):
        lines = [json.loads(line) for line in (folder / name).read_text().splitlines()]
        write_jsonl(folder / name, [{"messages": line["messages"][1:]} for line in lines])
    return folder


def test_a_prompt_that_the_template_refuses_is_found_before_the_first_step(
    make_run: MakeRun, tmp_path: Path, tiny_tokenizer: Any
) -> None:
    mine = {"chat_template": "mine.jinja"}
    make_plan(with_template(make_run(tmp_path / "plain", model=mine), NO_SYSTEM, tiny_tokenizer))
    reported = make_run(tmp_path / "told", model=mine, evaluation={"baseline_prompt": "Be brief."})
    problem = refusal(with_template(reported, NO_SYSTEM, tiny_tokenizer))
    assert "[evaluation] baseline_prompt" in str(problem) and "no system message here" in str(problem)
    assert problem.exit_code == 2


def test_a_test_file_that_cannot_be_read_is_found_before_the_first_step(make_run: MakeRun, tmp_path: Path) -> None:
    folder = make_run(tmp_path / "run")
    (folder / "test.jsonl").write_text("not JSON")
    assert "test.jsonl has 1 unusable lines" in str(refusal(folder))


@pytest.mark.parametrize("kind", LOOPS)
def test_a_chat_template_that_does_not_come_to_an_end_is_refused(
    make_run: MakeRun, tmp_path: Path, tiny_tokenizer: Any, kind: str
) -> None:
    folder = make_run(tmp_path / "run", model={"chat_template": "mine.jinja"})
    problem = refusal(with_template(folder, LOOPS[kind], tiny_tokenizer))
    assert "the chat template (file mine.jinja)" in str(problem) and "[model] chat_template" in str(problem)
    assert problem.exit_code == 2


def test_missing_files_are_named(make_run: MakeRun, tmp_path: Path) -> None:
    for name in ("validation.jsonl", "train.jsonl", "run.toml"):
        folder = make_run(tmp_path / name)
        (folder / name).unlink()
        assert name in str(refusal(folder)) and refusal(folder).exit_code == 2


def test_an_empty_file_is_refused(make_run: MakeRun, tmp_path: Path) -> None:
    folder = make_run(tmp_path / "run")
    (folder / "train.jsonl").write_text("\n")
    assert "holds no example" in str(refusal(folder))


def test_a_validation_set_that_overlaps_is_refused(make_run: MakeRun, tmp_path: Path) -> None:
    folder = make_run(tmp_path / "run")
    write_jsonl(folder / "validation.jsonl", [conversation(300), conversation(4)])
    assert "1 of 2 examples in validation.jsonl are also in train.jsonl (line 2)" in str(refusal(folder))


def test_pickled_weights_are_never_read(make_run: MakeRun, tmp_path: Path, tiny_model: Path) -> None:
    import shutil

    import torch
    from safetensors.torch import load_file

    from trainer.train.recipe import run

    other = shutil.copytree(tiny_model, tmp_path / "model")
    torch.save(load_file(other / "model.safetensors"), other / "pytorch_model.bin")
    (other / "model.safetensors").unlink()
    with pytest.raises(MissingError, match="safetensors"):
        run(make_run(tmp_path / "run", model={"name": str(other)}))


def test_a_tokenizer_of_another_model_is_refused(make_run: MakeRun, tmp_path: Path, tiny_model: Path) -> None:
    import shutil

    other = shutil.copytree(tiny_model, tmp_path / "model")
    config = json.loads((other / "config.json").read_text())
    (other / "config.json").write_text(json.dumps({**config, "vocab_size": 300}))
    folder = make_run(tmp_path / "run", model={"name": str(other)})
    assert "they do not match" in str(refusal(folder))


def test_a_run_that_needs_more_memory_than_is_free_names_the_setting_to_change(
    make_run: MakeRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from trainer.plan import memory

    monkeypatch.setattr(memory, "free_memory", lambda _: 720 << 20)
    folder = make_run(
        tmp_path / "run",
        training={"micro_batch_tokens": 100_000, "batch_size": 60, "activation_checkpointing": False},
    )
    with pytest.raises(DoesNotFitError, match="activation_checkpointing = true"):
        make_plan(folder)
    monkeypatch.setattr(memory, "free_memory", lambda _: 1)
    with pytest.raises(DoesNotFitError, match=r"GiB|MiB"):
        make_plan(make_run(tmp_path / "second"))


def test_activation_checkpointing_is_switched_on_by_need(
    make_run: MakeRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from trainer.plan import memory

    settings = {"micro_batch_tokens": 200_000, "batch_size": 60}
    roomy = make_plan(make_run(tmp_path / "roomy", training=settings))
    assert roomy.settings.training.activation_checkpointing is False
    little = (roomy.estimated.total - 0.15 * roomy.estimated.activations) / memory.HEADROOM
    monkeypatch.setattr(memory, "free_memory", lambda _: int(little))
    tight = make_plan(make_run(tmp_path / "tight", training=settings))
    assert tight.settings.training.activation_checkpointing is True
    assert tight.resolved.origins["training.activation_checkpointing"] == "memory is short"


def test_packing_that_cannot_be_exact_is_refused_when_asked_for(make_run: MakeRun, tmp_path: Path) -> None:
    from trainer.contract.errors import SettingsError
    from trainer.model import attention
    from trainer.train import recipe

    plan = make_plan(make_run(tmp_path / "run", training={"packing": True}))
    patch = pytest.MonkeyPatch()
    patch.setattr(attention, "packed_attention", attention.packed_attention)
    patch.setattr(recipe, "replace_attention", lambda model: None)
    with pytest.raises(SettingsError, match="cannot be packed"):
        recipe.prepare_model(plan)
    patch.undo()


def test_the_packing_check_notices_attention_that_looks_across_examples(make_run: MakeRun, tmp_path: Path) -> None:
    from transformers import AttentionInterface
    from transformers.integrations.sdpa_attention import sdpa_attention_forward

    from trainer.model import attention
    from trainer.model.load import load_model, replace_attention

    plan = make_plan(make_run(tmp_path / "run", model={"quantisation": "none"}))
    model = load_model(plan.source, plan.placement)
    replace_attention(model)
    assert attention.packing_problem(model) is None

    def careless(module: Any, query: Any, key: Any, value: Any, mask: Any, **options: Any) -> Any:
        return sdpa_attention_forward(module, query, key, value, None, **options)

    AttentionInterface.register(attention.NAME, careless)
    try:
        assert "changes with its neighbour" in str(attention.packing_problem(model)).replace(
            "change with", "changes with"
        )
    finally:
        attention.register()


def test_the_command_line_speaks_in_sentences_and_exit_codes(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-m", "trainer", "plan", str(tmp_path)], capture_output=True, text=True, cwd=root, check=False
    )
    assert done.returncode == 2 and "run.toml does not exist" in done.stderr and "Traceback" not in done.stderr
    assert done.stdout == ""


def test_help_does_not_wait_for_torch() -> None:
    script = (
        "import sys, trainer.cli, trainer.contract; print(sorted({'torch', 'transformers', 'peft'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=Path(__file__).parents[2], check=True
    )
    assert done.stdout.strip() == "[]"


def test_a_missing_model_is_exit_code_three() -> None:
    assert MissingError("x").exit_code == 3
