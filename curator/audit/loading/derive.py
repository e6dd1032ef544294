"""What is derived from one block alone: facts, findings, token counts and the duplicate engine's preparation.

It runs in worker processes, is a pure function of the block's content and the plan, and is what the cache keeps.
"""

from dataclasses import dataclass, replace

import polars as pl
import xxhash

from curator.checks.catalogue import check_named
from curator.checks.check import CheckSettings
from curator.checks.measures import measure
from curator.data.batches import read_batch
from curator.data.blocks import Block
from curator.data.dialects.dialect import MAPPING_VERSION, Dialect, dialect_named, mapped_dialect
from curator.data.facts import facts_of
from curator.data.frames import Batch, found, nothing_found
from curator.data.text import view_texts
from curator.project.cache import Cache
from curator.tokens.named import fingerprint

FORMAT_VERSION = 2
"""Counts up when the files below change their form."""


@dataclass(frozen=True)
class DerivePlan:
    """What to derive.

    Attributes:
        dialect: name of the form in which the file is read; "mapped" with `columns`.
        columns: prompt, answer and system keys, as pairs.
        checks: names of the checks that look at one example at a time.
        settings: their thresholds and limits.
        tokenizer: name or folder of the tokenizer to count with; None: tokens are not counted.
        duplicates: whether to prepare for the duplicate engine.
        texts: whether to keep the texts, for a person who searches; see `TEXTS`.
        elements: whether to keep the elements with them, of a source that cannot be read in the middle.
    """

    dialect: str
    columns: tuple[tuple[str, str], ...]
    checks: tuple[str, ...]
    settings: CheckSettings
    tokenizer: str | None
    duplicates: bool
    texts: bool = False
    elements: bool = False

    def resolved_dialect(self) -> Dialect:
        """The dialect itself."""
        return mapped_dialect(dict(self.columns)) if self.dialect == "mapped" else dialect_named(self.dialect)

    def key(self, block: Block, part: str) -> str:
        """Under which the cache keeps a part (facts, findings, prepared or texts) of what is derived from `block`."""
        return f"{block.digest}-{xxhash.xxh3_64_hexdigest(self.made_by(part).encode())}"

    def made_by(self, part: str) -> str:
        """All but the text that a part depends on."""
        words = [str(FORMAT_VERSION), str(MAPPING_VERSION), part, self.dialect, repr(self.columns)]
        if part in ("facts", "findings"):
            versions = ((name, check_named(name).version) for name in self.checks)
            counting = fingerprint(self.tokenizer) if self.tokenizer is not None else ""
            words += [repr(sorted(versions)), self.settings.thresholds.model_dump_json(), counting]
        if part == "prepared":
            from curator.duplicates.block_features import VERSION

            words.append(str(VERSION))
        if part == "texts":
            words.append(str(self.elements))
        return "|".join(words)


@dataclass(frozen=True)
class Derived:
    """Facts (a row per example) and findings (`FOUND`) of one block; rows and lines count from the block's start."""

    facts: pl.DataFrame
    findings: pl.DataFrame


def derive(batch: Batch, plan: DerivePlan) -> Derived:
    """Facts, measures, token counts and findings of a batch."""
    frames = [facts_of(batch), measure(batch)]
    if plan.tokenizer is not None:
        from curator.tokens import count_tokens

        frames.append(count_tokens(batch, plan.tokenizer))
    return Derived(pl.concat(frames, how="horizontal"), _findings(batch, plan))


def _findings(batch: Batch, plan: DerivePlan) -> pl.DataFrame:
    frames = [batch.refused]
    for name in plan.checks:
        check = check_named(name)
        if check.find is not None:
            frames.append(found(name, check.find(batch, plan.settings)))
    frames = [frame for frame in frames if len(frame)]
    if not frames:
        return nothing_found()
    lines = batch.examples.select("row", pl.col("line").alias("example_line"))
    joined = pl.concat(frames).join(lines, on="row", how="left", maintain_order="left")
    return joined.with_columns(pl.coalesce("line", "example_line").alias("line")).drop("example_line")


TEXTS = pl.Schema({"text": pl.String, "element": pl.Binary})
"""A row per example: its messages' texts, one after the other, and its bytes where they were asked for, else null."""

BETWEEN_MESSAGES = "\n\x1e\n"
"""Not white space, and no part of any text: what is looked for is found in one message or not at all."""


def texts_of(batch: Batch, block: Block, *, with_elements: bool) -> pl.DataFrame:
    """`TEXTS` of a batch."""
    together = batch.messages.group_by("row", maintain_order=True).agg(
        pl.col("content").drop_nulls().str.join(BETWEEN_MESSAGES).alias("text")
    )
    texts = batch.examples.select("row", "line").join(together, on="row", how="left", maintain_order="left")
    if not with_elements:
        return texts.select("text", pl.lit(None, pl.Binary).alias("element"))
    elements = {line: raw for line, raw, _ in replace(block, first=1).elements()}
    return texts.select("text", pl.Series("element", [elements[line] for line in texts["line"]], dtype=pl.Binary))


def derive_block(block: Block, plan: DerivePlan, cache: Cache) -> None:
    """Put into the cache what the plan asks for and the cache lacks."""
    batch = read_batch(replace(block, first=1, offset=min(block.offset, 0)), plan.resolved_dialect())
    if plan.texts and cache.entry(plan.key(block, "texts")) is None:
        texts = texts_of(batch, block, with_elements=plan.elements)
        cache.store(plan.key(block, "texts"), texts.write_ipc)
    if cache.entry(plan.key(block, "findings")) is None:
        derived = derive(batch, plan)
        cache.store(plan.key(block, "facts"), derived.facts.write_ipc)
        cache.store(plan.key(block, "findings"), derived.findings.write_ipc)
    if plan.duplicates and cache.entry(plan.key(block, "prepared")) is None:
        from curator.duplicates.block_features import block_features

        cache.store(plan.key(block, "prepared"), block_features(view_texts(batch)).save)
