"""The batches of a file, as an audit reads them."""

from itertools import islice
from pathlib import Path

from curator.data.batches import read_batch
from curator.data.dialects.recognition import recognise
from curator.data.frames import Batch
from curator.data.json_line import decode_json
from curator.data.sources.source import blocks, expand

LOOKED_AT = 100


def batches_of(path: Path) -> list[Batch]:
    read: list[Batch] = []
    dialect = None
    (source,) = expand([str(path)])
    for block in blocks(source):
        if dialect is None:
            values = [decode_json(raw) for _, raw, _ in islice(block.elements(), LOOKED_AT)]
            dialect = recognise(values, str(path)).dialect
        read.append(read_batch(block, dialect))
    return read
