"""Repair examples without loss, as the policy `recommended` does."""

import msgspec
import polars as pl

from curator.checks.text.fixes import LOSSLESS, repair_losslessly
from curator.examples.content import Content, Message
from curator.workflow.audit import Audit
from curator.workflow.ids import ids_of
from curator.workflow.texts import originals_at


def repairs(audit: Audit) -> dict[str, str]:
    """Repaired content (JSON) by id, of every example that a lossless repair changes."""
    found = audit.findings.filter(pl.col("check").is_in(list(LOSSLESS)))["row"].drop_nulls()
    spaced = audit.loaded.facts["outer_space"].arg_true()
    positions = pl.concat([found.cast(pl.UInt32), spaced.cast(pl.UInt32)]).unique().to_list()
    ids = ids_of(audit.loaded)
    changed = {}
    for original in originals_at(audit.loaded, positions):
        repaired = repaired_content(original.content)
        if repaired is not None:
            changed[ids[original.position]] = msgspec.json.encode(repaired.identity()).decode()
    return changed


def repaired_content(content: Content) -> Content | None:
    """The content with every text repaired; None where that changes nothing, or would leave a message empty."""
    repaired = content._replace(
        messages=[_repaired(message) for message in content.messages],
        chosen=None if content.chosen is None else [_repaired(message) for message in content.chosen],
        rejected=None if content.rejected is None else [_repaired(message) for message in content.rejected],
    )
    return None if repaired == content else repaired


def _repaired(message: Message) -> Message:
    text = message.get("content")
    if not isinstance(text, str):
        return message
    repaired = repair_losslessly(text)
    return {**message, "content": repaired} if repaired and repaired != text else message
