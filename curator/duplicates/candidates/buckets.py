"""Candidates of one band: examples with the same band hash are compared, each pair in the first band they share."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from curator.duplicates.text.words import Hashes
from curator.duplicates.verify.jaccard import Kept, PairFeatures, Pairs, add_pair, is_kept, no_pairs, similarities
from curator.duplicates.verify.upper_bounds import upper_bounds
from curator.jit import inner_kernel, kernel, signed

REPRESENTATIVES = 16
"""Representatives of an oversized bucket, at most."""

FULL_WITHIN = 64
"""Members of an oversized bucket that also share a band of the answer are all compared up to this many."""

_OLD_AS_REPRESENTATIVES = 1024  # old members of an oversized bucket that an incremental run considers
_BITS_EACH = 32  # bits an example of the table that shows whose band hash nobody else has
_MOST_BITS = 28
_ONE, _SIX, _BIT = np.uint64(1), np.uint64(6), np.uint64(63)
_HALF = np.uint64(32)
_LOWER = np.uint64(0xFFFFFFFF)


class Buckets(NamedTuple):
    """Groups of examples with an equal band hash, two or more each.

    Attributes:
        members: int64, the examples of the first bucket, then of the second, ...
        begins: int64 [buckets], where each begins.
        ends: int64 [buckets].
    """

    members: npt.NDArray[np.int64]
    begins: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]


@kernel
def hash_keys(hashes: npt.NDArray[np.uint32], column: int, taking_part: npt.NDArray[np.int64]) -> Hashes:
    """Band hash and position of examples taking part, to be sorted; without most that share this band with nobody."""
    bits = 16
    while (1 << bits) < _BITS_EACH * taking_part.size and bits < _MOST_BITS:
        bits += 1
    shift = np.uint32(32 - bits)
    once = np.zeros(1 << (bits - 6), dtype=np.uint64)
    again = np.zeros(1 << (bits - 6), dtype=np.uint64)
    for example in taking_part:
        place = np.uint64(hashes[example, column] >> shift)
        bit = _ONE << (place & _BIT)
        again[place >> _SIX] |= once[place >> _SIX] & bit
        once[place >> _SIX] |= bit
    keys = np.empty(taking_part.size, dtype=np.uint64)
    count = 0
    for example in taking_part:
        value = np.uint64(hashes[example, column])
        place = value >> np.uint64(shift)
        if value > 0 and again[place >> _SIX] & (_ONE << (place & _BIT)):
            keys[count] = (value << _HALF) | np.uint64(example)
            count += 1
    return keys[:count].copy()


@kernel
def keys_with_fresh(
    hashes: npt.NDArray[np.uint32],
    column: int,
    taking_part: npt.NDArray[np.int64],
    fresh: npt.NDArray[np.int64],
    bits: int,
) -> Hashes:
    """As `hash_keys`, without most examples that none of the `fresh` ones shares this band with."""
    shift = np.uint32(32 - bits)
    marked = np.zeros(1 << bits, dtype=np.bool_)
    for example in fresh:
        marked[hashes[example, column] >> shift] = True
    keys = np.empty(taking_part.size, dtype=np.uint64)
    count = 0
    for example in taking_part:
        if hashes[example, column] > 0 and marked[hashes[example, column] >> shift]:
            keys[count] = (np.uint64(hashes[example, column]) << _HALF) | np.uint64(example)
            count += 1
    return keys[:count].copy()


@kernel
def buckets_of(keys: Hashes) -> Buckets:
    """Runs of equal hashes in sorted `keys`, without those of one example."""
    members = np.empty(keys.size, dtype=np.int64)
    begins = np.empty(keys.size // 2 + 1, dtype=np.int64)
    ends = np.empty(keys.size // 2 + 1, dtype=np.int64)
    count = 0
    used = 0
    begin = 0
    for at in range(1, keys.size + 1):
        if at == keys.size or (keys[at] >> _HALF) != (keys[begin] >> _HALF):
            if at - begin > 1:
                begins[count] = used
                for member in range(begin, at):
                    members[used] = signed(keys[member] & _LOWER)
                    used += 1
                ends[count] = used
                count += 1
            begin = at
    return Buckets(members[:used].copy(), begins[:count].copy(), ends[:count].copy())


@inner_kernel
def _met_before(hashes: npt.NDArray[np.uint32], left: int, right: int, columns: int) -> bool:
    for column in range(columns):  # noqa: SIM110, kernels know no generators
        if hashes[left, column] == hashes[right, column] and hashes[left, column] > 0:
            return True
    return False


@kernel
def compare_buckets(
    buckets: Buckets,
    first: int,
    last: int,
    hashes: npt.NDArray[np.uint32],
    column: int,
    fresh: npt.NDArray[np.bool_],
    kept: Kept,
    features: PairFeatures,
) -> tuple[Pairs, int]:
    """Compare all pairs within buckets `first` to `last` that shared no earlier band and of which one is fresh.

    Returns: the pairs kept, and how many were compared.
    """
    members, begins, ends = buckets
    pairs = no_pairs()
    compared = 0
    for bucket in range(first, last):
        for i in range(begins[bucket], ends[bucket] - 1):
            left = members[i]
            for j in range(i + 1, ends[bucket]):
                right = members[j]
                if not (fresh[left] or fresh[right]) or _met_before(hashes, left, right, column):
                    continue
                compared += 1
                if is_kept(left, right, upper_bounds(left, right, features), kept, features):
                    found = similarities(left, right, features)
                    if is_kept(left, right, found, kept, features):
                        pairs = add_pair(pairs, left, right, found)
    return pairs, compared


@inner_kernel
def forget_bucket(members: npt.NDArray[np.int64], hashes: npt.NDArray[np.uint32], column: int) -> None:
    """Take a band away from `members`, so that sharing it does not count as having been compared."""
    for member in members:
        hashes[member, column] = 0


@kernel
def compare_with_representatives(
    members: npt.NDArray[np.int64],
    view: int,
    kept: Kept,
    fresh: npt.NDArray[np.bool_],
    features: PairFeatures,
) -> tuple[Pairs, int]:
    """Compare `members`, best first, with representatives: the first members that resemble no earlier one.

    Args:
        members: of an oversized bucket, in the order in which they may represent.
        view: the view of the bucket: 0 whole, 1 prompt outside templates, 2 answer, 3 prompt.
        kept: which pairs are; at its threshold a member is represented.
        fresh: [n], examples that were not compared in an earlier run.
        features: see `PairFeatures`.

    Returns: the pairs kept, and how many were compared.
    """
    pairs = no_pairs()
    representatives = np.empty(REPRESENTATIVES, dtype=np.int64)
    count = 0
    compared = 0
    for at in range(members.size):
        member = members[at]
        represented = not fresh[member] and at >= _OLD_AS_REPRESENTATIVES
        for index in range(count):
            if represented:
                break
            found = similarities(representatives[index], member, features)
            compared += 1
            similar = found[2] if view == 1 else (found[0] if view == 0 else (found[3] if view == 2 else found[1]))
            represented = similar >= kept.threshold
            if is_kept(representatives[index], member, found, kept, features):
                pairs = add_pair(pairs, representatives[index], member, found)
        if not represented and count < REPRESENTATIVES:
            representatives[count] = member
            count += 1
    return pairs, compared


@kernel
def compare_by_answer(
    members: npt.NDArray[np.int64],
    answers: npt.NDArray[np.uint32],
    fresh: npt.NDArray[np.bool_],
    kept: Kept,
    features: PairFeatures,
) -> tuple[Pairs, int]:
    """Compare those of many examples with similar prompts whose answers share a band: among them are all copies.

    Args:
        members: of an oversized bucket, in the order in which they may represent.
        answers: uint32 [members, bands], band hashes of their answers; overwritten.
        fresh: [n], examples that were not compared in an earlier run.
        kept: which pairs are.
        features: see `PairFeatures`.

    Returns: the pairs kept, and how many were compared.
    """
    pairs = no_pairs()
    compared = 0
    every = np.arange(members.size)
    for column in range(answers.shape[1]):
        buckets = buckets_of(np.sort(hash_keys(answers, column, every)))
        for bucket in range(buckets.begins.size):
            begin, end = buckets.begins[bucket], buckets.ends[bucket]
            full = end - begin <= FULL_WITHIN
            for i in range(begin, end - 1 if full else begin + 1):
                left = buckets.members[i]
                for j in range(i + 1, end):
                    right = buckets.members[j]
                    either = fresh[members[left]] or fresh[members[right]]
                    if not either or _met_before(answers, left, right, column):
                        continue
                    compared += 1
                    bounds = upper_bounds(members[left], members[right], features)
                    if not is_kept(members[left], members[right], bounds, kept, features):
                        continue
                    found = similarities(members[left], members[right], features)
                    if is_kept(members[left], members[right], found, kept, features):
                        pairs = add_pair(pairs, members[left], members[right], found)
            if not full:
                forget_bucket(buckets.members[begin:end], answers, column)
    return pairs, compared
