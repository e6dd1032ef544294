"""Write what an audit found to the files a person asked for."""

from collections.abc import Iterator, Sequence

import polars as pl

from curator.audit.decided.open_findings import is_open, with_decisions
from curator.audit.engine import Audit
from curator.audit.findings import Locations, counted_together, published
from curator.data.files.permissions import ANYONE
from curator.data.finding import Finding, Pair
from curator.reporting.model import AuditReport
from curator.reporting.writing import write_lines, write_report


def write_outputs(
    audit: Audit,
    report: AuditReport,
    state: pl.DataFrame,
    destinations: Sequence[tuple[str, str]],
    allowed: int = ANYONE,
) -> None:
    """Write the asked-for files.

    Args:
        audit: of the data.
        report: of the audit.
        state: what was decided.
        destinations: what (findings, pairs, or an ending of `REPORTS`) and where to.
        allowed: permissions of a new file at most; see `curator.data.files.permissions`.

    Raises:
        UsageError: a place cannot be written to.
        WorkFailed: the disk is full.
    """
    for what, path in destinations:
        if what == "findings":
            listed = published(counted_together(audit.edited.with_added(audit.findings), audit.loaded), audit.loaded)
            write_lines((finding.model_dump_json() for finding in listed), path, allowed=allowed)
        elif what == "pairs":
            write_lines((pair.model_dump_json() for pair in published_pairs(audit)), path, allowed=allowed)
        else:
            write_report(report_as(what, audit, report, state), path, allowed)


REPORTS = (".html", ".json", ".md", ".sarif", ".xml")
"""Endings of the files that a report is written to."""


def report_as(ending: str, audit: Audit, report: AuditReport, state: pl.DataFrame) -> str:
    """The report in the form that one of `REPORTS` names; `state` is `STATE`."""
    if ending == ".html":
        from curator.audit.meaning.topic_map import topic_map
        from curator.reporting.html import html_report

        return html_report(report, topic_map(audit, audit.meaning, state) if audit.meaning else None)
    if ending == ".md":
        from curator.reporting.markdown import markdown_report

        return markdown_report(report)
    from curator.reporting import programs

    if ending == ".sarif":
        return programs.sarif_report(report, open_published(audit, state))
    return programs.junit_report(report) if ending == ".xml" else programs.json_report(report)


def open_published(audit: Audit, state: pl.DataFrame) -> Iterator[Finding]:
    """The open findings as models; `state` is `STATE`."""
    undecided = (
        with_decisions(audit.edited.with_added(audit.findings), audit.loaded, state).filter(is_open()).drop("decided")
    )
    return published(counted_together(undecided, audit.loaded), audit.loaded)


def published_pairs(audit: Audit) -> Iterator[Pair]:
    """The similar pairs as models: lexical ones in order of position, then those of the same meaning.

    What only shares a template is counted, not listed.
    """
    locations = Locations(audit.loaded)
    if audit.similar is not None:
        yield from pair_models(audit.similar.pairs.filter(pl.col("relation") != "template"), locations)
    if audit.meaning is not None:
        yield from semantic_pair_models(audit.meaning.pairs, locations)


def pair_models(pairs: pl.DataFrame, locations: Locations) -> Iterator[Pair]:
    """Pairs by position as models; see `curator.duplicates.relations`."""
    for row in pairs.iter_rows(named=True):
        yield Pair(
            left=locations.at(row["left"]),
            right=locations.at(row["right"]),
            kind="exact" if row["exact"] else "lexical",
            relation=row["relation"],
            similarity=row["whole"],
            prompt_similarity=row["prompt"],
            answer_similarity=row["answer"],
            context_differs=row["context_differs"],
        )


def semantic_pair_models(pairs: pl.DataFrame, locations: Locations) -> Iterator[Pair]:
    """`PAIRS` of kind semantic as models."""
    for row in pairs.iter_rows(named=True):
        yield Pair(
            left=locations.at(row["left"]),
            right=locations.at(row["right"]),
            kind="semantic",
            relation=row["relation"],
            similarity=row["similarity"],
            prompt_similarity=row["prompt_similarity"],
            answer_similarity=row["answer_similarity"],
            context_differs=row["context_differs"],
        )
