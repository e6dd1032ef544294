"""Signatures made from kept shingles, where something else than our own banding needs them."""

import numpy as np
import numpy.typing as npt

from curator.duplicates.corpus import Corpus
from curator.duplicates.intrinsics import load
from curator.duplicates.minhash.signatures import PERMUTATIONS, add_shingle, permutations
from curator.duplicates.text.shingles import TAG_BITS
from curator.duplicates.text.words import Hashes
from curator.duplicates.verify.templates import contains, lookup_table
from curator.jit import kernel

NO_SHINGLES = lookup_table(np.empty(0, dtype=np.uint64))


def signatures_of(
    corpus: Corpus, chosen: npt.NDArray[np.int64], view: np.uint64, without: Hashes = NO_SHINGLES
) -> npt.NDArray[np.uint32]:
    """The signatures of some examples in one view: uint32 [chosen, 128].

    Args:
        corpus: the set.
        chosen: positions.
        view: `WHOLE`, `PROMPT` or `ANSWER`.
        without: shingles to skip, as `contains` takes them; where a text has no others they count after all.
    """
    return _signatures(corpus.addresses, corpus.counts, chosen, view, without, permutations())


@kernel
def _signatures(
    addresses: Hashes,
    counts: npt.NDArray[np.uint32],
    chosen: npt.NDArray[np.int64],
    view: np.uint64,
    without: Hashes,
    permutation: tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]],
) -> npt.NDArray[np.uint32]:
    signatures = np.full((chosen.size, PERMUTATIONS), np.uint32(0xFFFFFFFF))
    for index in range(chosen.size):
        address, count = addresses[chosen[index]], counts[chosen[index]]
        added = 0
        for everything in (False, True):
            for step in range(count if added == 0 else 0):
                value = load(address + np.uint64(8) * np.uint64(step))
                if value & view and (everything or not contains(without, value >> TAG_BITS)):
                    add_shingle(signatures[index], value, permutation[0], permutation[1])
                    added += 1
    return signatures
