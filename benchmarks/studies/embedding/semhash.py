"""Semantic duplicates against SemHash, given the same vectors, keepers by position.

    python -m benchmarks.studies.embedding.semhash alpaca_52k.jsonl.gz

Needs semhash (the extra "bench"). Both get the whole examples' vectors, float32, and a cosine of 0.9. The rule about
prompts and numbers is the product's own and is left out here.
"""

import sys
import time
from pathlib import Path

import numpy as np

from benchmarks.studies.embedding.views import views_of
from curator.embedding.encoders.encoder import encode_views, encoder_named
from curator.embedding.keepers import keepers
from curator.embedding.neighbors.exact_knn import exact_cosines, exact_neighbours
from curator.embedding.neighbors.nearest import NEIGHBOURS
from curator.embedding.neighbors.pairs import Criterion, exact_pairs
from curator.embedding.vectors import FullTextVectors

THRESHOLD = 0.9


Seconds = tuple[float, float]
"""By the clock, and of all cores together."""


def now() -> Seconds:
    return time.perf_counter(), time.process_time()


def since(began: Seconds) -> Seconds:
    return time.perf_counter() - began[0], time.process_time() - began[1]


def theirs(full_text: np.ndarray) -> tuple[np.ndarray, Seconds]:
    from semhash import SemHash

    class Given:
        """An encoder that gives vectors by number."""

        def encode(self, texts: list[str], **_: object) -> np.ndarray:
            return full_text[[int(text) for text in texts]]

    texts = [str(number) for number in range(len(full_text))]
    began = now()
    kept = SemHash.from_records(texts, model=Given()).self_deduplicate(threshold=THRESHOLD).selected
    return np.sort(np.array([int(text) for text in kept])), since(began)


def ours(full_text: FullTextVectors) -> tuple[np.ndarray, int, Seconds]:
    exact_pairs(FullTextVectors(full_text.vectors, full_text.at[:2048]), Criterion.cosine(THRESHOLD, 2048))  # compiles
    began = now()
    pairs = exact_pairs(full_text, Criterion.cosine(THRESHOLD, len(full_text))).ends
    keeper = keepers(np.arange(len(full_text)), pairs)
    return np.flatnonzero(keeper == np.arange(len(full_text))), len(pairs), since(began)


def neighbour_seconds(full_text: FullTextVectors) -> Seconds:
    exact_neighbours(FullTextVectors(full_text.vectors, full_text.at[:2048]), NEIGHBOURS)  # compiles
    began = now()
    exact_neighbours(full_text, NEIGHBOURS)
    return since(began)


def main() -> None:
    views = views_of(Path(sys.argv[1]))
    vectors = encode_views(views, encoder_named())
    full_text = FullTextVectors(vectors, np.flatnonzero(vectors.with_text))
    kept, pairs, seconds = ours(full_text)
    other, their_seconds = theirs(full_text[:])
    differ = np.setxor1d(kept, other)
    more = neighbour_seconds(full_text)
    both = seconds[0] + more[0], seconds[1] + more[1]
    print(f"| | kept of {len(full_text):,} | pairs | seconds | processor seconds |\n| --- | --- | --- | --- | --- |")
    print(f"| curator, every pair | {len(kept):,} | {pairs:,} | {seconds[0]:.1f} | {seconds[1]:.1f} |")
    print(f"| curator, the {NEIGHBOURS} nearest of all, too | | | {both[0]:.1f} | {both[1]:.1f} |")
    print(f"| SemHash | {len(other):,} | | {their_seconds[0]:.1f} | {their_seconds[1]:.1f} |")
    ratios = [[slow / fast for slow, fast in zip(their_seconds, part, strict=True)] for part in (seconds, both)]
    print(f"\nKept by one alone: {len(differ)}. Times SemHash's, by the clock and by the processor: {ratios[0]};")
    print(f"with the neighbours, which SemHash does not list for all: {ratios[1]}")
    for example in differ[:10]:
        cosines = exact_cosines(full_text[:], np.full(len(full_text), example), np.arange(len(full_text)))
        cosines[example] = -1
        print(
            f"- {example} is kept by {'curator' if example in kept else 'SemHash'}; nearest cosine {cosines.max():.6f}"
        )


if __name__ == "__main__":
    main()
