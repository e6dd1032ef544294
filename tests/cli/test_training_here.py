"""`curator train` on this machine, and what comes after: runs, compare, findings of what failed."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
MODEL = ROOT / "sample_data" / "tiny-llama"
QUICK = [
    "--set", "training.steps=6", "--set", "training.evaluations=2", "--set", "evaluation.answers=2",
    "--set", "evaluation.sample_answers=0", "--set", "evaluation.max_new_tokens=4",
]  # fmt: skip


def curator(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "curator", *arguments]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which sixty examples were trained on."""
    folder = tmp_path_factory.mktemp("trained")
    lines = (ROOT / "sample_data" / "support_desk.jsonl").read_text(encoding="utf-8").splitlines()
    (folder / "desk.jsonl").write_text("\n".join(lines[:60]) + "\n", encoding="utf-8")
    ended = curator("train", "desk.jsonl", "--model", str(MODEL), *QUICK, cwd=folder)
    assert ended.returncode == 0, ended.stderr
    adapter = Path(ended.stdout.strip())
    assert (adapter / "adapter_model.safetensors").is_file()
    assert "data     " in ended.stderr and "«" in ended.stderr and "step 6 of 6, train: loss" in ended.stderr
    return folder


def test_a_run_is_listed_with_its_data_and_its_verdict(trained: Path) -> None:
    (line,) = curator("runs", "desk.jsonl", "--json", cwd=trained).stdout.splitlines()
    run = json.loads(line)
    assert run["state"] == "finished" and run["result"]["steps"] == 6
    assert sum(run["examples"].values()) <= 60 and run["examples"]["validation"] >= 1
    shown = curator("runs", "desk.jsonl", cwd=trained).stdout
    assert "verdict" in shown and "lower than untuned" in shown


def test_compare_shows_the_verdict_every_measure_and_the_worst_examples(trained: Path) -> None:
    (run,) = (trained / "desk.jsonl.curator" / "runs").iterdir()
    ended = curator("compare", str(run), "--answers", "2", "--failures", "1", cwd=trained)
    assert ended.returncode == 0, ended.stderr
    assert "Cannot tell with 2 held-out examples" in ended.stdout and "* chrf" in ended.stdout
    assert "nearest training question" in ended.stdout and "\x1b" not in ended.stdout
    fields = json.loads(curator("compare", str(run), "--answers", "2", "--failures", "1", "--json", cwd=trained).stdout)
    assert fields["sentence"] in ended.stdout and fields["failures"][0]["line"]["example"][:160] in ended.stdout
    again = curator("compare", str(run), str(run), cwd=trained)
    assert "cannot be told from" in again.stdout


def test_what_failed_becomes_findings_of_the_next_audit(trained: Path) -> None:
    curator("audit", "desk.jsonl", "--quiet", "--findings", "found.jsonl", "--fail-on", "never", cwd=trained)
    found = [json.loads(line) for line in (trained / "found.jsonl").read_text(encoding="utf-8").splitlines()]
    high = [finding for finding in found if finding["check"] == "high-loss"]
    assert high and all(finding["example"] and finding["line"] for finding in high)


def test_json_is_what_is_handed_over_and_then_every_event(trained: Path, tmp_path: Path) -> None:
    shutil.copy(trained / "desk.jsonl", tmp_path)
    words = ["train", "desk.jsonl", "--model", str(MODEL), *QUICK, "--set", "training.steps=1", "--json"]
    dry = json.loads(curator(*words, "--dry-run", cwd=tmp_path).stdout)
    assert dry["folder"] is None and not (tmp_path / "desk.jsonl.curator").exists()
    handed, *events = map(json.loads, curator(*words, cwd=tmp_path).stdout.splitlines())
    assert handed["examples"] == dry["examples"] and handed["steps"] == 1
    assert events == list(map(json.loads, (Path(handed["folder"]) / "events.jsonl").read_text().splitlines()))


def test_a_finished_run_is_not_trained_twice(trained: Path) -> None:
    ended = curator("train", "desk.jsonl", "--run", "last", cwd=trained)
    assert ended.returncode == 2 and "is finished" in ended.stderr


def test_a_run_whose_data_was_changed_is_refused(trained: Path, tmp_path: Path) -> None:
    (run,) = (trained / "desk.jsonl.curator" / "runs").iterdir()
    saved = shutil.copytree(run, tmp_path / "saved")
    try:
        (run / "result.json").unlink()
        with (run / "train.jsonl").open("a") as file:
            file.write("{}\n")
        ended = curator("train", "desk.jsonl", "--run", "last", cwd=trained)
    finally:
        for name in ("result.json", "train.jsonl"):
            shutil.copy(saved / name, run / name)
    assert ended.returncode == 2 and "changed since the hand-off" in ended.stderr


def test_a_trainer_that_was_killed_goes_on_where_it_was(trained: Path, tmp_path: Path) -> None:
    shutil.copy(trained / "desk.jsonl", tmp_path)
    steps = [
        "--set",
        "training.steps=4000",
        "--set",
        "training.evaluations=2000",
        *QUICK[4:],
        "--set",
        "stopping.patience=4000",
    ]
    started = curator("train", "desk.jsonl", "--model", str(MODEL), *steps, "--detach", cwd=tmp_path)
    assert started.returncode == 0, started.stderr
    (run,) = (tmp_path / "desk.jsonl.curator" / "runs").iterdir()
    process = json.loads((run / "job.json").read_text())["process"]
    for line in follow(run / "events.jsonl", process):
        if line["event"] == "checkpoint":
            break
    os.kill(process, signal.SIGKILL)
    wait_for_end(process)
    listed = json.loads(curator("runs", "desk.jsonl", "--json", cwd=tmp_path).stdout)
    assert listed["state"] == "died"
    assert curator("train", "desk.jsonl", "--run", "last", "--detach", cwd=tmp_path).returncode == 0
    process = json.loads((run / "job.json").read_text())["process"]
    resumed = next(line for line in follow(run / "events.jsonl", process) if line["event"] == "resumed")
    assert resumed["checkpoint"].startswith("checkpoint-")
    assert curator("train", "desk.jsonl", "--run", "last", "--cancel", cwd=tmp_path).returncode == 0
    wait_for_end(process)
    assert json.loads(curator("runs", "desk.jsonl", "--json", cwd=tmp_path).stdout)["state"] == "stopped"


def follow(events: Path, process: int):  # type: ignore[no-untyped-def]
    """Events from the beginning until the process is gone."""
    from trainer.contract.events import EventReader

    reader = EventReader(events)
    while True:
        alive = is_alive(process)
        yield from reader.new()
        if not alive:
            return


def wait_for_end(process: int) -> None:
    while is_alive(process):
        pass


def is_alive(process: int) -> bool:
    from curator.project.jobs.process_identity import start_mark

    return start_mark(process) is not None


def test_too_few_examples_a_missing_model_and_a_wrong_setting_are_sentences(tmp_path: Path) -> None:
    lines = (ROOT / "sample_data" / "support_desk.jsonl").read_text(encoding="utf-8").splitlines()
    (tmp_path / "few.jsonl").write_text("\n".join(lines[:6]) + "\n", encoding="utf-8")
    (tmp_path / "desk.jsonl").write_text("\n".join(lines[:60]) + "\n", encoding="utf-8")
    few = curator("train", "few.jsonl", "--model", str(MODEL), cwd=tmp_path)
    assert few.returncode == 2 and "Only 6 examples are kept" in few.stderr
    missing = curator("train", "desk.jsonl", "--model", "nobody/nothing", cwd=tmp_path)
    assert missing.returncode == 3 and "nobody/nothing" in missing.stderr
    wrong = curator("train", "desk.jsonl", "--model", str(MODEL), "--set", "training.epoch=2", cwd=tmp_path)
    assert wrong.returncode == 2 and "epoch" in wrong.stderr
    assert not list((tmp_path / "desk.jsonl.curator" / "runs").iterdir())


def pairs(count: int = 40) -> list[dict[str, Any]]:
    return [
        {
            "prompt": f"Where is the parcel number {number}, and when will it be here?",
            "chosen": f"It left the store on day {number} and takes three days more.",
            "rejected": "No idea.",
        }
        for number in range(count)
    ]


def rated(pair: dict[str, Any], number: int) -> dict[str, Any]:
    is_good = number % 2 == 0
    return {"prompt": pair["prompt"], "completion": pair["chosen" if is_good else "rejected"], "label": is_good}


def planned(folder: Path, lines: list[dict[str, Any]], *options: str) -> Any:
    (folder / "data.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    shared = ("--dry-run", "--allow-leaks", "--no-meaning")
    return curator("train", "data.jsonl", "--model", str(MODEL), *shared, *options, cwd=folder)


def test_pairs_are_learnt_by_dpo_rated_answers_by_kto_and_the_sheet_says_so(tmp_path: Path) -> None:
    by_pairs = planned(tmp_path, pairs())
    assert by_pairs.returncode == 0 and "learns   pairs of a chosen and a rejected answer (DPO)" in by_pairs.stderr
    assert "a fortieth of" in by_pairs.stderr
    odds = planned(tmp_path, pairs(), "--objective", "orpo")
    assert odds.returncode == 0 and "rejected answer (ORPO)" in odds.stderr
    by_ratings = planned(tmp_path, [rated(pair, number) for number, pair in enumerate(pairs())])
    assert by_ratings.returncode == 0 and "learns   answers that are rated good or bad (KTO)" in by_ratings.stderr


def test_the_chosen_answers_alone_are_learnt_where_that_is_asked_for(tmp_path: Path) -> None:
    used = planned(tmp_path, pairs(), "--use", "chosen")
    assert used.returncode == 0 and "takes three days more" in used.stderr and "learns   answers\n" in used.stderr


def test_an_objective_that_does_not_fit_the_data_and_data_of_several_kinds_are_refused(tmp_path: Path) -> None:
    wrong = planned(tmp_path, pairs(), "--objective", "sft")
    assert wrong.returncode == 2 and 'Set objective = "dpo" or "orpo"' in wrong.stderr
    ratings = [rated(pair, number) for number, pair in enumerate(pairs()[30:])]
    (tmp_path / "more.jsonl").write_text("".join(json.dumps(line) + "\n" for line in ratings))
    mixed = planned(tmp_path, pairs(30), "more.jsonl")
    assert mixed.returncode == 2 and "several kinds (30 pairs of answers, 10 rated answers)" in mixed.stderr
