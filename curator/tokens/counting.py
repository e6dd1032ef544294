"""Token counts of a batch: per example for facts and limits, per message for whoever asks."""

from pathlib import Path

import polars as pl

from curator.data.frames import Batch
from curator.tokens.named import Tokenizer, tokenizer_named
from curator.tokens.template_counts import MESSAGE_COUNTS, named_message_counts
from curator.tokens.tools import definition_tokens
from curator.tokens.vocabularies import text_counter

TOKEN_COUNTS = pl.Schema(
    {
        "tokens": pl.UInt32,  # the whole example as it is trained; of a preference pair, with the chosen answer
        "answer_tokens": pl.UInt32,  # those that are trained: assistant messages whose weight is not 0
        "prompt_tokens": pl.UInt32,  # those before the text of the last trained answer; all, where there is none
        "last_answer_tokens": pl.UInt32,  # of the last trained answer; 0 where there is none
        "tokens_exact": pl.Boolean,  # false: it has tools, pictures or thoughts that no public rule counts exactly
    }
)


def count_tokens(batch: Batch, tokenizer: str) -> pl.DataFrame:
    """`TOKEN_COUNTS`, a row per example of `batch`.

    The last trained answer is cut by a limit of n tokens to `n - prompt_tokens` of its `last_answer_tokens`, as
    trainers cut at the end.

    Raises:
        UsageError: `tokenizer` is neither a known name nor a folder.
        MissingDependency: a package or vocabulary is not here.
    """
    per_message = count_message_tokens(batch, tokenizer)
    named = tokenizer_named(tokenizer)
    examples = batch.examples.select("row", "kind", "tools")
    if isinstance(named, Tokenizer):
        examples = examples.with_columns(_tool_counts(batch.examples["tools"], named))
        is_chat = pl.col("kind") != "text"
        begin = pl.when(is_chat).then(named.frame.begin).otherwise(0)
        end = pl.when(is_chat).then(named.frame.end).otherwise(0)
        exact = pl.col("tools").is_null()
    else:
        examples = examples.with_columns(pl.lit(0, pl.UInt32).alias("tool_tokens"))
        begin = end = pl.lit(0)
        exact = pl.lit(True)
    sums = _sums(per_message.with_columns(batch.messages["row"], batch.messages["part"]))
    joined = examples.join(sums, on="row", how="left", maintain_order="left")
    start = begin + pl.col("tool_tokens")
    total = start + pl.col("tokens").fill_null(0) + end
    return joined.select(
        total.alias("tokens"),
        pl.col("answer_tokens").fill_null(0),
        (start + pl.col("before")).fill_null(total).alias("prompt_tokens"),
        pl.col("last_answer_tokens").fill_null(0),
        (exact & pl.col("exact").fill_null(True)).alias("tokens_exact"),
    ).cast(TOKEN_COUNTS)


def count_message_tokens(batch: Batch, tokenizer: str) -> pl.DataFrame:
    """`MESSAGE_COUNTS`, a row per message of `batch`.

    Raises:
        UsageError: `tokenizer` is neither a known name nor a folder.
        MissingDependency: a package or vocabulary is not here.
    """
    named = tokenizer_named(tokenizer)
    if isinstance(named, Path):
        from curator.tokens.local_model import local_message_counts

        return local_message_counts(batch, named).cast(MESSAGE_COUNTS)
    return named_message_counts(batch, named)


def _tool_counts(tools: pl.Series, tokenizer: Tokenizer) -> pl.Series:
    known = tools.drop_nulls().unique().to_list()
    count = text_counter(tokenizer) if known else None
    tokens = {text: definition_tokens(text, tokenizer.vocabulary, count) for text in known if count is not None}
    return pl.Series("tool_tokens", [tokens.get(text, 0) for text in tools], dtype=pl.UInt32)


def _sums(messages: pl.DataFrame) -> pl.DataFrame:
    """Per example: tokens of its messages, trained tokens, and where the last trained answer stands."""
    kept = messages.filter(pl.col("part") != "rejected").with_columns(
        (pl.col("tokens").cum_sum().over("row") - pl.col("tokens") + pl.col("head_tokens")).alias("before")
    )
    trained = pl.col("trained_tokens") > 0
    return kept.group_by("row").agg(
        pl.col("tokens").sum(),
        pl.col("trained_tokens").sum().alias("answer_tokens"),
        pl.col("before").filter(trained).last(),
        pl.col("trained_tokens").filter(trained).last().alias("last_answer_tokens"),
        pl.col("exact").all(),
    )
