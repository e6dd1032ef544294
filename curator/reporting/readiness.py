"""The counts that a verdict is made from, and from where on they speak against a training."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from curator.data.finding import Severity
from curator.reporting.model import CheckSummary, TokenSummary

ENOUGH = 100
"""Distinct examples below which nothing is ready: providers advise 50 to 100 as the start, and a tenth is held out."""

COMFORTABLE = 1_000
"""Kept examples from which more of the same matters little: LIMA (arXiv 2305.11206) tuned on 1,000 chosen ones."""

REFUSED_SHARE = 0.01
"""Lines that cannot be read, of all lines, above which the file was probably read in the wrong form. Our judgement."""

DISTINCT_SHARE = 0.5
"""Distinct examples, of all that are kept, below which the set is much smaller than it looks. Our judgement."""


@dataclass(frozen=True)
class ReadinessFacts:
    """What is known of a set. Only open findings count: the undecided ones.

    Attributes:
        data: the sources as the person named them, for the commands in the next steps.
        lines: physical lines, or elements, read.
        examples: lines that are examples.
        kept: examples with those that were added and without those that were dropped.
        effective: kept examples without those that the policy `recommended` would drop.
        good: kept examples without all that the next steps offer to drop.
        distinct: of the effective ones, those that no other one says already, in the same words or in others.
        copies: kept examples that are such copies, and open.
        unreadable: lines that are no examples, and undecided.
        errors: kept examples with an open error.
        accepted_errors: kept examples with an error that a person accepted.
        accepted_secrets: kept examples with a secret that a person accepted.
        proposed_drops: decisions to drop that the policy `recommended` would make.
        proposed_repairs: examples that it would repair.
        severities: lines with at least one open finding of that severity.
        checks: gravest first, then by examples.
        tokens: None when nothing was counted.
        is_split: whether a split is saved.
        target: that was named; None: the built-in trainer.
        reading: options of the command line, as shell words, that say what is read.
        checking: those that say what is checked.
    """

    data: Sequence[str]
    lines: int
    examples: int
    kept: int
    effective: int
    good: int
    distinct: int
    severities: Mapping[Severity, int] = field(default_factory=dict)
    checks: Sequence[CheckSummary] = ()
    copies: int = 0
    unreadable: int = 0
    errors: int = 0
    accepted_errors: int = 0
    accepted_secrets: int = 0
    proposed_drops: int = 0
    proposed_repairs: int = 0
    tokens: TokenSummary | None = None
    is_split: bool = False
    target: str | None = None
    reading: str = ""
    checking: str = ""

    @property
    def refused(self) -> int:
        """Lines that are not examples."""
        return self.lines - self.examples

    @property
    def is_misread(self) -> bool:
        """Whether so many lines are not examples that something is wrong with the file as a whole."""
        return self.unreadable > max(REFUSED_SHARE * self.lines, 1) or 0 < self.refused == self.lines

    @property
    def is_distinct(self) -> bool:
        """Whether at least half of the kept examples say something of their own."""
        return self.kept - self.copies >= DISTINCT_SHARE * self.kept

    @property
    def secrets(self) -> int:
        """Examples with an open secret: an export stops at them."""
        return self.waiting("secret-key")

    def waiting(self, name: str) -> int:
        """Lines with an open finding of a check above information."""
        return sum(check.grave for check in self.checks if check.name == name)
