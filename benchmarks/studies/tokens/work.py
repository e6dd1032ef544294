"""What the benchmark's processes do."""

from itertools import islice

import polars as pl

from curator.data.batches import read_batch
from curator.data.dialects.recognition import SAMPLED, recognise
from curator.data.frames import Batch
from curator.data.json_line import decode_json
from curator.data.sources.source import blocks, expand
from curator.tokens import count_tokens


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
