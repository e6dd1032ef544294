"""Leaks of our split beside those of a random one, and what split and certificate take.

`python -m benchmarks.studies.splitting FILE...` for instruction data; `--made COUNT` adds a set of made conversations.
Both splits are held against the same exact search, which shares with the splitter only what a word and a shingle are.
"""

import argparse
import time
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.studies.duplicates.material import conversations, read_instructions, views
from curator.duplicates.block_features import block_features
from curator.duplicates.containment.leaks import Certificate, leaks
from curator.duplicates.corpus import Corpus, assemble
from curator.duplicates.groups import default_rank, group
from curator.duplicates.must_link import must_link
from curator.duplicates.search import find
from curator.project.saved_split import TRAIN, VALIDATION
from curator.splitting.components import components
from curator.splitting.split import split

BLOCK = 10_000
SHARE = 0.1


def certified(corpus: Corpus, in_validation: np.ndarray) -> tuple[Certificate, float]:
    begin = time.perf_counter()
    certificate = leaks(corpus.at(np.flatnonzero(~in_validation)), corpus.at(np.flatnonzero(in_validation)))
    return certificate, time.perf_counter() - begin


def measure(name: str, frame: pl.DataFrame) -> None:
    corpus = assemble([block_features(frame[at : at + BLOCK]) for at in range(0, len(frame), BLOCK)])
    duplicates = find(corpus)
    groups = group(corpus, duplicates, default_rank(corpus))
    begin = time.perf_counter()
    ids = pl.Series([f"{key:016x}" for key in corpus.exact.tolist()])
    found = components(len(corpus), *must_link(corpus, duplicates, groups))
    result = split(ids, found, validation=SHARE)
    seconds = time.perf_counter() - begin
    assert set(result.sides.tolist()) <= {TRAIN, VALIDATION}
    ours, ours_seconds = certified(corpus, result.sides == VALIDATION)
    random, _ = certified(corpus, np.random.default_rng(0).random(len(corpus)) < SHARE)
    print(
        f"| {name} | {len(corpus):,} | {found.count:,} | {result.reached['validation']:.2%} "
        f"| {ours.leaking:,} of {ours.checked:,} | {random.leaking:,} of {random.checked:,} "
        f"({random.leaking / max(random.checked, 1):.1%}) | {ours.unproven:,} | {seconds:.2f} | {ours_seconds:.2f} |",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Leaks of our split and of a random one.")
    parser.add_argument("files", type=Path, nargs="*")
    parser.add_argument("--made", type=int, nargs="*", default=[], metavar="COUNT")
    given = parser.parse_args()
    small = assemble([block_features(conversations(100, 0, 0))])
    certified(small, np.arange(100) < 10)  # compile
    print("| set | examples | components | validation | leaks | random | not settled | split, s | certificate, s |")
    print("|" + " --- |" * 9)
    for path in given.files:
        measure(path.name, views(read_instructions(path)))
    for count in given.made:
        blocks = [conversations(min(BLOCK, count - at), 0, at // BLOCK) for at in range(0, count, BLOCK)]
        measure("made conversations", pl.concat(blocks))


if __name__ == "__main__":
    main()
