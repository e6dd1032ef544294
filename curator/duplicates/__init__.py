"""Examples that say the same: exact and lexical pairs, their relations, groups and keepers.

`prepare` turns a block of texts into compact arrays, `find` turns the blocks of a set into verified pairs, and
everything else asks the result: groups, findings, calibration, contamination. Modules here compile kernels.
"""

__all__ = [
    "block_features",
    "calibration",
    "conflicts",
    "containment.containment",
    "containment.leaks",
    "corpus",
    "findings",
    "forest",
    "groups",
    "minhash.index",
    "must_link",
    "relations",
    "search",
    "stored",
    "text.word_offsets",
    "verify.named_pairs",
    "versions",
]
