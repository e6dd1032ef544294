"""What a file holds, by its first bytes; its ending is asked only about text that could be anything."""

import io
import re
import shlex
from typing import Any

from curator.data.blocks import BYTE_ORDER_MARK
from curator.data.dialects.dialect import DIALECTS
from curator.data.json_line import decode_json
from curator.data.sources.containers import ARROW_FILE, ARROW_STREAM, HEAD, PARQUET
from curator.errors import UnreadableInput

_WIDE_MARKS = {
    b"\xff\xfe\x00\x00": "UTF-32",
    b"\x00\x00\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}
"""Byte order marks, the longer first."""
_FEWEST_PAIRS = 8
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\x0b\x0c\x1b\x08"))
_MOST_CONTROLS = 0.05
"""Share of control characters from which bytes are no text; in text there are some where a line is damaged."""
_LFS = re.compile(rb"version https://git-lfs\.github\.com/spec/v1\n(?:.*\n)*?size (\d+)")
_HOLDER = re.compile(
    rb'\{[^\[]*?"(?:data|dataset|rows|examples|items|records|samples|instances|results|train|questions)"\s*+:\s*+\['
)
SQUAD, TREE_ROWS = "squad", "tree-rows"
_SQUAD_KEYS = (b'"paragraphs"', b'"qas"')
_TREE_KEYS = (b"message_tree_id", b"parent_id", b"message_id")
_LOG_SIGN = re.compile(
    rb'"(?:sessionId|session_id|leafUuid|snapshot|payload|record_type|call_id|instructions|cwd|resourceSpans|attributes'
    rb'|run_type)\\?"\s*+:|"trace'
)
"""Without one of these keys, in an event or in the text of one, or a kind of trace nothing is the event of a log."""
_LONG_FIRST_EVENT = {
    "opentelemetry": re.compile(rb'\A\s*+\{\s*+"resourceSpans"\s*+:'),
    "langsmith": re.compile(rb'\A\s*+\{[^{}\[\]]*"run_type"\s*+:'),
    "claude-code": re.compile(rb'\A\s*+\{[^{}\[\]]*"sessionId"\s*+:'),
    "codex": re.compile(rb'\A\s*+\{[^{}\[\]]*"type"\s*+:\s*+"(?:session_meta|response_item)"'),
}
"""How a log begins whose first event is longer than what is looked at of a file."""
_TEXT_ENDINGS = (".txt", ".text", ".md")
_LINES_LOOKED_AT = 20


def kind_of_file(head: bytes, name: str, ending: str, *, is_complete: bool) -> str:
    """`jsonl`, `json-array`, `json-object`, `csv`, `parquet`, `arrow` or `text`.

    Args:
        head: its first bytes.
        name: of the source.
        ending: of its name below the endings of compression, in lower case.
        is_complete: whether these are all its bytes.

    Raises:
        UnreadableInput: it is nothing that can be read.
    """
    if head.startswith(PARQUET):
        return "parquet"
    if head.startswith((ARROW_FILE, ARROW_STREAM)):
        return "arrow"
    _refuse_other(head, name)
    body = head.removeprefix(BYTE_ORDER_MARK).lstrip()
    if body.startswith(b"["):
        return _of_lists(body, is_complete=is_complete)
    if body.startswith(b"{"):
        return _of_objects(body, is_complete=is_complete)
    if ending in (".csv", ".tsv") or _is_table(body):
        return "csv"
    return "text" if ending in _TEXT_ENDINGS else "jsonl"


def _of_lists(body: bytes, *, is_complete: bool) -> str:
    """A `[` opens an array of examples; or each line is a list of messages."""
    lines = _lines(body, is_complete=is_complete)
    if len(lines) > 1 and all(line.startswith(b"[") and line.endswith(b"]") for line in lines[:_LINES_LOOKED_AT]):
        values = [_decoded(line) for line in lines[:_LINES_LOOKED_AT]]
        return "jsonl" if any(value and is_message(value[0]) for value in values) else "json-array"
    from curator.data.sources.resuming import value_end

    begin = len(body) - len(body[1:].lstrip())
    end, _ = value_end(memoryview(body), begin)
    is_line = len(lines) <= 1 and b"\n" not in body.rstrip()
    return "jsonl" if is_line and end > 0 and is_message(_decoded(body[begin:end])) else "json-array"


def _of_objects(body: bytes, *, is_complete: bool) -> str:
    """A `{` opens an example on a line of its own, one over several lines, or an object with a list of examples."""
    lines = _lines(body, is_complete=is_complete)
    if not lines:
        return "json-object" if _holds_examples(body, None) else "jsonl"
    if not (is_complete and len(lines) == 1) and isinstance(_decoded(lines[0]), dict):
        return "jsonl"
    from curator.data.sources.resuming import value_end

    end, _ = value_end(memoryview(lines[0]), 0)
    if end >= 0:
        is_alone = is_complete and len(lines) == 1
        return "json-object" if is_alone and end and _holds_examples(body, _decoded(lines[0][:end])) else "jsonl"
    sound = sum(line.startswith(b"{") and value_end(memoryview(line), 0)[0] == len(line) for line in lines[1:])
    if 2 * sound > len(lines) - 1:
        return "jsonl"
    end, _ = value_end(memoryview(body), 0)
    return "json-object" if _holds_examples(body, _decoded(body[:end]) if end > 0 else None) else "json-array"


def _lines(body: bytes, *, is_complete: bool) -> list[bytes]:
    """The lines that are not blank, without the last one of a part."""
    lines = body.split(b"\n")
    return [line.strip() for line in (lines if is_complete else lines[:-1]) if line.strip()]


def _decoded(raw: bytes) -> Any:
    try:
        return decode_json(raw)
    except ValueError:
        return None


def _holds_examples(body: bytes, value: Any) -> bool:
    from curator.data.sources.json_values import JsonValues

    if isinstance(value, dict):
        for dialect in DIALECTS:
            own = (value[key] for key in dialect.required & value.keys())
            lists = (held for held in own if isinstance(held, list) and held)
            if dialect.fits(value) and not any(is_example(held[0]) for held in lists):
                return False
    return JsonValues(io.BytesIO(body), is_example).holds_examples() or (value is None and bool(_HOLDER.match(body)))


def is_example(value: Any) -> bool:
    """Whether a value looks like an example, in whatever form, or like an article with questions."""
    if isinstance(value, list):
        return bool(value) and is_message(value[0])
    return isinstance(value, dict) and (
        "paragraphs" in value or ("type" not in value and any(dialect.fits(value) for dialect in DIALECTS))
    )


def is_message(value: Any) -> bool:
    """Whether a value looks like a message."""
    return isinstance(value, dict) and ({"role", "content"} <= value.keys() or {"from", "value"} <= value.keys())


def _is_table(body: bytes) -> bool:
    """Whether the first line is a header: two names or more, of which one says what is below it."""
    from curator.data.column_names import KNOWN, delimiter_of

    first = body.split(b"\n", 1)[0].strip()
    names = [name.strip(b"\"' \r").decode("utf-8", "replace") for name in first.split(delimiter_of(first))]
    return len(names) > 1 and any(name.lower() in KNOWN for name in names)


def _refuse_other(head: bytes, name: str) -> None:
    encoding = _wide_encoding(head)
    if encoding:
        convert = f"iconv -f {encoding} -t UTF-8 {shlex.quote(name)} > utf8.jsonl"
        raise UnreadableInput(f"{name} is {encoding} and not UTF-8. Convert it first: {convert}")
    pointer = _LFS.match(head)
    if pointer:
        raise UnreadableInput(
            f"{name} is a pointer of Git LFS; the data themselves, {int(pointer[1]):,} bytes, are not here. "
            "Fetch them with `git lfs pull`."
        )
    if head[:HEAD].lstrip()[:15].lower().startswith((b"<!doctype html", b"<html")):
        raise UnreadableInput(f"{name} is a web page and not data. Download the file itself.")
    body = head.rstrip(b"\x00")
    if len(body.translate(None, _CONTROLS)) < (1 - _MOST_CONTROLS) * len(body) or not body:
        raise UnreadableInput(f"{name} is not text, nor any kind of file that is read here.")


def _wide_encoding(head: bytes) -> str | None:
    """The encoding of text in characters of two or four bytes, by its mark or its NUL bytes; None: it is another."""
    for mark, encoding in _WIDE_MARKS.items():
        if head.startswith(mark):
            return encoding
    for first, encoding in ((0, "UTF-16BE"), (1, "UTF-16LE")):
        zeros, others = head[first::2], head[1 - first :: 2]
        if len(zeros) > _FEWEST_PAIRS and b"\x00" not in others and zeros.count(0) > 0.9 * len(zeros):
            return encoding
    return None


def regrouping_of(head: bytes) -> str:
    """How examples are made of the elements that begin with `head`; "": each is one.

    `SQUAD`, `TREE_ROWS`, or the name of a log whose events they are.
    """
    if all(key in head for key in _SQUAD_KEYS):
        return SQUAD
    if all(key in head for key in _TREE_KEYS) and b'"replies"' not in head:
        return TREE_ROWS
    return _log_of(head) if _LOG_SIGN.search(head) else ""


def _log_of(head: bytes) -> str:
    from curator.data.logs.sessions import log_of

    values: list[Any] = []
    body, place = memoryview(head.removeprefix(BYTE_ORDER_MARK)), 0
    while len(values) < _LINES_LOOKED_AT:
        place = next((at for at in range(place, len(body)) if body[at] not in b" \t\r\n,["), len(body))
        if place == len(body) or body[place] != ord("{"):
            break
        end = _end_of_value(body, place)
        if end <= 0:
            break
        values.append(_decoded(bytes(body[place:end])))
        place = end
    if values:
        return log_of(values) or ""
    return next((name for name, sign in _LONG_FIRST_EVENT.items() if sign.search(head)), "")


def _end_of_value(body: memoryview, place: int) -> int:
    from curator.data.sources.resuming import value_end

    return value_end(body, place)[0]
