"""Kill a training (-9) at every write of its end and at a sample of earlier ones: does `trainer resume` give one model?

Usage: python -m benchmarks.trainer.killed [--earlier N]

A write is a file opened for writing, flushed to disk, renamed, made or removed below the run's folder, or a line of the
event log. What a kill there leaves is the folder as it is on disk: it is copied before each write, and once more with
what was written last cut in half, as if the kill had come in the middle of it. Each copy that differs from the others
is resumed. Points are counted, not timed. A sample of them is also reached by runs that kill themselves there.
"""

import argparse
import importlib
import json
import os
import shutil
import signal
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.trainer.write_points import WritePoints, differing, in_a_process, on_disk, outcome

MODEL = Path(__file__).parents[2] / "sample_data" / "tiny-llama"
STEPS = 24
INPUTS = ("run.toml", "train.jsonl", "validation.jsonl")
SETTINGS = f"""
[model]
name = "{MODEL}"
[lora]
rank = 4
dropout = 0.1
[training]
steps = {STEPS}
batch_size = 7
evaluations = 6
schedule = "constant_with_warmup"
learning_rate = 0.001
untuned_losses = true
[stopping]
on_overfitting = "warn"
patience = 100
[evaluation]
answers = 1
max_new_tokens = 4
sample_answers = 1
"""


def write_points(folder: Path) -> list[str]:
    """Run to the end, uninterrupted, and name every write point."""
    from trainer.train.recipe import run

    named = folder.with_name(f"{folder.name}.points")

    def work() -> None:
        points = WritePoints(folder)
        points.watch()
        run(folder)
        named.write_text("\n".join(points.labels))

    in_a_process(work)
    return named.read_text().split("\n")


def run_until_killed(folder: Path, at: int) -> None:
    """Run until a write point, where the process kills itself."""
    from trainer.train.recipe import run

    def kill(number: int, _: str) -> None:
        if number == at:
            os.kill(os.getpid(), signal.SIGKILL)

    def work() -> None:
        WritePoints(folder, kill).watch()
        run(folder)

    assert in_a_process(work) == signal.SIGKILL


def copied_before(folder: Path, chosen: Callable[[int, str], bool], copies: Path) -> list[Path]:
    """Run to the end and copy the folder before each chosen write.

    A copy is called NUMBER, one with a torn file NUMBER-torn. What is on disk as it was before is not kept again.
    """
    from trainer.train.recipe import run

    points, known = WritePoints(folder), set[str]()

    def keep(copy: Path) -> None:
        state = on_disk(copy)
        if state in known:
            shutil.rmtree(copy.parent)
        known.add(state)

    def copy(number: int, label: str) -> None:
        if not chosen(number, label):
            return
        whole, torn = (copies / name / folder.name for name in (f"{number}", f"{number}-torn"))
        shutil.copytree(folder, whole)
        keep(whole)
        if points.written is not None and points.written[0].is_file():
            path, size = points.written
            shutil.copytree(folder, torn)
            os.truncate(torn / path.relative_to(points.folder), (size + path.stat().st_size) // 2)
            keep(torn)

    points.before = copy

    def work() -> None:
        points.watch()
        run(folder)

    in_a_process(work)
    return sorted((path / folder.name for path in copies.iterdir()), key=lambda path: _number(path.parent))


def _number(copy: Path) -> int:
    return int(copy.name.partition("-")[0])


def resumed(folder: Path) -> None:
    """Resume; where the run had hardly begun, run again."""
    from trainer.train.recipe import run

    begun = (folder / "checkpoints" / "started.json").exists()
    assert in_a_process(lambda: run(folder, resume=begun) and None) == 0


def compared(folders: list[Path], wanted: dict[str, Any], labels: list[str]) -> int:
    """Resume each folder; how many ended otherwise than wanted, each of which is told."""
    failed = 0
    for number, folder in enumerate(folders, start=1):
        try:
            resumed(folder)
            wrong = differing(folder, wanted)
        except (RuntimeError, AssertionError) as problem:
            wrong = [repr(problem)]
        failed += bool(wrong)
        if wrong:
            label = labels[_number(folder.parent) - 1]
            print(f"killed at {folder.parent.name} ({label}): {', '.join(wrong)}", flush=True)
        else:
            shutil.rmtree(folder.parent)
        if number % 20 == 0:
            print(f"{number} of {len(folders)} resumed", flush=True)
    return failed


def copy_inputs(base: Path, folder: Path) -> None:
    """A run folder with the same settings and data."""
    folder.mkdir(parents=True)
    for name in INPUTS:
        shutil.copy(base / name, folder / name)


def make_run(folder: Path) -> Path:
    """Settings and data of a small run whose steps do not fill its epochs."""
    folder.mkdir(parents=True)
    (folder / "run.toml").write_text(SETTINGS)
    for name, numbers in (("train.jsonl", range(40)), ("validation.jsonl", range(200, 206))):
        lines = []
        for number in numbers:
            asked = f"Where is the box number {number}? " + "Please look again. " * (number % 4)
            said = f"It is on shelf {number}. " + "It was there on Monday. " * (number % 3)
            turns = (("user", asked.strip()), ("assistant", said.strip()))
            lines.append(json.dumps({"messages": [{"role": role, "content": text} for role, text in turns]}))
        (folder / name).write_text("\n".join(lines) + "\n")
    return folder


def prepare() -> None:
    """Load what every process needs, once."""
    from trainer.model.quiet import quieten_libraries, stay_offline

    quieten_libraries()
    stay_offline()
    for name in ("bitsandbytes", "rouge_score.rouge_scorer", "sacrebleu", "sklearn.feature_extraction.text"):
        importlib.import_module(name)
    import torch

    import trainer.train.recipe  # noqa: F401

    torch.set_num_threads(1)


def last_step(labels: list[str], steps: int) -> int:
    """The number of the first write point after the last optimiser step."""
    return labels.index(f"metric train {steps} events.jsonl") + 1


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--earlier", type=int, default=30, help="points before the last step, spread evenly")
    parser.add_argument("--killed", type=int, default=6, help="points of the end reached by runs that kill themselves")
    chosen = parser.parse_args()
    prepare()
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary)
        base = make_run(place / "whole" / "run")
        labels = write_points(base)
        wanted, first, last = outcome(base), last_step(labels, STEPS), len(labels)
        print(f"{last} write points, {last + 1 - first} of them after the last optimiser step", flush=True)
        wished = {1 + number * (first - 1) // chosen.earlier for number in range(chosen.earlier)} | set(
            range(first, last + 1)
        )
        copy_inputs(base, place / "copied" / "run")
        copies = copied_before(place / "copied" / "run", lambda number, _: number in wished, place / "copies")
        for number in range(chosen.killed):
            at = first + number * (last - first) // max(1, chosen.killed - 1)
            copy_inputs(base, folder := place / "copies" / f"{at}-killed" / "run")
            run_until_killed(folder, at)
            copies.append(folder)
        print(f"{len(copies)} different states on disk to resume", flush=True)
        for what, late in (("before the last step", False), ("after it", True)):
            folders = [copy for copy in copies if (_number(copy.parent) >= first) == late]
            failed = compared(folders, wanted, labels)
            print(f"{what}: {len(folders)} kills, {len(folders) - failed} ended in the same files", flush=True)


if __name__ == "__main__":
    main()
