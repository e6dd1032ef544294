"""What the target, or without one the built-in trainer, rejects of a batch, as findings beside those of the checks.

The judgement is `curator.targets.conversion.write_and_judge`, which an export and a training ask too. What a check of
structure says already is not said twice; and where a target is named, such a check's error is one only where that
target rejects the example or learns nothing from it.
"""

from functools import cache
from typing import Any

import polars as pl
import xxhash

from curator.data.content import Content
from curator.data.frames import found
from curator.data.identity import canonical_json
from curator.targets.conversion import write_and_judge
from curator.targets.target import Target
from curator.targets.violation import Violation

CHECK = "rejected-by-target"
LINE_HASH = "line_hash"
_REPORT_FORM = ("structure", "preference", "agents")
_TEACHES_NOTHING = frozenset({"no-assistant-message", "nothing-to-learn", "empty-content", "chosen-equals-rejected"})
"""Errors whatever the target: what it accepts of these teaches nothing."""


def _target_or_trainer(name: str | None) -> Target:
    """The built-in trainer for None; the other targets are imported for who names one."""
    if name is None:
        from curator.targets.engines.built_in import BUILT_IN

        return BUILT_IN
    from curator.targets.registry import target_named

    return target_named(name)


def refuses_second_lines(name: str | None) -> bool:
    """Whether the target refuses a file in which a line is there twice."""
    return _target_or_trainer(name).file.duplicates == "error"


@cache
def _structure_checks() -> pl.DataFrame:
    from curator.checks.catalogue import CHECKS

    checks = [check for check in CHECKS if check.family in _REPORT_FORM and check.name != CHECK]
    return pl.DataFrame({"check": [check.name for check in checks], "usual": [check.severity for check in checks]})


class Rejections:
    """The examples of a batch that the target rejects, by row.

    Args:
        target: a target's name; None: the built-in trainer.
        checks: names of the checks that run.
        is_text: whether the examples are plain texts and no conversations.
    """

    def __init__(self, target: str | None, checks: tuple[str, ...], *, is_text: bool) -> None:
        self.are_asked_for = CHECK in checks
        self._is_named = target is not None
        self._target = _target_or_trainer(target)
        self._is_text = is_text
        self._errors: dict[int, Violation] = {}
        self._has_lines = self.are_asked_for and refuses_second_lines(target)
        self._lines: dict[int, int] = {}

    def add(self, row: int, content: Content, extra: dict[str, Any]) -> None:
        """Ask the target about an example."""
        line, violations = write_and_judge(content, extra, self._target, text_only=self._is_text)
        if self._has_lines and line is not None:
            self._lines[row] = xxhash.xxh3_64_intdigest(canonical_json(line))
        for violation in violations:
            if violation.severity == "error":
                self._errors[row] = violation
                return

    def line_hashes(self, examples: int) -> list[pl.DataFrame]:
        """For a target that refuses equal lines: `LINE_HASH`, of each example a hash of its line, or null."""
        lines = pl.Series(LINE_HASH, [self._lines.get(row) for row in range(examples)], dtype=pl.UInt64)
        return [lines.to_frame()] if self._has_lines else []

    def among(self, findings: pl.DataFrame) -> pl.DataFrame:
        """`FOUND` with what the target rejects and no check reports."""
        if not self.are_asked_for or (not self._errors and not self._is_named):
            return findings
        rejected = pl.Series(list(self._errors), dtype=pl.UInt32)
        known = findings.join(_structure_checks(), on="check", how="left", maintain_order="left")
        is_error = pl.coalesce("severity", "usual") == "error"
        is_ours = pl.col("usual").is_not_null() & pl.col("row").is_not_null() & is_error
        reported = known.filter(is_ours)["row"]
        if self._is_named:
            accepted = is_ours & ~pl.col("row").is_in(rejected.implode()) & ~pl.col("check").is_in(_TEACHES_NOTHING)
            severity = pl.when(accepted).then(pl.lit("warning")).otherwise("severity").alias("severity")
            findings = known.with_columns(severity).drop("usual")
        rows = [row for row in self._errors if row not in set(reported)]
        ours = [(row, self._errors[row].rule, _index(self._errors[row]), self._sentence(row)) for row in rows]
        schema = {"row": pl.UInt32, "rule": pl.String, "message_index": pl.Int32, "message": pl.String}
        return pl.concat([findings, found(CHECK, pl.DataFrame(ours, schema=schema, orient="row"))])

    def _sentence(self, row: int) -> str:
        return f"{self._target.title} rejects the example: {self._errors[row].message}"


def _index(violation: Violation) -> int | None:
    """The message that a path such as `messages[2].weight` is in."""
    part, _, rest = violation.path.partition("[")
    number = rest.partition("]")[0]
    return int(number) if part in ("messages", "contents", "conversations") and number.isdigit() else None
