"""`python -m curator.project.jobs.launch FOLDER COMMAND...`: becomes COMMAND, detached, after it has written who it is.

Two forks, so that whoever started it has no child to wait for and its end reaches nobody else; one lock for the moment
of the start, so that of two who start the same work one is refused.
"""

import fcntl
import os
import sys
from pathlib import Path

import msgspec

from curator.project.jobs.job import ALREADY_RUNNING, RECORD, Record, attach
from curator.project.jobs.process_identity import own
from trainer.contract import EVENTS_FILE, LOG_FILE

_LOCK = "job.lock"


def launch(folder: Path, command: list[str]) -> int:
    """Start the command; 0 once it is recorded, `ALREADY_RUNNING` when the folder's work runs.

    What the work writes is its owner's alone: it holds texts of the data.
    """
    os.umask(0o077)
    with (folder / _LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        before = attach(folder)
        if before is not None and before.is_running():
            return ALREADY_RUNNING
        if child := os.fork():
            return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        os.setsid()
        recorded, reported = os.pipe()
        if os.fork():
            os.close(reported)
            os._exit(0 if os.read(recorded, 1) else 1)  # nothing to read: it died before it was recorded
    _become(folder, command, reported)
    return 1


def _become(folder: Path, command: list[str], reported: int) -> None:
    """Record this process, then replace its program by the command's."""
    os.setpgid(0, 0)
    process, mark = own()
    events = folder / EVENTS_FILE
    record = Record(process, mark, command, events.stat().st_size if events.exists() else 0)
    unfinished = folder / f".{RECORD}.{process}"
    with unfinished.open("wb") as file:
        file.write(msgspec.json.encode(record))
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(folder / RECORD)
    os.write(reported, b"1")
    log = os.open(folder / LOG_FILE, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    try:
        os.execvp(command[0], command)
    except OSError as error:
        sys.exit(f"{command[0]} cannot be started: {error.strerror}.")


if __name__ == "__main__":
    sys.exit(launch(Path(sys.argv[1]), sys.argv[2:]))
