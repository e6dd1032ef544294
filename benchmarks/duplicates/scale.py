"""Time and memory of the three-view search as the set grows: `python -m benchmarks.duplicates.scale 10000 1000000`.

Blocks of 10,000 made conversations are prepared in two threads, saved and mapped, as an audit does; making them is not
counted. Memory is the highest amount that is not backed by files (RssAnon).
"""

import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.duplicates.material import conversations
from curator.duplicates.find import find
from curator.duplicates.groups import default_rank, group
from curator.duplicates.prepared import Prepared, prepare
from curator.duplicates.whole import assemble

BLOCK = 10_000


class Memory:
    """The highest RssAnon, in MiB, while it watches."""

    def __enter__(self) -> "Memory":
        self.highest = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def _watch(self) -> None:
        while not self._stop.wait(0.02):
            self.highest = max(self.highest, anonymous())

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()


def anonymous() -> float:
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("RssAnon"))
    return int(line.split()[1]) / 1024


def make(folder: Path, count: int) -> list[Path]:
    paths = []
    for block in range(-(-count // BLOCK)):
        size = min(BLOCK, count - block * BLOCK)
        path = folder / f"{block}-{size}.parquet"
        if not path.exists():
            conversations(size, 0, block).write_parquet(path)
        paths.append(path)
    return paths


def prepared(path: Path) -> Prepared:
    out = path.with_suffix(".arrow")
    prepare(pl.read_parquet(path)).save(out)
    return Prepared.load(out)


def measure(paths: list[Path], threads: int) -> dict[str, float]:
    with Memory() as memory:
        begin = time.perf_counter()
        with ThreadPoolExecutor(threads) as pool:
            blocks = list(pool.map(prepared, paths))
        middle = time.perf_counter()
        whole = assemble(blocks)
        duplicates = find(whole, threads=threads)
        found = time.perf_counter()
        groups = group(whole, duplicates, default_rank(whole))
        end = time.perf_counter()
    members = int((groups.keeper != np.arange(len(whole))).sum())
    stages = {f"find: {name}": seconds for name, seconds in duplicates.seconds.items()}
    return {
        "examples": len(whole),
        "prepare": middle - begin,
        **stages,
        "group": end - found,
        "total": end - begin,
        "MiB": memory.highest,
        "candidates": duplicates.candidates,
        "pairs": len(duplicates.pairs),
        "copies": members,
    }


def main() -> None:
    counts = [int(argument) for argument in sys.argv[1:]] or [10_000, 100_000]
    folder = Path(tempfile.gettempdir()) / "curator-scale"
    folder.mkdir(exist_ok=True)
    measure(make(folder, 1000), 2)  # compile
    rows = [measure(make(folder, count), 2) for count in counts]
    print("| " + " | ".join(rows[0]) + " |")
    print("|" + " --- |" * len(rows[0]))
    for row in rows:
        print("| " + " | ".join(f"{v:,.2f}" if v < 1000 and v % 1 else f"{v:,.0f}" for v in row.values()) + " |")


if __name__ == "__main__":
    main()
