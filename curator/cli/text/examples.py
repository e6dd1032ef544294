"""Show examples: what they are, what is wrong with them, what was decided."""

from dataclasses import dataclass
from typing import Any

import msgspec
import polars as pl
from rich.text import Text

from curator.audit.decided.edited import now
from curator.audit.engine import Audit, own_findings
from curator.audit.findings import Locations, published
from curator.audit.loading.load import Progress
from curator.audit.loading.reread import Original, originals_at
from curator.audit.open_data import Opened
from curator.data.content import spoken
from curator.data.finding import Finding
from curator.data.safe_text import visible
from curator.review.filter.evaluate import is_asked_for
from curator.review.filter.language import Term, keys_asked, parse
from curator.review.filter.query import examples_found

_ASK_THE_AUDIT = {"check", "severity", "topic", "tokens", "answer-tokens"}
"""Keys of a filter that only an audit can answer; for others the examples are read and no more."""


@dataclass(frozen=True)
class PrintedExample:
    """One example, as it is now, with everything known about it."""

    id: str
    file: str
    original: Original
    findings: list[Finding]
    status: str
    edited: bool

    def to_json(self) -> str:
        """One line of JSON; texts are as they are, escaped as JSON escapes."""
        value: dict[str, Any] = {
            "id": self.id,
            "file": self.file,
            "line": self.original.line,
            "status": self.status,
            "edited": self.edited,
            **self.original.content.identity(),
            "findings": [finding.model_dump(exclude_none=True) for finding in self.findings],
        }
        return msgspec.json.encode(value).decode()

    def to_text(self) -> Text:
        """For a terminal: every text made safe."""
        text = Text()
        place = visible(self.file, one_line=True)
        edited = ", edited" if self.edited else ""
        text.append(f"── {place}:{self.original.line}  {self.id}  {self.status}{edited}\n", style="bold")
        content = self.original.content
        for part, messages in (("", content.messages), ("chosen ", content.chosen), ("rejected ", content.rejected)):
            for message in messages or ():
                text.append(f"{part}{visible(message['role'], one_line=True)}\n", style="cyan")
                text.append(f"  {visible(spoken(message))}\n".replace("\n", "\n  ").rstrip(" "))
        for finding in self.findings:
            style = {"error": "red", "warning": "yellow"}.get(finding.severity, "dim")
            text.append(f"  {finding.severity} {finding.check}: ", style=style)
            text.append(f"{visible(finding.message, one_line=True)}\n")
        return text


@dataclass(frozen=True)
class FoundExamples:
    """The examples shown, how many more there are, and the findings on lines that are no example.

    Where there was no audit, the findings are those that an example shows by itself.
    """

    examples: list[PrintedExample]
    left_out: int
    unreadable: list[Finding]
    is_audited: bool


def shown_examples(opened: Opened, where: str | None, limit: int | None, progress: Progress) -> FoundExamples:
    """The first `limit` examples that the filter finds.

    Raises:
        FilterError: the filter cannot be read.
    """
    audit = opened.audited(progress) if keys_asked(where) & _ASK_THE_AUDIT else opened.examples(progress)
    state = opened.state()
    mask, _ = examples_found(where, opened, audit)
    positions = mask.nonzero()[0].tolist()
    chosen = positions if limit is None else positions[:limit]
    locations = Locations(audit.loaded)
    originals = list(originals_at(audit.loaded, chosen))
    listed = (
        audit.findings
        if audit.checked
        else own_findings(audit, [now(original, audit.edited) for original in originals])
    )
    about = listed.filter(pl.col("row").is_in(chosen)).partition_by("row", as_dict=True)
    status = dict(state.select("id", "status").iter_rows())
    examples = []
    for original in originals:
        place = locations.at(original.position)
        findings = about.get((original.position,))
        examples.append(
            PrintedExample(
                id=place.example or "",
                file=place.file,
                original=now(original, audit.edited),
                findings=[] if findings is None else list(published(findings, audit.loaded)),
                status=status.get(place.example, "pending"),
                edited=original.position in audit.edited.by_position,
            )
        )
    left_out = len(positions) - len(chosen)
    return FoundExamples(examples, left_out, _unreadable(audit, where, limit), audit.checked)


def _unreadable(audit: Audit, where: str | None, limit: int | None) -> list[Finding]:
    """Where the filter asks for one check alone: its findings on lines that could not be read as examples."""
    asked = None if where is None else parse(where)
    if not isinstance(asked, Term) or asked.key != "check":
        return []
    found = audit.findings.filter(is_asked_for(asked.value) & pl.col("id").is_null())
    listed = found.filter(pl.col("more").is_null())
    listed = listed if limit is None else listed.head(limit)
    return list(published(pl.concat([listed, found.filter(pl.col("more").is_not_null())]), audit.loaded))
