"""Random command sequences on a folder with sources, projects, notes and exports: how many files were harmed?

Usage: python -m benchmarks.safety [SEQUENCES] [FIRST_SEED]
"""

import os
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from benchmarks.safety.sequences import QUICK, Outcome, audited, some
from benchmarks.safety.world import made

AT_ONCE = 25


def measured(count: int, first: int, folder: Path, workers: int) -> Outcome:
    """`count` sequences from a seed on."""
    os.environ |= QUICK
    audited(made(folder / "template"))
    parts = [(at, min(AT_ONCE, first + count - at)) for at in range(first, first + count, AT_ONCE)]
    outcome = Outcome()
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        for done in pool.map(some, [folder] * len(parts), *zip(*parts, strict=True)):
            outcome.add(done)
            if outcome.sequences % 500 < AT_ONCE:
                print(f"{outcome.sequences:,} sequences, {len(outcome.faults)} faults", file=sys.stderr, flush=True)
    return outcome


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        outcome = measured(count, first, Path(folder).resolve(), os.cpu_count() or 1)
    print(f"| sequences | commands | exports replaced | exit codes | files harmed | seconds |\n{'| --- ' * 6}|")
    codes = ", ".join(f"{code}: {number:,}" for code, number in sorted(outcome.codes.items()))
    figures = f"| {outcome.sequences:,} | {outcome.commands:,} | {outcome.replaced:,} | {codes} "
    print(f"{figures}| {len(outcome.faults)} | {time.perf_counter() - began:,.0f} |")
    for fault in outcome.faults[:50]:
        print(fault)


if __name__ == "__main__":
    main()
