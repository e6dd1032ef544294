"""The exceptions this program raises, and the exit code that each one ends a command with.

CuratorError
├── UsageError            2  the command, a setting or a file name is wrong
│   └── UnreadableInput   2  a source cannot be read at all
├── MissingDependency     3  a package, model, vocabulary or device is not here
├── WorkFailed            4  the work stopped midway and can be resumed
└── DecisionConflict      2  two people, or two processes, want different things
"""

import errno
from collections.abc import Iterable
from importlib.util import find_spec

EXTRAS = {
    "torch": "train",
    "transformers": "train",
    "scipy": "train",
    "sentence_transformers": "encoders",
    "sklearn": "labels",
    "datasketch": "datasketch",
    "openai": "openai",
    "together": "together",
    "fireworks": "fireworks",
}
"""Packages that the base does not install, as they are imported, and the extra of ours that brings each."""

DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""The system's numbers for: there is no room, a quota is used up, a file may not grow further."""


def did_you_mean(name: str, known: Iterable[str], otherwise: str = "") -> str:
    """The end of a sentence about a name that does not exist: the nearest that does; without one, `otherwise`."""
    from difflib import get_close_matches

    near = get_close_matches(name, list(known), n=1)
    return f" Did you mean '{near[0]}'?" if near else otherwise


class CuratorError(Exception):
    """Something a person can act on: the text says what happened, where, and what to do."""

    exit_code = 4


class UsageError(CuratorError):
    """The command, a setting or a file name is wrong."""

    exit_code = 2


class UnreadableInput(UsageError):
    """A source cannot be read at all: missing, a directory, empty, binary."""


class MissingDependency(CuratorError):
    """A package, model, vocabulary or device is not on this machine."""

    exit_code = 3


class WorkFailed(CuratorError):
    """The work stopped midway (disk full, service error, a child killed) and can be resumed."""

    exit_code = 4


class DecisionConflict(CuratorError):
    """Two people, or two processes, want different things of the same project."""

    exit_code = 2


def is_installed(module: str) -> bool:
    """Whether a package can be imported, by its name alone: nothing of it is loaded."""
    try:
        return find_spec(module) is not None
    except (ImportError, ValueError):  # something stands between the name and the package
        return False


def require(module: str, needed_by: str, extra: str = "") -> None:
    """See that a package of an extra is installed, before the work.

    Args:
        module: as it is imported; one of `EXTRAS`.
        needed_by: what needs it, as a sentence begins.
        extra: that is named to the user; "": the one that is smallest.

    Raises:
        MissingDependency: it is not; the sentence says how to install it.
    """
    if not is_installed(module):
        line = f"pip install 'curator-tune[{extra or EXTRAS[module]}]'"
        raise MissingDependency(f"{needed_by} needs {module}, which is not installed: {line}.")
