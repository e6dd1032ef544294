"""Run one check on a few examples and see what it says."""

from typing import Any

import polars as pl

from curator.checks.catalogue import check_named
from curator.checks.check import CheckSettings
from curator.checks.measures import measure
from curator.data.facts import facts_of
from curator.data.frames import Batch, found
from curator.tokens import count_tokens
from tests.data.made import batch_of


def facts(batch: Batch, tokenizer: str = "o200k_base") -> pl.DataFrame:
    """What judges read: facts, token counts and measures."""
    return pl.concat([facts_of(batch), count_tokens(batch, tokenizer), measure(batch)], how="horizontal")


def findings(
    name: str, *values: Any, dialect: str = "chat", settings: CheckSettings | None = None
) -> list[dict[str, Any]]:
    """The check's findings for these examples, the reader's refusals included, with the check's default severity."""
    check, batch, settings = check_named(name), batch_of(*values, dialect=dialect), settings or CheckSettings()
    frames = [batch.refused.filter(pl.col("check") == name)]
    if check.find is not None:
        frames.append(found(name, check.find(batch, settings)))
    if check.judge is not None:
        frames.append(found(name, check.judge(facts(batch), settings)))
    together = pl.concat(frames).with_columns(pl.col("severity").fill_null(check.severity))
    return together.sort("row", "message_index", maintain_order=True).to_dicts()


def locations(name: str, *values: Any, **options: Any) -> list[tuple[int, int | None]]:
    """Example and message index of each finding."""
    return [(finding["row"], finding["message_index"]) for finding in findings(name, *values, **options)]
