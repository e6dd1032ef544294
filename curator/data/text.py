"""The texts by which two examples are compared, and the key of exact equality.

Prompt: messages other than system and developer ones and other than the last assistant message, in order, one
newline between. Answer: the last assistant message, tool calls as name and arguments. Whole: prompt, newline, answer.
Context: system and developer text, tools, media, reasoning and the rejected answer: what no similarity of prompts and
answers sees. Of a preference the answer is the chosen one, all of its turns; a text has no prompt.
"""

import unicodedata

import msgspec
import polars as pl
import xxhash

from curator.data.frames import Batch, joined_by_row

VIEWS = pl.Schema(
    {
        "prompt": pl.String,  # "" where there is none
        "answer": pl.String,  # "" where there is none
        "context": pl.UInt64,  # equal exactly when system and developer text, tools, media, reasoning and rejected are
        "weights": pl.UInt64,  # equal exactly when weights and label are; 0 where there are none
        "exact": pl.UInt64,  # equal exactly when two examples are exact duplicates
        "text_only": pl.Boolean,
    }
)


def view_texts(batch: Batch) -> pl.DataFrame:
    """`VIEWS`, a row per example of `batch`. The whole view is prompt, newline, answer; the answer alone for a text.

    Of a prompt without an answer from the assistant, the answer is the one to compare with.
    """
    spoken = batch.messages.filter(pl.col("part") != "rejected")
    calls = pl.col("tool_calls").map_elements(_calls_text, return_dtype=pl.String, skip_nulls=True)
    chosen = pl.col("part") == "chosen"
    last_assistant = pl.col("index").filter(pl.col("role") == "assistant").max().over("row")
    spoken = spoken.with_columns(
        pl.concat_str("content", calls, separator="\n", ignore_nulls=True).alias("text"),
        pl.col("role").is_in(["system", "developer"]).alias("is_context"),
        (chosen | (pl.col("index") == last_assistant).fill_null(False) & ~chosen.any().over("row")).alias("is_answer"),
    )
    is_prompt = ~pl.col("is_context") & ~pl.col("is_answer")
    joined = batch.examples
    for name, which in (("prompt", is_prompt), ("answer", pl.col("is_answer")), ("context", pl.col("is_context"))):
        texts = joined_by_row(spoken.filter(which), pl.col("text"), "\n", name)
        joined = joined.join(texts, on="row", how="left", maintain_order="left")
    joined = joined.join(_unseen(batch), on="row", how="left", maintain_order="left")
    context = pl.concat_str(pl.col("context", "tools", "unseen").fill_null(""), _media(), separator="\x00")
    return joined.select(
        pl.col("prompt").fill_null(""),
        pl.coalesce("answer", "expected").fill_null("").alias("answer"),
        _hashed(context).alias("context"),
        _weights(batch).alias("weights"),
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


def _media() -> pl.Expr:
    return pl.col("media").cast(pl.String).fill_null("")


def _unseen(batch: Batch) -> pl.DataFrame:
    """`row` and `unseen`: the reasoning and the rejected answer of the examples that have either."""
    rejected = pl.col("part") == "rejected"
    some = batch.messages.filter(rejected | pl.col("reasoning").is_not_null())
    place = pl.concat_str(pl.col("part").cast(pl.String), pl.col("index").cast(pl.String), separator=" ")
    said = pl.when(rejected).then(_turn())
    unseen = pl.concat_str(place, _normal("reasoning"), said.fill_null(""), separator="\x00")
    return some.select("row", unseen.alias("unseen")).group_by("row").agg(pl.col("unseen").str.join("\x01"))


def _weights(batch: Batch) -> pl.Series:
    """A hash of weights and label per example; 0 for most, which have none."""
    weighted = batch.messages.filter(pl.col("weight").is_not_null())
    place = pl.concat_str(pl.col("part").cast(pl.String), pl.col("index", "weight").cast(pl.String), separator=" ")
    listed = weighted.select("row", place.alias("weights")).group_by("row").agg(pl.col("weights").str.join("\x01"))
    joined = batch.examples.select("row", "label").join(listed, on="row", how="left", maintain_order="left")
    has_any = pl.col("weights").is_not_null() | pl.col("label").is_not_null()
    both = pl.concat_str(pl.col("weights").fill_null(""), pl.col("label").cast(pl.String).fill_null(""), separator=" ")
    hashed = joined.filter(has_any).select("row", _hashed(both).alias("hash"))
    return joined.join(hashed, on="row", how="left", maintain_order="left")["hash"].fill_null(0)


def _exact_keys(batch: Batch) -> pl.Series:
    """A hash of every message's role, text, reasoning, weight and calls, of tools, media and label, per example."""
    turns = batch.messages.select("row", _turn().alias("turn")).group_by("row").agg(pl.col("turn").str.join("\x01"))
    joined = batch.examples.join(turns, on="row", how="left", maintain_order="left")
    others = pl.col("turn", "tools", "expected").fill_null(""), pl.col("label").cast(pl.String).fill_null(""), _media()
    return joined.select(_hashed(pl.concat_str(*others, separator="\x02"))).to_series()


def _turn() -> pl.Expr:
    """What makes two messages the same one."""
    return pl.concat_str(
        pl.col("part").cast(pl.String),
        pl.col("role"),
        pl.when(pl.col("parts").is_null()).then(_normal("content")).otherwise(_normal_parts()),
        pl.col("tool_calls").fill_null(""),
        _normal("reasoning"),
        pl.col("weight").cast(pl.String).fill_null(""),
        separator="\x00",
    )


def _normal(column: str) -> pl.Expr:
    r"""Texts in NFC with `\n` line ends and without outer white space; "" for null."""
    lines = pl.col(column).fill_null("").str.replace_all("\r\n?", "\n")
    return lines.map_batches(_nfc, pl.String).str.strip_chars()


def _normal_parts() -> pl.Expr:
    """The texts of content parts likewise: one alone is the same as a text, several are not. Others are media."""
    return pl.col("parts").map_elements(_texts_of_parts, return_dtype=pl.String, skip_nulls=True)


def _texts_of_parts(parts: str) -> str:
    texts = [str(part.get("text") or "") for part in msgspec.json.decode(parts) if part.get("type") == "text"]
    lines = (unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip() for text in texts)
    return "\x1d".join(lines)


def _nfc(texts: pl.Series) -> pl.Series:
    is_ascii = texts.str.len_bytes() == texts.str.len_chars()
    if is_ascii.all():
        return texts
    others = texts.filter(~is_ascii)
    normal = pl.Series([unicodedata.normalize("NFC", text) for text in others], dtype=pl.String)
    return texts.scatter((~is_ascii).arg_true(), normal)
