"""Sentences for people: stderr, and `log.txt` in the run folder."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path


class Narration:
    """Call it with a sentence. Without a file nothing is said: only the first of several processes speaks."""

    def __init__(self, file: Path | None) -> None:
        self._file = file

    def __call__(self, sentence: str) -> None:
        """Say a sentence."""
        if self._file is None:
            return
        sys.stderr.write(sentence + "\n")
        sys.stderr.flush()
        if self._file.parent.is_dir():
            with self._file.open("a", encoding="utf-8") as log:
                log.write(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} {sentence}\n")
