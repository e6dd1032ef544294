"""A scripted labelling run that says on stdout what it shows and what it has decided, to be killed at any moment.

`python -m tests.tui.labelling_run DATA SEED`: decides with chance keys until it is killed. A line `showing ID` comes
when an example is on the screen, `decided ID` when the example after it is, `undone` after an undo.
"""

import asyncio
import os
import random
import sys

os.environ["CURATOR_REVIEW_REPEAT_GUARD"] = "0"

from curator.settings.request import DataRequest
from curator.tui.app import CuratorApp

KEYS = "aaaxxf1u"


def say(line: str) -> None:
    os.write(1, f"{line}\n".encode())


async def label(data: str, seed: int) -> None:
    chance = random.Random(seed)
    app = CuratorApp()
    app.open(DataRequest(data=(data,), annotator="ann"))
    async with app.run_test() as pilot:
        await pilot.pause()
        while True:
            before = app.screen.shown.id
            say(f"showing {before}")
            key = chance.choice(KEYS)
            await pilot.press(key)
            say("undone" if key == "u" else f"decided {before}")


if __name__ == "__main__":
    asyncio.run(label(sys.argv[1], int(sys.argv[2])))
