"""Sets in which nearly everything looks like everything: `python -m benchmarks.studies.duplicates.hot [COUNT...]`.

Seconds are of the processor. One text a million times is always among them.
"""

import random
import sys
import time

import numpy as np
import polars as pl

from benchmarks.studies.duplicates.material import Example, views
from benchmarks.studies.duplicates.scale import Memory
from curator.duplicates.block_features import block_features
from curator.duplicates.corpus import assemble
from curator.duplicates.groups import default_rank, group
from curator.duplicates.search import find

FORM = " ".join(f"instruction{number}" for number in range(60))


def one_word(count: int) -> list[Example]:
    """A template in which one word differs, with one of three labels."""
    return [
        (f"{FORM[:400]} word{number} {FORM[400:]}", ("good", "bad", "neither")[number % 3]) for number in range(count)
    ]


def equal(count: int) -> list[Example]:
    return [(FORM, "good")] * count


def one_prompt(count: int) -> list[Example]:
    """One prompt, with answers of 30 words of which most are different."""
    generator = random.Random(0)
    answers = [" ".join(f"w{generator.randrange(500)}" for _ in range(30)) for _ in range(count // 3)]
    return [(FORM, generator.choice(answers) + generator.choice(["", " indeed", " again"])) for _ in range(count)]


def labels(count: int) -> list[Example]:
    """A 60-word instruction, ten words of input, a one-word label."""
    generator = random.Random(0)
    inputs = [" ".join(f"v{generator.randrange(2000)}" for _ in range(10)) for _ in range(count)]
    return [(f"{FORM}\n{text}", generator.choice(["good", "bad", "neither"])) for text in inputs]


def main() -> None:
    counts = [int(argument) for argument in sys.argv[1:]] or [10_000, 100_000]
    print("| set | examples | prepare s | find s | MiB | candidates | pairs | copies | incomplete lists |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for make in (one_word, equal, one_prompt, labels):
        for count in [600, *counts, *([1_000_000] if make is equal else [])]:
            frame = views(make(count))
            with Memory() as memory:
                begin = time.process_time()
                corpus = assemble([block_features(frame[at : at + 10_000]) for at in range(0, count, 10_000)])
                middle = time.process_time()
                duplicates = find(corpus)
                groups = group(corpus, duplicates, default_rank(corpus))
                end = time.process_time()
            below = groups.pairs.filter((pl.col("relation") == "copy") & (pl.min_horizontal("outside", "answer") < 0.7))
            assert len(below) == 0
            copies = int((groups.keeper != np.arange(count)).sum())
            print(
                f"| {make.__name__} | {count:,} | {middle - begin:.2f} | {end - middle:.2f} | {memory.highest:,.0f} | "
                f"{duplicates.candidates:,} | {len(duplicates.pairs):,} | {copies:,} | {len(duplicates.incomplete)} |"
            )


if __name__ == "__main__":
    main()
