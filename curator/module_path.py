"""Where Python looks for modules, in this process and in those that it starts: never in the working folder.

The working folder is where data lie, and what lies beside data is not ours to run. This module imports nothing that is
not loaded already, since it runs before the working folder is off the path.
"""

import os
import sys

VARIABLES = ("PYTHONPATH", "PYTHONSAFEPATH")
"""Of the environment: what is set here."""
_PATH, _SAFE = VARIABLES


def leave_working_folder() -> None:
    """Take the working folder off the module path of this process, and of all that it starts.

    Called before anything is imported. A program that runs from its own source keeps the folder of that source.
    """
    unsafe = _unsafe(os.environ.get(_PATH, ""))
    own = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 - pathlib is not loaded yet
    sys.path[:] = [entry for entry in sys.path if entry == own or entry not in unsafe]
    os.environ.update(safe_environment())


def safe_environment(**more: str) -> dict[str, str]:
    """The environment, and `more`, of a process that does not look for modules in its working folder.

    An empty or relative entry of PYTHONPATH means that folder, or one in it; it is taken out.
    """
    entries = [entry for entry in os.environ.get(_PATH, "").split(os.pathsep) if os.path.isabs(entry)]  # noqa: PTH117
    return {**os.environ, _PATH: os.pathsep.join(entries), _SAFE: "1", **more}


def module_command(module: str, *arguments: str) -> list[str]:
    """The command that runs one of our modules as a program: the only way in which a process of ours is started."""
    return [sys.executable, "-P", "-m", module, *arguments]


def _unsafe(given: str) -> list[str]:
    """The entries of a module path that mean the working folder, or come from a relative one of PYTHONPATH."""
    try:
        here = os.getcwd()  # noqa: PTH109
    except OSError:  # it was deleted: nothing can be in it
        return ["", "."]
    relative = [entry for entry in given.split(os.pathsep) if not os.path.isabs(entry)]  # noqa: PTH117
    return ["", ".", here, *(os.path.normpath(os.path.join(here, entry)) for entry in relative)]  # noqa: PTH118
