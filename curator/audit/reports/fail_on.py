"""When an audit fails: a severity, or rules such as `near-duplicate>1%,split-leak>0`."""

import re
from dataclasses import dataclass

import polars as pl

from curator.audit.findings import lines_found
from curator.checks.catalogue import check_named
from curator.data.frames import SEVERITIES
from curator.errors import UsageError, did_you_mean

_RULE = re.compile(r"(?P<check>[a-z-]+)\s*>\s*(?P<number>\d+(?:\.\d+)?)\s*(?P<percent>%?)")


@dataclass(frozen=True)
class Rule:
    """Fail when more lines than `most` have a finding of `check`, or of a severity at or above `severity`.

    `most` is a number of lines, or, when `is_share`, one in relation to the examples that were read.
    """

    check: str | None
    severity: str | None
    most: float
    is_share: bool


def parse_rules(text: str) -> tuple[Rule, ...]:
    """The rules that --fail-on says; none for `never`.

    Raises:
        UsageError: a rule cannot be read or names no check.
    """
    if text.strip() == "never":
        return ()
    return tuple(_rule(part.strip()) for part in text.split(","))


def _rule(text: str) -> Rule:
    if text in SEVERITIES:
        return Rule(None, text, 0, is_share=False)
    match = _RULE.fullmatch(text)
    if match is None:
        hint = did_you_mean(text, (*SEVERITIES, "never"))
        raise UsageError(
            f"--fail-on cannot read '{text}'.{hint} It takes error, warning, info, never, or rules such as "
            "near-duplicate>1%."
        )
    number = float(match["number"])
    is_share = bool(match["percent"])
    return Rule(check_named(match["check"]).name, None, number / 100 if is_share else number, is_share)


def failed_rules(rules: tuple[Rule, ...], findings: pl.DataFrame, examples: int) -> list[str]:
    """A sentence for each rule that is broken, of the open `findings`; `examples` is how many were read."""
    return [sentence for rule in rules if (sentence := _broken(rule, findings, examples))]


def _broken(rule: Rule, findings: pl.DataFrame, examples: int) -> str | None:
    if rule.severity is not None:
        graver = SEVERITIES[: SEVERITIES.index(rule.severity) + 1]
        count = findings.filter(pl.col("severity").is_in(graver)).select(lines_found()).item()
        lines_have = "1 line has" if count == 1 else f"{count:,} lines have"
        return f"Failed: {lines_have} open findings of severity {rule.severity} or above." if count else None
    about = findings.filter(pl.col("check") == rule.check)
    count = about.select(lines_found()).item() if len(about) else 0
    measured = count / max(examples, 1) if rule.is_share else count
    if measured <= rule.most:
        return None
    allowed = f"{rule.most:.2%}" if rule.is_share else f"{rule.most:,.0f}"
    part = f"{count:,} of {examples:,} examples ({count / max(examples, 1):.2%})"
    return f"Failed: {rule.check} is open on {part}; allowed: {allowed}."
