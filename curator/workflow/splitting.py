"""Which side of the split an example is on: a seeded hash, the same for an example and its copies."""

import xxhash

SENTENCE = (
    "The split is a seeded hash of each example's id; copies go with their keeper. Other similar examples may stand on"
    " both sides."
)


def side_of(key: int, seed: int, validation: float, test: float) -> str:
    """train, validation or test, by the hash of a key: stable whatever else is in the set."""
    share = xxhash.xxh3_64_intdigest(key.to_bytes(8, "big"), seed=seed) / 2**64
    if share < validation:
        return "validation"
    return "test" if share < validation + test else "train"
