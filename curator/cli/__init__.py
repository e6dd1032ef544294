"""The command line: one thin command per file, each imported only when it is called."""

import sys


def main() -> None:
    """Entry point: run the command and end with its exit code."""
    from curator.cli.boundary import run

    sys.exit(run(sys.argv[1:]))
