"""What one pair shows by itself, and what all pairs show together."""

import re
from collections import Counter
from dataclasses import replace

import polars as pl

from curator.checks.check import Check, CheckSettings
from curator.checks.measures import cut_ends
from curator.checks.spans import REJECTED, quoted
from curator.data.frames import Batch, found, nothing_found

_WORD = re.compile(r"\w+|[^\w\s]")
_LINE_ENDS = r"\s+"


def answers_of(batch: Batch) -> pl.DataFrame:
    """`row`, `chosen`, `rejected` (texts) and `same_calls`: the answers of each pair."""
    spoken = batch.messages.filter(pl.col("part") != "messages")
    said = pl.concat_str("role", pl.col("content").fill_null("").str.strip_chars(), separator="\x00")
    others = pl.concat_str(pl.col("parts", "tool_calls").fill_null(""), separator="\x00")
    return spoken.group_by("row", maintain_order=True).agg(
        *(said.filter(pl.col("part") == part).str.join("\x01").alias(part) for part in ("chosen", "rejected")),
        (
            others.filter(pl.col("part") == "chosen").str.join("\x01")
            == others.filter(pl.col("part") == "rejected").str.join("\x01")
        ).alias("same_calls"),
        *(
            pl.col("content").filter(pl.col("part") == part).str.join("\n").alias(f"{part}_text")
            for part in ("chosen", "rejected")
        ),
    )


def _has_pairs(batch: Batch) -> bool:
    return bool((batch.examples["kind"] == "preference").any())


def _equal(batch: Batch, _settings: CheckSettings) -> pl.DataFrame:
    if not _has_pairs(batch):
        return nothing_found()
    same = answers_of(batch).filter((pl.col("chosen") == pl.col("rejected")) & pl.col("same_calls"))
    sentence = pl.lit("The chosen and the rejected answer are the same, so there is no preference to learn.")
    return found("chosen-equals-rejected", same.select("row", sentence.alias("message")))


def _nearly_equal(batch: Batch, settings: CheckSettings) -> pl.DataFrame:
    if not _has_pairs(batch):
        return nothing_found()
    limit, fewest = settings.thresholds.pair_words_alike, settings.thresholds.pair_words
    answers = answers_of(batch).filter((pl.col("chosen") != pl.col("rejected")) & pl.col("same_calls"))
    lengths = pl.col("chosen_text", "rejected_text").str.len_bytes()
    similar_length = pl.min_horizontal(lengths) >= limit * 0.8 * pl.max_horizontal(lengths)
    rows: list[tuple[int, str, float]] = []
    for row, chosen, rejected in (
        answers.filter(similar_length).select("row", "chosen_text", "rejected_text").iter_rows()
    ):
        left, right = Counter(_WORD.findall(chosen)), Counter(_WORD.findall(rejected))
        total = left.total() + right.total()
        differing = (left - right).total() + (right - left).total()
        if total < 2 * fewest or 1 - differing / total < limit:
            continue
        only = " ".join([*(left - right), *(right - left)][:6])
        what = (
            f"only {differing} of {total} words and signs differ: {quoted(only)}" if differing else "only order differs"
        )
        rows.append((row, f"The two answers are nearly equal: {what}.", 1 - differing / total))
    schema = {"row": pl.UInt32, "message": pl.String, "score": pl.Float32}
    return found("nearly-equal-pair", pl.DataFrame(rows, schema=schema, orient="row"))


def _not_an_answer(batch: Batch, settings: CheckSettings) -> pl.DataFrame:
    """A rejected answer that anything is better than: empty, refusing, or cut off."""
    if not _has_pairs(batch):
        return nothing_found()
    answers = answers_of(batch).filter(pl.col("same_calls"))
    text = pl.col("rejected_text").str.strip_chars()
    empty = answers.filter(text == "").select("row", pl.lit("is empty").alias("what"))
    cut = answers.filter((text != "") & (text.str.count_matches(r"\S+") >= settings.thresholds.pair_words))
    cut = cut.filter(cut_ends(cut["rejected_text"]) & ~cut_ends(cut["chosen_text"]))
    cut = cut.select("row", pl.lit("ends in the middle of a sentence").alias("what"))
    refusing = _refusing(batch, settings).select("row", pl.lit("is a refusal").alias("what"))
    together = pl.concat([empty, refusing, cut]).unique("row", keep="first", maintain_order=True).sort("row")
    sentence = pl.format(f"{REJECTED}it {{}}; any answer is better than that.", "what")
    return found("rejected-not-an-answer", together.with_columns(sentence.alias("message")))


def _refusing(batch: Batch, settings: CheckSettings) -> pl.DataFrame:
    """The pairs whose rejected answer refuses and whose chosen one does not."""
    from curator.checks.text.refusal import REFUSAL

    assert REFUSAL.find is not None, "it looks at one example at a time"
    rejected = batch.messages.filter(pl.col("part") != "chosen").with_columns(pl.lit("messages").alias("part"))
    chosen = batch.messages.filter(pl.col("part") != "rejected")
    bad = REFUSAL.find(replace(batch, messages=rejected.cast({"part": chosen.schema["part"]})), settings)
    return (
        bad.select("row")
        .unique(maintain_order=True)
        .join(
            REFUSAL.find(replace(batch, messages=chosen), settings).select("row"),
            on="row",
            how="anti",
            maintain_order="left",
        )
    )


def _other_prompt(batch: Batch, _settings: CheckSettings) -> pl.DataFrame:
    """Pairs without a prompt of their own, whose answers begin with different questions."""
    if not _has_pairs(batch):
        return nothing_found()
    asked = batch.messages.filter((pl.col("part") != "messages") & (pl.col("role") == "user"))
    asked = asked.with_columns(pl.col("content").fill_null("").str.replace_all(_LINE_ENDS, " ").str.strip_chars())
    first = asked.unique(["row", "part"], keep="first", maintain_order=True)
    both = first.group_by("row", maintain_order=True).agg(pl.col("content").n_unique(), pl.len(), pl.col("index").min())
    led = batch.messages.filter(pl.col("part") == "messages").select("row").unique()
    alone = both.join(led, on="row", how="anti", maintain_order="left")
    wrong = alone.filter((pl.col("len") == 1) | (pl.col("content") > 1))
    sentence = pl.lit("The chosen and the rejected answer belong to different prompts.").alias("message")
    return found("different-prompts", wrong.select("row", sentence))


PAIR_CHECKS = (
    Check(
        name="chosen-equals-rejected",
        family="preference",
        severity="error",
        suggestion="drop",
        version=1,
        title="both answers of a pair are the same",
        find=_equal,
    ),
    Check(
        name="nearly-equal-pair",
        family="preference",
        severity="warning",
        suggestion="review",
        version=1,
        title="the answers of a pair differ in a few words",
        find=_nearly_equal,
    ),
    Check(
        name="rejected-not-an-answer",
        family="preference",
        severity="warning",
        suggestion="review",
        version=1,
        title="the rejected answer is none",
        find=_not_an_answer,
    ),
    Check(
        name="different-prompts",
        family="preference",
        severity="error",
        suggestion="review",
        version=1,
        title="the two answers of a pair belong to different prompts",
        find=_other_prompt,
    ),
)


def _contradictory(measures: pl.DataFrame, _settings: CheckSettings) -> pl.DataFrame:
    """A over B here and B over A there; one answer rated good here and bad there."""
    place = pl.int_range(pl.len(), dtype=pl.UInt32).alias("row")
    placed = measures.with_columns(place)
    pairs = placed.filter(pl.col("kind") == "preference").filter(pl.col("chosen") != pl.col("rejected"))
    reversed_pairs = pairs.select(pl.col("rejected").alias("chosen"), pl.col("chosen").alias("rejected"), other="row")
    both = pairs.join(reversed_pairs, on=["chosen", "rejected"], how="inner", maintain_order="left")
    sentence = pl.lit("Another pair with this prompt prefers the answer that is rejected here, to the one chosen here.")
    rated = placed.filter(pl.col("kind") == "kto")
    other_label = rated.select("chosen", ~pl.col("label").alias("label"), pl.col("row").alias("other"))
    twice = rated.join(other_label, on=["chosen", "label"], how="inner", maintain_order="left")
    rating = pl.lit("The same answer to the same prompt is rated good in one example and bad in another.")
    frames = [
        one.group_by("row", maintain_order=True)
        .agg(pl.col("other").unique(maintain_order=True).head(5).alias("related"))
        .with_columns(said.alias("message"))
        for one, said in ((both, sentence), (twice, rating))
    ]
    together = pl.concat(frames)
    return found("contradictory-preference", together).with_columns(together["related"])


def _unbalanced(measures: pl.DataFrame, settings: CheckSettings) -> pl.DataFrame:
    labels = measures.filter(pl.col("kind") == "kto")["label"]
    count, good = len(labels), int(labels.sum())
    least = settings.thresholds.fewest_of_a_label
    if count < settings.thresholds.fewest_examples or least <= good / count <= 1 - least:
        return nothing_found()
    rare, weight = ("undesirable", good / max(count - good, 1)) if 2 * good > count else (
        "desirable",
        (count - good) / max(good, 1),
    )  # fmt: skip
    sentence = f"{good:,} of {count:,} answers are rated good."
    sentence += f" Set {rare}_weight to about {weight:.1f}, or balance the set." if min(good, count - good) else (
        " Without the other rating there is nothing to distinguish them by."
    )  # fmt: skip
    return found("unbalanced-labels", pl.DataFrame({"message": [sentence], "score": [good / count]}))


SET_CHECKS = (
    Check(
        name="contradictory-preference",
        family="preference",
        severity="warning",
        suggestion="review",
        version=1,
        title="preferred here, rejected there",
        judge_kinds=_contradictory,
    ),
    Check(
        name="unbalanced-labels",
        family="preference",
        severity="info",
        suggestion="none",
        version=1,
        title="nearly all answers have one rating",
        judge_kinds=_unbalanced,
    ),
)
