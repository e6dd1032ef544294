"""The outermost boundary of a command: every way it can end becomes a sentence on stderr and an exit code."""

import errno
import re
import sys
import traceback

import click

from curator.cli.commands import curator
from curator.cli.streams import OutputFailed
from curator.errors import DISK_FULL, CuratorError

INTERRUPTED = 130
INTERNAL_ERROR = 70


def run(arguments: list[str]) -> int:
    """Run the command line; the exit code."""
    outcome = _outcome(arguments)
    try:
        sys.stdout.flush()
    except OutputFailed as failed:
        return _not_printed(failed)
    return outcome


def _outcome(arguments: list[str]) -> int:
    try:
        outcome = curator.main(args=arguments, prog_name="curator", standalone_mode=False)
    except click.exceptions.Exit as exit_:
        return exit_.exit_code
    except click.ClickException as error:
        _with_nearest(error).show(sys.stderr)
        return 2
    except CuratorError as error:
        click.echo(f"curator: {error}", err=True)
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        click.echo("curator: interrupted. What was finished is kept; run the command again to resume.", err=True)
        return INTERRUPTED
    except OutputFailed as failed:
        return _not_printed(failed)
    except OSError as error:
        return _system_refused(error)
    except Exception:  # the last boundary: a bug must not look like a finding
        return _internal_error()
    return outcome if isinstance(outcome, int) else 0


def _with_nearest(error: click.ClickException) -> click.ClickException:
    """Of an option or value that does not exist, the nearest one that does, and only that."""
    from difflib import get_close_matches

    if isinstance(error, click.NoSuchOption):
        near = get_close_matches(error.option_name, error.possibilities or (), n=1, cutoff=0.75)
        return click.NoSuchOption(error.option_name, possibilities=near, ctx=error.ctx)
    if isinstance(error, click.BadParameter) and error.param is not None:
        choices = [str(choice) for choice in getattr(error.param.type, "choices", ())]
        given = re.match("'([^']*)' is not one of", error.message)
        if given and (near := get_close_matches(given[1], choices, n=1)):
            sentence = f"{error.message.rstrip('.')}. Did you mean '{near[0]}'?"
            return click.BadParameter(sentence, error.ctx, error.param, error.param_hint)
    return error


def _not_printed(failed: OutputFailed) -> int:
    """Whoever read our output may have gone, which ends a command quietly; any other reason is said."""
    if failed.reader_left:
        return 0
    reason = "the disk is full" if failed.error.errno in DISK_FULL else f"{failed.error.strerror}"
    if failed.done is None:
        click.echo(f"curator: the output could not be printed to standard output: {reason}.", err=True)
    else:
        click.echo(
            f"curator: {failed.done}. Only the report of it could not be printed to standard output: {reason}. Do not "
            "run the command again for that.",
            err=True,
        )
    return 4


def _system_refused(error: OSError) -> int:
    place = f" at {error.filename}" if error.filename else ""
    if error.errno in DISK_FULL:
        click.echo(
            f"curator: the disk is full{place}. Free some space and run the command again; it resumes.", err=True
        )
        return 4
    click.echo(f"curator: {error.strerror or error}{place}.", err=True)
    is_usage = isinstance(error, PermissionError | FileNotFoundError | IsADirectoryError | NotADirectoryError)
    return 2 if is_usage or error.errno in (errno.ENAMETOOLONG, errno.ELOOP, errno.EROFS) else 4


def _internal_error() -> int:
    traceback.print_exc()
    click.echo("curator: this is a bug in curator, not in your data. The lines above say where.", err=True)
    return INTERNAL_ERROR
