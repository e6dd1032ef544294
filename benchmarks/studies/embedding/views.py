"""Prompts and answers of a data file, with ids, as the benchmarks read them."""

from collections import Counter
from pathlib import Path

import polars as pl

from curator.audit.loading.load import ReadingOptions
from curator.data.batches import read_batch
from curator.data.identity import key_to_id
from curator.data.sources.source import blocks, expand
from curator.data.text import view_texts


def views_of(path: Path) -> pl.DataFrame:
    """`VIEWS` and id, a row per example."""
    seen: Counter[int] = Counter()
    frames = []
    for source in expand((str(path),)):
        dialect = None
        for block in blocks(source):
            dialect = dialect or ReadingOptions().recognised(source, block).dialect
            batch = read_batch(block, dialect)
            ids = []
            for key in batch.examples["key"].to_list():
                seen[key] += 1
                ids.append(key_to_id(key, seen[key]))
            frames.append(view_texts(batch).with_columns(pl.Series("id", ids)))
    return pl.concat(frames)
