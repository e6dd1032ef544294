"""The JSON Lines that a run leaves in its folder."""

from pathlib import Path
from typing import Any

import msgspec

from curator.errors import WorkFailed


def lines_of(path: Path) -> list[dict[str, Any]]:
    """The lines of a JSONL file; none where it is missing.

    Raises:
        WorkFailed: a line is not JSON any more.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return []
    try:
        return [msgspec.json.decode(line) for line in content.split(b"\n") if line]
    except msgspec.DecodeError as error:
        raise WorkFailed(f"{path} is damaged: {error}. It is no longer what was handed over.") from error
