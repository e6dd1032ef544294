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
from curator.embedding.duplicates import keepers
from curator.embedding.encoder import encode_views, encoder_named
from curator.embedding.neighbours import NEIGHBOURS
from curator.embedding.pairs import exact_pairs
from curator.embedding.product import exact_cosines, exact_neighbours

THRESHOLD = 0.9


def theirs(whole: np.ndarray) -> tuple[np.ndarray, float]:
    from semhash import SemHash

    class Given:
        """An encoder that gives vectors by number."""

        def encode(self, texts: list[str], **_: object) -> np.ndarray:
            return whole[[int(text) for text in texts]]

    texts = [str(number) for number in range(len(whole))]
    began = time.perf_counter()
    kept = SemHash.from_records(texts, model=Given()).self_deduplicate(threshold=THRESHOLD).selected
    return np.sort(np.array([int(text) for text in kept])), time.perf_counter() - began


def ours(whole: np.ndarray) -> tuple[np.ndarray, int, float]:
    exact_pairs(whole[:2048], THRESHOLD)  # compiles
    began = time.perf_counter()
    pairs, _ = exact_pairs(whole, THRESHOLD)
    keeper = keepers(np.arange(len(whole)), pairs)
    return np.flatnonzero(keeper == np.arange(len(whole))), len(pairs), time.perf_counter() - began


def neighbour_seconds(whole: np.ndarray) -> float:
    exact_neighbours(whole[:2048], NEIGHBOURS)  # compiles
    began = time.perf_counter()
    exact_neighbours(whole, NEIGHBOURS)
    return time.perf_counter() - began


def main() -> None:
    views = views_of(Path(sys.argv[1]))
    whole = encode_views(views, encoder_named()).whole()
    whole = whole[whole.any(axis=1)]
    kept, pairs, seconds = ours(whole)
    other, their_seconds = theirs(whole)
    differ = np.setxor1d(kept, other)
    print(f"| | kept of {len(whole):,} | pairs | seconds |\n| --- | --- | --- | --- |")
    print(f"| curator, every pair | {len(kept):,} | {pairs:,} | {seconds:.1f} |")
    print(f"| SemHash | {len(other):,} | | {their_seconds:.1f} |")
    more = neighbour_seconds(whole)
    print(f"| curator, the {NEIGHBOURS} nearest of all, too | | | {seconds + more:.1f} |")
    print(f"\nKept by one alone: {len(differ)}; ratio {their_seconds / seconds:.2f}")
    print(f"With neighbours {their_seconds / (seconds + more):.2f}, which SemHash does not list for all.")
    for example in differ[:10]:
        cosines = exact_cosines(whole, np.full(len(whole), example), np.arange(len(whole)))
        cosines[example] = -1
        print(
            f"- {example} is kept by {'curator' if example in kept else 'SemHash'}; nearest cosine {cosines.max():.6f}"
        )


if __name__ == "__main__":
    main()
