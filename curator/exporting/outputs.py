"""Every file of an export that grows while the examples stream by."""

import hashlib
from collections import Counter
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec

from curator.exporting.media_files import MediaFiles
from curator.exporting.parquet_copy import ParquetCopy
from curator.exporting.rejected import LISTED, Rejection
from curator.exporting.split_file import SplitFile
from curator.targets.conversion import ExportExample, to_line
from curator.targets.target import Target
from curator.targets.violation import Loss, Violation

LOST, SKIPPED = "lost.jsonl", "skipped.jsonl"
_SPLITS = ("train", "validation", "test")


class Outputs:
    """The data files, `lost.jsonl`, `skipped.jsonl`, and what is counted on the way.

    Attributes:
        rejections: the first of the examples that the target rejects.
        rejected: how many there are.
        lost: examples of which something could not be carried.
        losses: by what was lost, without its place, in how many examples.
        warnings: by rule, how often the target only warns.
        secrets: examples that were written and hold a secret, or held one that was masked.
        findings: by `check/severity`, how many of the written examples have an open finding.
        media: the pictures, sounds and videos that they name.
    """

    def __init__(self, folder: Path, target: Target, *, model: str | None, skip_invalid: bool) -> None:
        self.rejections: list[Rejection] = []
        self.rejected = 0
        self.lost = 0
        self.losses: Counter[str] = Counter()
        self.warnings: Counter[str] = Counter()
        self.secrets = 0
        self.findings: Counter[str] = Counter()
        self._folder = folder
        self._target = target
        known: dict[int, tuple[str, int]] = {}
        self.media = MediaFiles(folder)
        self._files = {
            split: SplitFile(folder, target.files[split], target, known, is_train=split == "train", model=model)
            for split in _SPLITS
        }
        self._copies = ParquetCopy(folder) if target.has_parquet else None
        self._lost_file = (folder / LOST).open("wb")
        self._skipped_file = (folder / SKIPPED).open("wb") if skip_invalid else None

    def __enter__(self) -> "Outputs":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        for file in self._files.values():
            file.abandon()
        for stream in (self._lost_file, self._skipped_file):
            if stream is not None and not stream.closed:
                stream.close()
        if self._copies is not None:
            self._copies.abandon()

    def add(self, example: ExportExample) -> None:
        """Write one example, or count it as rejected."""
        example = self.media.renamed(example)
        file = self._files[example.split]
        more = {name: getattr(example, name) for name in ("text_only", "prompt_parts", "unread")}
        rewritten = to_line(example.content, example.extra, self._target, **more)
        found = file.judge(rewritten, example.tokens)
        errors = [violation for violation in found if violation.severity == "error"]
        if errors or rewritten.value is None:
            self._reject(example, errors)
            return
        self.warnings.update(violation.rule for violation in found)
        self.secrets += example.has_secret
        self.findings.update(example.findings)
        file.add(example, rewritten.value)
        self.media.copy(rewritten.value)
        if self._copies is not None:
            self._copies.add(example.split, {key: rewritten.value[key] for key in rewritten.own})
        if rewritten.losses:
            self.lost += 1
            self.losses.update({without_place(loss.field) for loss in rewritten.losses})
            self._lost_file.write(_lost_line(example, file, rewritten.losses))

    def _reject(self, example: ExportExample, errors: list[Violation]) -> None:
        self.rejected += 1
        if len(self.rejections) < LISTED:
            self.rejections.append(Rejection(example.id, example.file, example.line, errors))
        if self._skipped_file is not None:
            self._skipped_file.write(_skipped_line(example, errors))

    def finish(self) -> dict[str, SplitFile]:
        """The data files by split, complete and on the disk; those without an example but train's are gone."""
        for file in self._files.values():
            file.finish()
        if self._copies is not None:
            self._copies.finish()
        kept = {split: file for split, file in self._files.items() if file.examples or split == "train"}
        for split, file in self._files.items():
            if split not in kept:
                (self._folder / file.name).unlink()
        return kept


def parquet_entries(folder: Path) -> list[dict[str, Any]]:
    """The Parquet copies as the manifest lists them."""
    entries = []
    for path in sorted(folder.glob("*.parquet")):
        from pyarrow import parquet

        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(0)
            examples = parquet.read_metadata(file).num_rows
        entries.append({"name": path.name, "bytes": path.stat().st_size, "sha256": digest, "examples": examples})
    return entries


def _lost_line(example: ExportExample, file: SplitFile, losses: list[Loss]) -> bytes:
    named = [{"field": loss.field, "reason": loss.reason} for loss in losses]
    place = {"file": file.name, "line": file.examples, "source": str(example.file), "source_line": example.line}
    return msgspec.json.encode({"id": example.id, **place, "lost": named}) + b"\n"


def _skipped_line(example: ExportExample, errors: list[Violation]) -> bytes:
    reasons = [{"rule": found.rule, "message": found.message, "path": found.path} for found in errors]
    entry = {"id": example.id, "file": str(example.file), "line": example.line, "reasons": reasons}
    return msgspec.json.encode(entry) + b"\n"


def without_place(path: str) -> str:
    """`messages[3].tool_calls[0].id` as `messages.tool_calls.id`."""
    return "".join(piece.split("]", 1)[-1] for piece in path.split("["))
