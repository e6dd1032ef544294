"""What only the set knows of pairs, ratings, prompts and media: from what each block keeps of them in the cache."""

from collections.abc import Collection, Iterator

import numpy as np
import polars as pl

from curator.audit.loading.load import Loaded
from curator.audit.loading.reread import originals_at
from curator.checks.check import Check, CheckSettings
from curator.checks.kind_measures import KIND_MEASURES, KINDS_MEASURED
from curator.data.content import Message, spoken
from curator.data.frames import found, read_frame
from curator.project.cache import Cache


def kind_findings(
    loaded: Loaded, checks: Collection[Check], settings: CheckSettings, cache: Cache
) -> Iterator[pl.DataFrame]:
    """`FOUND` of the checks that ask about all pairs, ratings, prompts or media of the set."""
    kinds = {read.recognised.dialect.kind for read in loaded.sources}
    names = {check.name for check in checks}
    if not kinds.isdisjoint(KINDS_MEASURED):
        measures = _measures(loaded, cache)
        for check in checks:
            if check.judge_kinds is not None:
                findings = check.judge_kinds(measures, settings)
                yield findings if "related" in findings.columns else found(check.name, findings)
        if "style-bias" in names and "preference" in kinds:
            yield _style(loaded, measures, settings)
    if "media-missing" in names:
        yield from _media(loaded, cache)


def _measures(loaded: Loaded, cache: Cache) -> pl.DataFrame:
    """`KIND_MEASURES` of the whole set; examples of other kinds have none but their place."""
    frames = [
        read_frame(cache.required(placed.kinds_key))
        if loaded.sources[placed.file].recognised.dialect.kind in KINDS_MEASURED
        else pl.DataFrame({"row": range(placed.examples)}).select(
            pl.lit(None, kind).alias(name) for name, kind in KIND_MEASURES.items()
        )
        for placed in loaded.placed
    ]
    return pl.concat([pl.DataFrame(schema=KIND_MEASURES), *frames])


def _style(loaded: Loaded, measures: pl.DataFrame, settings: CheckSettings) -> pl.DataFrame:
    from curator.checks.preference.bias import MOST_PAIRS, style_findings

    positions = measures.select((pl.col("kind") == "preference").fill_null(value=False).arg_true()).to_series()
    some = positions.gather(np.unique(np.linspace(0, max(len(positions) - 1, 0), MOST_PAIRS).astype(int)))
    pairs = [original.content for original in originals_at(loaded, some.to_list())] if len(positions) else []
    chosen, rejected = (
        [_said(held) for held in (pair.chosen for pair in pairs)],
        [_said(pair.rejected) for pair in pairs],
    )
    return style_findings(chosen, rejected, settings)


def _said(messages: list[Message] | None) -> str:
    return "\n".join(spoken(message) for message in messages or ())


def _media(loaded: Loaded, cache: Cache) -> Iterator[pl.DataFrame]:
    """Of each file of data the pictures that it names and that are not there."""
    first = 0
    for placed in loaded.placed:
        source = loaded.sources[placed.file].source
        kept = None if source.is_copy or not cache.holds(placed.media_key) else cache.entry(placed.media_key)
        if kept is not None:
            from curator.checks.media.references import missing_files

            missing = missing_files(read_frame(kept), source.path.parent)
            yield missing.with_columns((pl.col("row") + first).cast(pl.UInt32))
        first += placed.examples
