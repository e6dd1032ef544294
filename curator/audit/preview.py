"""The first examples of data that were not audited yet: readable at once, whatever the size of the file."""

import polars as pl

from curator.audit.engine import Audit
from curator.audit.findings import FINDINGS
from curator.audit.loading.load import BlockEntry, Loaded, ReadSource
from curator.audit.open_data import Opened
from curator.data.batches import read_batch
from curator.data.facts import facts_of
from curator.data.sources.source import blocks
from curator.errors import UnreadableInput
from curator.project.cache import cache_key

MOST = 500
"""Examples read; a person looks at a few of them while the audit runs."""


def preview(opened: Opened) -> Audit:
    """An audit of nothing but the first examples of the first source: their facts, and no findings.

    Their ids are the final ones, since an id depends on the examples before it and not on those after.

    Raises:
        UnreadableInput: there are none, or not in a known form.
    """
    source, options = opened.sources[0], opened.options()
    block = next(iter(blocks(source)), None)
    if block is None:
        raise UnreadableInput(f"{source.name} holds no examples.")
    recognised = options.reading.recognised(source, block)
    facts = facts_of(read_batch(block.head(MOST), recognised.dialect)).with_columns(
        pl.lit(0, pl.UInt16).alias("file"),
        pl.int_range(1, pl.len() + 1, dtype=pl.UInt32).over("key").alias("occurrence"),
    )
    read = ReadSource(source, recognised, len(block), len(block.data))
    placed = BlockEntry(0, block.first, block.offset, len(block), block.digest, "", "", None, "", len(facts))
    fingerprint = cache_key([block.digest])
    findings = pl.DataFrame(schema=FINDINGS)
    loaded = Loaded([read], facts, findings, [placed], 0.0, fingerprint)
    return Audit(loaded, findings, options, None, {}, {})
