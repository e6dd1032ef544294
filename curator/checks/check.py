"""What a check is, and the settings that all of them read."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import entry_points
from typing import Literal

import polars as pl

from curator.checks.thresholds import Thresholds
from curator.data.frames import Batch

FEWEST_READ = 20
"""Findings that were read by eye from which their precision says something."""

Severity = Literal["error", "warning", "info"]
Suggestion = Literal["drop", "fix", "review", "none"]
Family = Literal[
    "structure",
    "length",
    "text",
    "privacy",
    "preference",
    "agents",
    "reasoning",
    "rewards",
    "media",
    "similarity",
    "own",
    "whole",
    "training",
    "scores",
]


@dataclass(frozen=True)
class CheckSettings:
    """What a person asked for.

    Attributes:
        thresholds: every number a check compares with.
        max_tokens: the limit of one example, in tokens; None: there is none, and `over-token-limit` does not run.
    """

    thresholds: Thresholds = field(default_factory=Thresholds)
    max_tokens: int | None = None


@dataclass(frozen=True)
class Check:
    """One question asked of the examples.

    Attributes:
        name: stable; findings, settings and filters use it.
        severity: of its findings unless a finding says otherwise.
        suggestion: what to do about a finding unless the finding says otherwise.
        version: counts up whenever the findings of unchanged data would change; caches are keyed by it.
        title: what it finds, in a few words.
        find: findings of a batch (`FOUND` columns; `row` is the example's position in the batch). Looks at one
            example at a time.
        judge: findings of the whole set from its facts (`FOUND` columns; `row` is the position in the set). For
            questions whose answer depends on the other examples.
        judge_kinds: the same for pairs, ratings and prompts, from `kind_measures.KIND_MEASURES` of the set.
        docstring: what a person's own check says of itself; the program's checks have a page.
    """

    name: str
    family: Family
    severity: Severity
    suggestion: Suggestion
    version: int
    title: str
    find: Callable[[Batch, CheckSettings], pl.DataFrame] | None = None
    judge: Callable[[pl.DataFrame, CheckSettings], pl.DataFrame] | None = None
    judge_kinds: Callable[[pl.DataFrame, CheckSettings], pl.DataFrame] | None = None
    docstring: str | None = None

    @property
    def explanation(self) -> str:
        """Its page: what it means, why it hurts fine-tuning, how to fix it; paragraphs of Markdown."""
        return _page(f"{self.name}.md").strip() if self.docstring is None else self.docstring

    @property
    def precision(self) -> str:
        """A sentence: how many of its findings that a person read were right. Empty where it follows a plain rule."""
        read, right = json.loads(_page("precision.json")).get(self.name, (0, 0))
        if read >= FEWEST_READ:
            return f"Precision: {right / read:.2f}; {right} of {read} findings that a person read were right."
        if read or self.family in ("text", "privacy"):
            return f"Precision: unknown; {read} of its findings were read, and it takes {FEWEST_READ} to say."
        return ""


def _page(name: str) -> str:
    from importlib.resources import files

    return files("curator.checks").joinpath("pages", name).read_text(encoding="utf-8")


@cache
def offers_checks() -> bool:
    """Whether an installed package brings checks; found out once, as packages do not change while a process runs."""
    return bool(entry_points(group="curator.checks"))
