"""The latest decisions; Enter goes to the example."""

from typing import TYPE_CHECKING, ClassVar, cast

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from curator.data.safe_text import visible
from curator.project.decisions.decision import Decision
from curator.project.decisions.times import time_text
from curator.tui.widgets.dialogs.dialog import Dialog

if TYPE_CHECKING:
    from curator.tui.app import CuratorApp

_LATEST = 200


class HistoryScreen(Dialog[str | None]):
    """Gives the id of the example that was chosen."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,h", "close", "Close", show=False)]

    def compose(self) -> ComposeResult:
        """A list, the latest first."""
        review = cast("CuratorApp", self.app).session.review
        self._decisions = [] if review is None else review.opened.project.log.latest(_LATEST)
        with Vertical(classes="dialog"):
            yield Static(Text("Latest decisions", style="bold"))
            if self._decisions:
                yield OptionList(*(Option(_line(decision)) for decision in self._decisions))
            else:
                yield Static("Nothing was decided yet.", markup=False)
            yield Static("Enter goes to the example   Esc closes", markup=False, classes="dim")

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Close with the example."""
        self.dismiss(self._decisions[event.option_index].example)

    def action_close(self) -> None:
        """Close."""
        self.dismiss(None)


def _line(decision: Decision) -> Text:
    line = Text(f"{time_text(decision.time)[11:19]} ", style="dim", no_wrap=True, overflow="ellipsis")
    line.append(f"{decision.action:<6} ", style="bold not dim")
    by = f"policy {decision.policy}" if decision.policy else decision.annotator
    line.append(f"{decision.example or '':<18} {visible(by, one_line=True)}", style="not dim")
    if decision.reason:
        line.append(f"  {visible(decision.reason, one_line=True)}", style="italic not dim")
    return line
