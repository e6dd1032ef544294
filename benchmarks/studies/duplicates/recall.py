"""Pairs found against all pairs there are: `python -m benchmarks.studies.duplicates.recall ALPACA`.

10,000 examples: 2,500 of ALPACA, each with three copies in which 1 to 10 % of the words are edited. Every one of the 50
million pairs is compared, without signatures, bands or bounds; whole-text similarity counts.
"""

import random
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.studies.duplicates.material import Example, edited, read_instructions, views
from curator.duplicates.block_features import block_features
from curator.duplicates.corpus import assemble
from curator.duplicates.search import find
from curator.duplicates.verify.jaccard import PairFeatures, Pairs, add_pair, no_pairs, similarities
from curator.duplicates.verify.named_pairs import pair_features
from curator.jit import kernel

ORIGINALS, COPIES, THRESHOLD = 2_500, 3, 0.7


@kernel
def all_similar(rows: npt.NDArray[np.int64], threshold: float, sides: PairFeatures) -> Pairs:
    """Every pair of one of `rows` and a later example that is similar as a whole."""
    pairs = no_pairs()
    for left in rows:
        for right in range(left + 1, sides.counts.size):
            found = similarities(left, right, sides)
            if found[0] >= threshold:
                pairs = add_pair(pairs, left, right, found)
    return pairs


def material(source: list[Example], seed: int) -> list[Example]:
    generator = random.Random(seed)
    chosen = generator.sample(source, ORIGINALS)
    copies = []
    for prompt, answer in chosen:
        for _ in range(COPIES):
            share = generator.uniform(0.01, 0.1)
            copies.append((edited(generator, prompt, share), edited(generator, answer, share)))
    return chosen + copies


def main() -> None:
    corpus = assemble([block_features(views(material(read_instructions(Path(sys.argv[1])), 0)))])
    duplicates = find(corpus, THRESHOLD, list_templates=True)
    sides, _ = pair_features(corpus, duplicates.template_shingles)
    with ThreadPoolExecutor(2) as pool:
        parts = pool.map(lambda first: all_similar(np.arange(first, len(corpus), 100), THRESHOLD, sides), range(100))
        true = {
            tuple(pair): tuple(similarity)
            for ids, values, count in parts
            for pair, similarity in zip(
                ids[: 2 * count].reshape(-1, 2).tolist(), values[: 4 * count].reshape(-1, 4).tolist(), strict=True
            )
        }
    columns = ("left", "right", "whole", "prompt", "outside", "answer")
    first = duplicates.first
    found = {(left, right): tuple(values) for left, right, *values in duplicates.pairs.select(columns).iter_rows()}
    wanted = {pair: values for pair, values in true.items() if first[pair[0]] == pair[0] and first[pair[1]] == pair[1]}
    near = {pair for pair, values in wanted.items() if values[0] < 0.72}
    similar = {pair for pair, values in found.items() if values[0] >= THRESHOLD}
    wrong = [pair for pair in similar if pair in wanted and wanted[pair] != found[pair]]
    wrong += [pair for pair in similar if pair not in true]
    print(
        f"examples: {len(corpus):,}; pairs at {THRESHOLD} or above: {len(wanted):,}; from 0.70 to 0.72: {len(near):,}"
    )
    print(f"recall {len(wanted.keys() & found.keys()) / len(wanted):.5f}")
    print(f"recall from 0.70 to 0.72: {len(near & found.keys()) / len(near):.5f}")
    print(f"found and not so similar, or with another similarity: {len(wrong)} of {len(similar):,}")
    print(f"expected at exactly {THRESHOLD}: {duplicates.recall:.5f}")


if __name__ == "__main__":
    main()
