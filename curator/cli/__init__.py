"""The command line: one thin command per file, each imported only when it is called."""

import codecs
import sys

from curator.module_path import leave_working_folder

_PLAIN = str.maketrans({"·": "-", "–": "-", "─": "-", "…": "...", "•": "*", "×": "x", "≈": "~", "→": ">", "◂": "<"})


def main() -> None:
    """Entry point: run the command and end with its exit code."""
    leave_working_folder()
    try:
        codecs.register_error("plain", _plainly)
        from curator.cli.streams import take_over

        take_over(errors="plain")
        from curator.cli.boundary import run

        outcome = run(sys.argv[1:])
    except KeyboardInterrupt:  # while the first modules were read
        sys.stderr.write("curator: interrupted before it began.\n")
        outcome = 130
    sys.exit(outcome)


def _plainly(error: UnicodeError) -> tuple[str, int]:
    """What a terminal that knows few characters shows for the others: our own signs plainly, the rest as escapes."""
    assert isinstance(error, UnicodeEncodeError)
    text = error.object[error.start : error.end].translate(_PLAIN)
    return text.encode("ascii", "backslashreplace").decode("ascii"), error.end
