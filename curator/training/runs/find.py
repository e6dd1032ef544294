"""The runs of some data: find them, and say what became of each."""

from pathlib import Path

from curator.audit.open_data import Opened
from curator.errors import UsageError
from curator.project.jobs.job import State, attach
from curator.training.runs.listed import Run, has_started, runs_in


def runs_of(opened: Opened) -> list[Run]:
    """The runs that were handed to the trainer here, the oldest first."""
    return runs_in(opened.project.folder.runs)


def run_named(opened: Opened, name: str) -> Run:
    """The run of that name, or of which it is the beginning; `last` is the newest.

    Raises:
        UsageError: there is none, or several begin so.
    """
    runs = runs_of(opened)
    if name == "last" and runs:
        return runs[-1]
    found = [run for run in runs if run.name.startswith(name)]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"Several runs begin with '{name}': {', '.join(run.name for run in found)}.")
    raise UsageError(f"There is no run '{name}'. `curator runs DATA` lists them.")


def state_of(folder: Path) -> State | None:
    """What became of a run's process; None: it was never started."""
    job = attach(folder)
    if job is None:
        return "died" if has_started(folder) else None
    return job.state()
