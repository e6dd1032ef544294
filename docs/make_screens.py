"""Take the pictures of the app from the app itself: `python docs/make_screens.py` writes `docs/pictures/app-*.svg`.

The app runs on the sample data, keys are pressed as a person would, and its screen is drawn as SVG with nothing that
is fetched from elsewhere.
"""

import asyncio
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from textual.pilot import Pilot

from curator.audit.open_data import open_data
from curator.settings.request import DataRequest
from curator.tui.app import CuratorApp

HERE = Path(__file__).resolve().parent
SAMPLE = HERE.parent / "sample_data" / "messy.jsonl"
SIZE = (100, 30)

SCREENS: dict[str, tuple[tuple[str, ...], Callable[[CuratorApp], bool]]] = {
    "overview": (("o",), lambda app: getattr(app.screen, "report", None) is not None),
    "review": (("r", "a", "x", "j"), lambda app: getattr(app.screen, "shown", None) is not None),
    "map": (("o", "m"), lambda app: any("⠀" < mark <= "⣿" for mark in text_of(app))),
    "browse": (("b", "s", "J", "J", "j", "j", "space"), lambda app: app.screen.selection.count == 4),
    "duplicates": (("d",), lambda app: "│" in text_of(app)),
    "compare": (("b", "n", "g", "space", "space", "equals_sign"), lambda app: "│" in text_of(app)),
    "help": (("r", "question_mark"), lambda app: "Keep" in text_of(app)),
}
"""By name: the keys that lead there from anywhere, and when it is there."""


def text_of(app: CuratorApp) -> str:
    """What the screen says."""
    return "\n".join("".join(part.text for part in line) for line in app.screen._compositor.render_strips())


async def pressed(
    pilot: Pilot[None], app: CuratorApp, keys: tuple[str, ...], is_there: Callable[[CuratorApp], bool]
) -> None:
    """Press keys, leaving time for what each one starts, and wait for the screen."""
    for key in keys:
        await pilot.press(key)
        await app.workers.wait_for_complete()
        await pilot.pause()
    while not is_there(app):
        await pilot.pause(0.05)
    app.clear_notifications()
    await pilot.pause(0.1)


def standing_alone(svg: str) -> str:
    """The picture with the fonts of whoever looks at it; the original fetches one."""
    svg = re.sub(r"@font-face\s*\{.*?\}", "", svg, flags=re.DOTALL)
    return svg.replace("Fira Code, monospace", "ui-monospace, Menlo, Consolas, monospace").replace(
        "font-family: Fira Code", "font-family: ui-monospace, Menlo, Consolas, monospace"
    )


async def taken(data: Path, folder: Path, size: tuple[int, int]) -> None:
    """Every picture, into `folder`."""
    app = CuratorApp()
    app.open(DataRequest(data=(str(data),), annotator="you"))
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        for name, (keys, is_there) in SCREENS.items():
            await pressed(pilot, app, keys, is_there)
            target = folder / f"app-{name}.svg"
            target.write_text(standing_alone(app.export_screenshot(title="curator")), encoding="utf-8")
            print(target)  # noqa: T201 - a script
            while len(app.screen_stack) > 2:
                app.pop_screen()
                await pilot.pause()


def main() -> None:
    """`python docs/make_screens.py [FOLDER COLUMNS LINES]`."""
    given = sys.argv[1:]
    folder = Path(given[0]) if given else HERE / "pictures"
    size = (int(given[1]), int(given[2])) if len(given) > 2 else SIZE
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        os.environ.update(XDG_STATE_HOME=home, XDG_CONFIG_HOME=home, CURATOR_REVIEW_REPEAT_GUARD="0")
        shutil.copy(SAMPLE, Path(home) / "support_desk.jsonl")
        folder = folder.resolve()
        os.chdir(home)  # pictures show names as a person types them
        data = Path("support_desk.jsonl")
        with open_data(DataRequest(data=(str(data),))) as opened:
            opened.audited(lambda *_: None, texts=True)
        asyncio.run(taken(data, folder, size))


if __name__ == "__main__":
    main()
