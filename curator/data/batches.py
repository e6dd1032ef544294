"""From the values of one block to columns."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import msgspec
import polars as pl

from curator.data.blocks import BYTE_ORDER_MARK, Block
from curator.data.content import KNOWN_MESSAGE_KEYS, Content, Message, Refused
from curator.data.dialects.dialect import Dialect
from curator.data.dialects.published import as_object
from curator.data.frames import EXAMPLES, MESSAGES, MOST_REFUSED, Batch, found, nothing_found
from curator.data.identity import example_key, unreadable_key
from curator.data.json_line import InvalidEncoding, InvalidJson, decode_json
from curator.data.media import media_key, with_media
from curator.data.validation import Refusal, judge, refusal_of_meaning

_to_json = msgspec.json.encode

_LONG = 1 << 20
"""Bytes of a line from which on not all is said that is wrong with it."""
_SHORT = 32
"""Bytes of a line that is kept in mind when it is refused: some files are nothing but `{}` or blank lines."""
_KEPT_IN_MIND = 4_096
_MOST_REASONS = 20
"""Reasons listed of one line; what is wrong in every one of its messages is said often enough."""


SeeExample = Callable[[int, Content, dict[str, Any]], None]
"""Is shown an example: its row, what it means, and the fields that its dialect does not know."""


def read_batch(block: Block, dialect: Dialect, show: SeeExample | None = None) -> Batch:
    """The examples and refusals of a block; each example is shown to `show`, while it is an object."""
    examples: dict[str, list[Any]] = {name: [] for name in EXAMPLES}
    messages: dict[str, list[Any]] = {name: [] for name in MESSAGES}
    refused = _RefusedElements()
    partly: list[tuple[int, str]] = []
    for position, (line, raw, offset) in enumerate(block.elements()):
        fault = block.faults.get(position)
        outcome = [Refusal(*fault)] if fault else refused.before(raw) or read_example(raw, dialect)
        if isinstance(outcome, list):
            refused.add(line, raw, outcome, is_fault=bool(fault))
            continue
        value, content = outcome
        row = len(examples["row"])
        _add_example(examples, row, content, value, dialect.kind, dialect.known)
        if dialect.unread and (sentence := dialect.unread(value)):
            partly.append((row, sentence))
        examples["line"].append(line)
        examples["offset"].append(offset)
        examples["length"].append(len(raw))
        _add_messages(messages, row, content, _extra_message_keys(value, content))
        if show is not None:
            show(row, content, {key: held for key, held in value.items() if key not in dialect.known})
    return Batch(
        examples=pl.DataFrame(examples, schema=EXAMPLES, strict=False),
        messages=pl.DataFrame(messages, schema=MESSAGES, strict=False),
        refused=pl.concat([refused.frame(), _partly_read(partly)]),
        lines=len(block),
    )


def _partly_read(sentences: list[tuple[int, str]]) -> pl.DataFrame:
    """`FOUND` of examples of which a part could not be read with them."""
    frame = pl.DataFrame(sentences, schema={"row": pl.UInt32, "message": pl.String}, orient="row")
    note = frame.with_columns(pl.lit("warning").alias("severity"), pl.lit("review").alias("suggestion"))
    return found("unrecognised-example", note)


def batch_of(contents: Iterable[Content], kind: str) -> Batch:
    """Examples of one kind that come from no file, such as edited ones; they have neither line nor place."""
    examples: dict[str, list[Any]] = {name: [] for name in EXAMPLES}
    messages: dict[str, list[Any]] = {name: [] for name in MESSAGES}
    row = -1
    for row, content in enumerate(contents):
        _add_example(examples, row, content, {}, kind, frozenset())
        _add_messages(messages, row, content, {})
    examples |= {"line": [0] * (row + 1), "offset": [-1] * (row + 1), "length": [0] * (row + 1)}
    return Batch(
        examples=pl.DataFrame(examples, schema=EXAMPLES, strict=False),
        messages=pl.DataFrame(messages, schema=MESSAGES, strict=False),
        refused=nothing_found(),
        lines=0,
    )


def read_example(raw: bytes, dialect: Dialect) -> tuple[dict[str, Any], Content] | list[Refusal]:
    """The value and meaning of one line, or why it is not an example."""
    try:
        value = as_object(decode_json(raw.removeprefix(BYTE_ORDER_MARK)))
    except InvalidEncoding as error:
        return [Refusal("invalid-encoding", f"The line is not UTF-8: {error}.")]
    except InvalidJson as error:
        if not raw.strip():
            return [Refusal("invalid-json", "The line is empty.")]
        return [Refusal("invalid-json", f"The line is not JSON: {error}.")]
    refusals = judge(value, dialect, is_long=len(raw) > _LONG)
    if refusals:
        return refusals
    try:
        return value, with_media(dialect.content(value), value, dialect.known)
    except Refused as refused:
        return [refusal_of_meaning(refused)]


def _add_example(
    examples: dict[str, list[Any]],
    row: int,
    content: Content,
    value: dict[str, Any],
    kind: str,
    known: frozenset[str],
) -> None:
    examples["row"].append(row)
    examples["key"].append(example_key(content.identity()))
    examples["kind"].append(kind)
    examples["tools"].append(None if content.tools is None else _to_json(content.tools).decode())
    examples["label"].append(content.label)
    examples["expected"].append(content.answer)
    examples["media"].append(media_key(content))
    examples["completion"].append(isinstance(value.get("prompt"), str) and isinstance(value.get("completion"), str))
    extra = value.keys() - known
    examples["extra_keys"].append("\n".join(sorted(extra)) if extra else None)
    examples["extra"].append(_to_json({key: value[key] for key in sorted(extra)}).decode() if extra else None)


def _extra_message_keys(value: dict[str, Any], content: Content) -> dict[int, str]:
    """By message index, the keys of the original messages that no dialect knows, one a line."""
    turns = value.get("messages") or value.get("conversations")
    if not isinstance(turns, list) or not all(isinstance(turn, dict) for turn in turns):
        return {}
    shift = len(content.messages) - len(turns)
    extra = ((index, turn.keys() - KNOWN_MESSAGE_KEYS) for index, turn in enumerate(turns, shift) if len(turn) > 2)
    return {index: "\n".join(sorted(keys)) for index, keys in extra if keys}


def unread_message_keys(value: dict[str, Any], dialect: Dialect) -> list[str]:
    """Where a value, below its top level, holds something that its example lacks: `messages[2].mood`."""
    ours = {key: held for key, held in value.items() if key in dialect.known}
    asked = ours.get("input")
    holders = [("", ours), *([("input.", asked)] if isinstance(asked, dict) else [])]
    turns = [
        (f"{path}{key}" if index is None else f"{path}{key}[{index}]", turn)
        for path, holder in holders
        for key, held in holder.items()
        if isinstance(held, list | dict) and key not in ("tools", "functions", "contents")
        for index, turn in (enumerate(held) if isinstance(held, list) else [(None, held)])
        if isinstance(turn, dict) and not turn.keys().isdisjoint(("role", "from"))
    ]
    from curator.data.dialects.unread import unread_of, unread_of_turn

    found = [place for path, turn in turns for place in unread_of_turn(turn, path)]
    return list(dict.fromkeys([*found, *unread_of(ours, dialect.shape, "")]))


def _add_messages(columns: dict[str, list[Any]], row: int, content: Content, extra: dict[int, str]) -> None:
    first = len(content.messages)
    for part, messages, start in (
        ("messages", content.messages, 0),
        ("chosen", content.chosen, first),
        ("rejected", content.rejected, first),
    ):
        for index, message in enumerate(messages or (), start):
            columns["row"].append(row)
            columns["index"].append(index)
            columns["part"].append(part)
            columns["extra_keys"].append(extra.get(index) if part == "messages" else None)
            _add_message(columns, message)


def _add_message(columns: dict[str, list[Any]], message: Message) -> None:
    content = message.get("content")
    columns["role"].append(message["role"])
    if isinstance(content, list):
        texts = [part["text"] for part in content if part.get("text") is not None]
        columns["content"].append("\n".join(texts) if texts else None)
        columns["parts"].append(_to_json(content).decode())
    else:
        columns["content"].append(content)
        columns["parts"].append(None)
    calls = message.get("tool_calls")
    columns["tool_calls"].append(None if calls is None else _to_json(calls).decode())
    for key in ("name", "tool_call_id", "weight", "reasoning"):
        columns[key].append(message.get(key))


class _RefusedElements:
    """The lines of a block that are not examples: the first ones with their reasons, of the others how many."""

    def __init__(self) -> None:
        self._lines = 0
        self._listed: list[tuple[int, int, Refusal]] = []
        self._more: Counter[tuple[str, int]] = Counter()
        self._short: dict[bytes, list[Refusal]] = {}

    def before(self, raw: bytes) -> list[Refusal] | None:
        """What was said of the same bytes earlier in the block; None: nothing, or they were not kept in mind."""
        return self._short.get(raw)

    def add(self, line: int, raw: bytes, reasons: list[Refusal], *, is_fault: bool) -> None:
        self._lines += 1
        key = unreadable_key(raw, reasons[0].check if is_fault else None)
        if len(raw) <= _SHORT and len(self._short) < _KEPT_IN_MIND:
            self._short[raw] = reasons
        if self._lines <= MOST_REFUSED:
            self._listed += [(line, key, reason) for reason in reasons[:_MOST_REASONS]]
        else:
            self._more[reasons[0].check, key] += 1

    def frame(self) -> pl.DataFrame:
        """`FOUND`."""
        if not self._listed:
            return nothing_found()
        names = [reason.check for _, _, reason in self._listed] + [check for check, _ in self._more]
        listed = {
            "suggestion": pl.Series([reason.suggestion for _, _, reason in self._listed], dtype=pl.String),
            "line": [line for line, _, _ in self._listed],
            "message": [reason.message for _, _, reason in self._listed],
            "message_index": pl.Series([reason.message_index for _, _, reason in self._listed], dtype=pl.Int32),
            "key": pl.Series([key for _, key, _ in self._listed], dtype=pl.UInt64),
        }
        counted = {"more": list(self._more.values()), "key": [key for _, key in self._more]}
        more = found("", pl.DataFrame(counted, schema={"more": pl.UInt32, "key": pl.UInt64}))
        together = pl.concat([found("", pl.DataFrame(listed)), more])
        return together.with_columns(pl.Series("check", names, dtype=pl.String))
