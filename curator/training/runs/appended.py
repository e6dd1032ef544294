"""Files in a run's folder that grow line by line, as a person or a judge gives answers; nothing given is lost."""

import json
import os
from pathlib import Path
from typing import Any

from curator.data.files.permissions import as_its_folder
from curator.errors import WorkFailed


def append_line(path: Path, line: dict[str, Any]) -> None:
    """Add a line; on return it is on disk. What a crash or a full disk left half written before is cut off first."""
    with path.open("ab+") as file:
        as_its_folder(path)
        file.truncate(_complete_lines(path))
        file.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def appended_lines(path: Path) -> list[dict[str, Any]]:
    """The whole lines; none where there is no file yet.

    Raises:
        WorkFailed: a line inside the file is not JSON any more.
    """
    if not path.is_file():
        return []
    try:
        return [json.loads(line) for line in path.read_bytes()[: _complete_lines(path)].splitlines()]
    except ValueError as error:
        raise WorkFailed(f"{path} is damaged: {error}. Correct or delete the line; the others are sound.") from error


def _complete_lines(path: Path) -> int:
    """Bytes up to the end of the last whole line."""
    return path.read_bytes().rfind(b"\n") + 1
