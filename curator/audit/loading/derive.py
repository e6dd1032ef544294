"""What is derived from one block alone: facts, findings, token counts and the duplicate engine's preparation.

It runs in worker processes, is a pure function of the block's content and the plan, and is what the cache keeps.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from curator.audit.loading.rejections import Rejections, refuses_second_lines
from curator.checks.check import CheckSettings
from curator.checks.kind_measures import KINDS_MEASURED
from curator.checks.speakers import without_thoughts
from curator.data.batches import read_batch
from curator.data.blocks import Block
from curator.data.dialects.dialect import MAPPING_VERSION, Dialect, dialect_named
from curator.data.dialects.recognition import mapped_dialect
from curator.data.facts import facts_of
from curator.data.frames import Batch, found, nothing_found
from curator.data.text import view_texts
from curator.duplicates.versions import FEATURES
from curator.project.cache import Cache, cache_key

if TYPE_CHECKING:
    from curator.checks.own.own_checks import OwnSource

FORMAT_VERSION = 4
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
        measures: whether to measure what the checks of the whole set judge by.
        views: whether to keep prompts and answers until their vectors are made.
        own: where the checks come from that a person wrote.
        target: whose rules the examples are held against: a target's name, None for the built-in trainer.
    """

    dialect: str
    columns: tuple[tuple[str, str], ...]
    checks: tuple[str, ...]
    settings: CheckSettings
    tokenizer: str | None
    duplicates: bool
    texts: bool = False
    elements: bool = False
    measures: bool = True
    views: bool = False
    target: str | None = None
    own: "tuple[OwnSource, ...]" = ()

    def resolved_dialect(self) -> Dialect:
        """The dialect itself."""
        return mapped_dialect(dict(self.columns)) if self.dialect == "mapped" else dialect_named(self.dialect)

    @property
    def are_kinds_measured(self) -> bool:
        """Whether what the judges of pairs, ratings and prompts ask for is kept."""
        return self.measures and self.resolved_dialect().kind in KINDS_MEASURED

    def rejections(self, *, is_text: bool | None = None) -> Rejections:
        """To ask the target about the examples of one batch."""
        is_text = self.resolved_dialect().kind == "text" if is_text is None else is_text
        return Rejections(self.target, self.checks, is_text=is_text)

    def key(self, block: Block, part: str) -> str:
        """Under which the cache keeps a part (facts, findings, prepared or texts) of what is derived from `block`."""
        return f"{block.digest}-{cache_key(self.made_by(part))}"

    def made_by(self, part: str) -> str:
        """All but the text that a part depends on."""
        words = [str(FORMAT_VERSION), str(MAPPING_VERSION), part, self.dialect, repr(self.columns)]
        if part in ("facts", "findings", "media"):
            versions = _versions(self.checks) if self.checks else ()
            counting = _fingerprint(self.tokenizer) if self.tokenizer is not None else ""
            words += [repr(sorted(versions)), self.settings.thresholds.model_dump_json(), counting]
            words += [] if self.measures else ["not measured"]
        if part == "findings" or (part == "facts" and refuses_second_lines(self.target)):
            words += _rules(self.target)
        if part == "prepared":
            words.append(str(FEATURES))
        if part == "texts":
            words.append(str(self.elements))
        return "|".join(words)


def own_in_use(names: tuple[str, ...]) -> "tuple[OwnSource, ...]":
    """Where the own checks among some come from."""
    if not names:
        return ()
    from curator.checks.catalogue import CHECKS

    return CHECKS.sources


def _versions(names: tuple[str, ...]) -> list[tuple[str, int]]:
    from curator.checks.catalogue import check_named

    return [(name, check_named(name).version) for name in names]


def _rules(target: str | None) -> list[str]:
    """Of a named target; those of the built-in trainer change with the check's version."""
    if target is None:
        return []
    from curator.targets.limits import rule_set

    return [target, rule_set()]


def _fingerprint(tokenizer: str) -> str:
    from curator.tokens.named import fingerprint

    return fingerprint(tokenizer)


@dataclass(frozen=True)
class Derived:
    """Facts (a row per example) and findings (`FOUND`) of one block; rows and lines count from the block's start."""

    facts: pl.DataFrame
    findings: pl.DataFrame


def derive(batch: Batch, plan: DerivePlan, rejections: Rejections) -> Derived:
    """Facts, measures, token counts and findings of a batch, of whose examples the target rejects some."""
    frames = [facts_of(batch)]
    if plan.measures:
        from curator.checks.measures import measure

        frames.append(measure(batch))
    if plan.tokenizer is not None:
        from curator.tokens import count_tokens

        frames.append(count_tokens(batch, plan.tokenizer))
    frames += rejections.line_hashes(len(batch.examples))
    return Derived(pl.concat(frames, how="horizontal"), _findings(batch, plan, rejections))


def _findings(batch: Batch, plan: DerivePlan, rejections: Rejections) -> pl.DataFrame:
    frames = [batch.refused]
    answers = without_thoughts(batch)
    if plan.checks:
        from curator.checks.catalogue import check_named
    for name in plan.checks:
        check = check_named(name)
        if check.find is not None:
            looked_at = answers if check.family == "text" else batch
            frames.append(found(name, check.find(looked_at, plan.settings)))
    frames = [frame for frame in frames if len(frame)]
    together = rejections.among(pl.concat([nothing_found(), *frames]))
    if not len(together):
        return together
    lines = batch.examples.select("row", pl.col("line").alias("example_line"))
    joined = together.join(lines, on="row", how="left", maintain_order="left")
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
    if plan.own:
        from curator.checks.catalogue import CHECKS

        CHECKS.use(plan.own)
    is_new, rejections = cache.entry(plan.key(block, "findings")) is None, plan.rejections()
    show = rejections.add if is_new and rejections.are_asked_for else None
    batch = read_batch(replace(block, first=1, offset=min(block.offset, 0)), plan.resolved_dialect(), show)
    if plan.texts and cache.entry(plan.key(block, "texts")) is None:
        texts = texts_of(batch, block, with_elements=plan.elements)
        cache.store(plan.key(block, "texts"), texts.write_ipc)
    if is_new:
        derived = derive(batch, plan, rejections)
        cache.store(plan.key(block, "facts"), derived.facts.write_ipc)
        cache.store(plan.key(block, "findings"), derived.findings.write_ipc)
        if plan.measures and batch.examples["media"].null_count() < len(batch.examples):
            from curator.checks.media.references import references

            cache.store(plan.key(block, "media"), references(batch).write_ipc)
    if plan.are_kinds_measured and cache.entry(plan.key(block, "kinds")) is None:
        from curator.checks.kind_measures import measure_kinds

        cache.store(plan.key(block, "kinds"), measure_kinds(batch).write_ipc)
    is_unprepared = plan.duplicates and cache.entry(plan.key(block, "prepared")) is None
    if not (is_unprepared or plan.views):
        return
    views = view_texts(batch)
    if plan.views:
        cache.store(plan.key(block, "views"), views.write_ipc)
    if is_unprepared:
        from curator.duplicates.block_features import block_features

        cache.store(plan.key(block, "prepared"), block_features(views).save)
