"""Drive the app as a person would, and read its screen."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from textual.pilot import Pilot

from curator.audit.open_data import open_data
from curator.settings.request import DataRequest
from curator.tui.app import CuratorApp

Steps = Callable[[Pilot, CuratorApp], Awaitable[None]]


def drive(data: Path | None, steps: Steps, *, size=(80, 24), readonly=False, annotator=None, faulty=False) -> None:
    """Open the app on some data, take the steps, close it; nothing fails unnoticed but where it is `faulty`."""

    async def run() -> None:
        app = CuratorApp(readonly=readonly)
        if data is not None:
            app.open(DataRequest(data=(str(data),), annotator=annotator))
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await steps(pilot, app)
        assert faulty or not app.faults, app.faults

    asyncio.run(run())


def screen_lines(app: CuratorApp) -> list[str]:
    """What the terminal shows, line by line."""
    strips = app.screen._compositor.render_strips()
    return ["".join(segment.text for segment in strip) for strip in strips]


def screen_text(app: CuratorApp) -> str:
    return "\n".join(line.rstrip() for line in screen_lines(app))


def decisions_of(data: Path, count: int = 100):
    """What the project's log holds, the latest first."""
    with open_data(DataRequest(data=(str(data),))) as opened:
        return opened.project.log.latest(count)


async def until(pilot: Pilot, is_so: Callable[[], bool]) -> None:
    """Let the app work until something is so; the test's own time limit ends what never is."""
    while not is_so():
        await pilot.pause(0.01)


def said(app: CuratorApp) -> str:
    """Everything that toasts say at the moment."""
    return "\n".join(notification.message for notification in app._notifications)
