"""Answers given so far, on disk: an interrupted evaluation continues where it stopped."""

from __future__ import annotations

import json
import os
from pathlib import Path

from trainer.evaluate.answers.generate import Answer

PARTIAL_FILE = "evaluation.partial.jsonl"


class Answered:
    """Answers by who gave them and to which question; each batch is on disk before the next begins.

    The file begins with a key made of all that an answer depends on. A file with another key is of an older
    evaluation and is begun anew; a torn last line is dropped.
    """

    def __init__(self, path: Path, key: str) -> None:
        self._path = path
        self._answers: dict[tuple[str, str], Answer] = {}
        complete = 0
        if path.is_file():
            complete = self._read(path.read_bytes(), key)
        if not complete:
            path.write_text(json.dumps({"key": key}) + "\n", encoding="utf-8")
        else:
            os.truncate(path, complete)

    def _read(self, content: bytes, key: str) -> int:
        """Bytes of the whole lines; 0 when the file is of another evaluation."""
        lines = content[: content.rfind(b"\n") + 1].splitlines(keepends=True)
        if not lines or json.loads(lines[0]).get("key") != key:
            return 0
        for line in lines[1:]:
            given = json.loads(line)
            self._answers[given["by"], given["example"]] = Answer(given["answer"], given["cut"])
        return sum(map(len, lines))

    def of(self, by: str, example: str) -> Answer | None:
        """The answer, where there is one already."""
        return self._answers.get((by, example))

    def add(self, by: str, answers: dict[str, Answer]) -> None:
        """Keep a batch of answers; on return they are on disk."""
        with self._path.open("a", encoding="utf-8") as file:
            for example, (text, cut) in answers.items():
                line = {"by": by, "example": example, "answer": text, "cut": cut}
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
                self._answers[by, example] = Answer(text, cut)
            file.flush()
            os.fsync(file.fileno())

    def done(self) -> None:
        """The evaluation is written: the answers are in it."""
        self._path.unlink(missing_ok=True)
