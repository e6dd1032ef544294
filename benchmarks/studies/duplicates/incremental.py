"""What adding 1 % of new examples to a compared set costs.

`python -m benchmarks.studies.duplicates.incremental COUNT [FILE]`

Without FILE the set is made of conversations (see `material`). The new examples are spread over the set, so that every
position changes. Preparing blocks is timed by itself: of a full run all of them, else those that are new, because an
audit has the others in its cache. Groups are compared example by example.
"""

import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.studies.duplicates.material import conversations, read_instructions, views
from curator.duplicates.block_features import block_features
from curator.duplicates.corpus import Corpus, assemble
from curator.duplicates.groups import default_rank, group
from curator.duplicates.search import Duplicates, Earlier, find

BLOCK = 10_000
ADDED = 0.01
RUNS = 5


def frame_of(arguments: list[str]) -> pl.DataFrame:
    if len(arguments) > 1:
        return views([example for name in arguments[1:] for example in read_instructions(Path(name))])
    count = int(arguments[0])
    return pl.concat([conversations(min(BLOCK, count - at), 0, at // BLOCK) for at in range(0, count, BLOCK)])


def timed(corpus: Corpus, earlier: Earlier | None) -> tuple[float, Duplicates]:
    begin = time.perf_counter()
    duplicates = find(corpus, earlier=earlier)
    return time.perf_counter() - begin, duplicates


def prepared(frame: pl.DataFrame) -> tuple[float, Corpus]:
    """Blocks of `frame`, and the seconds that they took in two threads."""
    parts = [frame[at : at + BLOCK] for at in range(0, len(frame), BLOCK)]
    begin = time.perf_counter()
    with ThreadPoolExecutor(2) as pool:
        blocks = list(pool.map(block_features, parts))
    return time.perf_counter() - begin, assemble(blocks)


def main() -> None:
    frame = frame_of(sys.argv[1:] or ["100000"])
    prepared(frame[:100])  # compile
    is_new = np.random.default_rng(0).random(len(frame)) < ADDED
    kept = np.flatnonzero(~is_new)
    preparing, corpus = prepared(frame)
    preparing_new, _ = prepared(frame.filter(is_new))
    before = prepared(frame[kept])[1]
    earlier = Earlier(find(before), kept)
    timed(corpus, earlier)  # compile
    full = [timed(corpus, None) for _ in range(RUNS)]
    again = [timed(corpus, earlier) for _ in range(RUNS)]
    groups = [group(corpus, result[-1][1], default_rank(corpus)) for result in (full, again)]
    other = int((groups[0].keeper != groups[1].keeper).sum())
    times = [statistics.median(seconds for seconds, _ in runs) for runs in (full, again)]
    print("| examples | new | preparing, s | of new, s | finding, s | of new, s | share | other keeper | pairs equal |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    same = full[-1][1].pairs.equals(again[-1][1].pairs)
    share = (preparing_new + times[1]) / (preparing + times[0])
    print(
        f"| {len(corpus):,} | {int(is_new.sum()):,} | {preparing:.2f} | {preparing_new:.2f} | {times[0]:.2f} "
        f"| {times[1]:.2f} | {share:.1%} | {other} | {'yes' if same else 'no'} |"
    )
    for name, runs in (("full", full), ("new", again)):
        stages = ", ".join(f"{stage} {seconds:.2f}" for stage, seconds in runs[-1][1].seconds.items())
        print(f"{name}: {stages}; {runs[-1][1].candidates:,} pairs compared")


if __name__ == "__main__":
    main()
