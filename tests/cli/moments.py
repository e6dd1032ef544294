"""Something that happens at a chosen moment of a run: at the n-th line of this program's own code that it executes."""

import sys
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

PACKAGE = str(Path(__file__).parents[2] / "curator")


class Moment:
    """Counts executed lines of files below `within`, and acts once at line number `at`; 0: only counts."""

    def __init__(self, at: int, act: Callable[[], None], within: str = "") -> None:
        self.at, self.act, self.lines = at, act, 0
        self._place = f"{PACKAGE}/{within}"

    def _enter(self, frame, event, argument):
        return self._line if frame.f_code.co_filename.startswith(self._place) else None

    def _line(self, frame, event, argument):
        if event == "line":
            self.lines += 1
            if self.lines == self.at:
                self.act()
        return self._line

    @contextmanager
    def watched(self):
        before = sys.gettrace()
        sys.settrace(self._enter)
        try:
            yield self
        finally:
            sys.settrace(before)
