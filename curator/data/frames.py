"""The columns that examples, messages, findings and pairs have between rooms.

A `Batch` is what one block of a source holds: a row per example, a row per message, and what was refused. Rooms
exchange these frames and nothing else; an object per example exists only where one example is shown to a person.
"""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

KINDS = ("chat", "text", "preference", "kto", "prompt")
PARTS = ("messages", "chosen", "rejected")
SEVERITIES = ("error", "warning", "info")
SUGGESTIONS = ("drop", "fix", "review", "none")

EXAMPLES = pl.Schema(
    {
        "row": pl.UInt32(),  # position in the batch, from 0
        "key": pl.UInt64(),  # see identity.py
        "line": pl.UInt32(),  # 1-based physical line, or element number, within its file
        "offset": pl.Int64(),  # bytes from the start of the (decompressed) file; -1 where a format has none
        "length": pl.UInt32(),  # bytes
        "kind": pl.Enum(KINDS),
        "tools": pl.String(),  # JSON, as OpenAI writes them; null where there are none
        "label": pl.Boolean(),  # KTO only
        "expected": pl.String(),  # of a prompt: what answers to it are compared with; "" or null where there is none
        "media": pl.UInt64(),  # see media.py; null where there are no pictures, sounds or videos
        "completion": pl.Boolean(),  # prompt and completion are texts that are put together as they are
        "extra_keys": pl.String(),  # top-level keys that the dialect does not know, one a line
        "extra": pl.String(),  # JSON of these keys and their values; null where there are none
    }
)

MESSAGES = pl.Schema(
    {
        "row": pl.UInt32(),  # the example it belongs to
        "index": pl.UInt32(),  # 0-based; chosen and rejected messages count on from the prompt's
        "part": pl.Enum(PARTS),
        "role": pl.String(),
        "content": pl.String(),  # the text; of content parts the text ones, one a line; null where there is none
        "parts": pl.String(),  # JSON of the content parts, where content is a list
        "name": pl.String(),
        "tool_calls": pl.String(),  # JSON, arguments as the original wrote them
        "tool_call_id": pl.String(),
        "weight": pl.Float64(),
        "reasoning": pl.String(),
        "extra_keys": pl.String(),  # keys that the dialect does not know, one a line
    }
)

FOUND = pl.Schema(
    {
        "check": pl.String(),
        "severity": pl.String(),  # null: the check's default
        "row": pl.UInt32(),  # null: the line is not an example
        "line": pl.UInt32(),
        "message": pl.String(),  # a sentence; secrets and personal data masked
        "message_index": pl.Int32(),
        "start": pl.UInt32(),  # characters into that message's content
        "end": pl.UInt32(),
        "score": pl.Float32(),
        "suggestion": pl.String(),  # null: the check's default
        "more": pl.UInt32(),  # lines that it counts because there are too many to list; null: it is about its own
        "key": pl.UInt64(),  # of the bytes of an unreadable line, or of a finding on the whole set; see identity.py
    }
)
"""What a check returns for a batch; columns that it lacks are null."""

PAIRS = pl.Schema(
    {
        "left": pl.UInt32(),  # positions in the whole set, left < right
        "right": pl.UInt32(),
        "kind": pl.Enum(("exact", "lexical", "semantic")),
        "relation": pl.Enum(("copy", "same-prompt", "same-answer", "template", "semantic")),
        "similarity": pl.Float32(),
        "prompt_similarity": pl.Float32(),
        "answer_similarity": pl.Float32(),
        "context_differs": pl.Boolean(),
        "plain": pl.Boolean(),  # a copy that may be dropped unseen; see `curator.duplicates.relations`
    }
)


def read_frame(path: Path) -> pl.DataFrame:
    """The frame in an Arrow file; a bracket or star in its name, or its folder's, is no pattern."""
    return pl.scan_ipc(path, glob=False).collect()


MOST_REFUSED = 1_000
"""Lines without an example that are listed, in a block and in the whole set; nobody reads more of them one by one."""


@dataclass(frozen=True)
class Batch:
    """What one block of a source holds.

    Attributes:
        examples: `EXAMPLES`, a row per accepted example in file order.
        messages: `MESSAGES`, in order of example and message.
        refused: `FOUND`, a row per reason for which a line is not an example; `row` is null, and is set for what
            could not be read of one that is. Of more than
            `MOST_REFUSED` lines the others are counted, by the first of their reasons.
        lines: physical lines (or elements) in the block, accepted or not.
    """

    examples: pl.DataFrame
    messages: pl.DataFrame
    refused: pl.DataFrame
    lines: int


def found(check: str, frame: pl.DataFrame) -> pl.DataFrame:
    """`frame` completed to `FOUND`: columns it lacks are null, others are dropped."""
    columns = [
        pl.lit(check).alias(name)
        if name == "check"
        else (pl.col(name).cast(kind) if name in frame.columns else pl.lit(None, dtype=kind).alias(name))
        for name, kind in FOUND.items()
    ]
    return frame.select(columns)


def joined_by_row(messages: pl.DataFrame, text: pl.Expr, separator: str, name: str) -> pl.DataFrame:
    """`row` and `name`: the texts of each example's `messages` in order, joined; nulls are skipped.

    Most examples have one such message, and are not grouped: a group costs more than a text.
    """
    texts = messages.select("row", text.alias(name))
    is_shared = texts["row"].is_duplicated()
    if not is_shared.any():
        return texts
    shared = texts.filter(is_shared).group_by("row").agg(pl.col(name).str.join(separator))
    return pl.concat([texts.filter(~is_shared), shared])


def nothing_found() -> pl.DataFrame:
    """An empty `FOUND` frame."""
    return pl.DataFrame(schema=FOUND)
