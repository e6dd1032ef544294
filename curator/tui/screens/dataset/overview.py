"""The overview: is this ready, what first, what was found; Enter on a line reviews what it is about."""

from collections.abc import Iterator
from typing import ClassVar, NamedTuple

from rich.padding import Padding
from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option
from textual.worker import get_current_worker

from curator.audit.decided.proposals import proposal_of
from curator.audit.reports.report import report_of
from curator.data.safe_text import visible
from curator.project.decisions.policies import Proposal
from curator.reporting.model import AuditReport
from curator.reporting.next_steps import POLICY_KEY
from curator.reporting.wording import count
from curator.review.decide import apply_policy
from curator.review.session import Review
from curator.tui.copying import copied
from curator.tui.drawing import SEVERITY_MARKS
from curator.tui.page import Page, bindings_of
from curator.tui.screens.dataset.topic_map import TopicMapScreen
from curator.tui.screens.dataset.unreadable import UnreadableScreen
from curator.tui.widgets.charts.text_charts import HistogramBars, bar
from curator.tui.widgets.dialogs.question import ConfirmQuestion

_STYLES = {"error": "bold red", "warning": "yellow", "info": "cyan"}
_POLICY = "recommended"
POLICY_LINE = "policy"
UNREADABLE_LINE = "unreadable"
MAP_LINE = "map"
COMMAND_LINE = "$ "
"""Stand in a line instead of a filter: the preview of the policy, the lines that are no example, the map of topics, and
(before it) a command for a shell."""

_BAR = 10
_MARGIN, _WIDEST = 7, 100
_HISTOGRAM_ROWS = 4


class _OverviewLine(NamedTuple):
    """A line of the list, and the filter that Enter reviews; None: a heading or a picture."""

    text: Text | Padding | Content
    where: str | None


class OverviewScreen(Page):
    """What is wrong with the data, and what to do first."""

    page_name = "overview"
    heading = "Overview"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of("overview")]

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[_OverviewLine] = []
        self.report: AuditReport | None = None

    def compose_body(self) -> ComposeResult:
        """The verdict, then lines: what to do, why, what was decided and found."""
        with Vertical(id="overview"):
            yield Static("", id="verdict", markup=False)
            yield OptionList(id="lines")

    def on_mount(self) -> None:
        """Begin with what is known."""
        self.review_changed()

    def on_screen_resume(self) -> None:
        """Decisions may have changed the verdict."""
        self.review_changed()

    def review_changed(self) -> None:
        """Weigh anew."""
        self.refresh_bars()
        if self.review.partial:
            progress = self.session.audit_progress or "The data are being checked."
            self.query_one("#verdict", Static).update(
                f"{progress}\nThe first {len(self.review)} examples can be read and decided already: r."
            )
            self._fill([_OverviewLine(Text("Review the first examples"), "")])
        else:
            self._weigh()

    def refresh_bars(self) -> None:
        """With the progress of a running audit."""
        super().refresh_bars()
        if self.is_mounted and self.review.partial and self.session.audit_progress:
            self.query_one("#verdict", Static).update(
                f"{self.session.audit_progress}\nThe first {len(self.review)} can be read and decided already: r."
            )

    @property
    def _width(self) -> int:
        """Cells of a line."""
        return max(self.size.width - _MARGIN, 20)

    def on_resize(self) -> None:
        """The histogram is as wide as there is room."""
        if self.report is not None:
            self._weigh()

    @work(thread=True, exclusive=True, group="report")
    def _weigh(self) -> None:
        review, worker = self.review, get_current_worker()
        report = report_of(review.opened, review.audit)
        histogram = _histogram(review, min(self._width - 2, _WIDEST))
        if not worker.is_cancelled:
            self.app.call_from_thread(self._show_report, report, histogram)

    def _show_report(self, report: AuditReport, histogram: HistogramBars | None) -> None:
        self.report = report
        headline = Text(visible(report.verdict.headline, one_line=True), style="bold")
        self.query_one("#verdict", Static).update(headline)
        self._fill(list(_lines(report, self.review.decisions.counts(), histogram, self._width)))

    def _fill(self, lines: list[_OverviewLine]) -> None:
        options = self.query_one(OptionList)
        at = options.highlighted
        self._lines = lines
        options.clear_options()
        options.add_options([Option(line.text, disabled=line.where is None) for line in lines])
        first = next((index for index, line in enumerate(lines) if line.where is not None), None)
        options.highlighted = at if at is not None and at < len(lines) and lines[at].where is not None else first
        if not options.has_focus and self.app.screen is self:
            options.focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Do what the line is about: mostly, review what it counts."""
        where = self._lines[event.option_index].where
        if where == POLICY_LINE:
            self.action_policy()
        elif where == UNREADABLE_LINE:
            self.app.push_screen(UnreadableScreen())
        elif where == MAP_LINE:
            self.action_map()
        elif where is not None and where.startswith(COMMAND_LINE):
            command = where.removeprefix(COMMAND_LINE)
            self.notify(visible(copied(self.app, command, "The command"), one_line=True), markup=False)
        elif where is not None:
            self.curator.review_found(where)

    def action_open(self) -> None:
        """As Enter in the list."""
        self.query_one(OptionList).action_select()

    def action_map(self) -> None:
        """The topics and where they lie."""
        self.app.push_screen(TopicMapScreen())

    @work(thread=True, exclusive=True, group="policy")
    def action_policy(self) -> None:
        """Preview the policy, then ask."""
        if self.review.partial:
            self.app.call_from_thread(self.notify, "The data are still being checked.", markup=False)
            return
        proposal = proposal_of(self.review.opened, self.review.audit, _POLICY)
        self.app.call_from_thread(self._propose, proposal)

    def _propose(self, proposal: Proposal) -> None:
        if not len(proposal.counts):
            self.notify(f"The policy {_POLICY} has nothing to decide.", markup=False)
            return
        if not self.is_active:  # a letter that is meant for another screen must not answer the question
            self.notify(f"The policy {_POLICY} is ready to be looked at: p on the overview.", markup=False)
            return
        rows = "\n".join(
            f"{action:<5} {examples:>8,}  {rule}" for action, rule, examples in proposal.counts.iter_rows()
        )
        data = " ".join(self.review.opened.request.data)
        same = f"The same on the command line:\ncurator decide {data} --policy {_POLICY}"
        detail = f"{rows}\n\nOne undo takes all of it back. {same}"
        total = int(proposal.counts["examples"].sum())
        question = f"Apply the policy {_POLICY} to {count(total, 'example')}?"

        async def answered(yes: bool | None) -> None:
            if yes:
                review = self.review
                made = await self.curator.write(lambda: apply_policy(review.opened, proposal))
                review.reload()
                if made is not None:
                    self.notify(
                        f"{len(made):,} decisions were made as one; u in the review takes them back.", markup=False
                    )
                self.review_changed()

        self.app.push_screen(ConfirmQuestion(question, detail, yes="apply it"), answered)


def _is_unreadable(report: AuditReport, name: str) -> bool:
    """Whether a check has findings on lines that are no example."""
    worst = (finding for check in report.checks if check.name == name for finding in check.worst)
    return any(finding.example is None and finding.line is not None for finding in worst)


def _histogram(review: Review, bins: int) -> HistogramBars | None:
    """Of the tokens of all examples; None: they were not counted."""
    facts = review.audit.loaded.facts
    if "tokens" not in facts.columns or not len(facts):
        return None
    return HistogramBars.of(facts["tokens"].to_numpy(), bins, review.audit.options.settings.max_tokens)


def _indented(text: Text) -> Padding:
    """Further lines begin where the first does."""
    return Padding(text, (0, 0, 0, 2))


def _lines(
    report: AuditReport, counts: dict[str, int], histogram: HistogramBars | None, width: int
) -> Iterator[_OverviewLine]:
    yield _OverviewLine(Text("Next", style="bold"), None)
    for step in report.verdict.next_steps:
        where = step.filter
        if step.key == POLICY_KEY:
            where = POLICY_LINE
        elif where is not None and where.startswith("is:unreadable"):
            where = UNREADABLE_LINE
        line = Text(visible(step.in_app or step.sentence, one_line=True))
        if step.command and where is None:
            line.append(f"\n{visible(step.command, one_line=True)}", style="dim")
            where = f"{COMMAND_LINE}{step.command}"
        yield _OverviewLine(_indented(line), where)
    yield _OverviewLine(Text("Why", style="bold"), None)
    for reason in report.verdict.reasons:
        yield _OverviewLine(_indented(Text(visible(reason, one_line=True))), None)
    yield _OverviewLine(Text("Decisions", style="bold"), None)
    yield _OverviewLine(Text(f"  {counts['pending']:>9,}  undecided"), "decided:no")
    for status, word in (("keep", "kept"), ("drop", "dropped"), ("flag", "flagged")):
        yield _OverviewLine(Text(f"  {counts[status]:>9,}  {word}"), f"decided:{status}")
    yield _OverviewLine(Text("Findings", style="bold"), None)
    if not report.checks:
        yield _OverviewLine(Text("  No check found anything."), None)
    most = max((sum(check.open.values()) for check in report.checks), default=0)
    for check in report.checks:
        undecided = sum(check.open.values())
        text = Text(f"  {undecided:>9,} " if check.examples else f"  {'the set':>9} ")
        text.append(bar(undecided, most, _BAR), style=_STYLES[check.severity])
        text.append(f" {SEVERITY_MARKS[check.severity]} {check.name}", style=_STYLES[check.severity])
        decided = f"  {check.decided:,} decided" if check.decided else ""
        text.append(f"{decided}  {check.title}", style="dim")
        text.truncate(width, overflow="ellipsis")
        about_examples = any(finding.example is not None for finding in check.worst)
        about_lines = UNREADABLE_LINE if _is_unreadable(report, check.name) else None
        yield _OverviewLine(text, f"check:{check.name}" if about_examples else about_lines)
    if report.tokens is not None:
        tokens = report.tokens
        yield _OverviewLine(Text("Tokens", style="bold"), None)
        yield _OverviewLine(
            Text(
                f"  {tokens.total:,} in all; median {tokens.median:,}, 95 % up to {tokens.percentile_95:,}, "
                f"longest {tokens.longest:,} ({tokens.tokenizer})"
            ),
            f"tokens:>{tokens.percentile_95}",
        )
        if histogram is not None:
            picture = Content("\n").join(histogram.lines(_HISTOGRAM_ROWS))
            yield _OverviewLine(Content("\n").join([Content("  ") + line for line in picture.split("\n")]), None)
    if report.meaning is not None and report.meaning.topics:
        yield _OverviewLine(Text("Topics", style="bold"), None)
        titles = visible(", ".join(topic.title for topic in report.meaning.topics), one_line=True)
        line = Text(f"  {len(report.meaning.topics):>9,}  on a map: {titles}")
        line.truncate(width, overflow="ellipsis")
        yield _OverviewLine(line, MAP_LINE)
