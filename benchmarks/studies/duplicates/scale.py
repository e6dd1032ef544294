"""Time and memory of the three-view search as the set grows.

`python -m benchmarks.studies.duplicates.scale 10000 1000000`

Blocks of 10,000 made conversations are prepared in two threads, saved and mapped, as an audit does; making them is not
counted. Beyond a million they are the first million again with a letter more in every word. Memory is the highest
amount that is not backed by files (RssAnon). Processor seconds are of both threads. `--plot FILE` draws an SVG.
"""

import math
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.studies.duplicates.material import conversations
from curator.duplicates.block_features import BlockFeatures, block_features
from curator.duplicates.corpus import assemble
from curator.duplicates.groups import default_rank, group
from curator.duplicates.search import find

BLOCK = 10_000
DIFFERENT = 100


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
            made(folder, size, block).write_parquet(path)
        paths.append(path)
    return paths


def made(folder: Path, size: int, block: int) -> pl.DataFrame:
    if block < DIFFERENT:
        return conversations(size, 0, block)
    first = pl.read_parquet(make(folder, (block % DIFFERENT + 1) * BLOCK)[-1])[:size]
    texts = pl.col("prompt", "answer").str.replace_all(r"(\w+)", f"${{1}}{chr(97 + block // DIFFERENT)}")
    exact = pl.col("exact") ^ pl.lit(block // DIFFERENT, pl.UInt64)
    return first.with_columns(texts, exact)


def prepared(path: Path) -> BlockFeatures:
    out = path.with_suffix(".arrow")
    block_features(pl.read_parquet(path)).save(out)
    return BlockFeatures.load(out)


def measure(paths: list[Path], threads: int) -> dict[str, float]:
    with Memory() as memory:
        begin, processor = time.perf_counter(), time.process_time()
        with ThreadPoolExecutor(threads) as pool:
            blocks = list(pool.map(prepared, paths))
        middle = time.perf_counter()
        corpus = assemble(blocks)
        duplicates = find(corpus, threads=threads)
        found = time.perf_counter()
        groups = group(corpus, duplicates, default_rank(corpus))
        end, spent = time.perf_counter(), time.process_time() - processor
    members = int((groups.keeper != np.arange(len(corpus))).sum())
    stages = {f"find: {name}": seconds for name, seconds in duplicates.seconds.items()}
    return {
        "examples": len(corpus),
        "prepare": middle - begin,
        **stages,
        "group": end - found,
        "total": end - begin,
        "processor": spent,
        "MiB": memory.highest,
        "candidates": duplicates.candidates,
        "pairs": len(duplicates.pairs),
        "copies": members,
    }


def plot(rows: list[dict[str, float]]) -> str:
    """Processor seconds and memory against examples, both axes logarithmic, as SVG."""

    def x(count: float) -> float:
        return 60 + 320 * math.log10(count / 1e4) / math.log10(1e3)

    def y(value: float, least: float) -> float:
        return 250 - 220 * math.log10(value / least) / 4

    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 300" font-family="sans-serif" font-size="11">',
        '<rect width="480" height="300" fill="white"/>',
    ]
    for count, name in ((1e4, "10 k"), (1e5, "100 k"), (1e6, "1 M"), (1e7, "10 M examples")):
        parts.append(f'<line x1="{x(count):.0f}" x2="{x(count):.0f}" y1="30" y2="250" stroke="#ddd"/>')
        parts.append(f'<text x="{x(count) - 12:.0f}" y="268">{name}</text>')
    for power in range(5):
        at = y(10.0**power, 1)
        parts.append(f'<line x1="60" x2="380" y1="{at:.0f}" y2="{at:.0f}" stroke="#ddd"/>')
        parts.append(f'<text x="4" y="{at + 4:.0f}">{10 ** (power - 1):g} s</text>')
        parts.append(f'<text x="386" y="{at + 4:.0f}">{10**power:,} MiB</text>')
    for key, least, colour, name in (("processor", 0.1, "#1f5fbf", "processor"), ("MiB", 1, "#bf5f1f", "memory")):
        points = [(x(row["examples"]), y(row[key], least)) for row in rows]
        line = " ".join(f"{a:.1f},{b:.1f}" for a, b in points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3" fill="{colour}"/>' for a, b in points]
        parts.append(f'<text x="{points[-1][0] + 8:.0f}" y="{points[-1][1] + 4:.0f}" fill="{colour}">{name}</text>')
    return "\n".join([*parts, "</svg>\n"])


def main() -> None:
    arguments = sys.argv[1:]
    picture = Path(arguments.pop(arguments.index("--plot") + 1)) if "--plot" in arguments else None
    counts = [int(argument) for argument in arguments if argument != "--plot"] or [10_000, 100_000]
    folder = Path(tempfile.gettempdir()) / "curator-scale"
    folder.mkdir(exist_ok=True)
    measure(make(folder, 1000), 2)  # compile
    rows = [measure(make(folder, count), 2) for count in counts]
    print("| " + " | ".join(rows[0]) + " |")
    print("|" + " --- |" * len(rows[0]))
    for row in rows:
        print("| " + " | ".join(f"{v:,.2f}" if v < 1000 and v % 1 else f"{v:,.0f}" for v in row.values()) + " |")
    if picture:
        picture.write_text(plot(rows), encoding="utf-8")


if __name__ == "__main__":
    main()
