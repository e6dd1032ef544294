"""`python -m tests.exporting.killed FOLDER`: replace an export again and again, killed at one step later each time.

A step is a file or folder that is opened for writing, made, renamed or removed. The folders stay as the kill left them,
`FOLDER/0`, `FOLDER/1` and so on; the last one is of an export that came to its end.
"""

import os
import shutil
import signal
import sys
from pathlib import Path

from curator.exporting.write import write_export
from tests.exporting.test_write_export import kept, talk

STEPS = ("os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.chmod")


def later(number):
    return talk(number + 1000)


def replaced_until(folder, step):
    """Replace the export in `folder/exp` in a process that is killed before a step; whether it came through."""
    if child := os.fork():
        return os.waitpid(child, 0)[1] == 0
    seen = 0

    def kill(event, details):
        nonlocal seen
        writes = event == "open" and isinstance(details[2], int) and details[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        if event in STEPS or writes:
            if seen == step:
                os.kill(os.getpid(), signal.SIGKILL)
            seen += 1

    sys.addaudithook(kill)
    write_export(kept(40, later), "axolotl", folder / "exp", replace=True)
    os._exit(0)


def main(folder):
    write_export(kept(40), "axolotl", folder / "before" / "exp")
    (folder / "before" / "NOTES.md").write_text("years of work")
    came_through, step = False, 0
    while not came_through:
        place = folder / str(step)
        shutil.copytree(folder / "before", place)
        came_through = replaced_until(place, step)
        step += 1


if __name__ == "__main__":
    main(Path(sys.argv[1]))
