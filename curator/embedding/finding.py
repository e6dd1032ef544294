"""What meaning has to report, as rows of `FOUND` with `keeper` and `related`; rows are positions in the whole set."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from curator.embedding.duplicates import SemanticDuplicates
from curator.embedding.neighbours import Neighbours
from curator.embedding.outliers import Outliers
from curator.embedding.product import Positions
from curator.embedding.reasons import reasons, usual
from curator.embedding.topics import Topics
from curator.examples.frames import FOUND

RELATED = 5
_COLUMNS = pl.Schema([*FOUND.items(), ("keeper", pl.UInt32()), ("related", pl.List(pl.UInt32))])


def semantic_duplicate_findings(found: SemanticDuplicates) -> pl.DataFrame:
    """A row for every member of a group but its keeper."""
    position = np.arange(len(found.keeper))
    members = pl.DataFrame({"row": position, "keeper": found.keeper}).filter(pl.col("row") != pl.col("keeper"))
    members = members.cast({"row": pl.UInt32, "keeper": pl.UInt32}).with_columns(
        pl.min_horizontal("row", "keeper").alias("left"), pl.max_horizontal("row", "keeper").alias("right")
    )
    told = members.join(found.pairs.select("left", "right", "similarity"), on=["left", "right"], how="left")
    others = pl.col("row").implode().list.head(RELATED + 1).over("keeper", mapping_strategy="join")
    return _complete(
        told.with_columns(others.alias("group")).with_columns(
            pl.lit("semantic-duplicate").alias("check"),
            pl.col("similarity").alias("score"),
            pl.format("Says nearly the same as another example (cosine {}).", pl.col("similarity").round(3)).alias(
                "message"
            ),
            pl.col("group").list.set_difference(pl.concat_list("row")).list.sort().list.head(RELATED).alias("related"),
        )
    )


def outlier_findings(found: Outliers, neighbours: Neighbours, topics: Topics, texts: Mapping[int, str]) -> pl.DataFrame:
    """A row for every outlier, the farthest first, with the reason in words.

    Args:
        found: the judgement.
        neighbours: of the set.
        topics: with titles.
        texts: of the outliers and of the topics' representatives, by position.
    """
    typical = sorted({at for topic in topics.topics for at in topic.representatives[:20]} - set(found.flagged.tolist()))
    normal = usual(texts[at] for at in typical if at in texts)
    rows = []
    for position in found.flagged.tolist():
        near = neighbours.similar.positions[position]
        cosine = max(float(neighbours.similar.cosines[position, 0]), 0)
        title = topics.topics[topics.label[position]].title
        rows.append(
            {
                "row": position,
                "score": float(found.score[position]),
                "message": f"Stands alone: {reasons(texts.get(position, ''), normal)}. Its nearest topic is '{title}', "
                f"its nearest example has a cosine of {cosine:.2f}.",
                "related": near[near >= 0][:RELATED].tolist(),
            }
        )
    schema = pl.Schema(
        [("row", pl.UInt32()), ("score", pl.Float32()), ("message", pl.String()), ("related", pl.List(pl.UInt32))]
    )
    return _complete(pl.DataFrame(rows, schema=schema).with_columns(pl.lit("outlier").alias("check")))


def topic_findings(topics: Topics) -> pl.DataFrame:
    """A row for every thin and every dominant topic; they are about the set, so `row` is null."""
    rows = []
    for topic in topics.topics:
        if topic.is_thin:
            average = sum(other.size for other in topics.topics) / len(topics.topics)
            said = (
                f"The topic '{topic.title}' has {topic.size:,} examples where a topic has {average:,.0f} on average. "
                f"Add about {max(round(average / 2) - topic.size, 1):,} like it, or drop it if it is not to be learned."
            )
            rows.append(("thin-topic", said, topic.share, topic.representatives[:RELATED]))
        if topic.is_dominant:
            said = (
                f"The topic '{topic.title}' is {topic.share:.0%} of the set ({topic.size:,} examples). "
                "`curator select DATA --n N --by diversity` makes a balanced subset."
            )
            rows.append(("dominant-topic", said, topic.share, topic.representatives[:RELATED]))
    schema = pl.Schema(
        [("check", pl.String()), ("message", pl.String()), ("score", pl.Float32()), ("related", pl.List(pl.UInt32))]
    )
    return _complete(pl.DataFrame(rows, schema=schema, orient="row"))


def what_to_add(topics: Topics) -> list[tuple[str, int]]:
    """Titles of thin topics and how many examples bring each to half the average size."""
    average = sum(topic.size for topic in topics.topics) / max(len(topics.topics), 1)
    return [(topic.title, max(round(average / 2) - topic.size, 1)) for topic in topics.topics if topic.is_thin]


def topic_table(topics: Topics, tokens: Positions, duplicate: Positions, findings: Positions) -> pl.DataFrame:
    """A row per topic: title, examples, share, token_share, mean_tokens, duplicates, findings.

    Args:
        topics: with titles.
        tokens: int64 [n], of each example.
        duplicate: int64 [n], 1 for a duplicate of another example.
        findings: int64 [n], how many each example has.
    """
    titles = pl.DataFrame({"topic": range(len(topics.topics)), "title": [topic.title for topic in topics.topics]})
    counted = pl.DataFrame({"topic": topics.label, "tokens": tokens, "duplicate": duplicate, "findings": findings})
    return (
        counted.filter(pl.col("topic") >= 0)
        .group_by("topic")
        .agg(
            pl.len().alias("examples"),
            pl.col("tokens").sum(),
            pl.col("tokens").mean().alias("mean_tokens"),
            pl.col("duplicate").sum().alias("duplicates"),
            pl.col("findings").sum(),
        )
        .join(titles, on="topic")
        .sort("topic")
        .select(
            "topic",
            "title",
            "examples",
            (pl.col("examples") / pl.col("examples").sum()).alias("share"),
            (pl.col("tokens") / pl.max_horizontal(pl.col("tokens").sum(), 1)).alias("token_share"),
            "mean_tokens",
            "duplicates",
            "findings",
        )
    )


def _complete(frame: pl.DataFrame) -> pl.DataFrame:
    missing = [pl.lit(None, kind).alias(name) for name, kind in _COLUMNS.items() if name not in frame.columns]
    return frame.with_columns(missing).select(_COLUMNS.names()).cast(_COLUMNS)
