"""Tokens of messages in a named vocabulary, with what the model's template puts around them."""

import polars as pl

from curator.data.frames import Batch
from curator.tokens.named import Frame, TextCounter, Tokenizer
from curator.tokens.tools import call_texts
from curator.tokens.vocabularies import text_counter

MESSAGE_COUNTS = pl.Schema(
    {
        "tokens": pl.UInt32,  # of the message with everything the template puts around it
        "head_tokens": pl.UInt32,  # of them, those before the text
        "trained_tokens": pl.UInt32,  # of them, those that are trained; 0 unless it is a weighted assistant message
        "exact": pl.Boolean,
    }
)
_SYSTEM = ("system", "developer")
_CONTROL = r"<\||</?(?:think|tool_call|tool_response|s)>|_of_turn>|\[/?INST\]"
"""Markers that open models' tokenizers take for control tokens even inside a text."""
_PLAIN_ROLES = (*_SYSTEM, "user", "assistant")


def named_message_counts(batch: Batch, tokenizer: Tokenizer) -> pl.DataFrame:
    """`MESSAGE_COUNTS`, a row per message of `batch`."""
    frame, count = tokenizer.frame, text_counter(tokenizer)
    messages = _rendered(_with_offsets(batch), frame)
    texts = pl.concat_str("lead", "text")
    tail = count([frame.tail])[0]
    has_frame = pl.col("in_frame").cast(pl.Int64)
    counted = messages.select(
        "index",
        "is_last_answer",
        "in_frame",
        "moved",
        "exact",
        _counts(messages.select(texts).to_series(), count).alias("text_tokens"),
        _counts(messages["lead"], count).alias("lead_tokens"),
        _counts(messages["head"], count).alias("role_tokens"),
        _counts(messages["calls"], count).alias("call_tokens"),
        _counts(messages["reasoning"], count).alias("reasoning_tokens"),
        _counts(messages["name"], count).alias("name_tokens"),
        pl.col("name").is_not_null().alias("has_name"),
        _marks(frame).alias("marks"),
        _is_trained().alias("is_trained"),
    ).with_columns((pl.lit(frame.closes) * has_frame).alias("closes"))
    name = pl.col("name_tokens") + pl.when("has_name").then(frame.per_name or 0).otherwise(0)
    before = (
        pl.col("role_tokens") + name + pl.col("reasoning_tokens") + _thought(frame) + pl.col("marks") - pl.col("closes")
    )
    spoken = pl.col("text_tokens") - pl.col("lead_tokens") + pl.col("call_tokens")
    head = before + pl.col("lead_tokens")
    tokens = head + spoken + pl.col("closes") + tail * has_frame
    return counted.select(
        pl.when("moved").then(0).otherwise(tokens).alias("tokens"),
        pl.when("moved").then(0).otherwise(head).alias("head_tokens"),
        pl.when("is_trained").then(spoken + pl.col("closes")).otherwise(0).alias("trained_tokens"),
        "exact",
    ).cast(MESSAGE_COUNTS)


def _with_offsets(batch: Batch) -> pl.DataFrame:
    """The messages with what depends on the others: kind, whether an answer ends the conversation."""
    messages = batch.messages.join(batch.examples.select("row", "kind"), on="row", how="left", maintain_order="left")
    last = (pl.col("index") == pl.col("index").max().over("row", "part")) & (pl.col("part") != "messages")
    ends = (pl.col("index") == pl.col("index").max().over("row")) | last
    is_turn = (pl.col("role") == "assistant") & (pl.col("kind") != "text")
    return messages.with_columns((ends & is_turn).alias("is_last_answer"))


def _rendered(messages: pl.DataFrame, frame: Frame) -> pl.DataFrame:
    """The texts that the template writes for each message: head (the role), lead and text, calls, reasoning, name."""
    in_frame = pl.col("kind") != "text"
    role = pl.col("role").replace(frame.roles)
    head, lead = pl.lit(""), pl.lit(frame.lead)
    if frame.role_as == "text":
        head = role
    elif frame.role_as == "head":
        lead = pl.concat_str(role, pl.lit("\n"))
    text = pl.col("content").fill_null("")
    if frame.strip:
        text = text.str.strip_chars()
    if frame.thought is not None:
        head = pl.when("is_last_answer").then(lead).otherwise(head)
        lead = pl.when("is_last_answer").then(pl.lit("\n\n")).otherwise(lead)
        text = pl.when("is_last_answer").then(text.str.strip_chars_start("\n")).otherwise(text)
    nothing = pl.lit(None, pl.String)
    moved, text = _moved(frame, text)
    return messages.with_columns(
        in_frame.alias("in_frame"),
        pl.when(in_frame).then(head).otherwise(pl.lit("")).alias("head"),
        pl.when(in_frame).then(lead).otherwise(pl.lit("")).alias("lead"),
        text.alias("text"),
        pl.col("tool_calls").map_elements(call_texts, return_dtype=pl.String, skip_nulls=True).alias("calls"),
        pl.col("reasoning") if frame.reasoning else nothing.alias("reasoning"),
        pl.col("name") if frame.per_name is not None else nothing.alias("name"),
        moved.alias("moved"),
        _is_exact(frame).alias("exact"),
    )


def _moved(frame: Frame, text: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Which system messages are no messages of their own, and the texts with theirs put before a user's."""
    if not frame.system_into:
        return pl.lit(False), text
    is_system, is_user = pl.col("role").is_in(_SYSTEM) & (pl.col("index") == 0), pl.col("role") == "user"
    place = pl.col("index").filter(is_user)
    place = (place.min() if frame.system_into == "first" else place.max()).over("row")
    system = pl.col("content").filter(is_system).first().over("row")
    goes_here = is_user & (pl.col("index") == place) & system.is_not_null()
    return is_system & place.is_not_null(), pl.when(goes_here).then(
        pl.concat_str(system, pl.lit("\n\n"), text)
    ).otherwise(text)


def _is_exact(frame: Frame) -> pl.Expr:
    """Messages whose every token a public rule tells: text in roles that every template knows."""
    plain = pl.col("role").is_in(_PLAIN_ROLES) & pl.col("tool_calls").is_null() & pl.col("tool_call_id").is_null()
    only_text = pl.col("parts").is_null() | ~pl.col("parts").str.contains(r'"type":"(?:image|input|file|audio|video)')
    exact = plain & only_text
    if frame.system_into:
        exact &= ~pl.col("role").is_in(_SYSTEM) | (pl.col("index") == 0)
    if frame.reasoning:
        exact &= pl.col("reasoning").is_null() & ~pl.col("content").fill_null("").str.contains(_CONTROL)
    return exact


def _is_trained() -> pl.Expr:
    return (pl.col("role") == "assistant") & (pl.col("weight").fill_null(1) != 0)


def _marks(frame: Frame) -> pl.Expr:
    by_role = pl.col("role").replace_strict(frame.marks, default=frame.marks[""], return_dtype=pl.Int64)
    return pl.when("in_frame").then(by_role).otherwise(0)


def _thought(frame: Frame) -> pl.Expr:
    return pl.when("is_last_answer").then(frame.thought or 0).otherwise(0)


def _counts(texts: pl.Series, count: TextCounter) -> pl.Series:
    """Tokens of each text; 0 where there is none."""
    return pl.Series(count(texts.fill_null("").to_list()), dtype=pl.Int64)
