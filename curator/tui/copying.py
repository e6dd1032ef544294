"""Copy a text: to the terminal's clipboard where that is known to work at all, and always to a file.

A terminal does not say whether it took a copy (OSC 52), so the file is written whatever it does.
"""

import os
from pathlib import Path
from typing import Any

import platformdirs

_LARGEST = 74_994
"""Bytes that terminals take in one OSC 52 sequence: 100,000 in base64, the limit of hterm that others follow."""

_WITHOUT = ("Apple_Terminal",)
"""Terminals (by `TERM_PROGRAM`) that ignore OSC 52."""


def copied(app: Any, text: str, what: str) -> str:
    """Copy `text`, which is `what` ("The example"); a sentence that says where to."""
    path = _saved(text)
    kept = f"in {path}" if path is not None else "nowhere else, as the state folder cannot be written"
    if os.environ.get("TERM_PROGRAM") in _WITHOUT or app.is_web:
        return f"{what} is {kept}; this terminal has no clipboard for programs."
    if len(text.encode()) > _LARGEST:
        return f"{what} is {kept}; it is too long for the terminal's clipboard."
    app.copy_to_clipboard(text)
    return f"{what} is on the terminal's clipboard (where it takes OSC 52), and {kept}."


def _saved(text: str) -> Path | None:
    path = platformdirs.user_state_path("curator") / "copied.txt"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)  # nobody else's business
        path.write_text(text + "\n", encoding="utf-8")
    except OSError:
        return None
    return path
