"""An evaluation set, as what must not be in training data: questions and answers with their places."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from curator.audit.loading.load import ReadingOptions
from curator.data.batches import read_batch
from curator.data.frames import Batch
from curator.data.sources.source import Source, blocks
from curator.data.text import VIEWS, view_texts
from curator.errors import UnreadableInput

if TYPE_CHECKING:
    from curator.duplicates.containment.containment import EvaluationParts


@dataclass(frozen=True)
class Benchmark:
    """The items of some evaluation files.

    Attributes:
        items: question (a list, a turn each), answer ("" where there is none), file and line; a row per item. The
            question is what the user says; of a plain text it is the text.
        searched: the same for the duplicate engine. Of equal items only the first is looked for.
    """

    items: pl.DataFrame
    searched: "EvaluationParts"


def read_benchmark(sources: tuple[Source, ...]) -> Benchmark:
    """Read evaluation files of any form that training data may have.

    Raises:
        UnreadableInput: a file is in no known form, or has no item.
    """
    frames = []
    for source in sources:
        items = [_items(batch) for batch in _batches(source)]
        if not sum(map(len, items)):
            raise UnreadableInput(f"{source.name} holds no question that could be looked for.")
        frames += [part.with_columns(file=pl.lit(source.name)) for part in items]
    together = pl.concat(frames).unique(["question", "answer"], keep="first", maintain_order=True)
    return Benchmark(together, _searched(together))


def _searched(items: pl.DataFrame) -> "EvaluationParts":
    from curator.duplicates.block_features import block_features
    from curator.duplicates.containment.containment import EvaluationParts
    from curator.duplicates.corpus import assemble

    numbered = items.select("question", "answer").with_row_index("item")
    turns = numbered.select("item", prompt="question", answer=pl.lit("")).explode("prompt").drop_nulls()
    rows = pl.concat([turns, numbered.select("item", prompt=pl.lit(""), answer="answer")])
    unused = {name: pl.lit(0) for name in ("context", "weights", "exact")} | {"text_only": pl.lit(value=False)}
    views = rows.with_columns(**unused).select(VIEWS.names()).cast(VIEWS)
    return EvaluationParts(assemble([block_features(views)]), rows["item"].to_numpy().astype("int64"), len(items))


def _batches(source: Source) -> Iterator[Batch]:
    dialect = None
    for block in blocks(source):
        dialect = dialect or ReadingOptions().recognised(source, block).dialect
        yield read_batch(block, dialect)


def _items(batch: Batch) -> pl.DataFrame:
    """question, answer and line of every item."""
    asked = batch.messages.filter((pl.col("role") == "user") & (pl.col("part") != "rejected"))
    said = asked.group_by("row").agg(pl.col("content").drop_nulls().alias("question"))
    joined = batch.examples.select("row", "line").join(said, on="row", how="left", maintain_order="left")
    texts = pl.concat([joined, view_texts(batch).select("answer", "text_only")], how="horizontal")
    nothing = pl.lit([], pl.List(pl.String))
    return texts.select(
        pl.when("text_only")
        .then(pl.concat_list("answer"))
        .otherwise(pl.col("question").fill_null(nothing))
        .alias("question"),
        pl.when("text_only").then(pl.lit("")).otherwise("answer").alias("answer"),
        "line",
    )
