"""Examples that cannot be trained on, each with its reason: the run stops at them, or skips them."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable
from pathlib import Path

from trainer.contract import UNTRAINABLE_FILE
from trainer.contract.errors import DataError, TemplateError
from trainer.contract.files import write_text
from trainer.contract.settings import RunSettings
from trainer.data.tokens import Tokens
from trainer.data.truncation import WORDS

SHOWN = 5


class Refusals:
    """Reasons by file and example. `skip`: the run continues without these examples."""

    def __init__(self, skip: bool) -> None:
        self.skip = skip
        self.reasons: dict[str, dict[str, str]] = {}

    def add(self, file: str, name: str, reason: str) -> None:
        """Note an example; the first reason counts."""
        self.reasons.setdefault(file, {}).setdefault(name, reason)

    def reader(self) -> Callable[[str, str, str], object] | None:
        """What is told of a line that cannot be read; None where the run stops at one."""
        return self.add if self.skip else None

    def stop_unless_skipped(self, file: str, examples: int) -> None:
        """Name the examples of a file that the chat template refuses.

        Raises:
            TemplateError: there are some, and they are not to be skipped.
        """
        found = self.reasons.get(file, {})
        if not found or self.skip:
            return
        listed = "; ".join(f"{name}: {reason}" for name, reason in [*found.items()][:SHOWN])
        if len(found) == 1:
            raise TemplateError(f"{listed} Or skip it with --skip-untrainable.")
        more = f" (the first {SHOWN} of them)" if len(found) > SHOWN else ""
        raise TemplateError(
            f"{file}: {len(found):,} of {examples:,} examples cannot be trained on{more}: {listed} Or skip them with "
            "--skip-untrainable."
        )

    def trainable(self, tokens: list[Tokens], vocabulary: float, settings: RunSettings, file: str) -> list[Tokens]:
        """The examples that can be trained on, where the others are to be skipped.

        Raises:
            DataError: none is left.
        """
        if not self.skip:
            return tokens
        for one in tokens:
            lost = [WORDS[kind] for kind in one.lost if kind not in settings.training.allow_lost]
            if lost:
                self.add(file, one.name, f"the chat template does not render its {' and its '.join(lost)}")
            elif not one.weights.any():
                self.add(file, one.name, "it has no assistant token to learn")
            elif int(one.ids.max()) >= vocabulary:
                self.add(file, one.name, f"it uses token {int(one.ids.max())}, and the model has {vocabulary}")
        left = [one for one in tokens if one.name not in self.reasons.get(file, {})]
        if not left:
            raise DataError(f"{file}: no example can be trained on. {self.sentences()[0]}")
        return left

    def sentences(self) -> list[str]:
        """For each file with skipped examples, how many and the first reason."""
        return [
            f"{len(found):,} examples of {file} are skipped; {UNTRAINABLE_FILE} names them. First: {name}, {reason}"
            for file, found in self.reasons.items()
            for name, reason in [next(iter(found.items()))]
        ]

    def write(self, folder: Path, files: Collection[str]) -> None:
        """Write the refused examples of data files, one a line; what is written of other files stays."""
        path = folder / UNTRAINABLE_FILE
        if not self.skip or not (self.reasons or path.exists()):
            return
        known = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []
        lines: Iterable[dict[str, str]] = [
            *(line for line in known if line["file"] not in files),
            *(
                {"file": file, "example": name, "reason": reason}
                for file, found in self.reasons.items()
                for name, reason in found.items()
            ),
        ]
        write_text(path, "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))
