"""The exceptions this program raises, and the exit code that each one ends a command with.

CuratorError
├── UsageError            2  the command, a setting or a file name is wrong
│   └── UnreadableInput   2  a source cannot be read at all
├── MissingDependency     3  a package, model, vocabulary or device is not here
├── WorkFailed            4  the work stopped midway and can be resumed
└── DecisionConflict      2  two people, or two processes, want different things
"""

import errno

DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""The system's numbers for: there is no room, a quota is used up, a file may not grow further."""


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
