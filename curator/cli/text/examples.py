"""Show examples: what they are, what is wrong with them, what was decided."""

from dataclasses import dataclass
from itertools import islice
from typing import Any

import msgspec
import polars as pl
from rich.text import Text

from curator.audit.decided.edited import now
from curator.audit.engine import Audit, own_findings
from curator.audit.findings import ADDED, Locations, counted_together, published
from curator.audit.loading.load import Progress
from curator.audit.loading.reread import Original, originals_at
from curator.audit.open_data import Opened
from curator.cli.text.rendered import rendered_text
from curator.data.content import content_of, spoken
from curator.data.finding import Finding
from curator.data.safe_text import visible
from curator.review.filter.language import keys_asked
from curator.review.filter.query import examples_found
from curator.review.filter.unreadable import UnreadableLines, unreadable_found
from curator.training.as_model import AsModel

_ASK_THE_AUDIT = {"check", "severity", "is", "topic", "tokens", "answer-tokens"}
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
    rendered: AsModel | None = None

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
        if self.rendered is not None:
            value["rendered"] = self.rendered.model_dump()
        return msgspec.json.encode(value).decode()

    def to_text(self) -> Text:
        """For a terminal: every text made safe."""
        text = Text()
        place = visible(self.file, one_line=True)
        edited = ", edited" if self.edited else ""
        text.append(f"── {place}:{self.original.line}  {self.id}  {self.status}{edited}\n", style="bold")
        content = self.original.content
        if self.rendered is not None:
            return text.append_text(rendered_text(self.rendered))
        for part, messages in (("", content.messages), ("chosen ", content.chosen), ("rejected ", content.rejected)):
            for message in messages or ():
                text.append(f"{part}{visible(message['role'], one_line=True)}\n", style="cyan")
                if message.get("reasoning"):
                    text.append(f"  {visible(message['reasoning'])}\n".replace("\n", "\n  ").rstrip(" "), style="dim")
                text.append(f"  {visible(spoken(message))}\n".replace("\n", "\n  ").rstrip(" "))
        if content.answer:
            text.append("answer to compare with\n", style="cyan")
            text.append(f"  {visible(content.answer)}\n".replace("\n", "\n  ").rstrip(" "))
        for finding in self.findings:
            style = {"error": "red", "warning": "yellow"}.get(finding.severity, "dim")
            text.append(f"  {finding.severity} {finding.check}: ", style=style)
            text.append(f"{visible(finding.message, one_line=True)}\n")
        return text


@dataclass(frozen=True)
class PrintedLine:
    """A line that could not be read as an example, or several that are only counted."""

    findings: list[Finding]
    status: str
    count: int = 1

    def to_json(self) -> str:
        """One line of JSON."""
        first, findings = self.findings[0], [finding.model_dump(exclude_none=True) for finding in self.findings]
        value = {"id": None, "file": first.file, "line": first.line, "status": self.status, "findings": findings}
        return msgspec.json.encode(value).decode()

    def to_text(self) -> str:
        """For a terminal: every text made safe."""
        first = self.findings[0]
        place = f"{first.file}{'' if first.line is None else f':{first.line}'}"
        lines = [f"  {one.severity} {one.check}: {visible(one.message, one_line=True)}" for one in self.findings]
        return "\n".join([f"── {visible(place, one_line=True)}  not an example  {self.status}", *lines])


@dataclass(frozen=True)
class FoundExamples:
    """The examples shown, how many more examples and lines there are, and unreadable lines, each with its findings.

    Where there was no audit, the findings are those that an example shows by itself.
    """

    examples: list[PrintedExample]
    omitted: int
    unreadable: list[PrintedLine]
    is_audited: bool


def shown_examples(opened: Opened, where: str | None, limit: int | None, progress: Progress) -> FoundExamples:
    """The first `limit` examples that the filter finds.

    Raises:
        FilterError: the filter cannot be read.
    """
    audit = opened.audited(progress) if keys_asked(where) & _ASK_THE_AUDIT else opened.examples(progress)
    state = opened.state()
    mask, added = examples_found(where, opened, audit)
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
    added_ids = [id_ for id_, is_found in added.items() if is_found]
    examples += _added(audit, added_ids[: None if limit is None else limit - len(chosen)], status)
    unreadable = unreadable_found(where, audit, state)
    lines = _lines(audit, unreadable, None if limit is None else limit - len(examples))
    every = len(positions) + len(added_ids) + unreadable.lines
    omitted = every - len(examples) - sum(line.count for line in lines)
    return FoundExamples(examples, omitted, lines, audit.checked)


def _added(audit: Audit, ids: list[str], status: dict[str, str]) -> list[PrintedExample]:
    """Examples that were added by a person, each with its findings."""
    found = audit.edited.with_added(audit.findings.clear())
    return [
        PrintedExample(
            id=id_,
            file=ADDED,
            original=Original(-1, -1, number, {}, content_of(audit.edited.contents[id_])),
            findings=list(published(found.filter(id=id_), audit.loaded)),
            status=status.get(id_, "pending"),
            edited=False,
        )
        for number, id_ in enumerate(ids, 1)
    ]


def _lines(audit: Audit, found: UnreadableLines, limit: int | None) -> list[PrintedLine]:
    """The first `limit` unreadable lines, each with its findings; those that are only counted come last, together."""
    status = {None: "pending", "drop": "drop", "keep": "accepted"}
    listed = found.findings.filter(pl.col("more").is_null())
    shown = [
        PrintedLine(list(published(lines, audit.loaded)), status[lines["decided"][0]])
        for lines in islice(listed.partition_by("file", "line", maintain_order=True), limit)
    ]
    counted = found.findings.filter(pl.col("more").is_not_null())
    if limit is None and len(counted):
        together = counted_together(counted, audit.loaded)
        for finding, lines in zip(published(together, audit.loaded), together["more"], strict=True):
            shown.append(PrintedLine([finding], "counted", lines))
    return shown
