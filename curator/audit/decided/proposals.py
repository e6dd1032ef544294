"""What a policy would decide about audited data."""

import polars as pl

from curator.audit.engine import Audit
from curator.audit.ids import ids_of
from curator.audit.open_data import Opened
from curator.checks.catalogue import check_named
from curator.project.decisions.policies import Proposal, checks_named, policy_named, propose


def proposal_of(opened: Opened, audit: Audit, name: str) -> Proposal:
    """What the policy of that name would decide now.

    Raises:
        UsageError: there is no such policy, or a rule of it is not sound.
    """
    policy = policy_named(name, opened.settings.policies)
    for check in checks_named(policy):
        check_named(check)
    audit = opened.as_edited(audit)
    return propose(name, policy, with_groups(audit), opened.state(), _repaired(audit) if policy.fix else None)


def _repaired(audit: Audit) -> dict[str, str]:
    """Repaired contents by id; what repairs is loaded where a finding asks for it."""
    if not audit.findings.select((pl.col("suggestion") == "fix").any()).item():
        return {}
    from curator.audit.decided.repairs import repairs

    return repairs(audit)


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
