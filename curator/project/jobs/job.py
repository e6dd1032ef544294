"""One piece of long work in a folder of its own: a child process, its events, its log.

The child outlives whoever started it. Its number and start stand in `job.json`, written by itself before it begins, so
there is no moment at which it runs unknown. What became of it is read from the events: a process that is gone without
a last word died.
"""

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec

from curator.errors import DecisionConflict, WorkFailed
from curator.module_path import module_command, safe_environment
from curator.project.jobs.process_identity import is_running
from trainer.contract import EVENTS_FILE, LOG_FILE
from trainer.contract.events import FINAL, EventReader, last_event

RECORD = "job.json"
ALREADY_RUNNING = 75
"""Exit code of the launcher when the folder's work is running (sysexits' EX_TEMPFAIL)."""

State = Literal["running", "finished", "failed", "stopped", "died"]
_PAUSE = 0.1
_LOG_TAIL = 4096


class Record(msgspec.Struct, frozen=True):
    """What `job.json` holds: a process and where its events begin. The environment, where keys are, is not in it."""

    process: int
    mark: str
    command: list[str]
    events_from: int


class Job:
    """Work that was started in a folder, by this program or by one that is gone."""

    def __init__(self, folder: Path, record: Record) -> None:
        self.folder = folder
        self.record = record

    @property
    def events(self) -> Path:
        """Where its events are."""
        return self.folder / EVENTS_FILE

    def is_running(self) -> bool:
        """Whether its process is there."""
        return is_running(self.record.process, self.record.mark)

    def state(self) -> State:
        """What became of it."""
        if self.is_running():
            return "running"
        last = last_event(self.events, self.record.events_from)
        if last is None or last["event"] not in FINAL:
            return "died"
        state: State = last["event"]
        return state

    def follow(self, position: int | None = None) -> Iterator[dict[str, Any]]:
        """Its events as they come, until it has ended and all are read.

        Args:
            position: byte to begin at, see `EventReader.position`; None: where this attempt began.
        """
        reader = EventReader(self.events, self.record.events_from if position is None else position)
        running = True
        while running:
            running = self.is_running()  # asked before reading, so that nothing is missed that it wrote at its end
            yield from reader.new()
            if running:
                time.sleep(_PAUSE)

    def cancel(self, *, at_once: bool = False) -> None:
        """Ask it to stop, which it does at the next place to continue from; or end it with all its children at once."""
        if not self.is_running():
            return
        try:
            if at_once:
                os.killpg(self.record.process, signal.SIGKILL)
            else:
                os.kill(self.record.process, signal.SIGTERM)
        except ProcessLookupError:
            return

    def log_tail(self) -> str:
        """The end of what it printed: where a process that died may have said why."""
        try:
            with (self.folder / LOG_FILE).open("rb") as file:
                file.seek(max(0, file.seek(0, 2) - _LOG_TAIL))
                return file.read().decode("utf-8", errors="replace")
        except FileNotFoundError:
            return ""


def start(folder: Path, command: Sequence[str], environment: dict[str, str] | None = None) -> Job:
    """Start `command` as a process of its own that writes its events into `folder`.

    Args:
        folder: made where it is not there; its event file is continued.
        command: program and arguments; standard output and error go to `log.txt`.
        environment: of the child; None: as this program's.

    Raises:
        DecisionConflict: the folder's work is running already.
        WorkFailed: the process could not be started; the sentence says why.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    launcher = module_command("curator.project.jobs.launch", str(folder), *command)
    environment = safe_environment() if environment is None else environment
    launched = subprocess.run(launcher, env=environment, capture_output=True, text=True, check=False)
    job = attach(folder)
    if launched.returncode == ALREADY_RUNNING and job is not None:
        raise DecisionConflict(f"{folder} is being worked on by process {job.record.process}. Follow or cancel that.")
    if launched.returncode or job is None:
        reason = launched.stderr.strip().rpartition("\n")[2] or f"exit code {launched.returncode}"
        raise WorkFailed(f"The work in {folder} could not be started: {reason}.")
    return job


def attach(folder: Path) -> Job | None:
    """The work that was last started in `folder`; None where none was."""
    try:
        return Job(folder, msgspec.json.decode((folder / RECORD).read_bytes(), type=Record))
    except FileNotFoundError:
        return None
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise WorkFailed(f"{folder / RECORD} is damaged ({error}). Delete it once no work runs there.") from error


def jobs_in(folder: Path) -> list[Job]:
    """The work of every folder directly below `folder`, by name."""
    found = (attach(below) for below in sorted(folder.iterdir()) if below.is_dir()) if folder.is_dir() else ()
    return [job for job in found if job is not None]
