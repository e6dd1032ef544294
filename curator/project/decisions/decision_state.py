"""What the decisions add up to: the present state of every example that was ever decided about.

Per example and annotator the latest verdict (keep, drop, flag, clear) counts, and a person's own outranks a policy's.
Where a person has decided, policies run by others do not count. While one annotator keeps and another drops, the
example is pending and disputed; a flag is a question, not a vote, and shows where there is no vote. Of edits the latest
latest counts, of labels the latest of each annotator and name. Findings are accepted by whoever accepts them, and by a
person's keep that counts.
"""

from collections.abc import Collection
from typing import Any

import msgspec
import polars as pl

from curator.project.decisions.decision import EVERY_FINDING, VERDICTS

LOG = pl.Schema(
    {
        "id": pl.String,
        "example": pl.String,
        "action": pl.String,
        "value": pl.String,
        "reason": pl.String,
        "policy": pl.String,
        "annotator": pl.String,
        "time": pl.Int64,
    }
)
"""Decisions, without undos."""

_STATE: dict[str, pl.DataType | type[pl.DataType]] = {
    "id": pl.String,  # of the example
    "status": pl.Enum(["keep", "drop", "flag", "pending"]),
    "disputed": pl.Boolean,  # annotators disagree on keep or drop
    "by_person": pl.Boolean,  # a person's verdict or edit stands
    "reason": pl.String,  # of the latest verdict that counts
    "policy": pl.String,  # that made it; null: a person
    "edited": pl.Boolean,
    "added": pl.Boolean,
    "content": pl.String,  # JSON: of the latest edit, else of the addition; null: as in the source
    "labels": pl.List(pl.String),  # texts as they are, numbers as name=number; sorted
    "annotators": pl.List(pl.String),  # everyone of whom something stands; sorted
    "accepted": pl.List(pl.String),  # findings that no longer count, as CHECK/SEVERITY; EVERY_FINDING for all; sorted
}
STATE = pl.Schema(_STATE)
"""A row per example that was ever decided about."""

LABELS = pl.Schema(
    {
        "id": pl.String,  # of the example
        "annotator": pl.String,
        "name": pl.String,
        "value": pl.String,  # JSON: a text, a number or a list of texts
        "reason": pl.String,
        "time": pl.Int64,
    }
)


def replay(log: pl.DataFrame, undone: Collection[str] = ()) -> pl.DataFrame:
    """`STATE` after the decisions of `log` (`LOG`, in any order), a row per example, sorted by id.

    Args:
        log: decisions.
        undone: units that no longer count.
    """
    decision_state = _decision_states(log, undone)
    verdicts, contents = _verdicts(decision_state), _contents(decision_state)
    label_rows = labels_of(log, undone)
    examples = log.select(pl.col("example").alias("id")).unique().sort("id")
    return (
        examples.join(_status(verdicts), on="id", how="left")
        .join(contents, on="id", how="left")
        .join(_label_texts(label_rows), on="id", how="left")
        .join(_annotators(verdicts, decision_state, label_rows), on="id", how="left")
        .join(_accepted(decision_state, verdicts), on="id", how="left")
        .with_columns(
            pl.col("status").fill_null("pending"),
            pl.col("disputed", "edited", "added").fill_null(False),
            (pl.col("by_person").fill_null(False) | pl.col("edited_by_person").fill_null(False)).alias("by_person"),
            pl.col("labels", "annotators", "accepted").fill_null(pl.lit([], pl.List(pl.String))),
        )
        .select(STATE.names())
        .cast(STATE)
        .sort("id")
    )


def labels_of(log: pl.DataFrame, undone: Collection[str] = ()) -> pl.DataFrame:
    """`LABELS` that stand: of each example, annotator and name the latest, unless it was removed."""
    rows = _decision_states(log.filter(pl.col("action") == "label"), undone)
    if not len(rows):
        return pl.DataFrame(schema=LABELS)
    decoded = [msgspec.json.decode(value) for value in rows["value"]]
    return (
        rows.with_columns(
            pl.Series("name", [label["name"] for label in decoded], pl.String),
            pl.Series("value", [_label_json(label["value"]) for label in decoded], pl.String),
        )
        .group_by("example", "annotator", "name")
        .agg(pl.col("value", "reason", "time").last())
        .filter(pl.col("value").is_not_null())
        .rename({"example": "id"})
        .select(LABELS.names())
        .sort("id", "annotator", "name")
    )


def _label_json(value: Any) -> str | None:
    return None if value is None or value == [] else msgspec.json.encode(value).decode()


def _decision_states(log: pl.DataFrame, undone: Collection[str]) -> pl.DataFrame:
    """Decisions that were not undone, the earliest first."""
    if undone:
        unit = pl.col("id").str.split_exact(":", 1).struct.field("field_0")
        log = log.filter(~unit.is_in(pl.Series(list(undone), dtype=pl.String).implode()))
    return log.sort("time", "id")


def _verdicts(decision_state: pl.DataFrame) -> pl.DataFrame:
    """A row per example and annotator: the verdict that counts for them."""
    is_own = pl.col("policy").is_null()
    columns = ["action", "value", "reason", "policy", "time", "id"]
    return (
        decision_state.filter(pl.col("action").is_in(VERDICTS))
        .group_by("example", "annotator")
        .agg(
            pl.struct(columns).last().alias("latest"),
            pl.struct(columns).filter(is_own).last().alias("own"),
        )
        .with_columns(
            pl.when(pl.col("own").struct.field("action").is_in(["keep", "drop", "flag"]))
            .then("own")
            .otherwise("latest")
            .alias("counts")
        )
        .select("example", "annotator", "counts")
        .unnest("counts")
        .filter(pl.col("action") != "clear")
    )


def _status(verdicts: pl.DataFrame) -> pl.DataFrame:
    """A row per example with a verdict: status, disputed, by_person, reason, policy."""
    own = pl.col("policy").is_null()
    any_own = own.any().over("example")
    votes = verdicts.filter(own | ~any_own).sort("time", "id")
    keeps, drops = (pl.col("action") == "keep").any(), (pl.col("action") == "drop").any()
    return (
        votes.group_by("example")
        .agg(
            keeps.alias("keeps"),
            drops.alias("drops"),
            own.any().alias("by_person"),
            pl.struct("reason", "policy").sort_by(pl.col("action") != "flag", "time", "id").last().alias("decisive"),
        )
        .with_columns(
            pl.when(pl.col("keeps") & pl.col("drops"))
            .then(pl.lit("pending"))
            .when("drops")
            .then(pl.lit("drop"))
            .when("keeps")
            .then(pl.lit("keep"))
            .otherwise(pl.lit("flag"))
            .alias("status"),
            (pl.col("keeps") & pl.col("drops")).alias("disputed"),
        )
        .unnest("decisive")
        .rename({"example": "id"})
        .drop("keeps", "drops")
    )


def _accepted(decision_state: pl.DataFrame, verdicts: pl.DataFrame) -> pl.DataFrame:
    """A row per example of which findings no longer count: accepted."""
    dropped = verdicts.filter(pl.col("action") == "drop", pl.col("policy").is_null())["example"]
    kept = verdicts.filter(
        (pl.col("action") == "keep") & pl.col("policy").is_null() & ~pl.col("example").is_in(dropped.implode())
    )
    last = pl.col("action").eq("clear").cum_sum(reverse=True).over("example", "annotator")
    accepting = decision_state.filter(pl.col("action").is_in(["accept", "clear"])).filter(last == 0)
    columns = [pl.col("example").alias("id"), "value"]
    rows = [
        (id_, name)
        for id_, value in pl.concat([kept.select(columns), accepting.select(columns)]).iter_rows()
        for name in ([EVERY_FINDING] if value is None else msgspec.json.decode(value)["findings"])
    ]
    frame = pl.DataFrame(rows, schema={"id": pl.String, "accepted": pl.String}, orient="row")
    return frame.unique().sort("id", "accepted").group_by("id", maintain_order=True).agg("accepted")


def _contents(decision_state: pl.DataFrame) -> pl.DataFrame:
    """A row per example that was edited or added: content, edited, added, edited_by_person."""
    is_edit = pl.col("action") == "edit"
    return (
        decision_state.filter(pl.col("action").is_in(["edit", "add"]))
        .group_by("example")
        .agg(
            pl.col("value").filter(is_edit).last().alias("edit"),
            pl.col("value").filter(~is_edit).last().alias("addition"),
            pl.col("policy").filter(is_edit).last().is_null().alias("by_person"),
            is_edit.any().alias("any_edit"),
        )
        .select(
            pl.col("example").alias("id"),
            pl.coalesce("edit", "addition").alias("content"),
            pl.col("edit").is_not_null().alias("edited"),
            pl.col("addition").is_not_null().alias("added"),
            (pl.col("any_edit") & pl.col("by_person")).alias("edited_by_person"),
        )
    )


def _label_texts(labels: pl.DataFrame) -> pl.DataFrame:
    rows = [
        (row["id"], text)
        for row in labels.iter_rows(named=True)
        for text in _texts(row["name"], msgspec.json.decode(row["value"]))
    ]
    frame = pl.DataFrame(rows, schema={"id": pl.String, "labels": pl.String}, orient="row")
    return frame.unique().sort("id", "labels").group_by("id", maintain_order=True).agg("labels")


def _texts(name: str, value: Any) -> list[str]:
    if isinstance(value, list):
        return [str(text) for text in value]
    return [value] if isinstance(value, str) else [f"{name}={value}"]


def _annotators(verdicts: pl.DataFrame, decision_state: pl.DataFrame, labels: pl.DataFrame) -> pl.DataFrame:
    contents = decision_state.filter(pl.col("action").is_in(["edit", "add"]))
    columns = [pl.col("example").alias("id"), pl.col("annotator").alias("annotators")]
    named = pl.concat(
        [
            verdicts.select(columns),
            contents.select(columns),
            labels.select("id", pl.col("annotator").alias("annotators")),
        ]
    )
    return named.unique().sort("id", "annotators").group_by("id", maintain_order=True).agg("annotators")
