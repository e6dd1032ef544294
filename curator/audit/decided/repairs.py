"""Repair examples without loss, as the policy `recommended` does: only where a finding asks for it."""

from collections import defaultdict

import msgspec
import polars as pl

from curator.audit.decided.edited import now
from curator.audit.engine import Audit
from curator.audit.ids import ids_of
from curator.audit.loading.reread import originals_at
from curator.checks.spans import REJECTED
from curator.checks.text.fixes import LOSSLESS, REPAIRS
from curator.data.content import Content, Message

Asked = set[tuple[bool, int, str]]
"""Whether a finding is about the rejected answer, the message's index, and the check."""


def repairs(audit: Audit) -> dict[str, str]:
    """Repaired content (JSON) by id, of every example in which a finding asks for a repair that loses nothing.

    An edited example is repaired as it was edited.
    """
    wanted = pl.col("check").is_in(list(LOSSLESS)) & (pl.col("suggestion") == "fix") & pl.col("row").is_not_null()
    asked: dict[int, Asked] = defaultdict(set)
    about_rejected = pl.col("message").str.starts_with(REJECTED)
    found = audit.findings.filter(wanted).select("row", about_rejected.alias("rejected"), "message_index", "check")
    for row, *place in found.iter_rows():
        asked[row].add(tuple(place))
    ids = ids_of(audit.loaded)
    changed = {}
    for original in originals_at(audit.loaded, asked):
        repaired = repaired_content(now(original, audit.edited).content, asked[original.position])
        if repaired is not None:
            changed[ids[original.position]] = msgspec.json.encode(repaired.identity()).decode()
    return changed


def repaired_content(content: Content, asked: Asked) -> Content | None:
    """The content with the repairs that are asked for; None where that changes nothing."""
    first = len(content.messages)
    repaired = content._replace(
        messages=_repaired(content.messages, 0, asked, rejected=False),
        chosen=content.chosen and _repaired(content.chosen, first, asked, rejected=False),
        rejected=content.rejected and _repaired(content.rejected, first, asked, rejected=True),
    )
    return None if repaired == content else repaired


def _repaired(messages: list[Message], first: int, asked: Asked, *, rejected: bool) -> list[Message]:
    return [
        mended(message, [name for name in LOSSLESS if (rejected, index, name) in asked])
        for index, message in enumerate(messages, first)
    ]


def mended(message: Message, names: list[str]) -> Message:
    """A message with these repairs; as it is where its text would be empty, or is no text."""
    text = message.get("content")
    if not isinstance(text, str):
        return message
    repaired = text
    for name in names:
        repaired = REPAIRS[name](repaired)
    return {**message, "content": repaired} if repaired and repaired != text else message
