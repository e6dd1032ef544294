"""From an audit to the report that every format is drawn from."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import polars as pl

from curator import __version__
from curator.audit.decided.edited import now
from curator.audit.decided.open_findings import is_open
from curator.audit.engine import Audit
from curator.audit.findings import ADDED, is_on_lines, lines_found, published, severity_rank
from curator.audit.loading.load import Loaded
from curator.audit.loading.reread import originals_at
from curator.checks.catalogue import check_named
from curator.checks.privacy.secret_keys import without_secrets
from curator.data.content import Message
from curator.data.finding import Finding, Severity
from curator.reporting.model import (
    AuditReport,
    CheckSummary,
    DecisionSummary,
    DuplicateSummary,
    MeaningSummary,
    NotRun,
    PriceEstimate,
    ScoreSummary,
    ShapeSummary,
    SourceSummary,
    Specimen,
    SpecimenMessage,
    TokenSummary,
)
from curator.reporting.next_steps import show_command
from curator.reporting.readiness import ReadinessFacts
from curator.reporting.verdict import judge_readiness

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")
WORST = 20
"""Findings listed per check; all of them are in the file that --findings writes."""

SHAPES = 12
HISTOGRAM_BINS = 24
SPECIMEN_CHARACTERS = 2000
SPECIMEN_MESSAGES = 6


def summarise(
    audit: Audit,
    findings: pl.DataFrame,
    facts: ReadinessFacts,
    *,
    duplicates: DuplicateSummary | None,
    meaning: MeaningSummary | None = None,
    prices: list[PriceEstimate],
    decisions: DecisionSummary | None,
    scores: list[ScoreSummary],
) -> AuditReport:
    """The report of an audit.

    Args:
        audit: of the data.
        findings: of the audit, with what was decided about them; see `with_decisions`.
        facts: what is known of the set but for what is counted here: severities, checks and tokens.
        duplicates: what the duplicate engine counted.
        meaning: what the encoder saw.
        prices: of a training.
        decisions: their counts.
        scores: of judges.
    """
    loaded = audit.loaded
    checks = _checks(findings, loaded)
    tokens = _tokens(audit)
    severities = _severities(findings)
    facts = replace(facts, severities=severities, checks=checks, tokens=tokens)
    return AuditReport(
        program_version=__version__,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        sources=_sources(loaded),
        lines=facts.lines,
        examples=facts.examples,
        show=show_command(facts),
        verdict=judge_readiness(facts),
        severities=severities,
        effective=facts.effective,
        distinct=facts.distinct,
        checks=checks,
        not_run=[NotRun(check=name, reason=reason) for name, reason in audit.not_run.items()],
        tokens=tokens,
        shapes=_shapes(loaded.facts),
        duplicates=duplicates,
        meaning=meaning,
        prices=prices,
        decisions=decisions,
        scores=scores,
        specimens=_specimens(checks, audit),
        seconds=audit.seconds,
        reused=loaded.reused,
    )


def _sources(loaded: Loaded) -> list[SourceSummary]:
    counts = dict(loaded.facts.group_by("file").len().iter_rows())
    return [
        SourceSummary(
            file=read.source.name,
            format=read.source.container,
            dialect=read.recognised.dialect.name,
            reason=read.recognised.reason,
            lines=read.lines,
            examples=counts.get(number, 0),
            refused=read.lines - counts.get(number, 0),
            bytes=read.bytes,
        )
        for number, read in enumerate(loaded.sources)
    ]


def _severities(findings: pl.DataFrame) -> dict[Severity, int]:
    wanted = findings.filter(is_on_lines() & is_open())
    counted = dict(wanted.group_by("severity").agg(lines_found()).iter_rows())
    return {severity: counted.get(severity, 0) for severity in SEVERITIES}


def _checks(findings: pl.DataFrame, loaded: Loaded) -> list[CheckSummary]:
    lines = max(sum(read.lines for read in loaded.sources), 1)
    ranked = findings.with_columns(severity_rank().alias("rank"))
    summaries = []
    for (name,), group in ranked.group_by("check", maintain_order=True):
        more = int(group["more"].sum())
        listed = group.filter(pl.col("more").is_null())
        worst = listed.sort(~is_open(), "rank", -pl.col("score").fill_null(0), maintain_order=True).head(WORST)
        severities, undecided = _examples_by_severity(group), _examples_by_severity(group.filter(is_open()))
        examples = sum(severities.values())
        check = check_named(str(name))
        summaries.append(
            CheckSummary(
                name=check.name,
                family=check.family,
                severity=SEVERITIES[int(group["rank"].to_numpy().min())],
                title=check.title,
                explanation=check.explanation,
                findings=len(listed) + more,
                examples=examples,
                severities=severities,
                share=examples / lines,
                open=undecided,
                decided=examples - sum(undecided.values()),
                unreadable=unreadable_lines(group.filter(is_open())),
                worst=list(published(worst, loaded)),
            )
        )
    return sorted(summaries, key=_gravest_first)


def _gravest_first(summary: CheckSummary) -> tuple[bool, int, int, str]:
    gravest = next(iter(summary.open), summary.severity)
    return not summary.open, SEVERITIES.index(gravest), -summary.open.get(gravest, 0), summary.name


def unreadable_lines(findings: pl.DataFrame) -> int:
    """How many lines that could not be read as examples some findings are on."""
    return int(findings.filter(pl.col("id").is_null() & is_on_lines()).select(lines_found()).item())


def _examples_by_severity(group: pl.DataFrame) -> dict[Severity, int]:
    """Examples by the gravest of their findings; a severity that only the whole set has counts none."""
    per_example = group.filter(pl.col("line").is_not_null()).group_by("file", "line").agg(pl.col("rank").min())
    counted = dict(per_example.group_by("rank").len().iter_rows())
    for rank, more in group.drop_nulls("more").group_by("rank").agg(pl.col("more").sum()).iter_rows():
        counted[rank] = counted.get(rank, 0) + more
    gravest = int(group["rank"].to_numpy().min()) if len(group) else None
    return {name: counted.get(rank, 0) for rank, name in enumerate(SEVERITIES) if rank in counted or rank == gravest}


def _tokens(audit: Audit) -> TokenSummary | None:
    facts = audit.loaded.facts
    if "tokens" not in facts.columns or not len(facts):
        return None
    counts = facts["tokens"].to_numpy()
    limit = audit.options.settings.max_tokens
    return TokenSummary(
        tokenizer=audit.options.tokenizer,
        total=int(counts.sum(dtype=np.int64)),
        trained=int(facts["answer_tokens"].to_numpy().sum(dtype=np.int64)),
        median=int(np.percentile(counts, 50, method="inverted_cdf")),
        percentile_95=int(np.percentile(counts, 95, method="inverted_cdf")),
        longest=int(counts.max()),
        limit=limit,
        over_limit=0 if limit is None else int((counts > limit).sum()),
        histogram=_histogram(counts),
    )


def _histogram(counts: np.ndarray) -> list[tuple[int, int, int]]:
    """Bins of equal width up to the 99th percentile; the last one reaches to the longest."""
    top = max(int(np.percentile(counts, 99)), 1)
    width = max(1, -(-top // (HISTOGRAM_BINS - 1)))
    edges = np.arange(0, width * HISTOGRAM_BINS, width)
    edges = np.append(edges, max(int(counts.max()) + 1, edges[-1] + width))
    heights, _ = np.histogram(counts, bins=edges)
    last = int(np.flatnonzero(heights)[-1]) + 1
    return [(int(edges[i]), int(edges[i + 1]), int(heights[i])) for i in range(last)]


def _shapes(facts: pl.DataFrame) -> list[ShapeSummary]:
    counted = facts.group_by("shape").len().sort("len", "shape", descending=[True, False]).head(SHAPES)
    total = max(len(facts), 1)
    return [ShapeSummary(shape=shape, examples=count, share=count / total) for shape, count in counted.iter_rows()]


def _specimens(checks: Iterable[CheckSummary], audit: Audit) -> list[Specimen]:
    """The first of the worst of each check that is in an example."""
    chosen = [next((f for f in check.worst if f.example is not None and f.file != ADDED), None) for check in checks]
    findings = [finding for finding in chosen if finding is not None]
    locations = {(finding.file, finding.line) for finding in findings}
    names = [read.source.name for read in audit.loaded.sources]
    lines = audit.loaded.facts.select("file", "line").with_row_index("position")
    wanted = lines.join(
        pl.DataFrame(
            [(names.index(file), line) for file, line in locations if file is not None],
            schema={"file": pl.UInt16, "line": pl.UInt32},
            orient="row",
        ),
        on=["file", "line"],
        how="semi",
    )["position"]
    texts = {(names[o.file], o.line): now(o, audit.edited) for o in originals_at(audit.loaded, wanted.to_list())}
    specimens = []
    for finding in findings:
        original = texts[(finding.file or "", finding.line or 0)]
        messages = [*original.content.messages, *(original.content.chosen or ())]
        specimens.append(Specimen(check=finding.check, finding=finding, messages=_shown(messages, finding)))
    return specimens


def _shown(messages: list[Message], finding: Finding) -> list[SpecimenMessage]:
    """At most a few messages, around the one the finding is in."""
    at = finding.message_index
    first = 0 if at is None else max(0, min(at - SPECIMEN_MESSAGES + 2, len(messages) - SPECIMEN_MESSAGES))
    chosen = list(enumerate(messages))[first : first + SPECIMEN_MESSAGES]
    return [_shown_message(message, finding if index == at else None) for index, message in chosen]


def _shown_message(message: Message, finding: Finding | None) -> SpecimenMessage:
    content = message.get("content")
    if isinstance(content, list):
        content = "\n".join(part.get("text") or f"[{part['type']}]" for part in content)
    text = content or ""
    for call in message.get("tool_calls") or ():
        text += f"\n{call['function']['name']}({call['function']['arguments']})"
    start = None if finding is None else finding.start
    end = None if finding is None else finding.end
    text, moved = without_secrets(text, *(place for place in (start, end) if place is not None))
    if start is not None and end is not None:
        start, end = moved
    first = 0 if start is None else max(0, start - SPECIMEN_CHARACTERS // 2)
    part = text[first : first + SPECIMEN_CHARACTERS]
    return SpecimenMessage(
        role=message["role"],
        text=part,
        cut=len(part) < len(text),
        start=None if start is None else min(start - first, len(part)),
        end=None if end is None else min(end - first, len(part)),
    )
