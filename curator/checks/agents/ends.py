"""How a session begins and ends: with a task, and with an answer."""

import polars as pl

from curator.checks.agents.calls import with_tools
from curator.checks.check import Check, CheckSettings
from curator.data.frames import Batch, found, nothing_found

_NO_TASK = (
    r"(?s)<(environment_context|user_instructions|system-reminder|local-command-\w+|command-\w+|INSTRUCTIONS)\b[^>]*>"
    r".*?</(?:environment_context|user_instructions|system-reminder|local-command-\w+|command-\w+|INSTRUCTIONS)>"
)
"""What a program writes into a user's message around the task."""
_HEADING = r"(?m)^# AGENTS\.md instructions[^\n]*$|^\[Request interrupted by user[^\]]*\]$"


def _missing_task(batch: Batch, _settings: CheckSettings) -> pl.DataFrame:
    turns = with_tools(batch)
    if turns.is_empty():
        return nothing_found()
    spoken = turns.filter(pl.col("role").is_in(["user", "assistant"]))
    first = spoken.filter(pl.col("role") == "assistant").group_by("row").agg(pl.col("index").min().alias("first"))
    asked = spoken.filter(pl.col("role") == "user").join(first, on="row", how="left")
    asked = asked.filter(pl.col("index") < pl.col("first").fill_null(1 << 31))
    text = pl.col("content").fill_null("").str.replace_all(_NO_TASK, "").str.replace_all(_HEADING, "")
    has_media = pl.col("parts").fill_null("").str.contains("image|audio|video|file")
    sound = asked.filter(text.str.contains(r"\S") | has_media)
    # a conversation that begins in the middle is role-order's
    missing = (
        turns.select("row")
        .unique(maintain_order=True)
        .join(sound.select("row"), on="row", how="anti", maintain_order="left")
    )
    sentence = pl.lit("No user message with a task comes before the assistant's first step.").alias("message")
    return found("missing-task", missing.with_columns(sentence))


def _no_final_answer(batch: Batch, _settings: CheckSettings) -> pl.DataFrame:
    turns = with_tools(batch)
    if turns.is_empty():
        return nothing_found()
    results = turns.filter(pl.col("role") == "tool").group_by("row").agg(pl.col("index").max().alias("result"))
    said = turns.filter(
        (pl.col("role") == "assistant")
        & pl.col("tool_calls").is_null()
        & (pl.col("content").fill_null("").str.contains(r"\S") | pl.col("parts").is_not_null())
    )
    answers = said.group_by("row").agg(pl.col("index").max().alias("answer"))
    last = turns.group_by("row", maintain_order=True).agg(pl.col("index", "role").last())
    joined = last.join(results, on="row", how="inner", maintain_order="left").join(
        answers, on="row", how="left", maintain_order="left"
    )
    wrong = joined.filter(pl.col("answer").fill_null(-1) < pl.col("result"))
    sentence = (
        pl.when(pl.col("role") == "tool")
        .then(pl.lit("The session ends with a tool's result, and the assistant does not say what came of it."))
        .when(pl.col("role") == "assistant")
        .then(pl.lit("The session ends with a call, or with nothing said, and has no final answer."))
        .otherwise(pl.lit("After the last tool's result the assistant says nothing."))
    )
    return found(
        "no-final-answer", wrong.with_columns(sentence.alias("message"), pl.col("index").alias("message_index"))
    )


def _home_folders(batch: Batch, _settings: CheckSettings) -> pl.DataFrame:
    replaced = batch.examples.filter(pl.col("extra_keys").str.contains("home_folders_replaced", literal=True))
    count = pl.col("extra").str.json_path_match("$.home_folders_replaced")
    return found(
        "home-folders-replaced",
        replaced.select(
            "row", pl.format("Names in {} paths of home folders were replaced by 'user'.", count).alias("message")
        ),
    )


END_CHECKS = (
    Check(
        name="missing-task",
        family="agents",
        severity="warning",
        suggestion="review",
        version=1,
        title="a session without a task",
        find=_missing_task,
    ),
    Check(
        name="no-final-answer",
        family="agents",
        severity="warning",
        suggestion="review",
        version=1,
        title="a session without a final answer",
        find=_no_final_answer,
    ),
    Check(
        name="home-folders-replaced",
        family="agents",
        severity="info",
        suggestion="none",
        version=1,
        title="names in home folders were replaced on reading",
        find=_home_folders,
    ),
)
