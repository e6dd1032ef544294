"""The app's log, for what would otherwise go over the screen: prints and warnings of libraries, and every error."""

from datetime import datetime
from pathlib import Path

import platformdirs

_NAME = "app.log"
_LARGEST = 1_000_000
"""Bytes after which the log is begun anew; the one before it is kept as `app.log.1`."""


def log_file() -> Path:
    """Where it is."""
    return platformdirs.user_state_path("curator") / _NAME


def log(text: str, folder: Path | None = None) -> Path | None:
    """Add lines to the log in a folder, or else to the user's; the file, or None: neither can be written."""
    lines = "".join(f"{datetime.now():%Y-%m-%d %H:%M:%S} {line}\n" for line in text.splitlines() if line.strip())
    for path in (*([] if folder is None else [folder / _NAME]), log_file()):
        try:
            _append(path, lines)
        except OSError:
            continue
        return path
    return None


def _append(path: Path, lines: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > _LARGEST:
        path.replace(path.with_suffix(".log.1"))
    path.touch(mode=0o600)  # an error may hold a text of the data
    with path.open("a", encoding="utf-8", errors="backslashreplace") as file:
        file.write(lines)
