"""Decide without the app: by a policy, or about everything that a filter finds."""

from dataclasses import dataclass

import polars as pl

from curator.audit.decided.repairs import repairs
from curator.audit.engine import Audit
from curator.audit.ids import ids_of
from curator.audit.open_data import Opened
from curator.checks.catalogue import check_named
from curator.project.decisions.decision import Action, Decision, Proposed
from curator.project.decisions.policies import Proposal, apply_proposal, checks_named, policy_named, propose
from curator.review.filter.evaluate import matching
from curator.review.filter.query import everything


def proposal_of(opened: Opened, audit: Audit, name: str) -> Proposal:
    """What the policy of that name would decide now.

    Raises:
        UsageError: there is no such policy, or a rule of it is not sound.
    """
    policy = policy_named(name, opened.settings.policies)
    for check in checks_named(policy):
        check_named(check)
    repaired = repairs(audit) if policy.fix else None
    return propose(name, policy, with_groups(audit), opened.state(), repaired)


def with_groups(audit: Audit) -> pl.DataFrame:
    """The findings with the keeper's id as `group`."""
    ids = ids_of(audit.loaded)
    keepers = audit.findings["keeper"]
    if not len(ids):
        return audit.findings.with_columns(pl.lit(None, pl.String).alias("group"))
    group = ids.gather(keepers.fill_null(0))
    return audit.findings.with_columns(group.alias("group")).with_columns(
        pl.when(pl.col("keeper").is_not_null()).then("group").alias("group")
    )


def apply_policy(opened: Opened, proposal: Proposal) -> list[Decision]:
    """Decide as proposed, as one unit that one undo takes back."""
    return apply_proposal(opened.project.log, proposal, opened.annotator)


@dataclass(frozen=True)
class MatchedExamples:
    """What a filter found: ids of examples, in order."""

    ids: list[str]


def found_by(opened: Opened, audit: Audit, where: str) -> MatchedExamples:
    """The examples that a filter finds.

    Raises:
        FilterError: the filter cannot be read.
    """
    mask = matching(where, everything(opened, audit))
    return MatchedExamples(ids_of(audit.loaded).filter(pl.Series(mask)).to_list())


def decide(opened: Opened, found: MatchedExamples, action: Action, reason: str | None) -> list[Decision]:
    """Decide the same about every example found, as one unit; nothing when nothing was found."""
    if not found.ids:
        return []
    return opened.project.log.append([Proposed(id_, action, None, reason) for id_ in found.ids], opened.annotator)
