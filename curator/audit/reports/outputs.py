"""Write what an audit found to the files a person asked for."""

from collections.abc import Iterator

import polars as pl

from curator.audit.engine import Audit
from curator.audit.findings import Locations, counted_together, published
from curator.data.files.permissions import ANYONE
from curator.data.finding import Pair
from curator.reporting.model import AuditReport
from curator.reporting.writing import write_lines, write_report


def write_outputs(
    audit: Audit, report: AuditReport, state: pl.DataFrame, destinations: dict[str, str | None], allowed: int = ANYONE
) -> None:
    """Write the asked-for files.

    Args:
        audit: of the data.
        report: of the audit.
        state: what was decided.
        destinations: of findings, pairs, json, html and markdown; None where not wanted.
        allowed: permissions of a new file at most; see `curator.data.files.permissions`.

    Raises:
        UsageError: a place cannot be written to.
        WorkFailed: the disk is full.
    """
    if path := destinations["findings"]:
        listed = counted_together(audit.findings, audit.loaded)
        write_lines((finding.model_dump_json() for finding in published(listed, audit.loaded)), path, allowed=allowed)
    if path := destinations["pairs"]:
        write_lines((pair.model_dump_json() for pair in published_pairs(audit)), path, allowed=allowed)
    if path := destinations["json"]:
        from curator.reporting.json_report import json_report

        write_report(json_report(report), path, allowed)
    if path := destinations["html"]:
        from curator.audit.meaning.topic_map import topic_map
        from curator.reporting.html import html_report

        page = html_report(report, topic_map(audit, audit.meaning, state) if audit.meaning else None)
        write_report(page, path, allowed)
    if path := destinations["markdown"]:
        from curator.reporting.markdown import markdown_report

        write_report(markdown_report(report), path, allowed)


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
