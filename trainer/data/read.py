"""Read `train.jsonl` and its siblings: OpenAI chat messages, one example a line."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from trainer.contract.errors import DataError
from trainer.contract.examples import Conversation, LineError, conversation_of

WORST_SHOWN = 5
Refuse = Callable[[str, str, str], object]
_HALF_CHARACTER = re.compile(rb"\\u[dD][89a-fA-F]")


def read_conversations(path: Path, refuse: Refuse | None = None) -> list[Conversation]:
    """Read a file of examples.

    Args:
        path: of the file.
        refuse: is told the file, the line and the reason of a line that cannot be read, which is then skipped.

    Raises:
        DataError: the file is missing or empty, or lines cannot be read (the first five are named).
    """
    if not path.is_file():
        raise DataError(f"{path} does not exist. A run folder needs it: one JSON object a line with 'messages'.")
    conversations, problems, names, hints = [], [], set(), set[str]()
    for number, line in _lines(path):
        try:
            conversation = conversation_of(_decoded(line), f"line {number}")
        except LineError as problem:
            if refuse is not None:
                refuse(path.name, f"line {number}", "; ".join(filter(None, (str(problem), problem.hint))))
            else:
                problems.append(f"line {number}: {problem}")
                hints.add(problem.hint)
            continue
        if conversation.name in names:
            conversation = replace(conversation, name=f"{conversation.name} (line {number})")
        names.add(conversation.name)
        conversations.append(conversation)
    if problems:
        more = f" (and {len(problems) - WORST_SHOWN} more lines)" if len(problems) > WORST_SHOWN else ""
        shown = "; ".join(problems[:WORST_SHOWN])
        raise DataError(
            f"{path.name} has {len(problems)} unusable lines: {shown}{more}. Correct them, or skip them with "
            "--skip-untrainable." + "".join(f" {hint}." for hint in sorted(hints) if hint)
        )
    if not conversations:
        raise DataError(f"{path} holds no example.")
    return conversations


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if number == 1:
                line = line.removeprefix(b"\xef\xbb\xbf")
            if line.strip():
                yield number, line


def _decoded(line: bytes) -> Any:
    try:
        raw = json.loads(line)
    except (ValueError, RecursionError) as problem:
        raise LineError(f"not JSON ({problem})") from problem
    if _HALF_CHARACTER.search(line):  # JSON can write half a surrogate pair; a tokenizer cannot read it
        try:
            json.dumps(raw, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise LineError("an unpaired surrogate (such as \\ud83d), which is not a character") from None
    return raw
