"""Policies: rules that propose decisions from findings. What they propose is shown, then applied as one undoable unit.

`safe` drops what no trainer would accept and exact duplicates. `recommended` also drops plain copies and repairs what
can be repaired without loss. Others are written in curator.toml:

    [policies.strict]
    include = ["recommended"]
    drop = ["check:refusal", "check:short-answer severity:warning"]
    flag = ["severity:warning"]
    keep = ["check:language-mismatch"]

A rule is what one finding must be: `check:`, `severity:` and `suggestion:`, all of those named. `keep` outranks `drop`,
and `drop` outranks `flag`. A policy never touches an example that a person decided, and drops a copy only while its
keeper stays.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

import polars as pl
from pydantic import BaseModel, ConfigDict, Field

from curator.data.frames import SEVERITIES, SUGGESTIONS
from curator.errors import UsageError
from curator.project.decisions.decision import Decision, Proposed
from curator.project.decisions.log import DecisionLog

COPIES = ("exact-duplicate", "near-duplicate")
PROPOSED = pl.Schema({"example": pl.String, "action": pl.String, "value": pl.String, "reason": pl.String})


class Policy(BaseModel):
    """A policy of curator.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    include: tuple[str, ...] = Field(default=(), description="names of policies whose rules apply too")
    keep: tuple[str, ...] = Field(default=(), description="findings whose examples are kept whatever else is found")
    drop: tuple[str, ...] = Field(default=(), description="findings whose examples are dropped")
    flag: tuple[str, ...] = Field(default=(), description="findings whose examples are flagged for another look")
    fix: bool = Field(default=False, description="repair what can be repaired without loss")


BUILT_IN: Mapping[str, Policy] = {
    "safe": Policy(
        drop=(
            "severity:error suggestion:drop",
            "severity:error suggestion:review",
            "severity:error suggestion:none",
            "check:exact-duplicate",
        )
    ),
    "recommended": Policy(include=("safe",), drop=("check:near-duplicate suggestion:drop",), fix=True),
}


@dataclass(frozen=True)
class Proposal:
    """What a policy would decide.

    Attributes:
        policy: its name.
        decisions: `PROPOSED`, a row per decision, sorted by example.
        counts: action, rule (a check's name, or "repair") and examples, the most first.
        decided_by_person: examples that a rule fits and a person decided; they are left alone.
        without_keeper: copies left pending because the example they are a copy of is dropped.
    """

    policy: str
    decisions: pl.DataFrame
    counts: pl.DataFrame
    decided_by_person: int
    without_keeper: int


def policy_named(name: str, own: Mapping[str, Policy]) -> Policy:
    """The policy of that name, built in or the user's own, with what it includes.

    Raises:
        UsageError: there is none; a rule is not sound; policies include each other.
    """
    merged = _with_included(name, own, ())
    for rule in (*merged.keep, *merged.drop, *merged.flag):
        _parsed(rule, name)
    return merged


def _with_included(name: str, own: Mapping[str, Policy], above: tuple[str, ...]) -> Policy:
    known = {**own, **BUILT_IN}
    if name not in known:
        near = get_close_matches(name, known, n=1)
        hint = f" Did you mean '{near[0]}'?" if near else ""
        raise UsageError(f"There is no policy '{name}'.{hint} There are {', '.join(sorted(known))}.")
    if name in above:
        raise UsageError(f"The policies {' and '.join(above)} include each other.")
    policy = known[name]
    parts = [_with_included(other, own, (*above, name)) for other in policy.include] + [policy]
    return Policy(
        keep=tuple(rule for part in parts for rule in part.keep),
        drop=tuple(rule for part in parts for rule in part.drop),
        flag=tuple(rule for part in parts for rule in part.flag),
        fix=any(part.fix for part in parts),
    )


_VALUES = {"check": None, "severity": SEVERITIES, "suggestion": SUGGESTIONS}


def _parsed(rule: str, policy: str) -> dict[str, str]:
    terms: dict[str, str] = {}
    for word in rule.split():
        key, colon, value = word.partition(":")
        if not colon or key not in _VALUES or not value:
            raise UsageError(
                f"The policy '{policy}' has the rule '{rule}', in which '{word}' is not understood: a rule is made of "
                "check:NAME, severity:NAME and suggestion:NAME."
            )
        known = _VALUES[key]
        if known is not None and value not in known:
            raise UsageError(f"The policy '{policy}' has the rule '{rule}'; a {key} is one of {', '.join(known)}.")
        terms[key] = value
    if not terms:
        raise UsageError(f"The policy '{policy}' has an empty rule.")
    return terms


def checks_named(policy: Policy) -> set[str]:
    """The checks that a policy's rules name."""
    rules = (*policy.keep, *policy.drop, *policy.flag)
    return {terms["check"] for terms in (_parsed(rule, "") for rule in rules) if "check" in terms}


def propose(
    name: str,
    policy: Policy,
    findings: pl.DataFrame,
    state: pl.DataFrame,
    repaired: Mapping[str, str] | None = None,
) -> Proposal:
    """What the policy would decide now.

    Args:
        name: of the policy.
        policy: of `policy_named`.
        findings: check, severity, id (of the example; null: of none), suggestion, message and group (the keeper's id).
        state: `STATE`.
        repaired: by id the content (JSON) of every example that can be repaired without loss; None: none is repaired.
    """
    found = findings.filter(pl.col("id").is_not_null())
    person = state.filter("by_person")["id"]
    fitting = _fitting(found, policy)
    free = fitting.filter(~pl.col("example").is_in(person.implode()))
    decided, orphans = _without_orphans(free, state)
    if policy.fix and repaired:
        decided = pl.concat([decided, _repairs(repaired, decided, person)])
    fresh = _not_decided_yet(decided, state).sort("example")
    counts = fresh.group_by("action", "rule").agg(pl.len().alias("examples"))
    return Proposal(
        policy=name,
        decisions=fresh.select(PROPOSED.names()).cast(PROPOSED),
        counts=counts.sort("examples", "action", "rule", descending=[True, False, False]),
        decided_by_person=len(fitting) - len(free),
        without_keeper=orphans,
    )


def apply_proposal(
    log: DecisionLog, proposal: Proposal, annotator: str, last_position: int | None = None
) -> list[Decision]:
    """Decide as proposed, as one unit; nothing when nothing is proposed.

    Raises:
        DecisionConflict, UsageError, WorkFailed: as `DecisionLog.append`.
    """
    if not len(proposal.decisions):
        return []
    proposed = [Proposed(*row) for row in proposal.decisions.iter_rows()]
    return log.append(proposed, annotator, policy=proposal.policy, last_position=last_position)


def _rule(rule: str) -> pl.Expr:
    return pl.all_horizontal(pl.col(key) == value for key, value in _parsed(rule, "").items())


def _any(rules: tuple[str, ...]) -> pl.Expr:
    return pl.any_horizontal(_rule(rule) for rule in rules) if rules else pl.lit(False)


def _fitting(found: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """A row per example that a rule fits: example, action, rule, reason, value, group (of a copy that is one only)."""
    rank = (
        pl.when(_any(policy.keep)).then(0).when(_any(policy.drop)).then(1).when(_any(policy.flag)).then(2).otherwise(3)
    )
    is_copy = pl.col("check").is_in(COPIES)
    return (
        found.with_columns(rank.alias("rank"), is_copy.alias("is_copy"))
        .filter(pl.col("rank") < 3)
        .sort("rank", "is_copy", maintain_order=True)
        .group_by("id", maintain_order=True)
        .first()
        .select(
            pl.col("id").alias("example"),
            pl.col("rank").replace_strict({0: "keep", 1: "drop", 2: "flag"}, return_dtype=pl.String).alias("action"),
            pl.lit(None, pl.String).alias("value"),
            pl.format("{}: {}", "check", "message").alias("reason"),
            pl.col("check").cast(pl.String).alias("rule"),
            pl.when("is_copy").then("group").alias("group"),
        )
    )


def _without_orphans(fitting: pl.DataFrame, state: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """Without the copies whose keeper is, or would be, dropped; and how many those are.

    Only an error makes a keeper be dropped, or a person: a keeper is never itself a copy of another.
    """
    dropped = pl.concat(
        [
            state.filter(pl.col("status") == "drop")["id"],
            fitting.filter(pl.col("action") == "drop", pl.col("group").is_null())["example"],
        ]
    )
    is_orphan = (
        (pl.col("action") == "drop") & pl.col("group").is_not_null() & pl.col("group").is_in(dropped.implode())
    ).fill_null(False)
    return fitting.filter(~is_orphan).drop("group"), fitting.select(is_orphan.sum()).item()


def _repairs(repaired: Mapping[str, str], decided: pl.DataFrame, person: pl.Series) -> pl.DataFrame:
    """An edit for every example that can be repaired, is not dropped, and that no person decided."""
    excluded = set(decided.filter(pl.col("action") == "drop")["example"]) | set(person)
    rows = [
        (example, "edit", content, "repaired without loss", "repair")
        for example, content in repaired.items()
        if example not in excluded
    ]
    return pl.DataFrame(rows, schema={name: pl.String for name in decided.columns}, orient="row")


def _not_decided_yet(decided: pl.DataFrame, state: pl.DataFrame) -> pl.DataFrame:
    """Without what stands already, so that a policy applied twice decides nothing the second time."""
    columns = state.select(pl.col("id").alias("example"), pl.col("status").cast(pl.String), "content")
    joined = decided.join(columns, on="example", how="left")
    same_edit = (pl.col("action") == "edit") & (pl.col("value") == pl.col("content"))
    stands = (pl.col("action") == pl.col("status")) | same_edit
    return joined.filter(~stands.fill_null(False)).drop("status", "content")
