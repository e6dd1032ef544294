"""The app's log, for what would otherwise go over the screen: prints and warnings of libraries, and every error."""

import contextlib
from datetime import datetime
from pathlib import Path

import platformdirs

_LARGEST = 1_000_000
"""Bytes after which the log is begun anew; the one before it is kept as `app.log.1`."""


def log_file() -> Path:
    """Where it is."""
    return platformdirs.user_state_path("curator") / "app.log"


def log(text: str) -> None:
    """Add lines; where the user's state folder cannot be written, there is no log."""
    lines = "".join(f"{datetime.now():%Y-%m-%d %H:%M:%S} {line}\n" for line in text.splitlines() if line.strip())
    path = log_file()
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.stat().st_size > _LARGEST:
            path.replace(path.with_suffix(".log.1"))
        path.touch(mode=0o600)  # an error may hold a text of the data
        with path.open("a", encoding="utf-8") as file:
            file.write(lines)
