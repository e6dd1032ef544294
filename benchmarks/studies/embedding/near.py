"""The 30 nearest others of every example, above the size up to which every cosine is computed: time and recall.

    python -m benchmarks.studies.embedding.near million.jsonl 150000 1000000

DATA and how many of its first examples to take.
"""

import sys
import time
from pathlib import Path

import numpy as np

from benchmarks.measure import machine
from benchmarks.studies.embedding.views import views_of
from curator.embedding.encoders.encoder import encode_views, encoder_named
from curator.embedding.neighbors.nearest import neighbours
from curator.embedding.vectors import Vectors

STEP = 16_384


def main() -> None:
    views, encoder = views_of(Path(sys.argv[1])), encoder_named()
    blocks = [encode_views(views[start : start + STEP], encoder).parts for start in range(0, len(views), STEP)]
    parts = np.concatenate(blocks)
    print(f"Machine: {machine()}\n\n| examples | seconds | recall |\n| --- | --- | --- |")
    for count in map(int, sys.argv[2:]):
        began = time.perf_counter()
        found = neighbours(Vectors(parts[:count]))
        print(f"| {count:,} | {time.perf_counter() - began:.1f} | {found.recall:.1%} |", flush=True)


if __name__ == "__main__":
    main()
