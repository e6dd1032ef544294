"""Decide about many examples at once: by a policy, by a filter, or by accepting what an audit found."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from curator.audit.decided.open_findings import finding_name, is_open, names_known, with_decisions
from curator.audit.engine import Audit
from curator.audit.findings import decided_by
from curator.audit.ids import ids_of
from curator.audit.open_data import Opened
from curator.project.decisions.decision import Action, Decision, Proposed, findings_value
from curator.project.decisions.policies import Proposal, apply_proposal
from curator.reporting.wording import count, joined
from curator.review.filter.query import examples_found
from curator.review.filter.unreadable import unreadable_found


def apply_policy(opened: Opened, proposal: Proposal) -> list[Decision]:
    """Decide as proposed, as one unit that one undo takes back."""
    return apply_proposal(opened.project.log, proposal, opened.annotator)


@dataclass(frozen=True)
class MatchedExamples:
    """What a filter found.

    Attributes:
        ids: of examples, in order.
        unreadable: ids of lines that could not be read; lines of equal bytes have one together.
        lines: how many lines these are.
    """

    ids: list[str]
    unreadable: list[str] = field(default_factory=list)
    lines: int = 0

    def spoken(self) -> str:
        """`3 examples`, `2 unreadable lines`, or both."""
        lines = [count(self.lines, "unreadable line")] if self.lines else []
        return joined([*([count(len(self.ids), "example")] if self.ids or not lines else []), *lines])


def found_by(opened: Opened, audit: Audit, where: str) -> MatchedExamples:
    """The examples and unreadable lines that a filter finds.

    Raises:
        FilterError: the filter cannot be read.
    """
    mask, added = examples_found(where, opened, audit)
    unreadable = unreadable_found(where, audit, opened.state())
    ids = [*ids_of(audit.loaded).filter(pl.Series(mask)), *(id_ for id_, is_found in added.items() if is_found)]
    return MatchedExamples(ids, unreadable.ids, unreadable.lines)


def decide(opened: Opened, audit: Audit, found: MatchedExamples, action: Action, reason: str | None) -> list[Decision]:
    """Decide the same about everything found, as one unit; nothing when nothing was found."""
    proposed = proposed_for(audit, [*found.ids, *found.unreadable], action, reason)
    return opened.project.log.append(proposed, opened.annotator) if proposed else []


def proposed_for(audit: Audit, ids: Sequence[str], action: Action, reason: str | None) -> list[Proposed]:
    """The same decision about some examples; who keeps them knows what the audit found in them."""
    if action != "keep":
        return [Proposed(id_, action, None, reason) for id_ in ids]
    known = names_known(audit, list(ids))
    return [Proposed(id_, action, findings_value(known[id_]), reason) for id_ in ids]


def accept_all(opened: Opened, audit: Audit) -> int:
    """Accept every open finding of an audit, as one unit; how many lines they are on.

    What is accepted no longer counts; the examples stay undecided, and a finding of another kind is open again.
    """
    found = with_decisions(audit.edited.with_added(audit.findings), audit.loaded, opened.state()).filter(is_open())
    names = found.select(decided_by().alias("id"), finding_name().alias("name")).unique().sort("id", "name")
    proposed = [
        Proposed(id_, "accept", findings_value(accepted), "accepted as they are")
        for id_, accepted in names.group_by("id", maintain_order=True).agg("name").iter_rows()
    ]
    if proposed:
        opened.project.log.append(proposed, opened.annotator)
    return len(proposed)
