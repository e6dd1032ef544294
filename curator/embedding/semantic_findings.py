"""What meaning has to report, as rows of `FOUND` with `keeper` and `related`; rows are positions in the whole set."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from curator.data.frames import FOUND
from curator.embedding.outliers.detection import Outliers
from curator.embedding.outliers.reasons import reasons, usual
from curator.embedding.topics.assignment import Topic, Topics
from curator.embedding.vectors import Floats, Positions

RELATED = 5
_COLUMNS = pl.Schema([*FOUND.items(), ("keeper", pl.UInt32()), ("related", pl.List(pl.UInt32))])


def semantic_duplicate_findings(pairs: pl.DataFrame, keeper: Positions, stand: Positions) -> pl.DataFrame:
    """A row for every member of a group but its keeper.

    Args:
        pairs: `left`, `right` and `similarity`; the representative of a member is in one with its keeper, or is it.
        keeper: int64 [n].
        stand: int64 [n], the representative of each example; see `curator.embedding.keepers.stands`.
    """
    members = pl.DataFrame({"row": np.arange(len(keeper)), "keeper": keeper, "stand": stand}).cast(pl.UInt32)
    members = members.filter(pl.col("row") != pl.col("keeper")).with_columns(
        pl.min_horizontal("stand", "keeper").alias("left"), pl.max_horizontal("stand", "keeper").alias("right")
    )
    groups = members.group_by("keeper").agg(pl.col("row").sort().head(RELATED + 1).alias("group"))
    reported = members.join(pairs.select("left", "right", "similarity"), on=["left", "right"], how="left").with_columns(
        pl.when(pl.col("left") == pl.col("right")).then(1.0).otherwise("similarity").alias("similarity")
    )
    related = pl.col("group").list.set_difference(pl.concat_list("row")).list.sort().list.head(RELATED)
    return _complete(
        reported.join(groups, on="keeper")
        .sort("row")
        .with_columns(
            pl.lit("semantic-duplicate").alias("check"),
            pl.col("similarity").alias("score"),
            pl.format("Says nearly the same as another example (cosine {}).", pl.col("similarity").round(3)).alias(
                "message"
            ),
            related.alias("related"),
        )
    )


def outlier_findings(
    found: Outliers, near: Positions, cosines: Floats, threshold: float, topics: Topics, texts: Mapping[int, str]
) -> pl.DataFrame:
    """A row for every outlier, the farthest first, with the reason in words.

    A few foreign texts that resemble one another are outliers, too; the nearest example is one of another kind.

    Args:
        found: the judgement.
        near: int64 [flagged, k], the nearest others of each outlier, nearest first; -1 where there are fewer.
        cosines: float32 [flagged, k], theirs.
        threshold: cosine from which two examples say the same.
        topics: with titles.
        texts: of the outliers and of the topics' representatives, by position.
    """
    typical = sorted({at for topic in topics.topics for at in topic.representatives} - set(found.flagged.tolist()))
    normal = usual(texts[at] for at in typical if at in texts)
    rows = []
    for rank, position in enumerate(found.flagged.tolist()):
        others = near[rank]
        is_other = (others >= 0) & (cosines[rank] < threshold)
        alike = int((cosines[rank] >= threshold).sum())
        nearest = (
            f", nearest example: cosine {max(float(cosines[rank][is_other].max()), 0):.2f}" if is_other.any() else ""
        )
        kind = f" {alike} {'other is' if alike == 1 else 'others are'} of its kind." if alike else ""
        title = topics.topics[topics.label[position]].title
        rows.append(
            {
                "row": position,
                "score": float(found.score[position]),
                "message": f"Unlike the rest: {reasons(texts.get(position, ''), normal)}. Its nearest topic is "
                f"'{title}'{nearest}.{kind}",
                "related": others[others >= 0][:RELATED].tolist(),
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
                f"Add about {what_to_add(topics, topic):,} like it, or drop it if it is not to be learned. "
                f"`--where topic:{topic.number + 1}` finds it."
            )
            rows.append(("thin-topic", said, topic.share, topic.representatives[:RELATED]))
        if topic.is_dominant:
            said = (
                f"The topic '{topic.title}' (`--where topic:{topic.number + 1}`) is {topic.share:.0%} of the set "
                f"({topic.size:,} examples). "
                "`curator select DATA --n N --by diversity` makes a balanced subset."
            )
            rows.append(("dominant-topic", said, topic.share, topic.representatives[:RELATED]))
    schema = pl.Schema(
        [("check", pl.String()), ("message", pl.String()), ("score", pl.Float32()), ("related", pl.List(pl.UInt32))]
    )
    return _complete(pl.DataFrame(rows, schema=schema, orient="row"))


def what_to_add(topics: Topics, topic: Topic) -> int:
    """How many examples bring a thin topic to half the average size; 0 for another one."""
    average = sum(other.size for other in topics.topics) / len(topics.topics)
    return max(round(average / 2) - topic.size, 1) if topic.is_thin else 0


def _complete(frame: pl.DataFrame) -> pl.DataFrame:
    missing = [pl.lit(None, kind).alias(name) for name, kind in _COLUMNS.items() if name not in frame.columns]
    return frame.with_columns(missing).select(_COLUMNS.names()).cast(_COLUMNS)
