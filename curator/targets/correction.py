"""A corrected copy of a file: what can be corrected without guessing is, and the rest is skipped and named."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from curator.data.batches import unread_message_keys
from curator.data.content import Content, Refused
from curator.data.dialects.dialect import DIALECTS, Dialect
from curator.data.files.atomic import atomic_file
from curator.data.files.permissions import allowed_by
from curator.data.media import with_media
from curator.data.sources.source import inspect
from curator.data.validation import judge as refusals
from curator.errors import DISK_FULL, UsageError, WorkFailed
from curator.targets.conversion import to_line
from curator.targets.file_rules import FileJudge
from curator.targets.file_validation import MARK, values
from curator.targets.registry import target_named
from curator.targets.target import Target
from curator.targets.violation import Loss, Value, Violation

LISTED = 1000
"""Changed lines, and skipped lines, that are kept in memory with their reasons; all are counted."""


@dataclass
class Corrected:
    """What became of a file.

    Attributes:
        path: of the corrected copy.
        kept: lines that are as they were.
        changed: lines that were corrected; `changes` has the first of them with what was wrong and what was lost.
        skipped: lines that could not be; `refused` has the first of them with their errors.
    """

    path: Path
    kept: int = 0
    changed: int = 0
    skipped: int = 0
    changes: list[tuple[int, list[Violation], list[Loss]]] = field(default_factory=list)
    refused: list[tuple[int, list[Violation]]] = field(default_factory=list)


def corrected_path(path: Path, target: Target) -> Path:
    """`train.jsonl` corrected is `train.corrected.jsonl`."""
    stem = path.name.split(".", 1)[0] or path.stem
    return path.with_name(f"{stem}.corrected{'.jsonl' if '.jsonl' in target.file.endings else path.suffix}")


def correct(path: Path, target: str, out: Path | None = None) -> Corrected:
    """Write a corrected copy of `path`.

    A line without an error keeps its value. One with an error is read as an example, in whatever form it has, and
    written again as the target wants it; when it then still has an error, or cannot be read, it is skipped. Second
    lines of equal ones are skipped where the target refuses them. A byte-order mark is put in or taken away.

    Args:
        path: the file; it is never changed.
        target: see `targets.TARGETS`.
        out: the copy; None: see `corrected_path`.

    Raises:
        UsageError: there is no such target, the copy is there already or cannot be written.
        UnreadableInput: the file is missing, a directory, empty or binary.
        WorkFailed: the disk is full.
    """
    chosen = target_named(target)
    source = inspect(path, str(path))
    copy = out or corrected_path(path, chosen)
    if copy.exists():
        raise UsageError(f"{copy} is there already. Move it away, or name another file.")
    result = Corrected(copy)
    try:
        with atomic_file(copy, allowed_by([path])) as unfinished, unfinished.open("wb") as file:
            if chosen.file.mark == "needed":
                file.write(MARK)
            for value in _corrected_values(values(source), chosen, result):
                file.write(msgspec.json.encode(value) + b"\n")
    except OSError as problem:
        if problem.errno in DISK_FULL:
            raise WorkFailed(f"The disk that holds {copy} is full. Make room and try again.") from problem
        raise UsageError(f"{copy} cannot be written: {problem.strerror or problem}.") from problem
    return result


def exportable_lines(path: Path, target: str) -> int:
    """How many lines the target refuses as they are, and accepts as an export writes them.

    Raises:
        UsageError: there is no such target.
        UnreadableInput: the file is missing, a directory, empty or binary.
    """
    chosen = target_named(target)
    return sum(
        fault is None and isinstance(value, dict) and _is_exportable(value, chosen)
        for _, value, fault in values(inspect(path, str(path)))
    )


def _is_exportable(value: dict[str, Any], target: Target) -> bool:
    if not any(found.severity == "error" for found in target.violations(value)):
        return False
    again = _rewritten(value, target)
    return again is not None and not any(found.severity == "error" for found in target.violations(again[0]))


def _corrected_values(
    lines: Iterator[tuple[int, Value, Violation | None]], target: Target, result: Corrected
) -> Iterator[dict[str, Any]]:
    judge = FileJudge(target, str(result.path))
    for number, value, fault in lines:
        found = [fault._replace(line=number)] if fault is not None else _errors(judge, value, number)
        if not found:
            result.kept += 1
            judge.accept(value, number)
            yield value
            continue
        again = None if fault is not None else _rewritten(value, target)
        left = found if again is None else _errors(judge, again[0], number)
        if again is None or left:
            result.skipped += 1
            if len(result.refused) < LISTED:
                result.refused.append((number, left))
            continue
        result.changed += 1
        if len(result.changes) < LISTED:
            result.changes.append((number, found, again[1]))
        judge.accept(again[0], number)
        yield again[0]


def _errors(judge: FileJudge, value: Value, number: int) -> list[Violation]:
    return [violation for violation in judge.line(value, number) if violation.severity == "error"]


def _rewritten(value: Value, target: Target) -> tuple[dict[str, Any], list[Loss]] | None:
    """The line as the target writes the example in it, and what was lost; None where there is none."""
    read = _read(value, target)
    if read is None:
        return None
    content, dialect = read
    extra = {key: held for key, held in value.items() if key not in dialect.known}
    parts = dialect.prompt_parts(value)
    is_text, unread = dialect.kind == "text", unread_message_keys(value, dialect)
    rewritten = to_line(content, extra, target, text_only=is_text, prompt_parts=parts, unread=unread)
    return None if rewritten.value is None else (rewritten.value, rewritten.losses)


def _read(value: Value, target: Target) -> tuple[Content, Dialect] | None:
    for dialect in (*target.dialects, *DIALECTS):
        if not dialect.fits(value) or refusals(value, dialect):
            continue
        try:
            return with_media(dialect.content(value), value, dialect.known), dialect
        except Refused:
            continue
    return None
