"""What the benchmark's processes do."""

from itertools import islice

import polars as pl

from curator.examples.batches import read_batch
from curator.examples.dialects import SAMPLED, recognise
from curator.examples.frames import Batch
from curator.examples.json_line import decode_json
from curator.examples.sources import blocks, expand
from curator.examples.tokens import count_tokens


def batches(file: str) -> list[Batch]:
    (source,) = expand([file])
    read = list(blocks(source))
    values = [decode_json(raw) for _, raw, _ in islice(read[0].elements(), SAMPLED)]
    dialect = recognise(values, file).dialect
    return [read_batch(block, dialect) for block in read]


def size(batch: Batch) -> float:
    """Megabytes of text."""
    return float(batch.messages.select(pl.col("content").str.len_bytes().sum()).item()) / 1e6


def count_one(batch: Batch, tokenizer: str) -> float:
    count_tokens(batch, tokenizer)
    return size(batch)
