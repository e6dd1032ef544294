"""The report of open data: an audit together with what was decided and what the policy `recommended` would decide."""

from typing import Any

import polars as pl

from curator.audit.decided.proposals import with_groups
from curator.audit.engine import Audit
from curator.audit.findings import is_on_lines, lines_found
from curator.audit.ids import ids_of
from curator.audit.meaning.meaning_summary import summary_of
from curator.audit.open_data import Opened
from curator.audit.reports.summary import summarise
from curator.project.decisions.policies import policy_named, propose
from curator.reporting.model import AuditReport, DecisionSummary, PriceEstimate


def report_of(opened: Opened, audit: Audit) -> AuditReport:
    """What the audit says, with decisions, prices and what to do next."""
    audit = opened.as_edited(audit)
    ids = ids_of(audit.loaded)
    state = opened.state()
    present = state.filter(pl.col("id").is_in(ids.implode()) | pl.col("added"))
    proposal = propose("recommended", policy_named("recommended", {}), with_groups(audit), state)
    proposed = proposal.decisions.filter(pl.col("action") == "drop")["example"]
    dropped = present.filter(pl.col("status") == "drop")["id"]
    added = int(present["added"].sum())
    effective = len(ids) + added - len(set(proposed) | set(dropped))
    open_ = audit.findings.filter(~pl.col("id").is_in(dropped.implode()).fill_null(False))
    grave = open_.filter((pl.col("severity") != "info") & is_on_lines())
    undecided = dict(grave.group_by("check").agg(lines_found()).iter_rows())
    errors = open_.filter((pl.col("severity") == "error") & pl.col("id").is_not_null())["id"].n_unique()
    return summarise(
        audit,
        effective=effective,
        duplicates=audit.similar.summary if audit.similar else None,
        meaning=summary_of(audit.meaning, audit.loaded.facts, audit.findings) if audit.meaning else None,
        prices=_prices(audit, effective, opened.own_prices),
        decisions=_decisions(present, len(ids)) if len(present) else None,
        undecided_errors=errors,
        undecided=undecided,
    )


def _decisions(state: pl.DataFrame, examples: int) -> DecisionSummary:
    counts = dict(state.group_by(pl.col("status").cast(pl.String)).len().iter_rows())
    kept, dropped, flagged = (counts.get(status, 0) for status in ("keep", "drop", "flag"))
    added = int(state["added"].sum())
    return DecisionSummary(
        kept=kept,
        dropped=dropped,
        flagged=flagged,
        edited=int(state["edited"].sum()),
        added=added,
        pending=examples + added - kept - dropped - flagged,
    )


def _prices(audit: Audit, effective: int, own: dict[str, Any]) -> list[PriceEstimate]:
    """An estimate for every model of the chosen target that has a price, for what is left of the tokens."""
    target, facts = audit.options.target, audit.loaded.facts
    if target is None or "tokens" not in facts.columns or not len(facts):
        return []
    from curator.targets.prices import default_epochs, prices

    tokens = round(int(facts["tokens"].sum()) * effective / len(facts))
    epochs, _ = default_epochs(target, effective)
    return [
        PriceEstimate(
            target=target,
            model=model,
            tokens=tokens,
            epochs=epochs,
            dollars=round(tokens * epochs / 1e6 * float(figure.value), 2),
            source=figure.source,
            read=figure.read,
        )
        for model, figure in prices(target, own).items()
    ]
