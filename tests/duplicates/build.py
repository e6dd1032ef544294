"""The engine on `(prompt, answer)` examples."""

from curator.duplicates.block_features import block_features
from curator.duplicates.corpus import assemble
from curator.duplicates.groups import default_rank, group
from curator.duplicates.search import find
from tests.duplicates.reference import views


def prepared(examples, block=None, **kinds):
    """The set of `examples`, prepared in blocks of `block`."""
    frame = views(examples, **kinds)
    size = block or max(1, len(frame))
    return assemble([block_features(frame[at : at + size]) for at in range(0, len(frame), size)])


def grouped(examples, rank=None, threshold=None, **kinds):
    """The set, what was found in it, and its groups."""
    corpus = prepared(examples, **kinds)
    duplicates = find(corpus)
    return corpus, duplicates, group(corpus, duplicates, default_rank(corpus) if rank is None else rank, threshold)
