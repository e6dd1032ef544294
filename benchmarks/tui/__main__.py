"""How quickly the app answers: `python -m benchmarks.tui DATA... [--unaudited FILE]`.

DATA are files that were audited with their texts (open each in the app once), the largest last: the first screen of
each is timed, filters and lists on the last. FILE is one that never was audited; its audit is ended once its first
examples show.
"""

import argparse
import asyncio
import os
import pty
import select
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from textual.app import App
from textual.content import Content
from textual.pilot import Pilot

from benchmarks.measure import machine
from benchmarks.tui.killed import made
from curator.audit.open_data import open_data
from curator.project.jobs.job import attach
from curator.settings.request import DataRequest
from curator.tui.app import CuratorApp
from curator.tui.pauses import collect_seldom
from curator.tui.widgets.long_list import LongList

PATIENCE = 60
"""Seconds after which a screen that does not come ends the run."""

FILTERS = {
    "metadata": ("tokens:>100", "severity:warning", "decided:no", "check:near-duplicate tokens:>60", "role:user"),
    "literal text": ("photosynthesis", '"the"', "zqzqzq"),
    "regular expression": ("/photo[a-z]+/", "/^write/", "/[0-9]{4}-[0-9]{2}/"),
}


def first_paint(data: str, marker: bytes) -> float:
    """Seconds from the start of the process to the first screen that holds `marker`, in a terminal of 120 x 40."""
    command = [sys.executable, "-P", "-m", "curator", "review", data]
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
    collect_seldom()  # as the command does
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        handler, written, painted, processor = [], [], [], []
        for _ in range(200):
            start, busy = time.perf_counter(), time.thread_time()
            await app.screen.action_keep()
            handler.append(time.thread_time() - busy)
            written.append(time.perf_counter() - start)
            await pilot.pause()
            painted.append(time.perf_counter() - start)
            processor.append(time.thread_time() - busy)
        harness = await timed(pilot, lambda: None, 50)
        print(f"decision, 4,000 characters: the event loop's processor time in the handler {p95(handler)}")
        print(f"  on the disk and drawn {p95(written)}; painted {p95(painted)}, of which the harness {p95(harness)}")
        print(f"  the event loop's processor time until it is painted and the next one prepared: {p95(processor)}")


async def large(data: str) -> None:
    app = CuratorApp()
    app.open(DataRequest(data=(data,)))
    collect_seldom()  # as the command does
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        if app.session.review.partial:
            raise SystemExit(f"{data} was not audited with these settings: open it in the app once.")
        filters_on(app)
        await blocks(app, pilot)


def filters_on(app: CuratorApp) -> None:
    for where in ("decided:no", "a"):  # once, so that what is read from the disk is read
        app.session.review.matching(where)
    for kind, texts in FILTERS.items():
        slowest = max(
            min(_seconds(lambda where=where: app.session.review.matching(where)) for _ in range(3)) for where in texts
        )
        print(
            f"filter on {len(app.session.review):,}, {kind}, slowest of {len(texts)}, best of three: "
            f"{slowest * 1000:.0f} ms"
        )


async def blocks(app: CuratorApp, pilot: Pilot) -> None:
    """What keeps the event loop, and for how long at most."""
    watch = Blocks()
    watching = asyncio.create_task(watch.watch())

    def told(what: str) -> None:
        print(f"longest block of the event loop, {what}: {watch.longest * 1000:.0f} ms", flush=True)
        watch.longest = 0.0

    every = [where for texts in FILTERS.values() for where in texts]
    review = app.screen
    for where in every:
        review.narrow(where)
        await until(pilot, lambda where=where: review.where == where)
    review.narrow("")
    told("filters in the review")
    await pilot.press("o")
    await until(pilot, lambda: getattr(app.screen, "report", None) is not None)
    told("the overview")
    await pilot.press("b")
    await until(pilot, lambda: len(getattr(app.screen, "order", ())) > 0)
    told("the list of all")
    for where in [*every, ""]:
        before = app.screen.order
        app.screen._ask(where)
        await until(pilot, lambda before=before: app.screen.order is not before)
    told("filters in the list")
    for _ in range(4):
        before = app.screen.order
        await pilot.press("s")
        await until(pilot, lambda before=before: app.screen.order is not before)
    told("sorting")
    await timed(pilot, lambda: app.screen.examples.page(1), 50)
    told("paging")
    await pilot.press("d")
    await until(pilot, lambda: app.screen.grouping is not None)
    told("groups of duplicates")
    watching.cancel()


def _seconds(do: Callable[[], object]) -> float:
    start = time.perf_counter()
    do()
    return time.perf_counter() - start


async def until(pilot: Pilot, is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not is_so():
        await pilot.pause(0.005)
        if time.monotonic() > end:
            raise SystemExit(f"It did not come within {PATIENCE} s. The screen is {pilot.app.screen}.")


def main() -> None:
    os.environ["CURATOR_REVIEW_REPEAT_GUARD"] = "0"
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tui")
    parser.add_argument("data", nargs="+")
    parser.add_argument("--unaudited")
    given = parser.parse_args()
    print(machine(), flush=True)
    for data in given.data:
        paints = [first_paint(data, b" of ") for _ in range(5)]
        print(f"first paint of {data}: {min(paints):.2f} to {max(paints):.2f} s (of five)", flush=True)
    if given.unaudited:
        seconds = first_paint(given.unaudited, b"user")
        print(f"first example of {given.unaudited}, never audited: {seconds:.2f} s", flush=True)
        end_audit_of(given.unaudited)
    asyncio.run(moves())
    with tempfile.TemporaryDirectory() as folder:
        long = made(Path(folder) / "long.jsonl", 400, length=500)
        asyncio.run(decisions(str(long)))
    asyncio.run(large(given.data[-1]))


def end_audit_of(data: str) -> None:
    """End the audit that the app left running, and forget what it had done."""
    with open_data(DataRequest(data=(data,))) as opened:
        job = attach(opened.project.folder.logs / "audit")
    if job is not None and job.is_running():
        job.cancel()
    shutil.rmtree(f"{data}.curator")


if __name__ == "__main__":
    main()
