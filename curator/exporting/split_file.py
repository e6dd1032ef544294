"""One data file of an export while it is written: its lines, its hash, its counts."""

import hashlib
import os
from pathlib import Path
from typing import Any

import msgspec

from curator.targets.conversion import ConvertedLine, ExportExample
from curator.targets.file_rules import FileJudge, LineHashes
from curator.targets.target import Target
from curator.targets.violation import Violation

MARK = b"\xef\xbb\xbf"
_BUFFER = 1 << 20


class SplitFile:
    """A JSON Lines file that grows by one example at a time.

    Attributes:
        name: of the file.
        examples: written so far.
        tokens: of all of them; None as soon as one was not counted.
    """

    def __init__(
        self, folder: Path, name: str, target: Target, known: LineHashes, *, is_train: bool, model: str | None
    ) -> None:
        self.name = name
        self.examples = 0
        self.tokens: int | None = 0
        self._judge = FileJudge(target, name, known=known, model=model, is_train=is_train)
        self._hash = hashlib.sha256()
        self._bytes = 0
        self._file = (folder / name).open("wb", buffering=_BUFFER)
        if target.file.mark == "needed":
            self._put(MARK)

    def _put(self, data: bytes) -> None:
        self._file.write(data)
        self._hash.update(data)
        self._bytes += len(data)

    def judge(self, rewritten: ConvertedLine, tokens: int | None) -> list[Violation]:
        """What the target has against a line, were it the next one."""
        if rewritten.value is None:
            return rewritten.refusals
        return self._judge.line(rewritten.value, self.examples + 1, tokens)

    def add(self, example: ExportExample, value: dict[str, Any]) -> None:
        """Write a line."""
        self._put(msgspec.json.encode(value) + b"\n")
        self.examples += 1
        self._judge.accept(value, self.examples)
        if self.tokens is not None:
            self.tokens = None if example.tokens is None else self.tokens + example.tokens

    @property
    def form(self) -> str | None:
        """The form of the lines; None while there is none."""
        return self._judge.form

    def end(self) -> list[Violation]:
        """What the target has against the file as a whole."""
        return list(self._judge.end(self._bytes))

    def finish(self) -> None:
        """Close the file once it is on the disk."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def abandon(self) -> None:
        """Close the file, whatever becomes of it."""
        try:
            self._file.close()
        except OSError:  # what is still in the buffer does not fit on the disk either
            return

    def entry(self) -> dict[str, Any]:
        """The file as the manifest lists it."""
        listed: dict[str, Any] = {
            "name": self.name,
            "bytes": self._bytes,
            "sha256": self._hash.hexdigest(),
            "examples": self.examples,
        }
        return listed if self.tokens is None else {**listed, "tokens": self.tokens}
