"""Which checks did not run in an audit, and why."""

from pathlib import Path
from typing import TYPE_CHECKING

from curator.audit.meaning.meaning import MEANING_CHECKS
from curator.audit.meaning.meaning_findings import NO_EMBEDDER, Meant
from curator.checks.check import Check

if TYPE_CHECKING:
    from curator.audit.engine import AuditOptions


def reasons_not_run(
    checks: tuple[Check, ...], options: "AuditOptions", last_run: Path | None, meant: Meant, *, has_leaks: bool
) -> dict[str, str]:
    """Checks that did not run, each with the reason."""
    from curator.checks.catalogue import CHECKS

    reasons = {"thinking-lost": "no model was named with --model"}
    reasons |= {check.name: "not selected" for check in CHECKS if check not in checks}
    if options.settings.max_tokens is None:
        for name in ("over-token-limit", "answer-cut-by-limit"):
            reasons.setdefault(name, _no_limit(options.target))
    if last_run is None:
        for check in checks:
            if check.family == "training":
                reasons.setdefault(check.name, "no training of this data has finished yet")
    else:
        from curator.audit.stages.last_training import without_regression

        if reason := without_regression():
            reasons.setdefault("hard-to-learn", reason)
    if not has_leaks:
        reasons.setdefault("split-leak", "nothing is split yet: `curator split` does")
    if not options.against:
        reasons.setdefault("contamination", "no evaluation set was named with --against")
    for name in MEANING_CHECKS:
        if meant.missing or options.meaning.embedder == NO_EMBEDDER:
            reasons.setdefault(name, meant.missing or "meaning was not to be looked at")
    if meant.meaning is not None and meant.meaning.examples["unusual"].is_null().all():
        from curator.embedding.outliers.detection import FEWEST

        reasons.setdefault("outlier", f"there are fewer than {FEWEST} different examples to judge by")
    return reasons


def _no_limit(target: str | None) -> str:
    if target is None:
        return "no limit was given: name one with --max-tokens"
    return f"the models of {target} differ in what they take: name your model's limit with --max-tokens"
