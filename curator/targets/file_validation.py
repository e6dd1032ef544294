"""A target's rules on any file, line by line, before anything is uploaded."""

from collections.abc import Callable, Iterator
from pathlib import Path

from curator.data.content import Content
from curator.data.json_line import InvalidEncoding, InvalidJson, decode_json
from curator.data.sources.source import Source, blocks, inspect
from curator.errors import UnreadableInput
from curator.targets.file_rules import FileJudge, LineHashes, name_violations
from curator.targets.registry import target_named
from curator.targets.target import Target
from curator.targets.violation import Value, Violation, error, warning

CountTokens = Callable[[Content], int]
"""Tokens of one example, as the model that is to be trained counts them."""

MARK = b"\xef\xbb\xbf"
_TOKENISED = {"input_ids", "attention_mask", "labels", "position_ids"}
"""Columns of a tokenised Parquet file (together 3.1.1, lib/constants.py PARQUET_EXPECTED_COLUMNS)."""


def validate(
    path: Path,
    target: str,
    *,
    against: Path | None = None,
    model: str | None = None,
    count_tokens: CountTokens | None = None,
) -> Iterator[Violation]:
    """Every rule of `target` that the file breaks, in the order of lines; those of the whole file last.

    Args:
        path: any file; gzip, zstd, JSON arrays and Parquet are read too.
        target: see `targets.TARGETS`.
        against: the other split: a line in both is a violation.
        model: the model to be trained, for its limit of tokens.
        count_tokens: counts the tokens of one example; without it no limit of tokens is judged.

    Raises:
        UsageError: there is no such target.
        UnreadableInput: the file is missing, a directory, empty or binary.
    """
    chosen = target_named(target)
    known: LineHashes = {}
    if against is not None:
        _remember(against, known)
    yield from _file_violations(path, chosen, known, model, count_tokens)


def _file_violations(
    path: Path, target: Target, known: LineHashes, model: str | None, count_tokens: CountTokens | None
) -> Iterator[Violation]:
    source = inspect(path, str(path))
    yield from name_violations(path.name, target)
    if source.format == "csv":
        return
    if source.format == "parquet" and target.name == "together":
        yield from _tokenised_violations(path)
        return
    yield from mark_violations(path, target)
    judge = FileJudge(target, str(path), known=known, model=model)
    for number, value, fault in values(source):
        if fault is not None:
            judge.lines += 1
            yield fault._replace(line=number)
            continue
        content = target.read(value) if count_tokens is not None else None
        yield from judge.line(value, number, count_tokens(content) if count_tokens and content else None)
        judge.accept(value, number)
    yield from judge.end(path.stat().st_size)


def values(source: Source) -> Iterator[tuple[int, Value, Violation | None]]:
    """Number and value of every line, or why it has none."""
    for block in blocks(source):
        for position, (number, raw, _) in enumerate(block.elements()):
            fault = block.faults.get(position)
            if fault is not None:
                yield number, None, error(*fault)
                continue
            try:
                yield number, decode_json(raw), None
            except InvalidEncoding as problem:
                yield number, None, error("invalid-encoding", f"The line is not UTF-8: {problem}.")
            except InvalidJson as problem:
                sentence = f"The line is not JSON: {problem}." if raw.strip() else "The line is empty."
                yield number, None, error("invalid-json", sentence)


def mark_violations(path: Path, target: Target) -> Iterator[Violation]:
    """What the target has against the byte-order mark at the start of the file, or its absence."""
    with path.open("rb") as file:
        is_marked = file.read(len(MARK)) == MARK
    if target.file.mark == "needed" and not is_marked:
        sentence = f"{target.title} wants UTF-8 with a byte-order mark, and the file begins without one."
        yield error("byte-order-mark", sentence)._replace(line=1)
    elif is_marked and target.file.mark == "refused":
        sentence = f"The file begins with a byte-order mark, and {target.title} then fails on its first line."
        yield error("byte-order-mark", sentence)._replace(line=1)
    elif is_marked and target.file.mark == "unwanted":
        sentence = "The file begins with a byte-order mark, which many readers take for a part of the first line."
        yield warning("byte-order-mark", sentence)._replace(line=1)


def _remember(path: Path, known: LineHashes) -> None:
    judge = FileJudge(target_named("openai"), str(path), known=known)
    for number, value, fault in values(inspect(path, str(path))):
        if fault is None:
            judge.accept(value, number)


def _tokenised_violations(path: Path) -> Iterator[Violation]:
    import pyarrow
    from pyarrow import parquet

    try:
        columns = set(parquet.read_schema(path).names)
    except pyarrow.ArrowException as problem:
        raise UnreadableInput(f"{path} is not sound Parquet: {problem}.") from None
    if "input_ids" not in columns:
        yield error("unrecognised-example", "A Parquet file for Together is tokenised: it needs a column input_ids.")
    for column in sorted(columns - _TOKENISED):
        yield error("unexpected-key", f"Together does not know the column '{column}' of a tokenised file.", column)
