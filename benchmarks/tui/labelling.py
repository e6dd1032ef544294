"""A scripted person: `python -m benchmarks.tui.labelling DATA SEED` decides in the app until it is killed.

Each decision is told on standard output, `EXAMPLE ACTION SHOWN`, once the app shows the next example; for an undo,
`EXAMPLE` is `-`.
"""

import asyncio
import os
import random
import sys

from curator.settings.request import DataRequest
from curator.tui.app import CuratorApp

KEYS = {"a": "keep", "x": "drop", "f": "flag", "u": "undo"}


async def label(data: str, seed: int) -> None:
    chance = random.Random(seed)
    app = CuratorApp()
    app.open(DataRequest(data=(data,)))
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        while True:
            key = chance.choices("axfu", (6, 5, 2, 1))[0]
            if key == "u" and app.session.review.decisions.counts()["pending"] == len(app.session.review):
                continue  # nothing to take back
            seen = app.screen.shown
            await pilot.press(key)
            while app.screen.shown is seen:  # a key was sent; on a busy machine it takes a moment to be acted on
                await pilot.pause(0.002)
            told = f"- {KEYS[key]}" if key == "u" else f"{seen.id} {KEYS[key]}"
            os.write(1, f"{told} {app.screen.shown.id}\n".encode())


if __name__ == "__main__":
    os.environ["CURATOR_REVIEW_REPEAT_GUARD"] = "0"
    asyncio.run(label(sys.argv[1], int(sys.argv[2])))
