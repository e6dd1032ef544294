"""Calls that are made again and again."""

import msgspec
import polars as pl

from curator.checks.check import Check, CheckSettings
from curator.data.frames import Batch, found
from curator.data.safe_text import visible

_LONGEST_PERIOD = 3
"""Calls that a loop goes through before it begins again."""

_Step = tuple[int, str, int]
"""Message index, name of the tool, and a hash of call and result."""


def _repeated(batch: Batch, settings: CheckSettings) -> pl.DataFrame:
    turns = with_tools(batch).select("row", "index", "role", "content", "tool_calls", "tool_call_id")
    rows: list[tuple[int, int, str, float]] = []
    for (row,), messages in turns.partition_by("row", as_dict=True, maintain_order=True).items():
        steps = _steps(messages)
        loop = _loop(steps, settings.thresholds.repeated_calls)
        if loop is not None:
            start, period, times = loop
            names = ", ".join(f"'{visible(name[:64], one_line=True)}'" for _, name, _ in steps[start : start + period])
            what = f"The call to {names} is" if period == 1 else f"The calls to {names} are"
            sentence = f"{what} made {times} times in a row, with the same arguments and the same result."
            rows.append((row, steps[start][0], sentence, times))
    schema = {"row": pl.UInt32, "message_index": pl.Int32, "message": pl.String, "score": pl.Float32}
    return found("repeated-tool-call", pl.DataFrame(rows, schema=schema, orient="row"))


def _steps(messages: pl.DataFrame) -> list[_Step]:
    """The calls of an example in order, each with its result."""
    steps: list[_Step] = []
    waiting: list[tuple[int, str, str, str | None]] = []

    def done(result_id: str | None, content: str | None) -> None:
        at = next((at for at, one in enumerate(waiting) if result_id in (None, one[3])), 0)
        index, name, arguments, _ = waiting.pop(at)
        steps.append((index, name, hash((name, arguments, content))))

    for _, index, role, content, calls, result_id in messages.iter_rows():
        if calls is not None:
            while waiting:
                done(None, None)
            for call in msgspec.json.decode(calls):
                function = call["function"]
                waiting.append((index, function["name"], str(function["arguments"]), call.get("id")))
        elif role == "tool" and waiting:
            done(result_id, content)
    while waiting:
        done(None, None)
    return steps


def _loop(steps: list[_Step], wanted: int) -> tuple[int, int, int] | None:
    """Where the first loop begins, how many calls it goes through, and how often."""
    keys = [key for _, _, key in steps]
    for period in range(1, _LONGEST_PERIOD + 1):
        run = start = 0
        for at in range(period, len(keys)):
            if keys[at] == keys[at - period]:
                start = at - period if run == 0 else start
                run += 1
                is_last = at + 1 == len(keys) or keys[at + 1] != keys[at + 1 - period]
                if is_last and run >= period * (wanted - 1):
                    return start, period, run // period + 1
            else:
                run = 0
    return None


CALL_CHECKS = (
    Check(
        name="repeated-tool-call",
        family="agents",
        severity="warning",
        suggestion="review",
        version=1,
        title="the same call again and again",
        find=_repeated,
    ),
)


_SPOKEN = pl.col("part") != "rejected"


def with_tools(batch: Batch) -> pl.DataFrame:
    """The messages of examples with a tool call or a tool's result, of a pair those with the chosen answer."""
    uses = (pl.col("role") == "tool") | pl.col("tool_calls").is_not_null()
    rows = batch.messages.filter(uses & _SPOKEN).select("row").unique()
    if rows.is_empty():
        return batch.messages.clear()
    return batch.messages.filter(_SPOKEN).join(rows, on="row", how="semi", maintain_order="left")
