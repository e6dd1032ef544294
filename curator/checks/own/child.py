"""The process in which own checks run, as `python -m curator.checks.own.child SOURCE...` (`file:PATH`, `module:NAME`).

It first answers with the checks that the sources define, then with what a check finds in a block, as often as it is
asked. What it prints goes to standard error.
"""

import os
import runpy
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from importlib import import_module
from io import BytesIO
from typing import IO, Any, get_args

import msgspec
import polars as pl

from curator.checks.own.decorator import DEFINED, Definition, Severity, Suggestion

_COLUMNS = {
    "row": pl.UInt32,
    "message": pl.String,
    "message_index": pl.Int32,
    "start": pl.UInt32,
    "end": pl.UInt32,
    "score": pl.Float32,
    "severity": pl.String,
    "suggestion": pl.String,
}
"""What a finding of an own check may say."""
_POSSIBLE = {"severity": get_args(Severity), "suggestion": get_args(Suggestion)}
_LENGTH = 8


def write(stream: IO[bytes], *parts: bytes) -> None:
    """Write parts, each after its length."""
    for part in parts:
        stream.write(len(part).to_bytes(_LENGTH, "big") + part)
    stream.flush()


def _read(stream: IO[bytes]) -> bytes:
    length = stream.read(_LENGTH)
    if len(length) < _LENGTH:
        os._exit(0)  # whoever asked is gone
    return stream.read(int.from_bytes(length, "big"))


def main(sources: list[str]) -> None:
    """Answer until nobody asks any more."""
    threading.Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()
    asked, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    write(answers, msgspec.json.encode(_loaded(sources)))
    while True:
        name, examples, messages = (_read(asked) for _ in range(3))
        answer = _answer(DEFINED[name.decode()], *(pl.read_ipc(BytesIO(part)) for part in (examples, messages)))
        write(answers, *answer)


def _end_with_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def _loaded(sources: list[str]) -> dict[str, Any]:
    for source in sources:
        kind, _, name = source.partition(":")
        try:
            runpy.run_path(name, run_name="own_checks") if kind == "file" else import_module(name)
        except BaseException as problem:  # whatever a file does while it is read, even to leave
            return {"failed": f"{name} could not be read as a file of checks: {_words(problem, name)}."}
    fields = ("name", "severity", "suggestion", "title", "docstring")
    return {"checks": [{field: getattr(one, field) for field in fields} for one in DEFINED.values()]}


def _answer(check: Definition, examples: pl.DataFrame, messages: pl.DataFrame) -> tuple[bytes, bytes]:
    """What failed, "" for nothing, and the findings as Arrow."""
    failed = ""
    found: list[dict[str, Any]] = []
    frame = pl.DataFrame(schema=_COLUMNS)
    try:
        if check.of == "block":
            frame = _from_block(check, examples, messages)
        else:
            failed = _look_at_each(check, examples, messages, found)
            frame = pl.DataFrame(found, schema=_COLUMNS)
    except BaseException as problem:  # of the check, which must not end an audit
        failed = f"It failed on a block of {len(examples):,} examples: {_words(problem)}."
    stream = BytesIO()
    frame.write_ipc(stream)
    return failed.encode(), stream.getvalue()


_OWN = os.getpid()


def _called(check: Definition, *arguments: Any) -> Any:
    """What the function returns in the process that was asked; a fork of it ends here."""
    try:
        return check.function(*arguments)
    finally:
        if os.getpid() != _OWN:
            os._exit(0)


def _from_block(check: Definition, examples: pl.DataFrame, messages: pl.DataFrame) -> pl.DataFrame:
    frame = _called(check, examples, messages)
    if frame is None:
        return pl.DataFrame(schema=_COLUMNS)
    if isinstance(frame, pl.LazyFrame):
        frame = frame.collect()
    if not isinstance(frame, pl.DataFrame) or "row" not in frame.columns:
        raise TypeError("a check of a block returns a polars frame with the column row")
    if not frame["row"].is_in(examples["row"].implode()).all():
        raise ValueError("a row is returned that is not in the block")
    columns = [
        pl.col(name).cast(kind) if name in frame.columns else pl.lit(None, kind).alias(name)
        for name, kind in _COLUMNS.items()
    ]
    frame = frame.select(columns).with_columns(pl.col("message").fill_null(f"{check.title}."))
    for name, possible in _POSSIBLE.items():
        if not frame[name].drop_nulls().is_in(possible).all():
            raise ValueError(f"{name} is one of {', '.join(possible)}")
    return frame


def _look_at_each(
    check: Definition, examples: pl.DataFrame, messages: pl.DataFrame, found: list[dict[str, Any]]
) -> str:
    """Add what is found in each example; how often it failed, and how first."""
    failures, first = 0, ""
    for row, line, example in _as_dicts(examples, messages):
        try:
            found += [{"row": row} | _finding(check, one) for one in _listed(_called(check, example))]
        except BaseException as problem:  # the same
            failures += 1
            first = first or f"line {line}: {_words(problem)}"
    count = "1 example" if failures == 1 else f"{failures:,} examples"
    return f"It failed on {count} of a block of {len(examples):,}, first on {first}." if failures else ""


def _listed(returned: Any) -> list[Any]:
    if returned is None or returned is False:
        return []
    return list(returned) if isinstance(returned, list | tuple) else [returned]


def _finding(check: Definition, one: Any) -> dict[str, Any]:
    if one is True:
        return {"message": f"{check.title}."}
    if isinstance(one, str):
        return {"message": one}
    if not isinstance(one, dict) or not one.keys() <= _COLUMNS.keys() - {"row"}:
        raise TypeError("a check returns nothing, a sentence, or a dict with message, or a list of these")
    for name, possible in _POSSIBLE.items():
        if one.get(name) not in (None, *possible):
            raise ValueError(f"{name} is one of {', '.join(possible)}")
    return {"message": f"{check.title}."} | one


def _as_dicts(examples: pl.DataFrame, messages: pl.DataFrame) -> Iterator[tuple[int, int, dict[str, Any]]]:
    """Row, line and the example as a dict: messages, chosen and rejected, tools, label, and unknown fields."""
    by_row: dict[int, list[dict[str, Any]]] = {}
    for message in messages.iter_rows(named=True):
        by_row.setdefault(message["row"], []).append(message)
    for row in examples.iter_rows(named=True):
        example: dict[str, Any] = msgspec.json.decode(row["extra"]) if row["extra"] else {}
        for part in ("messages", "chosen", "rejected"):
            turns = [_turn(one) for one in by_row.get(row["row"], ()) if one["part"] == part]
            if turns or part == "messages":
                example[part] = turns
        example |= {"tools": msgspec.json.decode(row["tools"])} if row["tools"] else {}
        example |= {"label": row["label"]} if row["label"] is not None else {}
        yield row["row"], row["line"], example


def _turn(message: dict[str, Any]) -> dict[str, Any]:
    turn = {"role": message["role"], "content": message["content"] or ""}
    for name in ("name", "tool_call_id", "weight", "reasoning"):
        if message[name] is not None:
            turn[name] = message[name]
    if message["tool_calls"]:
        turn["tool_calls"] = msgspec.json.decode(message["tool_calls"])
    return turn


def _words(problem: BaseException, name: str = "") -> str:
    """What was raised, and where in the person's own file."""
    frames = [frame for frame in traceback.extract_tb(problem.__traceback__) if frame.filename != __file__]
    own = [frame for frame in frames if frame.filename == name] or frames[-1:]
    where = f" ({os.path.basename(own[-1].filename)}, line {own[-1].lineno})" if own else ""  # noqa: PTH119
    said = str(problem).strip().rstrip(".")
    return f"{type(problem).__name__}{f': {said}' if said else ''}{where}"


if __name__ == "__main__":
    main(sys.argv[1:])
