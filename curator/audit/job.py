"""The audit as a child process that writes events: `python -m curator.audit.job FOLDER REQUEST`.

The app starts it and does not wait; whoever opens the same data meanwhile follows the same process.
"""

import sys
import time
from dataclasses import asdict
from pathlib import Path

import msgspec

from curator.audit.open_data import Opened, open_data
from curator.errors import CuratorError, DecisionConflict
from curator.module_path import module_command
from curator.project.jobs.job import Job, attach, start
from curator.settings.request import DataRequest
from trainer.contract import EVENTS_FILE
from trainer.contract.events import EventLog

_BETWEEN = 0.2
"""Seconds between two reports of progress."""


def start_audit(opened: Opened) -> Job:
    """Start the audit of open data, or join the one that runs.

    Raises:
        WorkFailed: the process could not be started.
    """
    folder = opened.project.folder.logs / "audit"
    request = {name: value for name, value in asdict(opened.request).items() if value is not None}
    text = msgspec.json.encode(request).decode()
    readonly = ["--readonly"] if opened.project.database.readonly else []
    command = module_command("curator.audit.job", str(folder), text, *readonly)
    try:
        return start(folder, command)
    except DecisionConflict:
        job = attach(folder)
        assert job is not None, "it was said to be running"
        return job


def run(folder: Path, request: DataRequest, *, readonly: bool) -> int:
    """Audit, telling how far it is; the exit code."""
    with EventLog(folder / EVENTS_FILE, "audit") as events:
        events.write("started", data=list(request.data))
        reported = 0.0

        def progress(stage: str, done: int, total: int) -> None:
            nonlocal reported
            now = time.monotonic()
            if now - reported >= _BETWEEN:
                reported = now
                events.write("progress", stage=stage, step=done, steps=total)

        try:
            with open_data(request, readonly=readonly) as opened:
                audit = opened.audited(progress, texts=True)
        except CuratorError as error:
            events.write("failed", reason=str(error), exit_code=error.exit_code)
            return error.exit_code
        events.write("finished", examples=len(audit.loaded.facts), findings=len(audit.findings), exit_code=0)
    return 0


if __name__ == "__main__":
    given = msgspec.json.decode(sys.argv[2])
    lists = {name: tuple(value) for name, value in given.items() if isinstance(value, list)}
    sys.exit(run(Path(sys.argv[1]), DataRequest(**{**given, **lists}), readonly="--readonly" in sys.argv))
