"""What goes wrong while a run works or is evaluated: a sentence, the right exit code, and nothing lost."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from trainer.cli import cli
from trainer.contract.errors import (
    ChangedError,
    EvaluationError,
    ExhaustedError,
    MissingError,
    SettingsError,
    StoppedError,
)
from trainer.evaluate.again import evaluate_again
from trainer.evaluate.answers.resume import PARTIAL_FILE, Answered
from trainer.train.recipe import run

from .test_resume import assert_same_outcome, unfinished_copy

Events = Callable[[Path], list[dict[str, Any]]]
FullDisk = Callable[[int], AbstractContextManager[None]]
MakeRun = Callable[..., Path]


@pytest.fixture
def done(finished: Path, tmp_path: Path) -> Path:
    return shutil.copytree(finished, tmp_path / "run")


def test_memory_that_runs_out_in_training_names_the_setting_and_the_run_goes_on(
    finished: Path, events: Events, tmp_path: Path
) -> None:
    folder = unfinished_copy(finished, tmp_path / "run")

    def exhaust(event: dict[str, Any]) -> None:
        if event["event"] == "metric" and event["split"] == "train" and event["step"] == 10:
            import torch

            torch.empty(1 << 60)

    with pytest.raises(ExhaustedError, match=r"Out of memory .*Close what else") as problem:
        run(folder, on_event=exhaust)
    assert problem.value.exit_code == 4 and "trainer resume" in str(problem.value)
    assert "lower [training] micro_batch_tokens" in str(problem.value)
    last = events(folder)[-1]
    assert last["event"] == "failed" and last["exit_code"] == 4 and "Out of memory" in last["message"]
    run(folder, resume=True)
    assert_same_outcome(folder, finished, events)


def test_a_disk_that_is_full_at_a_checkpoint_stops_the_run_and_it_goes_on(
    finished: Path, events: Events, tmp_path: Path, full_disk: FullDisk
) -> None:
    folder = unfinished_copy(finished, tmp_path / "run")
    with ExitStack() as stack, pytest.raises(ExhaustedError, match="The disk is full") as problem:

        def fill(event: dict[str, Any]) -> None:
            if event["event"] == "metric" and event["step"] == 1:
                stack.enter_context(full_disk(20_000))

        run(folder, on_event=fill)
    assert problem.value.exit_code == 4
    run(folder, resume=True)
    assert_same_outcome(folder, finished, events)


SCHEMA = {"type": "string"}


def test_a_failing_evaluation_does_not_cost_the_adapter_and_is_made_up_for_without_training(
    make_run: MakeRun, events: Events, tmp_path: Path
) -> None:
    evaluation = {"answer_schema": "schema.json", "answers": 2, "max_new_tokens": 4, "sample_answers": 0}
    training = {"steps": 4, "batch_size": 7, "evaluations": 1}
    folder = make_run(tmp_path / "run", training=training, evaluation=evaluation)
    schema = folder / "schema.json"
    schema.write_text(json.dumps(SCHEMA))

    def lose_it(event: dict[str, Any]) -> None:
        if event["event"] == "checkpoint" and event["step"] == 4:
            schema.unlink()

    with pytest.raises(EvaluationError, match=r"adapter is trained and saved in .*adapter\. Its evaluation") as problem:
        run(folder, on_event=lose_it)
    assert problem.value.exit_code == 4 and "`trainer resume" in str(problem.value)
    adapter = (folder / "adapter" / "adapter_model.safetensors").read_bytes()
    other = shutil.copytree(folder, tmp_path / "other")
    with pytest.raises(SettingsError, match="answer_schema"):
        run(folder, resume=True)
    for again in (folder, other):
        (again / "schema.json").write_text(json.dumps(SCHEMA))
    assert run(folder, resume=True).evaluation is not None
    evaluated = CliRunner().invoke(cli, ["evaluate", str(other), "--answers", "1"])
    assert evaluated.exit_code == 0, evaluated.output
    for done in (folder, other):
        assert (done / "adapter" / "adapter_model.safetensors").read_bytes() == adapter
        steps = [e["step"] for e in events(done) if e["event"] == "metric" and e["split"] == "train"]
        assert steps == [1, 2, 3, 4] and (done / "result.json").exists()


@pytest.mark.parametrize("gone", ["adapter", "adapter/adapter_model.safetensors", "adapter/adapter_config.json"])
def test_a_missing_adapter_is_named(done: Path, gone: str) -> None:
    target = done / gone
    shutil.rmtree(target) if target.is_dir() else target.unlink()
    with pytest.raises(MissingError, match="The adapter of this run is missing") as problem:
        evaluate_again(done, answers=1)
    assert problem.value.exit_code == 3 and Path(gone).name in str(problem.value)


def test_a_damaged_adapter_is_named(done: Path) -> None:
    path = done / "adapter" / "adapter_model.safetensors"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(MissingError, match="cannot be loaded"):
        evaluate_again(done, answers=1)


def test_a_base_model_or_data_that_changed_since_the_run_are_refused(done: Path, tiny_model: Path) -> None:
    other = shutil.copytree(tiny_model, done / "model")
    for name in ("run.toml", "resolved.toml"):
        (done / name).write_text((done / name).read_text().replace(str(tiny_model), str(other)))
    assert evaluate_again(done, answers=1).answered == 1, "the same model at another place"
    weights = other / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    with pytest.raises(
        ChangedError, match=r"The base model in .* changed since the run \(model.safetensors\)"
    ) as found:
        evaluate_again(done, answers=1)
    assert found.value.exit_code == 2
    with (done / "validation.jsonl").open("a") as file:
        file.write((done / "train.jsonl").read_text().splitlines()[0] + "\n")
    with pytest.raises(ChangedError, match=r"The data in .* changed since the run \(validation.jsonl\)"):
        evaluate_again(done, answers=1)


def test_a_reader_that_leaves_at_once_ends_a_command_quietly(make_run: MakeRun, tmp_path: Path) -> None:
    folder = make_run(tmp_path / "run", training={"steps": 2, "batch_size": 4})
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as stdout:
        command = [sys.executable, "-m", "trainer", "plan", str(folder)]
        ended = subprocess.run(command, stdout=stdout, stderr=subprocess.PIPE, text=True, check=False)
    assert ended.returncode == 0 and "Traceback" not in ended.stderr and "Broken" not in ended.stderr, ended.stderr


def test_a_run_does_not_go_on_upon_another_base_model(make_run: MakeRun, tiny_model: Path, tmp_path: Path) -> None:
    model = shutil.copytree(tiny_model, tmp_path / "model")
    folder = make_run(tmp_path / "run", model={"name": str(model)}, training={"steps": 4, "batch_size": 4})

    def interrupt(event: dict[str, Any]) -> None:
        if event["event"] == "metric" and event["split"] == "train" and event["step"] == 1:
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(StoppedError):
        run(folder, on_event=interrupt)
    config = json.loads((model / "config.json").read_text())
    (model / "config.json").write_text(json.dumps({**config, "rms_norm_eps": 1e-3}))
    with pytest.raises(ChangedError, match=r"base model in .* changed since the run \(config.json\)"):
        run(folder, resume=True)


def test_an_evaluation_on_a_full_disk_keeps_its_answers_and_goes_on(
    done: Path, monkeypatch: pytest.MonkeyPatch, full_disk: FullDisk
) -> None:
    whole = evaluate_again(done, answers=6)
    size = (done / "evaluation.jsonl").stat().st_size
    with full_disk(size - 1), pytest.raises(ExhaustedError, match="The disk is full") as problem:
        evaluate_again(done, answers=6)
    assert problem.value.exit_code == 4 and "again to continue" in str(problem.value)
    assert (done / PARTIAL_FILE).exists() and json.loads((done / "result.json").read_text())["evaluation"]
    asked: list[str] = []
    monkeypatch.setattr(Answered, "add", lambda self, by, answers: asked.append(by))
    assert evaluate_again(done, answers=6).measures == whole.measures and asked == []


KILLED_AFTER_THE_FIRST_ANSWERS = """
import os, signal, sys
from pathlib import Path
from trainer.model.quiet import quieten_libraries
quieten_libraries()
import torch
torch.set_num_threads(1)
from trainer.evaluate.again import evaluate_again
from trainer.evaluate.answers.resume import Answered
add = Answered.add

def die(self, by, answers):
    add(self, by, answers)
    os.kill(os.getpid(), signal.SIGKILL)

Answered.add = die
evaluate_again(Path(sys.argv[1]), answers=6)
"""


def test_an_evaluation_that_was_killed_goes_on_from_its_answers(done: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", KILLED_AFTER_THE_FIRST_ANSWERS, str(done)]
    killed = subprocess.run(command, cwd=root, capture_output=True, env=os.environ, check=False)
    assert killed.returncode == -signal.SIGKILL
    asked: list[str] = []
    add = Answered.add
    monkeypatch.setattr(Answered, "add", lambda self, by, answers: (asked.append(by), add(self, by, answers)))
    assert evaluate_again(done, answers=6).answered == 6 and asked == ["tuned"]
