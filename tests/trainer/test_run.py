"""A finished run: what it leaves behind, what it proves about itself, what it says while it runs."""

from __future__ import annotations

import csv
import json
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from trainer.contract import RESULT_COLUMNS
from trainer.contract.errors import NotFiniteError, SettingsError
from trainer.contract.events import Event, EventLog
from trainer.contract.results import Result
from trainer.contract.settings import read_settings
from trainer.train.heartbeat import Heartbeat
from trainer.train.recipe import run

Events = Callable[[Path], list[dict[str, Any]]]


@pytest.fixture(scope="module")
def result(finished: Path) -> Result:
    return Result.model_validate_json((finished / "result.json").read_text())


def test_every_target_layer_is_4bit_and_only_adapters_are_trained(result: Result) -> None:
    facts = result.model_facts
    assert facts["target_layers"] == facts["linear4bit_layers"] == 14
    assert facts["trained_outside_adapters"] == [] and facts["gradients_outside_adapters"] == []
    assert facts["with_gradient"] == 28 and facts["adapter_dtype"] == ["torch.float32"]


def test_a_run_leaves_the_files_that_its_contract_names(finished: Path) -> None:
    names = {path.name for path in finished.iterdir()}
    assert names == {
        "run.toml", "train.jsonl", "validation.jsonl", "resolved.toml", "events.jsonl", "log.txt", "checkpoints",
        "adapter", "results.csv", "dynamics.parquet", "evaluation.jsonl", "result.json",
    }  # fmt: skip


def test_training_lowers_the_loss_on_examples_it_has_not_seen(result: Result) -> None:
    assert result.evaluation is not None
    fall = result.evaluation.loss_fall
    assert fall.low <= fall.value <= fall.high and fall.low > 0.05


def test_every_event_fits_the_schema_and_they_are_numbered(finished: Path, events: Events) -> None:
    lines = events(finished)
    assert [Event.model_validate(line).seq for line in lines] == list(range(len(lines)))
    names = {line["event"] for line in lines}
    assert names >= {"started", "plan", "token-fate", "progress", "metric", "answer", "checkpoint", "finished"}
    assert lines[-1]["event"] == "finished" and lines[-1]["exit_code"] == 0


def test_a_run_that_is_busy_for_long_still_tells_its_phase(tmp_path: Path) -> None:
    """The heart beats from a thread of its own: no step has to end."""
    reported = threading.Event()
    log = EventLog(
        tmp_path / "events.jsonl", "run", lambda event: reported.set() if event["phase"] == "training" else None
    )
    with Heartbeat(log) as heartbeat:
        heartbeat.phase = "training"
        reported.wait()
    line = json.loads((tmp_path / "events.jsonl").read_text().splitlines()[0])
    assert line["event"] == "progress" and line["step"] == 0 and line["seconds_left"] is None


def test_a_metric_carries_what_a_chart_needs(finished: Path, events: Events) -> None:
    metrics = [line for line in events(finished) if line["event"] == "metric"]
    train = [line for line in metrics if line["split"] == "train"]
    assert [line["step"] for line in train] == list(range(1, 17))
    assert all(line["grad_norm"] > 0 and line["memory"] > 0 and 0 <= line["accuracy"] <= 1 for line in train)
    assert [line["step"] for line in metrics if line["split"] == "validation"] == [0, 4, 8, 12, 16]


def test_results_csv_has_the_columns_of_openai_and_a_line_per_step(finished: Path) -> None:
    with (finished / "results.csv").open() as file:
        lines = list(csv.DictReader(file))
    assert tuple(lines[0]) == RESULT_COLUMNS and [int(line["step"]) for line in lines] == list(range(17))
    assert lines[16]["full_valid_loss"] and lines[16]["train_loss"] and not lines[15]["valid_loss"]


def test_the_settled_settings_are_readable_settings_with_sources(finished: Path, result: Result) -> None:
    settled = read_settings(finished / "resolved.toml")
    assert settled.lora.rank == 4 and settled.training.packing is True and settled.training.learning_rate
    assert result.origins["lora.rank"] == "run.toml"
    assert result.origins["training.packing"] == "checked on the loaded model"


def test_dynamics_hold_the_loss_of_every_example_at_every_epoch(finished: Path) -> None:
    table = pq.read_table(finished / "dynamics.parquet").to_pydict()
    assert len(table["example"]) == 60
    # sixteen steps of seven: a first epoch of nine steps, the last of them not full, and seven steps of the second
    assert Counter(map(len, table["losses"])) == {2: 7 * 7, 1: 60 - 7 * 7}
    first = table["losses"][0]
    assert table["confidence"][0] == pytest.approx(np.mean(np.exp(-np.array(first))), rel=1e-5)
    assert table["variability"][0] == pytest.approx(np.std(np.exp(-np.array(first))), abs=1e-6)
    assert all(value is not None for value in table["untuned_loss"])


def test_the_loss_in_the_dynamics_is_the_loss_of_the_training_step(finished: Path, events: Events) -> None:
    """Over the first epoch, token-weighted means by example and by step agree."""
    table = pq.read_table(finished / "dynamics.parquet").to_pydict()
    by_example = np.average([losses[0] for losses in table["losses"]], weights=table["trained_tokens"])
    steps = [e["loss"] for e in events(finished) if e["event"] == "metric" and e["split"] == "train"][:8]
    assert by_example == pytest.approx(np.mean(steps), rel=0.03)


def test_evaluation_lines_hold_losses_and_answers_of_both_models(finished: Path) -> None:
    lines = [json.loads(line) for line in (finished / "evaluation.jsonl").read_text().splitlines()]
    assert len(lines) == 12 and sum("answer" in line for line in lines) == 3
    assert all(line["tuned_loss"] < line["baseline_loss"] for line in lines)
    assert {"baseline_answer", "answer", "reference", "prompt"} <= lines[0].keys()


def test_the_adapter_folder_loads_on_its_own_and_stops_at_the_end_of_a_turn(finished: Path, tiny_model: Path) -> None:
    from peft import AutoPeftModelForCausalLM
    from transformers import AutoTokenizer

    model = AutoPeftModelForCausalLM.from_pretrained(finished / "adapter")
    tokenizer = AutoTokenizer.from_pretrained(finished / "adapter")
    assert tokenizer.chat_template == AutoTokenizer.from_pretrained(tiny_model).chat_template
    assert json.loads((finished / "adapter" / "generation_config.json").read_text())["eos_token_id"] == [2]
    assert any("lora_A" in name for name, _ in model.named_parameters())
    card = (finished / "adapter" / "README.md").read_text()
    assert (
        "Licence of the base model: not stated" in card
        and "vllm serve" in card
        and "sha256" in card
        and "lora.rank" in card
    )


def test_a_used_folder_is_not_trained_over(finished: Path) -> None:
    with pytest.raises(SettingsError, match="already holds a run"):
        run(finished)


def test_not_a_number_stops_the_run_and_names_the_examples(make_run: Callable[..., Path], tmp_path: Path) -> None:
    from trainer.model import loss as loss_module
    from trainer.train import loop

    folder = make_run(
        tmp_path / "run", examples=8, model={"quantisation": "none"}, training={"steps": 4, "batch_size": 2}
    )
    true_scores = loss_module.answer_scores

    def poisoned(model: Any, batch: Any, scale: float) -> Any:
        scores = true_scores(model, batch, scale)
        if model.training and 3 in batch.examples:
            scores = loss_module.TokenScores(scores.loss * float("nan"), scores.nll, scores.correct)
        return scores

    patch = pytest.MonkeyPatch()
    patch.setattr(loop, "answer_scores", poisoned)
    with pytest.raises(NotFiniteError, match="line 4") as problem:
        run(folder)
    patch.undo()
    assert problem.value.exit_code == 4
    last = json.loads((folder / "events.jsonl").read_text().splitlines()[-1])
    assert last["event"] == "failed" and last["exit_code"] == 4
