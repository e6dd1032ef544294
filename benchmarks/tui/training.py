"""What watching a training costs: the first loss on screen, redraws, the event loop, the trainer's processor time.

    python -m benchmarks.tui.training [PAIRS]

The sample desk is trained with the bundled model, from the app as a person would: `t`, Enter, `s`; later `T`. The app
runs in this process and draws for a terminal of 120 x 40; the trainer is its own process, as always. Whether watching
slows training is measured in PAIRS of runs of the same steps, one watched, one not, in turns; the figure is the
trainer's own processor time.
"""

import asyncio
import json
import os
import shutil
import statistics
import sys
import tempfile
import threading
import time
from asyncio.events import Handle
from collections.abc import Callable
from pathlib import Path

import psutil
from textual.pilot import Pilot

from benchmarks.measure import machine
from curator.audit.open_data import open_data
from curator.project.jobs.job import Job, attach
from curator.settings.request import DataRequest
from curator.training.hand_off import start_run
from curator.training.runs.run_toml import run_settings
from curator.tui.app import CuratorApp
from curator.tui.pauses import collect_seldom
from curator.tui.screens.training.running import TrainingScreen

ROOT = Path(__file__).parents[2]
TINY = ROOT / "sample_data" / "tiny-llama"
STEPS = 40
SIZE = (120, 40)
SETTINGS = (
    f"training.steps={STEPS}",
    "training.evaluations=3",
    "evaluation.answers=0",
    "evaluation.at_end=false",
    "stopping.patience=99",
)


class Loop:
    """How long the callbacks of the event loop took, and how often the screen was drawn, while it is entered."""

    def __init__(self, app: CuratorApp) -> None:
        self.app = app
        self.draws: list[float] = []
        self.longest = self.longest_processor = 0.0

    def __enter__(self) -> "Loop":
        self._run, self._display = Handle._run, self.app._display
        began = time.perf_counter()

        def run(handle: Handle) -> None:
            wall, processor = time.perf_counter(), time.thread_time()
            self._run(handle)
            self.longest = max(self.longest, time.perf_counter() - wall)
            self.longest_processor = max(self.longest_processor, time.thread_time() - processor)

        def display(screen: object, renderable: object) -> None:
            self.draws.append(time.perf_counter() - began)
            self._display(screen, renderable)

        Handle._run, self.app._display = run, display
        return self

    def __exit__(self, *_: object) -> None:
        Handle._run = self._run
        self.app._display = self._display

    def most_draws_in_a_second(self) -> int:
        return max(sum(start <= one < start + 1 for one in self.draws) for start in self.draws) if self.draws else 0


async def until(pilot: Pilot, is_so: Callable[[], bool]) -> None:
    while not is_so():
        await pilot.pause(0.01)


def has_loss(app: CuratorApp) -> bool:
    return isinstance(app.screen, TrainingScreen) and bool(app.screen.watched.train)


async def keys_to_first_loss(data: Path) -> Path:
    """From a person's keys; the run's folder, which is left to run on."""
    app = CuratorApp()
    app.open(DataRequest(data=(str(data),)))
    collect_seldom()  # as the command does
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: app.session.review is not None and not app.session.review.partial)
        await pilot.press("t")
        await until(pilot, lambda: app.screen.page_name == "train")
        began = time.perf_counter()
        await pilot.press("down", "enter")
        await until(pilot, lambda: app.screen.folder is not None)
        prepared = time.perf_counter()
        await pilot.press("s")
        await until(pilot, lambda: has_loss(app))
        shown = time.perf_counter()
        print(f"model chosen to sheet: {prepared - began:.1f} s; s to the first loss: {shown - prepared:.1f} s")
        first = app.screen.folder
        _end(attach(first))
        await pilot.press("escape")
        began = time.perf_counter()
        await pilot.press("T")
        await until(pilot, lambda: has_loss(app) and app.screen.folder != first)
        print(f"T to the first loss, hand-off included: {time.perf_counter() - began:.1f} s")
        with Loop(app) as loop:
            began = time.perf_counter()
            await until(pilot, lambda: app.screen._state != "running" or time.perf_counter() - began > 30)
        seconds = time.perf_counter() - began
        print(
            f"watched for {seconds:.0f} s: {len(loop.draws) / seconds:.2f} draws a second, at most "
            f"{loop.most_draws_in_a_second()} in one; longest callback {loop.longest * 1000:.0f} ms, of processor time "
            f"{loop.longest_processor * 1000:.0f} ms"
        )
        _end(attach(app.screen.folder))
        return first


def _end(job: Job | None) -> None:
    if job is not None:
        job.cancel(at_once=True)


def run_of(template: Path, folder: Path) -> Path:
    """A copy of a handed-over run that has not begun, with the steps of the comparison."""
    folder.mkdir()
    for name in ("train.jsonl", "validation.jsonl", "snapshot.json"):
        shutil.copy(template / name, folder / name)
    (folder / "run.toml").write_text(run_settings(str(TINY), SETTINGS), encoding="utf-8")
    return folder


def spent(job: Job) -> float:
    """Processor seconds of a trainer until it ends."""
    process, seconds = psutil.Process(job.record.process), 0.0
    try:
        while process.status() != psutil.STATUS_ZOMBIE:
            times = process.cpu_times()
            seconds = times.user + times.system
            time.sleep(0.01)
    except psutil.NoSuchProcess:
        pass
    return seconds


def watched(folder: Path, data: Path) -> float:
    """Processor seconds of a trainer whose screen is open all the time."""
    found: list[float] = []

    async def watch() -> None:
        app = CuratorApp()
        app.open(DataRequest(data=(str(data),)))
        async with app.run_test(size=SIZE) as pilot:
            job = start_run(folder)
            measuring = threading.Thread(target=lambda: found.append(spent(job)))
            measuring.start()
            app.push_screen(TrainingScreen(folder))
            await until(pilot, lambda: not measuring.is_alive())

    asyncio.run(watch())
    return found[0]


def main() -> None:
    os.environ["CURATOR_REVIEW_REPEAT_GUARD"] = "0"
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    print(machine(), f"load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
            os.environ[name] = str(work / name)
        data = work / "desk.jsonl"
        shutil.copy(ROOT / "sample_data" / "support_desk.jsonl", data)
        with open_data(DataRequest(data=(str(data),))) as opened:
            opened.audited(lambda *_: None, texts=True)
        template = asyncio.run(keys_to_first_loss(data))
        ratios = []
        for pair in range(pairs):
            alone = spent(start_run(run_of(template, work / f"alone-{pair}")))
            seen = watched(run_of(template, work / f"watched-{pair}"), data)
            ratios.append(seen / alone)
            result = json.loads((work / f"watched-{pair}" / "result.json").read_text())
            assert result["steps"] == STEPS
            print(f"{STEPS} steps: {alone:.1f} s alone, {seen:.1f} s watched ({ratios[-1] - 1:+.1%})", flush=True)
        print(f"median of {pairs}: {statistics.median(ratios) - 1:+.1%}, load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
