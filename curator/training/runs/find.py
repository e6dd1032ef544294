"""The runs of some data: find them, and say what became of each."""

from difflib import get_close_matches
from pathlib import Path

from curator.audit.open_data import Opened
from curator.errors import UsageError
from curator.project.folder import ENDING
from curator.project.jobs.job import State, attach
from curator.training.runs.listed import Run, has_started, runs_in


def runs_of(opened: Opened) -> list[Run]:
    """The runs that were handed to the trainer here, the oldest first."""
    return runs_in(opened.project.folder.runs)


def run_named(opened: Opened, name: str) -> Run:
    """The run of that name, or of which it is the beginning; `last` is the newest; its folder names it, too.

    Raises:
        UsageError: there is none, or several begin so.
    """
    runs = runs_of(opened)
    if Path(name).is_dir():
        name = Path(name).resolve().name
    if name == "last" and runs:
        return runs[-1]
    found = [run for run in runs if run.name.startswith(name)]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"Several runs begin with '{name}': {', '.join(run.name for run in found)}.")
    raise UsageError(f"There is no run '{name}'. `curator runs DATA` lists them.")


def run_folder(name: str, place: Path) -> Path:
    """The folder of a run: named by itself, or by its name or `last` among the projects of a folder.

    Args:
        name: a folder, a run's name or the beginning of it, or `last`.
        place: where the data lie whose runs are meant.

    Raises:
        UsageError: there is none, or several begin so.
    """
    if Path(name).is_dir():
        return Path(name)
    runs = [run for folder in sorted(place.glob(f"*{ENDING}/runs")) for run in runs_in(folder)]
    if name == "last" and runs:
        return max(runs, key=lambda run: run.snapshot.created).folder
    found = [run.folder for run in runs if run.name.startswith(name)]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"Several runs begin with '{name}': {', '.join(map(str, found))}. Name the folder.")
    near = get_close_matches(name, [run.name for run in runs], n=1)
    hint = f" Did you mean '{near[0]}'?" if near else " `curator runs DATA` lists them; name one, or its folder."
    raise UsageError(f"There is no run '{name}' of data in {place.resolve()}.{hint}")


def state_of(folder: Path) -> State | None:
    """What became of a run's process; None: it was never started."""
    job = attach(folder)
    if job is None:
        return "died" if has_started(folder) else None
    return job.state()
