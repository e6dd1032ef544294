"""Audit: read, check, find duplicates, and say what is wrong and what to do first."""

import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import polars as pl

from curator.audit.decided.edited import Edited
from curator.audit.findings import FINDINGS, all_findings
from curator.audit.ids import ids_of
from curator.audit.loading.derive import DerivePlan, derive
from curator.audit.loading.load import MEANING, READING, SIMILAR, Loaded, Progress, ReadingOptions, Wanted, load
from curator.audit.loading.reread import Original
from curator.audit.meaning.meaning import MEANING_CHECKS, Meaning
from curator.audit.meaning.meaning_findings import NO_EMBEDDER, MeaningOptions, Meant, look_at_meaning
from curator.audit.not_run import reasons_not_run
from curator.audit.stages.kinds import kind_findings
from curator.audit.stages.known_splits import known_splits, splits_of_files
from curator.audit.stages.similar import Similar, find_similar
from curator.audit.stages.similar_pairs import corpus_of, features_key
from curator.checks.check import CheckSettings
from curator.data.batches import read_batch
from curator.data.blocks import Block
from curator.data.sources.source import Source
from curator.project.cache import Cache
from curator.project.saved_split import SPLITS

if TYPE_CHECKING:
    from curator.embedding.paraphrases import Prompts


@dataclass(frozen=True)
class AuditOptions:
    """What to audit for.

    Attributes:
        reading: how the files are read.
        select: names of checks to run; empty: all.
        ignore: names of checks not to run.
        settings: thresholds and limits of the checks.
        tokenizer: with which to count; see `curator.tokens`.
        duplicate_threshold: Jaccard similarity at which two texts are similar.
        target: name of the target whose limits apply; None: none.
        meaning: with which encoder to look at meaning.
        texts: keep the texts too, for a person who will search them.
        compare: prepare for comparing examples, whichever checks run.
        against: evaluation files whose questions and answers must not be in the data.
        split: of the saved split; changes whenever it does. "": there is none.
    """

    reading: ReadingOptions = field(default_factory=ReadingOptions)
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    settings: CheckSettings = field(default_factory=CheckSettings)
    tokenizer: str = "o200k_base"
    duplicate_threshold: float = 0.7
    target: str | None = None
    meaning: MeaningOptions = field(default_factory=MeaningOptions)
    texts: bool = False
    compare: bool = False
    against: tuple[Source, ...] = ()
    split: str = ""


@dataclass(frozen=True)
class Audit:
    """The outcome: the set, its findings, what is similar, what it means, and how long each stage took (seconds).

    Attributes:
        source_findings: `FINDINGS` of the examples as the source has them.
        missing: a sentence on what was asked for and is not on this machine; "" where nothing is.
        checked: whether checks looked at the examples; else they were only read.
        edited: the examples that were edited or added; see `curator.audit.open_data.Opened.as_edited`.
    """

    loaded: Loaded
    source_findings: pl.DataFrame
    options: AuditOptions
    similar: Similar | None
    not_run: dict[str, str]
    seconds: dict[str, float]
    meaning: Meaning | None = None
    missing: str = ""
    checked: bool = True
    edited: Edited = field(default_factory=Edited)

    @cached_property
    def findings(self) -> pl.DataFrame:
        """`FINDINGS` of the examples as they are now: those of an edited example are those of its edited text."""
        return self.edited.in_place_of(self.source_findings)


DUPLICATE_CHECKS = ("exact-duplicate", "near-duplicate", "conflicting-answers")


class Stopwatch:
    """Seconds by stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time what is done inside under `name`."""
        start = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - start, 3)


@dataclass(frozen=True)
class Decided:
    """What was decided about the data and counts in an audit.

    Attributes:
        kept: ids of examples that a person decided to keep; of copies they are the keepers.
        dropped: ids of examples that are dropped; of copies they are none.
        splits: the saved split, as `curator.project.saved_split.saved_splits` gives it.
        taken_apart: whether that split divided what was too large to keep together.
    """

    kept: Collection[str] = ()
    dropped: Collection[str] = ()
    splits: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=SPLITS))
    taken_apart: bool = False


def audit(
    sources: list[Source],
    options: AuditOptions,
    cache: Cache,
    progress: Progress,
    decided: Decided | None = None,
    runs: Path | None = None,
) -> Audit:
    """Audit `sources`, of which some things may have been `decided`; failures of the last of the `runs` are findings.

    Raises:
        UnreadableInput: a source has no examples in a known form, or is damaged.
        UsageError: a check, format or tokenizer has a name that does not exist.
        WorkFailed: a worker died or the disk is full; what was finished is reused by the next run.
    """
    from curator.checks.catalogue import chosen, of_examples

    watch = Stopwatch()
    decided = decided or Decided()
    checks = chosen(options.select, options.ignore)
    names = {check.name for check in checks}
    by_file = splits_of_files([source.name for source in sources])
    has_leaks = "split-leak" in names and (len(decided.splits) > 0 or bool((by_file >= 0).any()))
    has_benchmark = "contamination" in names and bool(options.against)
    has_duplicates = not names.isdisjoint(DUPLICATE_CHECKS)
    has_meaning = options.meaning.embedder != NO_EMBEDDER and not names.isdisjoint(MEANING_CHECKS)
    wanted = Wanted(
        checks=of_examples(checks),
        settings=options.settings,
        target=options.target,
        tokenizer=options.tokenizer,
        texts=options.texts,
        duplicates=options.compare or has_duplicates or has_leaks or has_benchmark,
        views=has_meaning,
    )
    with watch.stage(READING):
        loaded = load(sources, options.reading, wanted, cache, progress)
    ids = ids_of(loaded)
    kept, dropped = (ids.is_in(list(some)).to_numpy().astype(np.int8) for some in (decided.kept, decided.dropped))
    verdicts = kept - dropped
    similar, meant = None, Meant(None, None)
    more: list[pl.DataFrame] = []
    if has_duplicates:
        progress(SIMILAR, 0, len(loaded.facts))
        with watch.stage(SIMILAR):
            similar = find_similar(loaded, cache, loaded.findings, verdicts, options.duplicate_threshold)
            more.append(similar.findings)
    if options.target is not None and "rejected-by-target" in names:
        from curator.audit.stages.refused_together import refused_together

        more += refused_together(loaded, options.target, similar, verdicts)
    if has_meaning:
        with watch.stage(MEANING):
            meant = look_at_meaning(loaded, cache, options.meaning, similar, verdicts, progress)
            more += [] if meant.findings is None else [meant.findings]
        for placed in loaded.placed:
            cache.remove(placed.views_key)
    if has_leaks:
        with watch.stage("checking the split"):
            more.append(_leaks(loaded, options, cache, decided, progress))
    if has_benchmark:
        with watch.stage("looking for the benchmark"):
            more.append(_contamination(loaded, options, cache, progress))
    last_run = _last_run(runs)
    if last_run is not None and any(check.family == "training" for check in checks):
        from curator.audit.stages.last_training import failures_found

        with watch.stage("reading the last training"):
            more.append(failures_found(last_run, loaded))
    with watch.stage("judging the set"):
        more += kind_findings(loaded, checks, options.settings, cache)
        findings = all_findings(loaded, checks, options.settings, more)
    not_run = reasons_not_run(checks, options, last_run, meant, has_leaks=has_leaks)
    missing = meant.missing if options.meaning.demanded else ""
    return Audit(loaded, findings, options, similar, not_run, watch.seconds, meant.meaning, missing)


def read_examples(
    sources: list[Source], options: AuditOptions, cache: Cache, progress: Progress, *, compare: bool
) -> Audit:
    """The examples alone, for what asks nothing of the checks; prepared for comparing them where that is wanted.

    Raises:
        UnreadableInput: a source has no examples in a known form, or is damaged.
        WorkFailed: a worker died or the disk is full.
    """
    wanted = Wanted((), options.settings, tokenizer=None, duplicates=compare, measures=False)
    loaded = load(sources, options.reading, wanted, cache, progress)
    return Audit(loaded, pl.DataFrame(schema=FINDINGS), options, None, {}, {}, checked=False)


def own_findings(audit: Audit, originals: Iterable[Original]) -> pl.DataFrame:
    """`FINDINGS` of some examples of a set that was only read: what each of them shows by itself."""
    from curator.checks.catalogue import chosen, of_examples

    options = audit.options
    names = of_examples(chosen(options.select, options.ignore))
    checks = tuple(check for check in chosen(options.select, options.ignore) if check.name in names)
    frames = []
    for number, group in groupby(originals, lambda original: original.file):
        some = list(group)
        lines = [msgspec.json.encode(original.value) for original in some]
        lengths = np.array([len(line) for line in lines])
        block = Block(b"".join(lines), np.cumsum(lengths) - lengths, lengths, first=1, offset=-1)
        dialect = audit.loaded.sources[number].recognised.dialect
        columns = tuple(options.reading.columns.items())
        plan = DerivePlan(dialect.name, columns, names, options.settings, None, duplicates=False, target=options.target)
        positions = pl.Series([original.position for original in some], dtype=pl.UInt32)
        rejections = plan.rejections()
        found = derive(read_batch(block, dialect, rejections.add), plan, rejections).findings
        found = found.filter(pl.col("row").is_not_null())
        frames.append(found.with_columns(positions.gather(found["row"]).alias("row"), line=None))
    return all_findings(audit.loaded, checks, options.settings, frames)


def _last_run(runs: Path | None) -> Path | None:
    """The folder of the last training that finished, if any did."""
    if runs is None or not runs.is_dir():
        return None
    from curator.audit.stages.last_training import last_finished

    return last_finished(runs)


def _contamination(loaded: Loaded, options: AuditOptions, cache: Cache, progress: Progress) -> pl.DataFrame:
    """What of the evaluation sets is in the data, in their words or in others."""
    from curator.audit.stages.benchmark import read_benchmark
    from curator.audit.stages.contamination import contamination_findings

    benchmark = read_benchmark(options.against)
    found = contamination_findings(loaded, corpus_of(loaded, cache), benchmark)
    if options.meaning.embedder == NO_EMBEDDER:
        return found
    from curator.audit.meaning.prompts import prompts_of
    from curator.audit.stages.contamination import reworded_findings

    reworded = reworded_findings(prompts_of(loaded, cache, progress).prompts, benchmark)
    return pl.concat([found, reworded.filter(~pl.col("row").is_in(found["row"].implode()))], how="diagonal")


def _leaks(loaded: Loaded, options: AuditOptions, cache: Cache, decided: Decided, progress: Progress) -> pl.DataFrame:
    """`LEAKS` of the split that is there."""
    from curator.audit.stages.split_leaks import leak_findings

    def prompts() -> "Prompts":
        from curator.audit.meaning.prompts import prompts_of  # which loads the compiler

        return prompts_of(loaded, cache, progress).prompts

    names = [read.source.name for read in loaded.sources]
    splits = known_splits(ids_of(loaded), loaded.facts["file"].to_numpy().astype(int), names, decided.splits)
    corpus, key = corpus_of(loaded, cache), features_key(loaded)
    return leak_findings(
        corpus,
        splits,
        options.duplicate_threshold,
        cache,
        key,
        taken_apart=decided.taken_apart,
        prompts=None if options.meaning.embedder == NO_EMBEDDER else prompts,
    )
