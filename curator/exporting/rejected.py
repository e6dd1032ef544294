"""The examples that a target rejects, and the exception that names them."""

from dataclasses import dataclass
from pathlib import Path

from curator.data.safe_text import visible
from curator.errors import CuratorError
from curator.targets.violation import Violation

LISTED = 1000
"""Rejected examples that are kept in memory with their reasons; all are counted."""

_SHOWN = 5


@dataclass(frozen=True)
class Rejection:
    """One kept example that the target rejects.

    Attributes:
        id: of the example.
        file: its source.
        line: its line there.
        violations: the errors.
    """

    id: str
    file: Path | str
    line: int
    violations: list[Violation]


class TargetRejects(CuratorError):
    """Kept examples, or the set as a whole, break the target's rules; nothing was written.

    Attributes:
        rejections: the first `LISTED` of them.
        count: how many there are.
        complete: what is wrong with the files as a whole, by file name.
    """

    exit_code = 1

    def __init__(
        self, title: str, rejections: list[Rejection], count: int, complete: list[tuple[str, Violation]]
    ) -> None:
        self.rejections = rejections
        self.count = count
        self.complete = complete
        super().__init__(_sentence(title, rejections, count, complete))


def _sentence(title: str, rejections: list[Rejection], count: int, complete: list[tuple[str, Violation]]) -> str:
    lines = []
    if count:
        lines.append(f"{title} rejects {count} of the kept examples, so nothing was written:")
        for rejection in rejections[:_SHOWN]:
            reasons = "; ".join(f"{violation.rule}: {violation.message}" for violation in rejection.violations[:2])
            place = f"{visible(str(rejection.file), one_line=True)} line {rejection.line}"
            lines.append(f"  {place} ({rejection.id}): {reasons}")
        if count > _SHOWN:
            lines.append(f"  and {count - _SHOWN} more.")
        lines.append("Drop or edit them, or skip them with --skip-invalid.")
    if complete:
        lines.append(f"{title} rejects the export as a whole, so nothing was written:")
        lines.extend(f"  {name}: {violation.rule}: {violation.message}" for name, violation in complete)
    return "\n".join(lines)
