"""Results of tools: without a call, or larger than anybody needs."""

from typing import Any

import msgspec
import polars as pl

from curator.checks.agents.calls import with_tools
from curator.checks.check import Check, CheckSettings
from curator.data.frames import Batch, found


def _orphans(batch: Batch, _settings: CheckSettings) -> pl.DataFrame:
    turns = with_tools(batch)
    answered = turns.filter(pl.col("role") == "tool").select("row").unique()
    turns = turns.join(answered, on="row", how="semi", maintain_order="left")
    columns = ("row", "index", "role", "tool_calls", "tool_call_id")
    found_at: list[tuple[int, int]] = []
    row, calls, unanswered = -1, 0, set[str]()
    for at, index, role, made, result_id in turns.select(columns).iter_rows():
        if at != row:
            row, calls, unanswered = at, 0, set()
        if made is not None:
            ids = [call.get("id") for call in msgspec.json.decode(made)]
            calls, unanswered = len(ids), {one for one in ids if one is not None}
            has_unnamed = None in ids
        elif role != "tool":
            calls, unanswered = 0, set()
        elif not calls or (result_id is not None and not has_unnamed and result_id not in unanswered):
            found_at.append((row, index))
        elif result_id is not None:
            unanswered.discard(result_id)
    frame = pl.DataFrame(found_at, schema={"row": pl.UInt32, "message_index": pl.Int32}, orient="row")
    sentence = pl.lit("The tool result belongs to no call before it.").alias("message")
    return found("orphan-tool-result", frame.with_columns(sentence))


def _oversized(batch: Batch, settings: CheckSettings) -> pl.DataFrame:
    results = batch.messages.filter(pl.col("role") == "tool")
    size = pl.col("content").str.len_bytes().fill_null(0)
    large = results.filter(size >= settings.thresholds.largest_result)  # characters are at most that many
    large = large.with_columns(pl.col("content").str.len_chars().alias("characters"))
    large = large.filter(pl.col("characters") >= settings.thresholds.largest_result)
    all_of = batch.messages.join(large.select("row").unique(), on="row", how="semi", maintain_order="left")
    said = pl.sum_horizontal(
        pl.col("content", "reasoning", "tool_calls").fill_null("").str.len_chars().cast(pl.Float64)
    )
    sums = all_of.group_by("row").agg(said.sum().alias("all"))
    large = large.join(sums, on="row", how="left", maintain_order="left").with_columns(
        (pl.col("characters") / pl.col("all")).alias("score")
    )
    large = large.filter(pl.col("score") >= settings.thresholds.result_share)
    sentences = [
        f"The tool's result has {count:,} characters, {share:.0%} of the example."
        for count, share in large.select("characters", "score").iter_rows()
    ]
    columns: dict[str, Any] = {"message": pl.Series(sentences, dtype=pl.String)}
    return found("oversized-tool-result", large.with_columns(pl.col("index").alias("message_index"), **columns))


RESULT_CHECKS = (
    Check(
        name="orphan-tool-result",
        family="agents",
        severity="error",
        suggestion="fix",
        version=1,
        title="a tool's result without a call",
        find=_orphans,
    ),
    Check(
        name="oversized-tool-result",
        family="agents",
        severity="info",
        suggestion="review",
        version=1,
        title="one tool's result fills much of the example",
        find=_oversized,
    ),
)
