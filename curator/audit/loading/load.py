"""From data files to the facts and findings of the whole set, reusing what the cache holds."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from curator.audit.loading.counted_lines import CountedLines
from curator.audit.loading.derive import DerivePlan, own_in_use
from curator.audit.runners.local import Task, derive_all
from curator.checks.check import CheckSettings
from curator.data.blocks import Block
from curator.data.dialects.dialect import dialect_named
from curator.data.dialects.recognition import SAMPLED, Recognised, mapped_dialect, recognise
from curator.data.frames import nothing_found, read_frame
from curator.data.json_line import decode_json
from curator.data.sources.source import Source, blocks
from curator.errors import UnreadableInput
from curator.project.cache import Cache, cache_key

Progress = Callable[[str, int, int], None]
"""Called with what is being done, examples done, and in all."""

READING, SIMILAR, MEANING = "reading and checking", "finding duplicates", "reading meaning"
"""What an audit does, one after the other."""

COMPILING = "compiling the duplicate search for this computer (once, about 15 s)"


@dataclass(frozen=True)
class ReadingOptions:
    """How to read.

    Attributes:
        format: name of a dialect; None: recognised.
        columns: prompt, answer and system keys; overrides `format`.
    """

    format: str | None = None
    columns: dict[str, str] = field(default_factory=dict)

    def recognised(self, source: Source, first: Block) -> Recognised:
        """The dialect of a source, and why.

        Raises:
            UnreadableInput: none fits.
        """
        if self.columns:
            return Recognised(mapped_dialect(self.columns), "its columns were named by the user")
        if self.format:
            return Recognised(dialect_named(self.format), "asked for")
        return recognise(_first_values(first), source.name)


def _first_values(block: Block) -> Iterator[Any]:
    for _, raw, _ in islice(block.elements(), SAMPLED):
        try:
            yield decode_json(raw)
        except ValueError:
            continue


@dataclass
class ReadSource:
    """A source after it was read: what it is, its lines (or elements), and the bytes of its file."""

    source: Source
    recognised: Recognised
    lines: int = 0
    bytes: int = 0


@dataclass
class BlockEntry:
    """A block that was read: where it stands, what it holds and where its results are; texts only where wanted.

    Its views are there from when it was derived until the vectors of the set are made.
    """

    file: int
    first: int
    offset: int
    lines: int
    digest: str
    facts_key: str
    findings_key: str
    features_key: str | None
    texts_key: str
    examples: int = 0
    views_key: str = ""
    kinds_key: str = ""
    media_key: str = ""


@dataclass(frozen=True)
class Loaded:
    """The whole set.

    Attributes:
        sources: in order.
        facts: `FACTS` with measures and token counts, and file (UInt16) and occurrence (UInt32); a row per example.
        findings: `FOUND` with file; `row` is the position in `facts`.
        placed: the blocks in order.
        reused: share of the blocks whose results were in the cache.
        fingerprint: hash of all content, in order.
    """

    sources: list[ReadSource]
    facts: pl.DataFrame
    findings: pl.DataFrame
    placed: list[BlockEntry]
    reused: float
    fingerprint: str

    @cached_property
    def by_key(self) -> npt.NDArray[np.int64]:
        """Positions in the order of their keys, and where these are equal in their own: int64, shape (examples,)."""
        return np.argsort(self.facts["key"].to_numpy(), kind="stable")


@dataclass(frozen=True)
class Wanted:
    """What to derive from every block; see `DerivePlan`."""

    checks: tuple[str, ...]
    settings: CheckSettings
    tokenizer: str | None
    duplicates: bool
    measures: bool = True
    texts: bool = False
    views: bool = False
    target: str | None = None

    @property
    def is_light(self) -> bool:
        """Whether no check looks at the examples, so that reading them is most of the work."""
        return not self.checks and not self.measures and self.tokenizer is None


def load(sources: list[Source], options: ReadingOptions, wanted: Wanted, cache: Cache, progress: Progress) -> Loaded:
    """Read the sources and derive what is wanted.

    Raises:
        UnreadableInput: a source has no examples in a known form, or is damaged.
        WorkFailed: a worker died or the disk is full.
    """
    reading = _Reading(sources, options, wanted, cache, progress)
    derive_all(reading.tasks(), cache, unpacked_size(sources), reading.finished, light=wanted.is_light)
    facts, findings = _gathered(reading.placed, cache)
    reused = 1 - reading.derived / max(len(reading.placed), 1)
    return Loaded(reading.read, facts, findings, reading.placed, reused, reading.fingerprint())


def unpacked_size(sources: list[Source]) -> int:
    """Bytes of the sources, about four times as many where they are packed."""
    return sum(source.path.stat().st_size * (4 if source.layers else 1) for source in sources)


class _Reading:
    """Goes through the sources once and remembers where every block stands."""

    def __init__(
        self, sources: list[Source], options: ReadingOptions, wanted: Wanted, cache: Cache, progress: Progress
    ) -> None:
        self.sources, self.options, self.wanted = sources, options, wanted
        self.cache, self.progress = cache, progress
        self.read: list[ReadSource] = []
        self.placed: list[BlockEntry] = []
        self.derived = 0
        self._done = self._lines = 0
        self._total = unpacked_size(sources)

    def tasks(self) -> Iterator[Task]:
        """Blocks whose results the cache lacks, with their plans."""
        for number, source in enumerate(self.sources):
            entry: ReadSource | None = None
            for block in blocks(source):
                if entry is None:
                    recognised = self.options.recognised(source, block)
                    entry = ReadSource(source, recognised, bytes=source.path.stat().st_size)
                    self.read.append(entry)
                plan = self._plan(entry)
                if self._place(number, entry, block, plan):
                    if plan.duplicates and self.derived == 1:
                        self._say_what_takes_long_once()
                    yield block, plan
                else:
                    self.finished(block)
            if entry is None:
                raise UnreadableInput(f"{source.name} holds no examples.")

    def _say_what_takes_long_once(self) -> None:
        from curator.jit import compiled_before

        if not compiled_before():
            self.progress(COMPILING, 0, 1)

    def _plan(self, entry: ReadSource) -> DerivePlan:
        wanted = self.wanted
        return DerivePlan(
            entry.recognised.dialect.name,
            tuple(self.options.columns.items()),
            wanted.checks,
            wanted.settings,
            wanted.tokenizer,
            wanted.duplicates,
            wanted.texts,
            elements=not entry.source.seekable,
            measures=wanted.measures,
            views=wanted.views,
            target=wanted.target,
            own=own_in_use(wanted.checks),
        )

    def _place(self, number: int, entry: ReadSource, block: Block, plan: DerivePlan) -> bool:
        """Remember the block; whether something must be derived from it."""
        facts, findings = plan.key(block, "facts"), plan.key(block, "findings")
        ready = plan.key(block, "prepared") if plan.duplicates else None
        texts = plan.key(block, "texts")
        where = (number, block.first, block.offset, len(block), block.digest)
        views = plan.key(block, "views")
        kinds = plan.key(block, "kinds") if plan.are_kinds_measured else ""
        media = plan.key(block, "media")
        entry_of = BlockEntry(*where, facts, findings, ready, texts, views_key=views, kinds_key=kinds, media_key=media)
        self.placed.append(entry_of)
        entry.lines += len(block)
        needed = [
            facts,
            findings,
            *([ready] if ready else []),
            *([texts] if plan.texts else []),
            *([kinds] if kinds else []),
        ]
        missing = any(self.cache.entry(key) is None for key in needed)
        self.derived += missing
        return missing

    def finished(self, block: Block) -> None:
        """Tell how far it is: examples, of as many as there will be if the others are as long."""
        self._done += len(block.data)
        self._lines += len(block)
        expected = max(round(self._lines * self._total / max(self._done, 1)), self._lines + 1)
        self.progress(READING, self._lines, expected)

    def fingerprint(self) -> str:
        """Hash of all content, in order."""
        return cache_key([placed.digest for placed in self.placed])


def _gathered(placed: list[BlockEntry], cache: Cache) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Facts and findings of all blocks, with positions and places in the whole set."""
    facts_frames, findings_frames, position = [], [], 0
    unreadable = CountedLines()
    for block in placed:
        facts = read_frame(cache.required(block.facts_key))
        findings = unreadable.listed(read_frame(cache.required(block.findings_key)), block.file)
        line = (pl.col("line") + (block.first - 1)).cast(pl.UInt32)
        offset = pl.when(pl.col("offset") < 0).then(-1).otherwise(pl.col("offset") + block.offset).alias("offset")
        file = pl.lit(block.file, pl.UInt16).alias("file")
        facts_frames.append(facts.with_columns(line, offset, file))
        findings_frames.append(findings.with_columns(line, file, (pl.col("row") + position).cast(pl.UInt32)))
        block.examples = len(facts)
        position += len(facts)
    facts = pl.concat(facts_frames).with_columns(
        pl.int_range(1, pl.len() + 1, dtype=pl.UInt32).over("key").alias("occurrence")
    )
    empty = nothing_found().with_columns(pl.lit(0, pl.UInt16).alias("file"))
    return facts, pl.concat([empty, *findings_frames, unreadable.more()])
