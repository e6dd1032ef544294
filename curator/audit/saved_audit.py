"""The latest audit of some files, kept as mapped columns: there again in milliseconds while the files are unchanged.

A file counts as unchanged while its size and its time of change are: reading it again to be sure would take as long as
the audit of what did not change. Whoever reads an example from it compares the example's key
(`curator.review.read_one`).
"""

import secrets
from dataclasses import asdict
from functools import partial
from typing import Any

import msgspec
import polars as pl

from curator.audit.engine import Audit, AuditOptions
from curator.audit.loading.derive import FORMAT_VERSION
from curator.audit.loading.load import BlockEntry, Loaded, ReadSource
from curator.audit.meaning import meaning
from curator.audit.stages import similar
from curator.data.dialects.dialect import MAPPING_VERSION, dialect_named
from curator.data.dialects.recognition import Recognised, mapped_dialect
from curator.data.frames import FOUND
from curator.data.mapped import mapped, write_mapped
from curator.data.safe_text import as_text
from curator.data.sources.source import Source
from curator.project.cache import Cache, cache_key

VERSION = 4
"""Counts up when what is kept changes its form."""

_AUDIT_PARTS = ("facts", "findings")
_SIMILAR_PARTS = ("pairs", "keeper", "similar", "summary")
_MEANING_PARTS = ("meaning", "topics", "paraphrases", "meant", "encoder")


def _of_a_block() -> list[str]:
    """Names of the checks that look at one example at a time."""
    from curator.checks.catalogue import CHECKS

    others = ("similarity", "whole", "training", "scores")
    return [check.name for check in CHECKS if check.judge is None and check.family not in others]


class _About(msgspec.Struct):
    """What is kept beside the frames."""

    generation: str
    stamps: list[tuple[str, int, int]]
    read: list[tuple[str, str, int, int]]
    placed: list[dict[str, Any]]
    fingerprint: str
    not_run: dict[str, str]
    seconds: dict[str, float]
    has_similar: bool
    has_meaning: bool


def any_saved(cache: Cache) -> bool:
    """Whether any audit is kept there, of whatever files: what it takes to look for one is loaded only then."""
    return any(cache.folder.glob("*/*-about.*"))


def save_audit(audit: Audit, cache: Cache) -> None:
    """Keep an audit; the one that was kept for the same files and options before goes.

    Raises:
        WorkFailed: the disk is full.
    """
    loaded = audit.loaded
    key = audit_key([read.source for read in loaded.sources], audit.options)
    before = _about(cache, key)
    generation = secrets.token_hex(8)
    frames = dict(zip(_AUDIT_PARTS, (loaded.facts, audit.source_findings), strict=True))
    if audit.similar is not None:
        frames |= dict(zip(_SIMILAR_PARTS, similar.frames_of(audit.similar), strict=True))
    if audit.meaning is not None:
        frames |= dict(zip(_MEANING_PARTS, meaning.frames_of(audit.meaning), strict=True))
    for part, frame in frames.items():
        cache.store(f"{generation}-{part}", partial(write_mapped, frame))
    about = _About(
        generation=generation,
        stamps=[_stamp(read.source) for read in loaded.sources],
        read=[
            (read.recognised.dialect.name, read.recognised.reason, read.lines, read.bytes) for read in loaded.sources
        ],
        placed=[asdict(placed) for placed in loaded.placed],
        fingerprint=loaded.fingerprint,
        not_run=audit.not_run,
        seconds=audit.seconds,
        has_similar=audit.similar is not None,
        has_meaning=audit.meaning is not None,
    )
    cache.store(f"{key}-about", lambda path: path.write_bytes(msgspec.json.encode(about)))
    if before is not None:
        for part in (*_AUDIT_PARTS, *_SIMILAR_PARTS, *_MEANING_PARTS):
            cache.remove(f"{before.generation}-{part}")


def saved_audit(sources: list[Source], options: AuditOptions, cache: Cache) -> Audit | None:
    """The audit that was kept for these files, unchanged since, and these options; None: there is none.

    Who is the keeper of copies is as it was then: decisions made since do not count in it.
    """
    about = _about(cache, audit_key(sources, options))
    if about is None or about.stamps != [_stamp(source) for source in sources]:
        return None
    frames = _frames(about, cache)
    if frames is None:
        return None
    columns = options.reading.columns
    read = [
        ReadSource(source, Recognised(mapped_dialect(columns) if columns else dialect_named(name), reason), lines, size)
        for source, (name, reason, lines, size) in zip(sources, about.read, strict=True)
    ]
    found = similar.similar_of(*(frames[part] for part in _SIMILAR_PARTS)) if about.has_similar else None
    meant = meaning.meaning_of(*(frames[part] for part in _MEANING_PARTS)) if about.has_meaning else None
    findings = frames["findings"]
    of_blocks = findings.filter(pl.col("check").is_in(_of_a_block())).select(*FOUND.names(), "file")
    placed = [BlockEntry(**one) for one in about.placed]
    loaded = Loaded(read, frames["facts"], of_blocks, placed, 1.0, about.fingerprint)
    return Audit(loaded, findings, options, found, about.not_run, about.seconds, meant)


def audit_key(sources: list[Source], options: AuditOptions) -> str:
    """Of the files by name, and of everything but their content that the outcome hangs on."""
    from curator.audit.stages import split_leaks
    from curator.checks.catalogue import chosen
    from curator.tokens.named import fingerprint

    return cache_key(
        (VERSION, FORMAT_VERSION, MAPPING_VERSION, similar.VERSION, meaning.VERSION),
        [(check.name, check.version) for check in chosen(options.select, options.ignore)],
        (options.settings.thresholds.model_dump_json(), options.settings.max_tokens),
        (options.tokenizer, fingerprint(options.tokenizer), options.duplicate_threshold, options.target),
        (options.meaning.embedder, options.meaning.map),
        (options.reading.format, sorted(options.reading.columns.items())),
        [str(source.path.resolve()) for source in sources],
        [_stamp(source) for source in options.against],
        (options.split, split_leaks.VERSION),
    )


def _stamp(source: Source) -> tuple[str, int, int]:
    state = source.path.stat()
    return as_text(source.path.resolve()), state.st_size, state.st_mtime_ns


def _about(cache: Cache, key: str) -> _About | None:
    path = cache.entry(f"{key}-about")
    return None if path is None else msgspec.json.decode(path.read_bytes(), type=_About)


def _frames(about: _About, cache: Cache) -> dict[str, pl.DataFrame] | None:
    """The frames by part; None: one of them was removed or damaged."""
    parts = _AUDIT_PARTS + (_SIMILAR_PARTS if about.has_similar else ())
    parts += _MEANING_PARTS if about.has_meaning else ()
    paths = {part: cache.entry(f"{about.generation}-{part}") for part in parts}
    if any(path is None for path in paths.values()):
        return None
    return {part: mapped(path) for part, path in paths.items() if path is not None}
