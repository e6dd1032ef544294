"""Deciding about many examples at once: at once where they are few, else after a question with the exact count."""

from collections.abc import Awaitable, Callable

from curator.tui.page import Page
from curator.tui.widgets.dialogs.question import ConfirmQuestion

ASK_ABOVE = 20
"""Examples above which a decision about all of them is asked for first."""


def do_or_ask(
    page: Page, examples: int, question: ConfirmQuestion, do: Callable[[], Awaitable[None]], *, always: bool = False
) -> None:
    """Do something about so many examples; above `ASK_ABOVE`, or `always`, only after a yes to the question."""

    async def answered(yes: bool | None) -> None:
        if yes:
            await do()

    if examples > ASK_ABOVE or always:
        page.app.push_screen(question, answered)
    else:
        page.run_worker(answered(True), group="decide")
