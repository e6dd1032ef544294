"""Semantic duplicates against SemHash, given the same vectors, keepers by position.

    python -m benchmarks.embedding.semhash alpaca_52k.jsonl.gz

Needs semhash (the extra "bench"). Both get the whole examples' vectors, float32, and a cosine of 0.9. The rule about
prompts and numbers is the product's own and is left out here.
"""

import sys
import time
from pathlib import Path

import numpy as np

from benchmarks.embedding.views import views_of
from curator.embedding.encoders.encoder import encode_views, encoder_named
from curator.embedding.keepers import keepers
from curator.embedding.neighbors.exact_knn import exact_cosines, exact_neighbours
from curator.embedding.neighbors.nearest import NEIGHBOURS
from curator.embedding.neighbors.pairs import Criterion, exact_pairs
from curator.embedding.vectors import Whole

THRESHOLD = 0.9


Seconds = tuple[float, float]
"""By the clock, and of all cores together."""


def now() -> Seconds:
    return time.perf_counter(), time.process_time()


def since(began: Seconds) -> Seconds:
    return time.perf_counter() - began[0], time.process_time() - began[1]


def theirs(whole: np.ndarray) -> tuple[np.ndarray, Seconds]:
    from semhash import SemHash

    class Given:
        """An encoder that gives vectors by number."""

        def encode(self, texts: list[str], **_: object) -> np.ndarray:
            return whole[[int(text) for text in texts]]

    texts = [str(number) for number in range(len(whole))]
    began = now()
    kept = SemHash.from_records(texts, model=Given()).self_deduplicate(threshold=THRESHOLD).selected
    return np.sort(np.array([int(text) for text in kept])), since(began)


def ours(whole: Whole) -> tuple[np.ndarray, int, Seconds]:
    exact_pairs(Whole(whole.vectors, whole.at[:2048]), Criterion.cosine(THRESHOLD, 2048))  # compiles
    began = now()
    pairs = exact_pairs(whole, Criterion.cosine(THRESHOLD, len(whole))).ends
    keeper = keepers(np.arange(len(whole)), pairs)
    return np.flatnonzero(keeper == np.arange(len(whole))), len(pairs), since(began)


def neighbour_seconds(whole: Whole) -> Seconds:
    exact_neighbours(Whole(whole.vectors, whole.at[:2048]), NEIGHBOURS)  # compiles
    began = now()
    exact_neighbours(whole, NEIGHBOURS)
    return since(began)


def main() -> None:
    views = views_of(Path(sys.argv[1]))
    vectors = encode_views(views, encoder_named())
    whole = Whole(vectors, np.flatnonzero(vectors.with_text))
    kept, pairs, seconds = ours(whole)
    other, their_seconds = theirs(whole[:])
    differ = np.setxor1d(kept, other)
    more = neighbour_seconds(whole)
    both = seconds[0] + more[0], seconds[1] + more[1]
    print(f"| | kept of {len(whole):,} | pairs | seconds | processor seconds |\n| --- | --- | --- | --- | --- |")
    print(f"| curator, every pair | {len(kept):,} | {pairs:,} | {seconds[0]:.1f} | {seconds[1]:.1f} |")
    print(f"| curator, the {NEIGHBOURS} nearest of all, too | | | {both[0]:.1f} | {both[1]:.1f} |")
    print(f"| SemHash | {len(other):,} | | {their_seconds[0]:.1f} | {their_seconds[1]:.1f} |")
    ratios = [[slow / fast for slow, fast in zip(their_seconds, part, strict=True)] for part in (seconds, both)]
    print(f"\nKept by one alone: {len(differ)}. Times SemHash's, by the clock and by the processor: {ratios[0]};")
    print(f"with the neighbours, which SemHash does not list for all: {ratios[1]}")
    for example in differ[:10]:
        cosines = exact_cosines(whole[:], np.full(len(whole), example), np.arange(len(whole)))
        cosines[example] = -1
        print(
            f"- {example} is kept by {'curator' if example in kept else 'SemHash'}; nearest cosine {cosines.max():.6f}"
        )


if __name__ == "__main__":
    main()
