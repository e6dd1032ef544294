"""The report of open data: an audit together with what was decided and what the policy `recommended` would decide."""

import shlex
from typing import Any

import polars as pl

from curator.audit.decided.open_findings import is_open, with_decisions
from curator.audit.decided.proposals import proposal_of
from curator.audit.engine import Audit
from curator.audit.ids import ids_of
from curator.audit.meaning.meaning_findings import NO_EMBEDDER, summary_of
from curator.audit.open_data import Opened
from curator.audit.reports.summary import summarise, unreadable_lines
from curator.audit.scores import score_summaries
from curator.reporting.model import AuditReport, DecisionSummary, PriceEstimate
from curator.reporting.readiness import DISTINCT_SHARE, ReadinessFacts
from curator.settings.request import DataRequest

COPIES = ("exact-duplicate", "near-duplicate", "semantic-duplicate")
"""Checks that find an example of which another one says the same."""


def report_of(opened: Opened, audit: Audit) -> AuditReport:
    """What the audit says, with decisions, prices and what to do next."""
    audit = opened.as_edited(audit)
    ids, state = ids_of(audit.loaded), opened.state()
    findings = with_decisions(audit.edited.with_added(audit.findings), audit.loaded, state)
    present = state.filter(pl.col("id").is_in(ids.implode()) | pl.col("added"))
    proposal = proposal_of(opened, audit, "recommended")
    proposed = dict(proposal.decisions.group_by("action").agg("example").iter_rows())
    leaving = set(proposed.get("drop", ()))
    dropped = set(present.filter(pl.col("status") == "drop")["id"])
    kept = len(ids) + int(present["added"].sum()) - len(dropped)
    effective = kept - len(leaving - dropped)
    copies = set(_examples(findings, pl.col("check").is_in(COPIES) & is_open()))
    errors = _examples(findings, (pl.col("severity") == "error") & is_open())
    never = pl.col("check").is_in(["secret-key", "contamination"]) & (pl.col("severity") != "info")
    offered = leaving.union(errors, _examples(findings, never & is_open()))
    offered |= copies if kept - len(copies) < DISTINCT_SHARE * kept else set()
    is_accepted = (pl.col("decided") == "keep") & ~pl.col("id").is_in(list(dropped))
    secrets = (pl.col("check") == "secret-key") & (pl.col("severity") != "info")
    reading, checking = _asked(opened.request)
    facts = ReadinessFacts(
        data=[read.source.name for read in audit.loaded.sources],
        lines=sum(read.lines for read in audit.loaded.sources),
        examples=len(ids),
        kept=kept,
        effective=effective,
        good=kept - len(offered - dropped),
        distinct=effective - len(copies - leaving),
        copies=len(copies),
        unreadable=unreadable_lines(findings.filter(is_open())),
        errors=len(errors),
        accepted_errors=len(_examples(findings, (pl.col("severity") == "error") & is_accepted)),
        accepted_secrets=len(_examples(findings, secrets & is_accepted)),
        proposed_drops=len(leaving),
        proposed_repairs=len(proposed.get("edit", ())),
        is_split=len(opened.splits()) > 0,
        target=audit.options.target,
        reading=reading,
        checking=checking,
    )
    return summarise(
        audit,
        findings,
        facts,
        duplicates=audit.similar.summary if audit.similar else None,
        meaning=summary_of(audit.meaning, audit.loaded.facts, audit.findings) if audit.meaning else None,
        prices=_prices(audit, effective, opened.own_prices),
        decisions=_decisions(present, len(ids)) if len(present) else None,
        scores=score_summaries(opened.project),
    )


def _examples(findings: pl.DataFrame, wanted: pl.Expr) -> list[str]:
    """Ids of the examples with such a finding, each once."""
    return findings.filter(wanted & pl.col("id").is_not_null())["id"].unique().to_list()


def _asked(request: DataRequest) -> tuple[str, str]:
    """The options that the commands of next steps need too, as shell words: how data are read, how they are checked."""
    columns = ",".join(f"{role}={key}" for role, key in (request.columns or {}).items())
    reading = {"--project": request.project, "--format": request.format_name, "--config": request.config}
    checking = {
        "--select": ",".join(request.select or ()),
        "--ignore": ",".join(request.ignore or ()),
        "--target": request.target,
        "--tokenizer": request.tokenizer,
        "--max-tokens": "" if request.max_tokens is None else str(request.max_tokens),
        "--embedder": request.embedder if request.embedder != NO_EMBEDDER else None,
    }
    more = [word for name in request.against for word in ("--against", name)]
    more += [word for name in request.checks for word in ("--checks", name)]
    more += ["--no-meaning"] if request.embedder == NO_EMBEDDER else []
    return shlex.join(_given(reading | {"--columns": columns})), shlex.join(_given(checking) + more)


def _given(options: dict[str, str | None]) -> list[str]:
    return [word for name, value in options.items() if value for word in (name, value)]


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
