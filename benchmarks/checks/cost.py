"""What each text and privacy check costs, and how much of a set it reports.

``python -m benchmarks.checks.cost DATA...`` prints a Markdown table for each file: processor seconds of all threads
(the best of three runs, so that other work on the machine counts little), and examples with a finding at all and at
warning or error severity.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl

from benchmarks.checks.reading import batches_of
from curator.checks.check import CheckSettings
from curator.checks.measures import measure
from curator.checks.privacy import PRIVACY_CHECKS
from curator.checks.text import TEXT_CHECKS
from curator.data.facts import facts_of

RUNS = 3


def processor_seconds(work: Callable[[], object]) -> float:
    best = float("inf")
    for _ in range(RUNS):
        started = time.process_time()
        work()
        best = min(best, time.process_time() - started)
    return best


def table(path: Path) -> None:
    batches, settings = batches_of(path), CheckSettings()
    examples = sum(len(batch.examples) for batch in batches)
    facts = pl.concat(pl.concat([facts_of(batch), measure(batch)], how="horizontal") for batch in batches)
    print(f"\n### {path.name}: {examples:,} examples\n")
    print("| check | processor seconds | reported | at warning or error |\n| --- | --- | --- | --- |")
    total = processor_seconds(lambda: [measure(batch) for batch in batches])
    print(f"| (what the judges need) | {total:.2f} | | |")
    for check in (*TEXT_CHECKS, *PRIVACY_CHECKS):

        def find(check=check) -> pl.DataFrame:
            parts = []
            if check.find is not None:
                parts += [check.find(batch, settings).with_columns(block=at) for at, batch in enumerate(batches)]
            if check.judge is not None:
                parts.append(check.judge(facts, settings).with_columns(block=0))
            return pl.concat(parts, how="vertical_relaxed")

        seconds = processor_seconds(find)
        found = find().with_columns(pl.col("severity").fill_null(check.severity))
        loud = found.filter(pl.col("severity") != "info")
        all_rows, loud_rows = (part.select("block", "row").n_unique() for part in (found, loud))
        print(f"| {check.name} | {seconds:.2f} | {all_rows} | {loud_rows} ({loud_rows / examples:.2%}) |")
        total += seconds
    print(f"| together | {total:.2f} | | |")


def main() -> None:
    for path in sys.argv[1:]:
        table(Path(path))


if __name__ == "__main__":
    main()
