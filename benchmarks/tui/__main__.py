"""How quickly the app answers: `python -m benchmarks.tui DATA [UNAUDITED]`.

DATA is a file that was audited with its texts (open it in the app once); UNAUDITED one that never was.
"""

import asyncio
import os
import pty
import select
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from textual.app import App
from textual.content import Content
from textual.pilot import Pilot

from benchmarks.measure import machine
from benchmarks.tui.killed import made
from curator.tui.app import CuratorApp
from curator.tui.widgets.long_list import LongList
from curator.workflow.request import DataRequest

FILTERS = {
    "metadata": ("tokens:>100", "severity:warning", "decided:no", "check:near-duplicate tokens:>60", "role:user"),
    "literal text": ("photosynthesis", '"the"', "zqzqzq"),
    "regular expression": ("/photo[a-z]+/", "/^write/", "/[0-9]{4}-[0-9]{2}/"),
}


def first_paint(data: str, marker: bytes) -> float:
    """Seconds from the start of the process to the first screen that holds `marker`, in a terminal of 120 x 40."""
    command = [sys.executable, "-m", "curator", "review", data]
    controller, terminal = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "120", "LINES": "40"}
    start = time.perf_counter()
    process = subprocess.Popen(command, stdin=terminal, stdout=terminal, stderr=terminal, env=environment)
    os.close(terminal)
    seen = b""
    while marker not in seen and time.perf_counter() - start < 60:
        if select.select([controller], [], [], 0.01)[0]:
            seen += os.read(controller, 65536)
    seconds = time.perf_counter() - start
    process.kill()
    process.wait()
    os.close(controller)
    return seconds if marker in seen else float("nan")


class Blocks:
    """The longest time for which the event loop did not come round."""

    def __init__(self) -> None:
        self.longest = 0.0

    async def watch(self) -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.001)
            self.longest = max(self.longest, time.perf_counter() - before - 0.001)


def p95(values: list[float]) -> str:
    ordered = sorted(values)
    return f"median {statistics.median(values) * 1000:.1f} ms, p95 {ordered[int(len(ordered) * 0.95)] * 1000:.1f} ms"


async def timed(pilot: Pilot, do: Callable[[], object], times: int) -> list[float]:
    """Seconds until what `do` did is painted."""
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        do()
        await pilot.pause()
        seconds.append(time.perf_counter() - start)
    return seconds


async def moves() -> None:
    for count in (1_000, 1_000_000):

        class Lists(App[None]):
            count_of_entries = count

            def compose(self):
                yield LongList(lambda entry, _: Content(f"{entry:>9}  " + "word " * 30), self.count_of_entries)

        app = Lists()
        async with app.run_test(size=(120, 40)) as pilot:
            entries = app.query_one(LongList)
            await pilot.pause()
            cursor = await timed(pilot, partial(entries.move, 1), 100)
            page = await timed(pilot, partial(entries.page, 1), 20)
            print(f"list of {count:,}: cursor {p95(cursor)}; page {p95(page)}")


async def decisions(data: str) -> None:
    app = CuratorApp()
    app.open(DataRequest(data=(data,)))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        handler, painted = [], []
        for _ in range(200):
            start = time.perf_counter()
            await app.screen.action_keep()
            handler.append(time.perf_counter() - start)
            await pilot.pause()
            painted.append(time.perf_counter() - start)
        harness = await timed(pilot, lambda: None, 50)
        print(f"decision, 4,000 characters: decided and on the disk {p95(handler)}; painted {p95(painted)}")
        print(f"  of which the harness: {p95(harness)}")


async def browsing(data: str) -> None:
    app = CuratorApp()
    app.open(DataRequest(data=(data,)))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        await until(pilot, lambda: not app.review.partial)
        await pilot.press("b")
        await until(pilot, lambda: len(getattr(app.screen, "order", ())) > 0)
        for where in ("decided:no", "a"):  # once, so that what is read from the disk is read
            app.review.matching(where)
        for kind, texts in FILTERS.items():
            slowest = max(
                min(_seconds(lambda where=where: app.review.matching(where)) for _ in range(3)) for where in texts
            )
            print(f"filter on {len(app.review):,}, {kind}: {slowest * 1000:.0f} ms")
        blocks = Blocks()
        watching = asyncio.create_task(blocks.watch())
        for where in (where for texts in FILTERS.values() for where in texts):
            before = app.screen.order
            app.screen._ask(where)
            await until(pilot, lambda before=before: app.screen.order is not before)
        for _ in range(5):
            before = app.screen.order
            await pilot.press("s")
            await until(pilot, lambda before=before: app.screen.order is not before)
        print(f"longest block while filtering and sorting: {blocks.longest * 1000:.0f} ms")
        blocks.longest = 0.0
        await timed(pilot, lambda: app.screen.examples.page(1), 50)
        print(f"longest block while paging: {blocks.longest * 1000:.0f} ms")
        watching.cancel()


def _seconds(do: Callable[[], object]) -> float:
    start = time.perf_counter()
    do()
    return time.perf_counter() - start


async def until(pilot: Pilot, is_so: Callable[[], bool]) -> None:
    while not is_so():
        await pilot.pause(0.005)


def run(part: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(part())


def main() -> None:
    os.environ["CURATOR_REVIEW_REPEAT_GUARD"] = "0"
    data, *unaudited = sys.argv[1:]
    print(machine())
    paints = [first_paint(data, b" of ") for _ in range(3)]
    print(f"first paint of {data}: {min(paints):.2f} s (of three)")
    for path in unaudited:
        print(f"first example of {path}, never audited: {first_paint(path, b'user'):.2f} s")
    run(moves)
    run(lambda: browsing(data))
    with tempfile.TemporaryDirectory() as folder:
        long = made(Path(folder) / "long.jsonl", 400, length=500)
        run(lambda: decisions(str(long)))


if __name__ == "__main__":
    main()
