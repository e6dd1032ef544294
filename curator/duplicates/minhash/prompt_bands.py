"""Band hashes of prompts without their template shingles, so that what a form fills in is what is compared."""

import numpy as np
import numpy.typing as npt

from curator.duplicates.intrinsics import load
from curator.duplicates.minhash.signatures import PERMUTATIONS, Banding, add_shingle, band_hashes, permutations
from curator.duplicates.text.shingles import PROMPT, TAG_BITS
from curator.duplicates.text.words import Hashes
from curator.duplicates.verify.templates import contains
from curator.jit import kernel


def sign_prompts(
    addresses: Hashes,
    counts: npt.NDArray[np.uint32],
    chosen: npt.NDArray[np.int64],
    table: Hashes,
    hashes: npt.NDArray[np.uint32],
    banding: Banding,
) -> None:
    """Replace the prompt's band hashes of the `chosen` in `hashes` (uint32 [n, views x bands]).

    A prompt that is template and nothing else keeps its own: such prompts are compared as they are.
    """
    _sign(addresses, counts, chosen, table, hashes, permutations(), banding.bands, banding.rows)


@kernel
def _sign(
    addresses: Hashes,
    counts: npt.NDArray[np.uint32],
    chosen: npt.NDArray[np.int64],
    table: Hashes,
    hashes: npt.NDArray[np.uint32],
    permutation: tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]],
    bands: int,
    rows: int,
) -> None:
    signature = np.empty(PERMUTATIONS, dtype=np.uint32)
    for example in chosen:
        signature[:] = np.uint32(0xFFFFFFFF)
        for step in range(counts[example]):
            value = load(addresses[example] + np.uint64(8) * np.uint64(step))
            if value & PROMPT and not contains(table, value >> TAG_BITS):
                add_shingle(signature, value, permutation[0], permutation[1])
        band_hashes(signature, rows, hashes[example, bands : 2 * bands])
