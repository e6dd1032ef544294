"""A stopped or killed run continues as if nothing had happened: 4-bit base, dropout, the same losses bit for bit."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from safetensors.torch import load_file

from benchmarks.trainer.write_points import differing, outcome
from trainer.contract.errors import CheckpointError, StoppedError
from trainer.train.checkpoints import newest_sound
from trainer.train.recipe import run

Events = Callable[[Path], list[dict[str, Any]]]


def losses(events: list[dict[str, Any]]) -> dict[tuple[int, str], tuple[float, float]]:
    """Loss and accuracy by step and split; the later one counts where a step was done twice."""
    return {(e["step"], e["split"]): (e["loss"], e["accuracy"]) for e in events if e["event"] == "metric"}


def unfinished_copy(finished: Path, folder: Path) -> Path:
    folder.mkdir()
    for name in ("run.toml", "train.jsonl", "validation.jsonl"):
        shutil.copy(finished / name, folder / name)
    return folder


def assert_same_outcome(folder: Path, finished: Path, events: Events) -> None:
    assert losses(events(folder)) == losses(events(finished))
    left, right = (load_file(path / "adapter" / "adapter_model.safetensors") for path in (folder, finished))
    assert left.keys() == right.keys() and all(left[name].equal(right[name]) for name in left)
    assert (folder / "results.csv").read_text() == (finished / "results.csv").read_text()
    results = [json.loads((path / "result.json").read_text()) for path in (folder, finished)]
    for figure in ("steps", "best_step", "train_loss", "validation_loss", "evaluation", "truncation_report"):
        assert results[0][figure] == results[1][figure]
    assert (folder / "dynamics.parquet").read_bytes() == (finished / "dynamics.parquet").read_bytes()


@pytest.fixture(scope="module")
def interrupted(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the finished run, interrupted by SIGINT after its ninth step."""
    folder = unfinished_copy(finished, tmp_path_factory.mktemp("interrupted") / "run")

    def interrupt(event: dict[str, Any]) -> None:
        if event["event"] == "metric" and event["split"] == "train" and event["step"] == 8:
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(StoppedError) as stop:
        run(folder, on_event=interrupt)
    assert stop.value.exit_code == 130
    return folder


def test_sigint_finishes_the_step_and_saves_it(interrupted: Path, events: Events) -> None:
    last = events(interrupted)[-1]
    assert last["event"] == "stopped" and last["exit_code"] == 130
    assert (interrupted / "checkpoints" / "checkpoint-9" / "complete.json").exists()
    assert not (interrupted / "result.json").exists()


def test_an_interrupted_run_resumes_bit_for_bit(
    interrupted: Path, finished: Path, events: Events, tmp_path: Path
) -> None:
    folder = shutil.copytree(interrupted, tmp_path / "run")
    run(folder, resume=True)
    assert_same_outcome(folder, finished, events)


def test_a_damaged_checkpoint_is_skipped_aloud_for_the_one_before(
    interrupted: Path, finished: Path, events: Events, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = shutil.copytree(interrupted, tmp_path / "run")
    damaged = folder / "checkpoints" / "checkpoint-9" / "adapter_model.safetensors"
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"\x00")
    run(folder, resume=True)
    assert "checkpoint-9 is skipped: adapter_model.safetensors is damaged." in capsys.readouterr().err
    assert_same_outcome(folder, finished, events)


def test_a_run_killed_outright_resumes_bit_for_bit(finished: Path, events: Events, tmp_path: Path) -> None:
    folder = unfinished_copy(finished, tmp_path / "run")
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-c", KILLED_AFTER_STEP_SEVEN, str(folder)]
    assert subprocess.run(command, env=environment, capture_output=True, check=False).returncode == -signal.SIGKILL
    assert newest_sound(folder / "checkpoints")[0] == folder / "checkpoints" / "checkpoint-4"
    run(folder, resume=True)
    assert_same_outcome(folder, finished, events)


def test_sigterm_finishes_the_step_and_the_run_resumes_bit_for_bit(
    finished: Path, events: Events, tmp_path: Path
) -> None:
    folder = unfinished_copy(finished, tmp_path / "run")

    def terminate(event: dict[str, Any]) -> None:
        if event["event"] == "metric" and event["split"] == "train" and event["step"] == 10:
            os.kill(os.getpid(), signal.SIGTERM)

    with pytest.raises(StoppedError, match="SIGTERM after step 11, which is saved") as stop:
        run(folder, on_event=terminate)
    assert stop.value.exit_code == 4
    run(folder, resume=True)
    assert_same_outcome(folder, finished, events)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize(
    ("moment", "said"),
    [("started", "before the first step. `trainer run`"), ("plan", "before the first"), ("answer", "between steps.")],
)
def test_a_run_that_is_stopped_outside_training_says_so_in_its_events(
    make_run: Callable[..., Path], tmp_path: Path, number: int, moment: str, said: str
) -> None:
    folder = make_run(tmp_path / "run", training={"steps": 2, "batch_size": 4})
    told: list[dict[str, Any]] = []

    def stop(event: dict[str, Any]) -> None:
        told.append(event)
        if event["event"] == moment:
            os.kill(os.getpid(), number)

    with pytest.raises(StoppedError, match=said) as stopped:
        run(folder, on_event=stop)
    assert stopped.value.exit_code == (130 if number == signal.SIGINT else 4)
    assert told[-1]["event"] == "stopped" and said in told[-1]["message"]
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_a_run_stopped_after_its_last_step_only_finishes(finished: Path, events: Events, tmp_path: Path) -> None:
    folder = shutil.copytree(finished, tmp_path / "run")
    for name in ("result.json", "results.csv", "dynamics.parquet", "evaluation.jsonl"):
        (folder / name).unlink()
    shutil.rmtree(folder / "adapter")
    run(folder, resume=True)
    assert_same_outcome(folder, finished, events)


def test_a_run_that_was_stopped_for_good_trains_no_further(make_run: Callable[..., Path], tmp_path: Path) -> None:
    training = {"steps": 12, "batch_size": 7, "evaluations": 6, "learning_rate": 0.3, "warmup": 0}
    stopping = {"patience": 1, "on_overfitting": "warn"}
    evaluation = {"at_end": False, "sample_answers": 0}
    folder = make_run(tmp_path / "run", training=training, stopping=stopping, evaluation=evaluation)
    first = run(folder)
    assert first.reason == "patience" and first.steps < 12
    adapter = (folder / "adapter" / "adapter_model.safetensors").read_bytes()
    (folder / "result.json").unlink()
    moved = folder.rename(tmp_path / "moved")
    again = run(moved, resume=True)
    assert (moved / "adapter" / "adapter_model.safetensors").read_bytes() == adapter
    for figure in ("reason", "steps", "best_step", "warnings", "model_facts", "train_loss"):
        assert getattr(again, figure) == getattr(first, figure), figure


COPIED_AT_MOMENTS = """
import json, sys
from pathlib import Path
from benchmarks.trainer.killed import copied_before, prepare

prepare()
folder, copies, labels = Path(sys.argv[1]), Path(sys.argv[2]), json.loads(sys.argv[3])
copied_before(folder, lambda _, label: label in labels, copies)
"""
MOMENTS = (
    "os.rename checkpoints/checkpoint-16/.complete.json.PID.tmp",
    "open adapter/adapter_config.json",
    "open .evaluation.jsonl.PID.tmp",
)
"""Before the last checkpoint counts, within the adapter, in the evaluation; `benchmarks.trainer.killed` tries all."""


@pytest.fixture(scope="module")
def left_by_a_kill(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """What `kill -9` leaves of the finished run at moments of its end, each whole and with its last file torn."""
    place = tmp_path_factory.mktemp("killed")
    folder = unfinished_copy(finished, place / finished.name)
    command = [sys.executable, "-c", COPIED_AT_MOMENTS, str(folder), str(place / "copies"), json.dumps(MOMENTS)]
    subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, check=True)
    return sorted((place / "copies").glob("*/*"))


def test_a_run_killed_at_its_end_trains_no_step_more_and_leaves_the_same_files(
    left_by_a_kill: list[Path], finished: Path
) -> None:
    assert len(left_by_a_kill) > len(MOMENTS)
    for folder in left_by_a_kill:
        result = run(folder, resume=True)
        assert result.steps == 16
        assert differing(folder, outcome(finished)) == [], folder.parent.name


KILLED_AFTER_STEP_SEVEN = """
import os, signal, sys
from pathlib import Path
from trainer.model.quiet import quieten_libraries
quieten_libraries()
from trainer.train.recipe import run
import torch
torch.set_num_threads(1)

def kill(event):
    if event["event"] == "metric" and event["step"] == 7:
        os.kill(os.getpid(), signal.SIGKILL)

run(Path(sys.argv[1]), on_event=kill)
"""


def test_a_finished_run_and_a_folder_without_a_run_have_nothing_to_resume(
    finished: Path, make_run: Callable[..., Path], tmp_path: Path
) -> None:
    with pytest.raises(CheckpointError, match="is finished"):
        run(finished, resume=True)
    with pytest.raises(CheckpointError, match="No run was started"):
        run(make_run(tmp_path / "new"), resume=True)


def test_a_run_does_not_resume_on_other_data(interrupted: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(interrupted, tmp_path / "run")
    lines = (folder / "train.jsonl").read_text().splitlines()
    (folder / "train.jsonl").write_text("\n".join(lines[1:]) + "\n")
    with pytest.raises(CheckpointError, match=r"train\.jsonl has changed"):
        run(folder, resume=True)


def test_the_settings_of_a_resumed_run_keep_their_sources(interrupted: Path, finished: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(interrupted, tmp_path / "run")
    result = run(folder, resume=True)
    first = json.loads((finished / "result.json").read_text())
    assert result.origins == first["origins"] and result.settings == first["settings"]
