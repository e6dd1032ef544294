"""Ask the trainer something that ends: its plan, an evaluation. It runs as a process, since it takes torch to load."""

import subprocess

from curator.errors import CuratorError, MissingDependency, UsageError, WorkFailed
from curator.module_path import module_command, safe_environment
from trainer.contract import EXIT_INTERNAL, EXIT_MISSING, EXIT_SIGINT, EXIT_USAGE


def ask_trainer(*arguments: str) -> str:
    """What the trainer prints on stdout.

    Raises:
        UsageError, MissingDependency, WorkFailed: what it says, by its exit code.
    """
    command, environment = module_command("trainer", *arguments), safe_environment(NO_COLOR="1")
    ended = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, umask=0o077)
    if not ended.returncode:
        return ended.stdout
    if ended.returncode == EXIT_SIGINT:
        raise KeyboardInterrupt
    lines = [line for line in ended.stderr.splitlines() if line.strip()] or ["The trainer ended without a word."]
    if ended.returncode < 0:
        raise WorkFailed(
            f"The trainer was killed ({_signal(-ended.returncode)}). Unless a person did that, memory ran out. "
            "What it finished is kept; the same command resumes from there."
        )
    if ended.returncode == EXIT_INTERNAL:
        raise WorkFailed(f"This is a bug in the trainer: {' · '.join(lines[-4:-1])}")
    kinds: dict[int, type[CuratorError]] = {EXIT_USAGE: UsageError, EXIT_MISSING: MissingDependency}
    raise kinds.get(ended.returncode, WorkFailed)(lines[-1])


def _signal(number: int) -> str:
    import signal

    return signal.Signals(number).name
