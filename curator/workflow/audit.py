"""Audit: read, check, find duplicates, and say what is wrong and what to do first."""

import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from curator.checks.catalogue import CHECKS, chosen
from curator.checks.check import Check, CheckSettings
from curator.examples.sources import Source
from curator.project.cache import Cache
from curator.workflow.failures import failures_found, last_finished
from curator.workflow.findings import all_findings
from curator.workflow.ids import ids_of
from curator.workflow.loading import Loaded, Progress, ReadingOptions, Wanted, load
from curator.workflow.similar import Similar, find_similar


@dataclass(frozen=True)
class AuditOptions:
    """What to audit for.

    Attributes:
        reading: how the files are read.
        select: names of checks to run; empty: all.
        ignore: names of checks not to run.
        settings: thresholds and limits of the checks.
        tokenizer: with which to count; see `curator.examples.tokens`.
        duplicate_threshold: Jaccard similarity at which two texts are similar.
        target: name of the target whose limits apply; None: none.
        texts: keep the texts too, for a person who will search them.
        compare: prepare for comparing examples, whichever checks run.
    """

    reading: ReadingOptions = field(default_factory=ReadingOptions)
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    settings: CheckSettings = field(default_factory=CheckSettings)
    tokenizer: str = "o200k_base"
    duplicate_threshold: float = 0.7
    target: str | None = None
    texts: bool = False
    compare: bool = False


@dataclass(frozen=True)
class Audit:
    """The outcome: the set, its findings and how long each stage took (seconds)."""

    loaded: Loaded
    findings: pl.DataFrame
    options: AuditOptions
    similar: Similar | None
    not_run: dict[str, str]
    seconds: dict[str, float]


DUPLICATE_CHECKS = ("exact-duplicate", "near-duplicate", "conflicting-answers")
NOT_YET = {
    "semantic-duplicate": "this version does not look for it yet",
    "split-leak": "this version does not look for it yet",
    "contamination": "this version does not look for it yet",
}
"""Checks that have a name and an explanation, and no engine yet."""


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


def audit(
    sources: list[Source],
    options: AuditOptions,
    cache: Cache,
    progress: Progress,
    kept: Collection[str] = (),
    runs: Path | None = None,
) -> Audit:
    """Audit `sources`. `kept`: ids of examples that a person decided to keep; of copies they are the keepers.

    `runs`: the folder of the project's trainings; the last one's failures become findings.

    Raises:
        UnreadableInput: a source has no examples in a known form, or is damaged.
        UsageError: a check, format or tokenizer has a name that does not exist.
        WorkFailed: a worker died or the disk is full; what was finished is reused by the next run.
    """
    watch = Stopwatch()
    checks = chosen(options.select, options.ignore)
    wanted = Wanted(
        checks=tuple(check.name for check in checks if check.find is not None),
        settings=options.settings,
        tokenizer=options.tokenizer,
        texts=options.texts,
        duplicates=options.compare or any(check.name in DUPLICATE_CHECKS for check in checks),
    )
    with watch.stage("reading and checking"):
        loaded = load(sources, options.reading, wanted, cache, progress)
    similar = None
    if any(check.name in DUPLICATE_CHECKS for check in checks):
        with watch.stage("finding duplicates"):
            is_kept = ids_of(loaded).is_in(list(kept)).to_numpy()
            similar = find_similar(loaded, cache, loaded.findings, is_kept, options.duplicate_threshold)
    more = [similar.findings] if similar else []
    last_run = last_finished(runs) if runs is not None else None
    if last_run is not None and any(check.family == "training" for check in checks):
        with watch.stage("reading the last training"):
            more.append(failures_found(last_run, loaded))
    with watch.stage("judging the set"):
        findings = all_findings(loaded, checks, options.settings, more)
    return Audit(loaded, findings, options, similar, _not_run(checks, options, last_run), watch.seconds)


def _no_limit(target: str | None) -> str:
    if target is None:
        return "no limit was given: name one with --max-tokens"
    return f"the models of {target} differ in what they take: name your model's limit with --max-tokens"


def _not_run(checks: tuple[Check, ...], options: AuditOptions, last_run: Path | None) -> dict[str, str]:
    """Checks that did not run, each with the reason."""
    reasons = {check.name: "not selected" for check in CHECKS if check not in checks}
    if options.settings.max_tokens is None:
        for name in ("over-token-limit", "answer-cut-by-limit"):
            reasons.setdefault(name, _no_limit(options.target))
    if last_run is None:
        for check in checks:
            if check.family == "training":
                reasons.setdefault(check.name, "no training of this data has finished yet")
    for name, reason in NOT_YET.items():
        reasons.setdefault(name, reason)
    return reasons
