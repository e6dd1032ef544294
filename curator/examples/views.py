"""The texts by which two examples are compared, and the key of exact equality.

Prompt: messages other than system and developer ones and other than the last assistant message, in order, one
newline between. Answer: the last assistant message, tool calls as name and arguments. Whole: prompt, newline, answer.
Context: system and developer text plus tools. Of a preference the answer is the chosen one; a text has no prompt.
"""

import unicodedata

import msgspec
import polars as pl
import xxhash

from curator.examples.frames import Batch

VIEWS = pl.Schema(
    {
        "prompt": pl.String,  # "" where there is none
        "answer": pl.String,  # "" where there is none
        "context": pl.UInt64,  # equal exactly when system and developer text and tools are equal
        "exact": pl.UInt64,  # equal exactly when two examples are exact duplicates
        "text_only": pl.Boolean,
    }
)


def view_texts(batch: Batch) -> pl.DataFrame:
    """`VIEWS`, a row per example of `batch`. The whole view is prompt, newline, answer; the answer alone for a text."""
    spoken = batch.messages.filter(pl.col("part") != "rejected")
    calls = pl.col("tool_calls").map_elements(_calls_text, return_dtype=pl.String, skip_nulls=True)
    last_assistant = pl.col("index").filter(pl.col("role") == "assistant").max().over("row")
    spoken = spoken.with_columns(
        pl.concat_str("content", calls, separator="\n", ignore_nulls=True).alias("text"),
        pl.col("role").is_in(["system", "developer"]).alias("is_context"),
        (pl.col("index") == last_assistant).fill_null(False).alias("is_answer"),
    )
    is_prompt = ~pl.col("is_context") & ~pl.col("is_answer")
    texts = spoken.group_by("row").agg(
        pl.col("text").filter(is_prompt).str.join("\n").alias("prompt"),
        pl.col("text").filter(pl.col("is_answer")).str.join("\n").alias("answer"),
        pl.col("text").filter(pl.col("is_context")).str.join("\n").alias("context"),
    )
    joined = batch.examples.select("row", "kind", "tools").join(texts, on="row", how="left", maintain_order="left")
    context = pl.concat_str(pl.col("context").fill_null(""), pl.lit("\x00"), pl.col("tools").fill_null(""))
    return joined.select(
        pl.col("prompt").fill_null(""),
        pl.col("answer").fill_null(""),
        _hashed(context).alias("context"),
        _exact_keys(batch).alias("exact"),
        (pl.col("kind") == "text").alias("text_only"),
    ).cast(VIEWS)


def _calls_text(tool_calls: str) -> str:
    """Tool calls as name and arguments, one call a line."""
    lines = []
    for call in msgspec.json.decode(tool_calls):
        arguments = call["function"]["arguments"]
        text = arguments if isinstance(arguments, str) else msgspec.json.encode(arguments).decode()
        lines.append(f"{call['function']['name']} {text}")
    return "\n".join(lines)


def _hashed(text: pl.Expr) -> pl.Expr:
    return text.map_batches(
        lambda texts: pl.Series([xxhash.xxh3_64_intdigest(text.encode()) for text in texts], dtype=pl.UInt64), pl.UInt64
    )


def _exact_keys(batch: Batch) -> pl.Series:
    r"""A hash of every message's role, text and tool calls, and of the tools, per example.

    Texts are compared in NFC with `\n` line ends and without outer white space.
    """
    content = pl.col("content").fill_null("").str.replace_all("\r\n?", "\n").map_batches(_nfc, pl.String)
    turn = pl.concat_str(
        pl.col("part").cast(pl.String),
        pl.col("role"),
        content.str.strip_chars(),
        pl.col("parts").fill_null(""),
        pl.col("tool_calls").fill_null(""),
        separator="\x00",
    )
    turns = batch.messages.select("row", turn.alias("turn")).group_by("row").agg(pl.col("turn").str.join("\x01"))
    joined = batch.examples.select("row", "tools", "label").join(turns, on="row", how="left", maintain_order="left")
    label = pl.col("label").cast(pl.String).fill_null("")
    whole = pl.concat_str(pl.col("turn").fill_null(""), pl.col("tools").fill_null(""), label, separator="\x02")
    return joined.select(_hashed(whole)).to_series()


def _nfc(texts: pl.Series) -> pl.Series:
    return pl.Series([unicodedata.normalize("NFC", text) for text in texts], dtype=pl.String)
