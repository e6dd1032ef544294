"""Who speaks, and in which order."""

import polars as pl

from curator.checks.check import Check, CheckSettings
from curator.data.frames import Batch, found
from curator.data.safe_text import visible

ROLES = ("system", "developer", "user", "assistant", "tool")
_NO_ANSWER = ("text", "prompt")
_SYSTEM = pl.col("role").is_in(["system", "developer"])


def _spoken(batch: Batch, *, rejected: bool = False) -> pl.DataFrame:
    """Messages of conversations, not of texts and prompts; of a preference pair those with the chosen answer."""
    conversations = batch.examples.filter(~pl.col("kind").is_in(_NO_ANSWER)).select("row")
    kept = batch.messages if rejected else batch.messages.filter(pl.col("part") != "rejected")
    return kept.join(conversations, on="row", how="semi", maintain_order="left")


def _unknown_role(batch: Batch, _settings: CheckSettings) -> pl.DataFrame:
    strange = _strange(batch).unique(["row", "index"], maintain_order=True)
    known = ", ".join(ROLES)
    sentences = [_role_sentence(role, known) for role in strange["role"]]
    return found(
        "unknown-role",
        strange.select("row", pl.col("index").alias("message_index")).with_columns(
            pl.Series("message", sentences, dtype=pl.String)
        ),
    )


def _strange(batch: Batch) -> pl.DataFrame:
    return batch.messages.filter(~pl.col("role").is_in(ROLES))


def _role_sentence(role: str, known: str) -> str:
    return f"The role '{visible(role[:40], one_line=True)}' is none of {known}."


def _no_assistant(batch: Batch, _settings: CheckSettings) -> pl.DataFrame:
    answered = _spoken(batch).filter(pl.col("role") == "assistant").select("row")
    silent = batch.examples.filter(~pl.col("kind").is_in(_NO_ANSWER)).join(
        answered, on="row", how="anti", maintain_order="left"
    )
    return found(
        "no-assistant-message",
        silent.select(
            "row",
            pl.lit("No message is from the assistant, so there is nothing to learn.").alias("message"),
            # it may be from the assistant in another spelling: that is put right first
            pl.when(pl.col("row").is_in(_strange(batch)["row"].implode())).then(pl.lit("fix")).alias("suggestion"),
        ),
    )


def _last_not_assistant(batch: Batch, _settings: CheckSettings) -> pl.DataFrame:
    spoken = _spoken(batch, rejected=True)
    is_pair = spoken["part"] == "rejected"
    rejected_too = pl.concat([spoken.filter(~is_pair), spoken.filter(is_pair)]) if is_pair.any() else spoken
    last = rejected_too.group_by("row", pl.col("part") == "rejected", maintain_order=True).agg(
        pl.col("index", "role").last()
    )
    wrong = last.filter(pl.col("role") != "assistant").unique("row", maintain_order=True)
    shown = [visible(role[:40], one_line=True) for role in wrong["role"]]
    return found(
        "last-message-not-assistant",
        wrong.select("row", pl.col("index").alias("message_index")).with_columns(
            pl.Series(
                "message", [f"The last message is from '{role}', not from the assistant." for role in shown], pl.String
            )
        ),
    )


def _role_order(batch: Batch, _settings: CheckSettings) -> pl.DataFrame:
    """The first fault of order in each example."""
    role = pl.col("role")
    begins = (pl.col("row") != pl.col("row").shift(1)).fill_null(True)  # ten times faster than a window over rows
    asks = ~role.is_in(["system", "developer", "assistant"])
    asked_before = pl.when(begins).then(asks.cum_sum() - asks).forward_fill()
    turns = _spoken(batch).with_columns(
        pl.when(~begins).then(role.shift(1)).alias("previous"),
        (asks.cum_sum() - asked_before).alias("questions"),
        (~begins & pl.col("tool_calls").shift(1).is_not_null()).alias("asked_tool"),
    )
    late_system = _SYSTEM & (pl.col("index") > 0)
    again = (role == pl.col("previous")) & role.is_in(["user", "assistant"]) & ~pl.col("asked_tool")
    unasked = (role == "assistant") & (pl.col("questions") == 0)
    fault = (
        pl.when(late_system)
        .then(pl.lit("A system message comes after other messages; templates expect one, at the start."))
        .when(unasked)
        .then(pl.lit("The assistant speaks before any user message."))
        .when(again)
        .then(pl.format("Two messages in a row are from the {}.", role))
    )
    faults = (
        turns.with_columns(fault.alias("message"))
        .drop_nulls("message")
        .unique("row", keep="first", maintain_order=True)
    )
    return found("role-order", faults.with_columns(pl.col("index").alias("message_index")))


ROLE_CHECKS = (
    Check(
        name="unknown-role",
        family="structure",
        severity="error",
        suggestion="fix",
        version=1,
        title="a role that no chat template knows",
        find=_unknown_role,
    ),
    Check(
        name="no-assistant-message",
        family="structure",
        severity="error",
        suggestion="drop",
        version=2,
        title="no assistant reply",
        find=_no_assistant,
    ),
    Check(
        name="last-message-not-assistant",
        family="structure",
        severity="warning",
        suggestion="fix",
        version=1,
        title="the conversation does not end with an answer",
        find=_last_not_assistant,
    ),
    Check(
        name="role-order",
        family="structure",
        severity="warning",
        suggestion="review",
        version=1,
        title="messages are not in the usual order",
        find=_role_order,
    ),
)
