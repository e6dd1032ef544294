"""What can be asked without opening a project."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Unpack

import polars as pl

from curator.api.audited import AuditResult
from curator.api.data import Data, DataOptions, given
from curator.api.project import OpenProject

_THRESHOLD = 0.7


def open(data: Data, *, readonly: bool = False, **options: Unpack[DataOptions]) -> OpenProject:  # noqa: A001
    """Open data to decide about it; a context manager.

    Args:
        data: names of files, a frame, a `datasets` object or records; see docs/python.md.
        readonly: nothing is decided, and the project must be there.
        options: as on the command line: project, target, tokenizer, select, ignore, embedder, annotator, ...

    Raises:
        UnreadableInput: a file cannot be read.
        UsageError: an option is not possible.
    """
    return OpenProject(data, readonly=readonly, **options)


def audit(data: Data, **options: Unpack[DataOptions]) -> AuditResult:
    """Audit data without leaving anything beside them; what was decided about files counts.

    Args:
        data: names of files, a frame, a `datasets` object or records.
        options: as for `curator.open`.

    Raises:
        UnreadableInput: the data cannot be read.
        UsageError: an option is not possible.
    """
    return OpenProject(data, trial=True, **options).audit()


def duplicates(texts: Iterable[str], threshold: float = _THRESHOLD) -> pl.DataFrame:
    """Pairs of texts whose word 5-grams have a Jaccard similarity of at least `threshold`, each verified exactly.

    Args:
        texts: one without words is similar to none but its equals. Of equal texts each is paired with the first.
        threshold: from 0.3 to 1.

    Returns:
        columns left, right (positions in `texts`, left < right), similarity, exact (equal but for white space around
        them), sorted by position.

    Raises:
        UsageError: the threshold is not possible.
    """
    from curator.errors import UsageError
    from curator.review.duplicate_listing import list_duplicates

    if not 0.3 <= threshold <= 1:
        raise UsageError(f"threshold={threshold} is not possible: it goes from 0.3 to 1.")
    records = [{"text": text} for text in texts]
    empty = pl.DataFrame(schema={"left": pl.UInt32, "right": pl.UInt32, "similarity": pl.Float32, "exact": pl.Boolean})
    if len(records) < 2:
        return empty
    with OpenProject(records, trial=True, format="text") as project:
        listing = list_duplicates(project._open, threshold, ("copy",), "curator", lambda *_: None)
        lines = listing.loaded.facts["line"] - 1
        pairs = listing.pairs
        found = pairs.select(
            *(lines.gather(pairs[side]).alias(side) for side in ("left", "right")),
            pl.col("whole").cast(pl.Float32).alias("similarity"),
            "exact",
        )
    return pl.concat([empty, found.cast(empty.schema)]).sort("left", "right")


def leaks(train: Data, validation: Data, threshold: float = _THRESHOLD, *, meaning: bool = True) -> pl.DataFrame:
    """The examples of `validation` that are similar to one of `train`, or ask the same, in its words or in others.

    Args:
        train: names of files, a frame, a `datasets` object or records.
        validation: the same.
        threshold: Jaccard similarity of full texts.
        meaning: compare meaning, too.

    Returns:
        columns example (id), file, line, train_example, train_file, train_line (the nearest), similarity (null: below
        what was searched), same_prompt, cosine (of prompts that ask the same in other words; null: others).

    Raises:
        UnreadableInput: the data cannot be read.
    """
    from curator.audit.loading.load import ReadingOptions
    from curator.splitting.leaks_between import leaks_between

    known, held = given(train), given(validation)
    try:
        both = known.expanded(), held.expanded()
        found, _ = leaks_between(*both, threshold, ReadingOptions(), 0, lambda *_: None, meaning=meaning)
    finally:
        known.forget()
        held.forget()
    rows = []
    for one in found.nearest:
        other = one.other
        if one.leaks and other is not None:
            here = (one.example.example, one.example.file, one.example.line)
            rows.append(
                (*here, other.example, other.file, other.line, one.similarity, one.same_prompt is not None, one.cosine)
            )
    kinds = (pl.String, pl.String, pl.UInt32, pl.String, pl.String, pl.UInt32, pl.Float32, pl.Boolean, pl.Float32)
    names = (
        "example",
        "file",
        "line",
        "train_example",
        "train_file",
        "train_line",
        "similarity",
        "same_prompt",
        "cosine",
    )
    return pl.DataFrame(rows, schema=dict(zip(names, kinds, strict=True)), orient="row")


def validate(
    path: str | os.PathLike[str], target: str, *, model: str | None = None, tokenizer: str = "o200k_base"
) -> pl.DataFrame:
    """What a target's own rules say of a file, before upload; keys and passwords in it are errors too.

    Args:
        path: the file.
        target: a target's name.
        model: to be trained, for its limits.
        tokenizer: counts what a model cuts.

    Returns:
        columns line (null: the whole file), severity (error: the target refuses it), rule, message, place (such as
        `messages[2].weight`); empty where the target would accept the file without a word.

    Raises:
        UsageError: there is no such target.
        UnreadableInput: the file cannot be read.
    """
    from curator.exporting.validation import secrets_in, token_counter
    from curator.targets.file_validation import validate as violations

    file = Path(path)
    found = [*violations(file, target, model=model, count_tokens=token_counter(tokenizer)), *secrets_in(file)]
    rows = [(one.line, one.severity, one.rule, one.message, one.path) for one in found]
    schema = {"line": pl.UInt32, **dict.fromkeys(("severity", "rule", "message", "place"), pl.String)}
    return pl.DataFrame(rows, schema=schema, orient="row")
