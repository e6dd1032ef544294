"""The Parquet copy of a Hugging Face export: one typed row group at a time, nothing ragged.

Tool arguments and definitions are JSON texts here: a column of structures would fill the arguments of different tools
with each other's keys.
"""

from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec

_GROUP = 2000
"""Examples in a row group: a few megabytes in memory."""

_to_json = msgspec.json.encode
_PARTS = ("messages", "prompt", "chosen", "rejected", "completion")


class ParquetCopy:
    """Parquet files beside the JSON Lines, for as long as every example fits their columns."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._waiting: dict[str, list[dict[str, Any]]] = {}
        self._writers: dict[str, Any] = {}
        self._columns: tuple[str, ...] | None = None
        self._files = ExitStack()
        self._is_given_up = False

    def add(self, split: str, line: dict[str, Any]) -> None:
        """Add one example; content in parts, a second form of line, or a prompt, ends the copy."""
        if self._is_given_up:
            return
        columns = tuple(key for key in (*_PARTS, "text", "label") if key in line)
        if self._columns is None:
            self._columns = columns
        if columns in (("prompt",), ()) or columns != self._columns or _has_parts(line):
            self._give_up()
            return
        waiting = self._waiting.setdefault(split, [])
        waiting.append(_flat(line, columns))
        if len(waiting) >= _GROUP:
            self._write(split)

    def finish(self) -> None:
        """Write what is waiting and close the files."""
        for split in list(self._waiting):
            self._write(split)
        self.abandon()

    def abandon(self) -> None:
        """Close the files, whatever becomes of them."""
        with self._files:
            for writer in self._writers.values():
                writer.close()

    def _write(self, split: str) -> None:
        import pyarrow
        from pyarrow import parquet

        if not self._waiting[split]:
            return
        schema = _schema(self._columns or ())
        if split not in self._writers:
            path = self._folder / f"{split}.parquet"
            file = self._files.enter_context(path.open("wb"))  # by a path that is not UTF-8, too
            self._writers[split] = parquet.ParquetWriter(file, schema, compression="zstd")
        self._writers[split].write_table(pyarrow.Table.from_pylist(self._waiting[split], schema=schema))
        self._waiting[split] = []

    def _give_up(self) -> None:
        self._is_given_up = True
        self._waiting = {}
        self.abandon()
        for split in self._writers:
            (self._folder / f"{split}.parquet").unlink()
        self._writers = {}


def _has_parts(line: dict[str, Any]) -> bool:
    return any(isinstance(message.get("content"), list) for part in _PARTS for message in line.get(part) or ())


def _flat(line: dict[str, Any], columns: tuple[str, ...]) -> dict[str, Any]:
    flat = {key: [_message(message) for message in line[key]] if key in _PARTS else line[key] for key in columns}
    tools = line.get("tools")
    flat["tools"] = None if tools is None else _to_json(tools).decode()
    return flat


def _message(message: dict[str, Any]) -> dict[str, Any]:
    calls = message.get("tool_calls")
    if not calls:
        return message
    flat_calls = []
    for call in calls:
        function = dict(call["function"])
        if not isinstance(function["arguments"], str):
            function["arguments"] = _to_json(function["arguments"]).decode()
        flat_calls.append({**call, "function": function})
    return {**message, "tool_calls": flat_calls}


def _schema(columns: tuple[str, ...]) -> Any:
    import pyarrow

    text = pyarrow.string()
    function = pyarrow.struct([("name", text), ("arguments", text)])
    call = pyarrow.struct([("id", text), ("type", text), ("function", function)])
    message = pyarrow.struct(
        [
            ("role", text),
            ("content", text),
            ("name", text),
            ("tool_calls", pyarrow.list_(call)),
            ("tool_call_id", text),
            ("weight", pyarrow.float64()),
            ("reasoning_content", text),
        ]
    )
    kinds = {"text": text, "label": pyarrow.bool_()}
    fields = [(name, kinds.get(name, pyarrow.list_(message))) for name in columns]
    return pyarrow.schema([*fields, ("tools", text)])
