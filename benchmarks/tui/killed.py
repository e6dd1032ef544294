"""Kill the app (-9) at random moments of a labelling run: is every decision that it showed as taken still there?

Usage: python -m benchmarks.tui.killed [TIMES]
"""

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from curator.audit.open_data import open_data
from curator.project.decisions.log import DecisionLog
from curator.settings.request import DataRequest
from curator.tui.app import CuratorApp

EXAMPLES = 20_000


def made(path: Path, examples: int, length: int = 20) -> Path:
    """A file of different examples, questions and answers of `length` words each, audited."""
    chance = random.Random(0)
    words = [f"{a}{b}{c}" for a in "bdfgklmnprst" for b in "aeiou" for c in "lmnrst"]
    with path.open("w", encoding="utf-8") as file:
        for number in range(examples):
            text = " ".join(chance.choices(words, k=length))
            messages = [{"role": "user", "content": f"{number}: {text}?"}, {"role": "assistant", "content": text}]
            file.write(json.dumps({"messages": messages}) + "\n")
    with open_data(DataRequest(data=(str(path),))) as opened:
        opened.audited(lambda *_: None, texts=True)
    return path


def killed_after(data: Path, seed: int, seconds: float) -> list[str]:
    """What a labelling run said it had decided before it was killed, `seconds` after its first decision."""
    command = [sys.executable, "-P", "-m", "benchmarks.tui.labelling", str(data), str(seed)]
    root = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=root)
    assert process.stdout is not None
    first = process.stdout.readline()
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    rest = process.stdout.read()
    process.wait()
    process.stdout.close()
    return [line.decode() for line in (first + rest).split(b"\n") if line]


def lost(log: DecisionLog, told: list[str], before: int) -> int:
    """How many of the decisions that were told are not in the log, after the `before` that were there already."""
    entries = list(reversed(log.latest(1_000_000)))[before:]
    there = [f"{entry.example or '-'} {entry.action}" for entry in entries]
    wanted = [" ".join(each.split()[:2]) for each in told]
    if there[: len(wanted)] == wanted and len(there) <= len(wanted) + 1:
        return 0
    return sum(each not in there for each in wanted) or 1


def brought_back(log: DecisionLog, told: list[str], before: int) -> set[str]:
    """The example that an undo brought back which was on the disk, but not yet on the screen; empty: there was none."""
    entries = list(reversed(log.latest(1_000_000)))[before:]
    if len(entries) <= len(told) or entries[-1].action != "undo":
        return set()
    return log.examples_of(str(entries[-1].undoes))


def reopened_where_it_was(data: Path, told: list[str], before: int) -> bool:
    """Whether the app opens at the example that it showed last.

    Where that was decided just before the end, at the next one; where an undo was on the disk but not yet on the
    screen, the example that it brought back is as right.
    """

    async def look() -> bool:
        app = CuratorApp()
        app.open(DataRequest(data=(str(data),)))
        async with app.run_test(size=(100, 30)) as pilot:
            await pilot.pause()
            screen, review = app.screen, app.session.review
            shown = review.positions.position_of(told[-1].split()[2])
            place = int(np.flatnonzero(screen.queue == shown)[0])
            pending = review.decisions.status[screen.queue[place:]] == 0
            expected = place + int(np.flatnonzero(pending)[0])
            back = brought_back(review.opened.project.log, told, before)
            return bool(screen.place == expected or screen.shown.id in back)

    return asyncio.run(look())


def main(times: int) -> None:
    os.environ["CURATOR_REVIEW_REPEAT_GUARD"] = "0"
    chance = random.Random(1)
    missing = elsewhere = decisions = 0
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_STATE_HOME"] = folder
        data = made(Path(folder) / "data.jsonl", EXAMPLES)
        for number in range(times):
            with open_data(DataRequest(data=(str(data),))) as opened:
                before = len(opened.project.log.latest(1_000_000))
            told = killed_after(data, number, chance.uniform(0, 1.5))
            with open_data(DataRequest(data=(str(data),))) as opened:
                missing += lost(opened.project.log, told, before)
            decisions += len(told)
            elsewhere += not reopened_where_it_was(data, told, before)
            if number % 10 == 9 or number + 1 == times:
                print(f"{number + 1} kills, {decisions:,} decisions, {missing} lost, {elsewhere} elsewhere", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
