"""Candidates from datasketch's MinHashLSH instead of our own bands; they are verified and related like ours."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from curator.duplicates.candidates.banding import Columns, Compared
from curator.duplicates.corpus import Corpus
from curator.duplicates.minhash.index import as_minhash
from curator.duplicates.minhash.signatures import PERMUTATIONS, Banding
from curator.duplicates.minhash.signing import NO_SHINGLES, signatures_of
from curator.duplicates.text.shingles import ANSWER, FULL_TEXT, PROMPT
from curator.duplicates.verify.jaccard import Kept, PairFeatures, Pairs, add_pair, is_kept, no_pairs, similarities
from curator.errors import require
from curator.jit import kernel

_AT_ONCE = 1_000_000  # candidates verified at once

Positions = npt.NDArray[np.int64]


def datasketch_banding(threshold: float) -> Banding:
    """The bands that datasketch chooses for a threshold, by its balance of false positives and false negatives.

    Raises:
        MissingDependency: datasketch is not installed.
    """
    require("datasketch", "--engine datasketch")
    from datasketch import MinHashLSH

    lsh = MinHashLSH(threshold=threshold, num_perm=PERMUTATIONS)
    return Banding(lsh.b, lsh.r)


def compare_by_datasketch(corpus: Corpus, columns: Columns, kept: Kept, features: PairFeatures) -> Iterator[Compared]:
    """Verify what MinHashLSH proposes in each view of `columns`.

    Every candidate is listed: a bucket of thousands costs the square of its size, as it does with datasketch alone.
    """
    views = ((FULL_TEXT, NO_SHINGLES), (PROMPT, features.table), (ANSWER, NO_SHINGLES), (PROMPT, NO_SHINGLES))
    for taking_part, (view, without) in zip(columns.taking_part, views, strict=False):
        for left, right in _candidates(corpus, taking_part, view, without, kept.threshold):
            compared = Compared()
            compared.add((_verified(left, right, kept, features), len(left)))
            yield compared


def _candidates(
    corpus: Corpus, chosen: Positions, view: np.uint64, without: npt.NDArray[np.uint64], threshold: float
) -> Iterator[tuple[Positions, Positions]]:
    from datasketch import MinHashLSH

    lsh = MinHashLSH(threshold=threshold, num_perm=PERMUTATIONS)
    found: list[tuple[int, int]] = []
    for at in range(0, len(chosen), 20_000):
        part = chosen[at : at + 20_000]
        for position, signature in zip(part.tolist(), signatures_of(corpus, part, view, without), strict=True):
            minhash = as_minhash(signature)
            found += [(other, position) for other in lsh.query(minhash)]
            lsh.insert(position, minhash, check_duplication=False)
            if len(found) >= _AT_ONCE:
                yield _ends(found)
                found = []
    yield _ends(found)


def _ends(found: list[tuple[int, int]]) -> tuple[Positions, Positions]:
    ends = np.array(found, dtype=np.int64).reshape(-1, 2)
    return ends[:, 0].copy(), ends[:, 1].copy()


@kernel
def _verified(left: Positions, right: Positions, kept: Kept, features: PairFeatures) -> Pairs:
    pairs = no_pairs()
    for pair in range(left.size):
        found = similarities(left[pair], right[pair], features)
        if is_kept(left[pair], right[pair], found, kept, features):
            pairs = add_pair(pairs, left[pair], right[pair], found)
    return pairs
