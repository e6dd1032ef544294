"""The result of an audit: one model that every report is drawn from, and whose JSON schema is published."""

from pydantic import BaseModel, ConfigDict, Field

from curator.data.finding import Finding, Severity

SCHEMA_VERSION = 1


class _ReportModel(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SourceSummary(_ReportModel):
    """One file and how it was read."""

    file: str
    format: str = Field(description="jsonl, json-array, csv or parquet")
    dialect: str
    reason: str = Field(description="why it was read in this dialect")
    lines: int = Field(description="physical lines, or elements")
    examples: int
    refused: int = Field(description="lines that are not examples")
    bytes: int = Field(description="of the file, packed where it is")


class NextStep(_ReportModel):
    """What to do next: a sentence and, where there are any, what it is about and how it is done."""

    sentence: str
    filter: str | None = Field(default=None, description="finds exactly what the sentence speaks of")
    count: int | None = Field(default=None, description="examples and lines that the sentence speaks of")
    command: str | None = None
    key: str | None = Field(default=None, description="in the app, on the overview")
    in_app: str | None = Field(default=None, description="the sentence in the app, where it is another one")


class Verdict(_ReportModel):
    """Is this data ready to fine-tune on, and if not, what first?"""

    ready: bool
    headline: str
    reasons: list[str]
    next_steps: list[NextStep]


class CheckSummary(_ReportModel):
    """What one check found."""

    name: str
    family: str
    severity: Severity = Field(description="the gravest among its findings")
    title: str
    explanation: str = Field(
        default="", description="what it means, why it hurts fine-tuning, how to fix it; paragraphs of Markdown"
    )
    findings: int
    examples: int = Field(description="examples (or unreadable lines) with at least one; 0: it is about the whole set")
    severities: dict[Severity, int] = Field(
        description="those examples by the gravest of their findings of this check, gravest first"
    )
    share: float = Field(ge=0, description="of the lines read")
    open: dict[Severity, int] = Field(
        description="of those, the undecided ones, by the gravest of their open findings of this check"
    )
    decided: int = Field(default=0, description="examples (or unreadable lines) whose findings were all decided")
    unreadable: int = Field(default=0, description="open ones that could not be read as examples")
    worst: list[Finding] = Field(max_length=20)

    @property
    def grave(self) -> int:
        """Examples with an open finding above information."""
        return sum(self.open.values()) - self.open.get("info", 0)


class NotRun(_ReportModel):
    """A check that did not run, and why."""

    check: str
    reason: str


class TokenSummary(_ReportModel):
    """Token counts, exact for the named tokenizer."""

    tokenizer: str
    total: int
    trained: int = Field(description="tokens of the answers that a trainer learns from, in one epoch")
    median: int
    percentile_95: int
    longest: int
    limit: int | None = Field(description="tokens one example may have; null: none was given")
    over_limit: int = Field(description="examples beyond the limit")
    histogram: list[tuple[int, int, int]] = Field(description="from (included), to (excluded), examples")


class ShapeSummary(_ReportModel):
    """A sequence of roles and how many examples have it."""

    shape: str = Field(description="initials of the roles: s(ystem) d(eveloper) u(ser) a(ssistant) t(ool)")
    examples: int
    share: float


class DuplicateSummary(_ReportModel):
    """What the duplicate engine found."""

    threshold: float
    recall: float = Field(description="expected share found of the pairs exactly at the threshold")
    exact: int = Field(description="examples that are exact duplicates of a keeper")
    near: int = Field(description="examples that are near-duplicates of a keeper")
    groups: int
    conflicts: int = Field(description="equal prompts that are answered differently")
    templates: int = Field(description="templates that many examples share; never suggested for dropping")
    pairs: dict[str, int] = Field(description="verified pairs by relation")
    incomplete: list[str] = Field(description="lists that are not complete, each with its reason")


class TopicSummary(_ReportModel):
    """What some of the examples are about."""

    title: str = Field(description="words that are frequent in it and rare elsewhere")
    examples: int
    share: float = Field(description="of the examples")
    token_share: float
    mean_tokens: float
    duplicates: int = Field(description="examples that are exact, near or semantic duplicates of a keeper")
    findings: int
    thin: bool = Field(description="less than a fifth of the average size")
    dominant: bool
    add: int = Field(description="examples that would bring a thin topic to half the average size; else 0")


class MeaningSummary(_ReportModel):
    """What the set is about, as an embedding model sees it."""

    encoder: str
    threshold: float = Field(description="cosine from which two examples say the same")
    note: str = Field(description="how neighbours were searched")
    unread: dict[str, int] = Field(
        description="examples that the encoder does not read, by script; nothing is said of them"
    )
    pairs: int = Field(description="pairs from the threshold up")
    semantic_duplicates: int = Field(description="examples that say the same as a keeper in other words")
    outliers: int
    topics: list[TopicSummary] = Field(description="the largest first")


class PriceEstimate(_ReportModel):
    """What training would cost at a provider. An estimate."""

    target: str
    model: str
    tokens: int
    epochs: int
    dollars: float
    source: str
    read: str = Field(description="date on which the price was read")


class DecisionSummary(_ReportModel):
    """What people and policies have decided so far."""

    kept: int
    dropped: int
    flagged: int
    edited: int
    added: int
    pending: int


class ScoreSummary(_ReportModel):
    """Scores by one rubric, of the judge that scored last."""

    rubric: str
    judge: str = Field(description="the annotator of the scores: model, host, rubric and its version")
    examples: int = Field(description="examples with a score")
    mean: float
    calibration: str = Field(description="how far people agree with the judge, a sentence")


class SpecimenMessage(_ReportModel):
    """One message of a specimen."""

    role: str
    text: str = Field(description="at most 2,000 characters around the place")
    cut: bool
    start: int | None = Field(default=None, description="the finding's place in `text`")
    end: int | None = None


class Specimen(_ReportModel):
    """An example that shows what a check finds."""

    check: str
    finding: Finding
    messages: list[SpecimenMessage]


class AuditReport(_ReportModel):
    """Everything an audit says."""

    schema_version: int = SCHEMA_VERSION
    program_version: str
    created: str = Field(description="UTC, ISO 8601")
    sources: list[SourceSummary]
    lines: int
    examples: int
    show: str = Field(description="the command that prints examples of this data, without a filter")
    verdict: Verdict
    severities: dict[Severity, int] = Field(description="lines with at least one open finding of that severity")
    effective: int = Field(description="examples left after the policy `recommended` and what was decided")
    distinct: int = Field(description="of these, those that no other one says already, in the same words or in others")
    checks: list[CheckSummary] = Field(description="gravest first, then by examples")
    not_run: list[NotRun]
    tokens: TokenSummary | None
    shapes: list[ShapeSummary]
    duplicates: DuplicateSummary | None
    meaning: MeaningSummary | None = None
    prices: list[PriceEstimate]
    decisions: DecisionSummary | None
    scores: list[ScoreSummary] = Field(default=[], description="of judges; empty where nothing was scored")
    specimens: list[Specimen]
    seconds: dict[str, float] = Field(description="by stage")
    reused: float = Field(description="share of the blocks whose results were reused")
