"""The keys of every screen as Markdown: `python -m curator.tui.actions.key_table FILE` puts them into a page."""

import sys
from functools import partial
from pathlib import Path

from curator.tui.actions.action import EVERYWHERE, Action
from curator.tui.actions.actions import screens
from curator.tui.actions.keymap import rows_of

BEGIN, END = "<!-- keys -->", "<!-- /keys -->"


def key_table() -> str:
    """A table a screen; what works everywhere first."""
    parts = []
    for screen in screens():
        rows = rows_of(screen, among=partial(_is_of, screen))
        heading = "On every screen" if screen == EVERYWHERE else f"On the screen `{screen}`"
        lines = [f"| `{_cell(keys)}` | {label} | {_cell(description)} |" for keys, label, description in rows]
        parts.append("\n".join([f"**{heading}**", "", "| key | | |", "| --- | --- | --- |", *lines]))
    return "\n\n".join(parts)


def _is_of(screen: str, action: Action) -> bool:
    return action.screen == screen


def with_table(page: str) -> str:
    """A page with the table between its marks."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{key_table()}\n{END}{after}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    file = Path(sys.argv[1])
    file.write_text(with_table(file.read_text(encoding="utf-8")), encoding="utf-8")
