"""Tool calls without results."""

from collections.abc import Iterator
from typing import Any

import msgspec
import polars as pl

from curator.checks.check import Check, CheckSettings
from curator.data.frames import Batch, found

_Place = tuple[int, str]


def _find(batch: Batch, _settings: CheckSettings) -> pl.DataFrame:
    with_tools = (
        batch.messages.filter((pl.col("role") == "tool") | pl.col("tool_calls").is_not_null()).select("row").unique()
    )
    turns = batch.messages.filter(pl.col("part") != "rejected").join(
        with_tools, on="row", how="semi", maintain_order="left"
    )
    columns = ("row", "index", "role", "tool_calls", "tool_call_id")
    spans: list[tuple[int, int, str]] = []
    for rows in turns.select(columns).partition_by("row", maintain_order=True):
        spans += [(rows["row"][0], index, sentence) for index, sentence in _unmatched(rows.rows(named=True))]
    schema = {"row": pl.UInt32, "message_index": pl.Int32, "message": pl.String}
    return found("unanswered-tool-call", pl.DataFrame(spans, schema=schema, orient="row"))


def _unmatched(turns: list[dict[str, Any]]) -> Iterator[_Place]:
    """Calls that no result follows although the conversation continues.

    Calls and results are matched by id. A result without an id answers every call since the last other message: some
    forms write the results of several calls into one message.
    """
    unanswered: list[str | None] = []
    asked_at = 0
    for turn in turns:
        if turn["role"] == "tool":
            result_id = turn["tool_call_id"]
            answered = [call for call in unanswered if None in (call, result_id) or call == result_id]
            unanswered = [call for call in unanswered if call not in answered]
            continue
        if unanswered:
            yield asked_at, _lost(len(unanswered))
        match_text = msgspec.json.decode(turn["tool_calls"]) if turn["tool_calls"] is not None else []
        unanswered = [call.get("id") for call in match_text]
        asked_at = turn["index"]
    if unanswered and turns[-1]["role"] == "tool":
        yield asked_at, _lost(len(unanswered))


def _lost(count: int) -> str:
    return "A tool call has no result." if count == 1 else f"{count} tool calls have no result."


UNANSWERED_TOOL_CALL = Check(
    name="unanswered-tool-call",
    family="structure",
    severity="error",
    suggestion="fix",
    version=2,
    title="a tool call without its result",
    find=_find,
)
