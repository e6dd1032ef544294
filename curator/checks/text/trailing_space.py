"""White space behind the end of a message."""

from collections.abc import Iterator

import polars as pl

from curator.checks.check import Check, CheckSettings
from curator.checks.spans import Span, report
from curator.checks.text.protected import SPACE, without_trailing_space
from curator.data.frames import Batch


def _find(batch: Batch, _settings: CheckSettings) -> pl.DataFrame:
    conversations = batch.examples.filter((pl.col("kind") != "text") & ~pl.col("completion")).select("row")
    ends = batch.messages.filter((pl.col("role") != "tool") & pl.col("content").str.contains(f"[{SPACE}]\\z"))
    ends = ends.filter(pl.col("parts").is_null()).join(conversations, on="row", how="semi", maintain_order="left")
    return report("trailing-space", ends, _look)


def _look(text: str) -> Iterator[Span]:
    stripped = without_trailing_space(text)
    if stripped == text:
        return
    count = len(text) - len(stripped)
    sentence = f"The message ends with {count} character{'s' * (count > 1)} of white space."
    yield Span(sentence, len(stripped), len(text), score=count)


TRAILING_SPACE = Check(
    name="trailing-space",
    family="text",
    severity="info",
    suggestion="fix",
    version=1,
    title="white space behind the end of a message",
    find=_find,
)
