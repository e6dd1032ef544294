"""Decide without the app: by a policy, or about everything that a filter finds."""

from dataclasses import dataclass

import polars as pl

from curator.audit.engine import Audit
from curator.audit.ids import ids_of
from curator.audit.open_data import Opened
from curator.project.decisions.decision import Action, Decision, Proposed
from curator.project.decisions.policies import Proposal, apply_proposal
from curator.review.filter.query import examples_found


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
    mask, _ = examples_found(where, opened, audit)
    return MatchedExamples(ids_of(audit.loaded).filter(pl.Series(mask)).to_list())


def decide(opened: Opened, found: MatchedExamples, action: Action, reason: str | None) -> list[Decision]:
    """Decide the same about every example found, as one unit; nothing when nothing was found."""
    if not found.ids:
        return []
    return opened.project.log.append([Proposed(id_, action, None, reason) for id_ in found.ids], opened.annotator)
