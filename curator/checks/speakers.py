"""Which messages a model learns from, and what they answer."""

from dataclasses import replace

import polars as pl

from curator.checks.check import Severity
from curator.data.frames import Batch

THOUGHT = r"(?s)\A\s*<think(?:ing)?>.*?</think(?:ing)?>\s*"
"""What a reasoning model writes before it answers, where the content itself holds it; for polars."""

PROMPT_ROLES = ("system", "developer", "user", "tool")


def learned(batch: Batch) -> pl.DataFrame:
    """The messages with text that a trained model learns to write.

    Assistant messages, of a preference the shared and the chosen ones; not those with weight 0, nor any of an example
    that is labelled as undesirable.
    """
    messages = batch.messages.filter(
        (pl.col("role") == "assistant")
        & (pl.col("part") != "rejected")
        & (pl.col("weight").is_null() | (pl.col("weight") != 0))
        & (pl.col("content").str.len_bytes() > 0)
    )
    undesired = batch.examples.filter(~pl.col("label"))
    return (
        messages.join(undesired.select("row"), on="row", how="anti", maintain_order="left")
        if len(undesired)
        else messages
    )


def final_answers(batch: Batch) -> pl.DataFrame:
    """The last assistant message of each example that has one; of a preference the chosen one."""
    spoken = batch.messages.filter((pl.col("role") == "assistant") & (pl.col("part") != "rejected"))
    return spoken.filter(pl.col("index") == pl.col("index").max().over("row"))


def asked(batch: Batch, answers: pl.DataFrame) -> pl.DataFrame:
    """`answers` with a column `prompt`: the last user message before each; answers without one are skipped."""
    questions = batch.messages.filter((pl.col("role") == "user") & pl.col("content").is_not_null())
    questions = questions.select(
        "row", "index", pl.col("content").alias("prompt"), pl.col("parts").alias("prompt_parts")
    )
    answers = answers.select(pl.exclude("prompt"))
    joined = answers.join_asof(questions, on="index", by="row", strategy="backward", check_sortedness=False)
    return joined.drop_nulls("prompt")


def without_rows_about(batch: Batch, messages: pl.DataFrame, words: str, besides: str | None = None) -> pl.DataFrame:
    """`messages` of the examples in which no prompt matches `words`, a regular expression.

    What matches `besides` is no part of what a prompt says.
    """
    said = pl.col("content") if besides is None else pl.col("content").str.replace_all(besides, " ")
    if not len(messages):
        return messages
    prompts = batch.messages.filter(
        pl.col("row").is_in(messages["row"].unique().implode()) & pl.col("role").is_in(PROMPT_ROLES)
    ).filter(said.str.contains(words))  # in a filter of its own it sees the few that are left
    return messages.join(prompts.select("row"), on="row", how="anti", maintain_order="left")


def weaker_in_prompts(role: str) -> Severity | None:
    """The severity of a defect of text: the check's own in an answer, info in a prompt, which is not learned."""
    return "info" if role in PROMPT_ROLES else None


def without_thought(messages: pl.DataFrame) -> pl.DataFrame:
    """`messages` with `said`, the content behind what a reasoning model thought first, and `before`, its characters."""
    begins = messages["content"].str.contains(r"\A\s*<think").fill_null(value=False)
    if not begins.any():
        return messages.with_columns(pl.col("content").alias("said"), pl.lit(0, pl.UInt32).alias("before"))
    thought = pl.when(begins).then(pl.col("content").str.extract(f"({THOUGHT})")).fill_null("")
    return messages.with_columns(thought.str.len_chars().alias("before")).with_columns(
        pl.col("content").str.slice(pl.col("before")).alias("said")
    )


def without_thoughts(batch: Batch) -> Batch:
    """The batch with spaces for what a model thought before it answered, so that every place stays where it is."""
    content = pl.col("content")
    begins = batch.messages["content"].str.contains(r"\A\s*<think").fill_null(value=False)
    if not begins.any():
        return batch
    length = content.str.extract(f"({THOUGHT})").str.len_chars().fill_null(0)
    blank = pl.lit(" ").repeat_by(length).list.join("")
    is_thought = begins & (pl.col("role") == "assistant")
    answered = pl.when(is_thought).then(blank + content.str.slice(length)).otherwise(content)
    return replace(batch, messages=batch.messages.with_columns(answered.alias("content")))
