"""Where Python looks for modules: never in the working folder, where data and received runs lie.

This module imports nothing that is not loaded already, since it runs before the working folder is off the path.
"""

import os
import sys


def leave_working_folder() -> None:
    """Take the working folder off the module path of this process, and of all that it starts.

    Called before anything is imported. A program that runs from its own source keeps the folder of that source; an
    empty or relative entry of PYTHONPATH means the working folder, or one in it.
    """
    own = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 - pathlib is not loaded yet
    given = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    unsafe = ["", ".", *(os.path.abspath(entry) for entry in ("", *given) if not os.path.isabs(entry))]  # noqa: PTH100, PTH117
    sys.path[:] = [entry for entry in sys.path if entry == own or entry not in unsafe]
    os.environ["PYTHONSAFEPATH"] = "1"
    os.environ["PYTHONPATH"] = os.pathsep.join(entry for entry in given if os.path.isabs(entry))  # noqa: PTH117
