"""Where a command writes: data to stdout, narration and progress to stderr."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from curator.audit.loading.load import Progress as Report
from curator.settings.request import DataRequest


def stdout_console(*, no_colour: bool = False) -> Console:
    """For data meant for a person; markup and emoji codes are off, since texts may contain them."""
    return Console(no_color=no_colour or None, markup=False, emoji=False, highlight=False)


def narrate(options: DataRequest, sentence: str) -> None:
    """Say something on stderr, unless quiet."""
    if not options.quiet:
        print(sentence, file=sys.stderr)  # noqa: T201 - this module is where narration goes


@contextmanager
def progress_bar(options: DataRequest) -> Iterator[Report]:
    """One bar on stderr through all stages where that is a terminal and narration is wanted; else nothing."""
    console = Console(stderr=True, no_color=options.no_colour or None)
    if options.quiet or not console.is_terminal:
        yield lambda _stage, _done, _total: None
        return
    from curator.audit.work import Work

    columns = (TextColumn("{task.description}"), BarColumn(20), TextColumn("{task.fields[said]}"))
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("reading", total=1, said="")
        work = Work()

        def report(stage: str, done: int, total: int) -> None:
            bar.update(task, description=stage, completed=work.share(stage, done, total), said=work.said(done, total))

        yield report
