"""What the checks found in an example, each as a sentence with what to do about it."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Group
from rich.padding import Padding
from rich.text import Text
from textual.widgets import Static

from curator.data.finding import Finding, Place
from curator.data.safe_text import visible
from curator.reporting.wording import count
from curator.tui.drawing import SEVERITY_MARKS

_STYLES = {"error": "bold red", "warning": "yellow", "info": "cyan"}

_SHOWN_AT_MOST = 40
"""Findings that are listed, the gravest; of more, the number is said."""

_NAMED = 2
"""Related examples that are named with a finding."""


class FindingsPane(Static):
    """The findings of the example at hand, gravest first."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - textual's own name
        super().__init__("", id=id, markup=False)

    def show(self, findings: list[Finding], note: str = "", *, checked: bool = True) -> None:
        """List the findings; `note` stands after them. `checked`: whether the checks ran already."""
        parts: list[Text | Padding] = []
        for finding in findings[:_SHOWN_AT_MOST]:
            heading = Text(f"{SEVERITY_MARKS[finding.severity]} {finding.check}", style=_STYLES[finding.severity])
            if finding.suggestion not in ("none", "review"):
                heading.append(f"  [{finding.suggestion}]", style="bold default")
            message = Text(visible(finding.message, one_line=True))
            if finding.related:
                message.append(f"\n→ {_names_of(finding.related)}", style="dim")
            parts += [heading, Padding(message, (0, 0, 0, 2))]
        if len(findings) > _SHOWN_AT_MOST:
            parts.append(Text(f"… and {count(len(findings) - _SHOWN_AT_MOST, 'more finding')}.", style="dim"))
        if not findings:
            nothing = "No check found anything here." if checked else "Not checked yet; the checks are running."
            parts.append(Text(nothing, style="dim"))
        if note:
            parts.append(Text(visible(note), style="dim"))
        self.update(Group(*parts))


def _names_of(related: Sequence[Place]) -> str:
    """The examples that a finding is about besides this one, as file and line: `:` goes to a line."""
    names = [f"{Path(place.file).name}:{place.line}" for place in related[:_NAMED]]
    more = f" and {len(related) - _NAMED} more" if len(related) > _NAMED else ""
    return visible(", ".join(names), one_line=True) + more
