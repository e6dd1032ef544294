"""The commands by name, with the line that `--help` shows; a command's module is imported when it is called."""

from importlib import import_module
from pathlib import Path

import click

from curator import __version__

COMMANDS = {
    "audit": "Read, check and report: is this data ready to fine-tune on, and if not, what first?",
    "review": "Go through the examples in the terminal app, one key each.",
    "show": "Print the examples that a filter finds.",
    "score": "Have a judge score answers by a rubric; calibrate it against people.",
    "decide": "Decide without the app: apply a policy, or keep, drop or flag what a filter finds.",
    "duplicates": "Find similar examples: verified pairs, their relations, groups and keepers.",
    "similar": "Find examples by meaning: those nearest to a text or to an example.",
    "select": "Print a balanced subset: every example has a chosen one near it.",
    "split": "Split what is kept so that nothing leaks, with a certificate.",
    "leaks": "Find the examples of one file that another one contains already.",
    "label": "Answer the questions of curator.toml about examples; say how far annotators agree.",
    "undo": "Take back the latest decision, or policy, as a whole.",
    "decisions": "Export and import decisions as JSON Lines.",
    "export": "Write what was kept, in the form a target wants.",
    "train": "Train on what was kept, here or at a service; follow it, continue it, stop it.",
    "compare": "Did tuning beat a good prompt? Ask both models, show what failed and what is missing.",
    "ablate": "Did the cleaning help? Train on the data before and after it, and compare.",
    "runs": "List the trainings on this data: what changed, losses, verdicts.",
    "validate": "Check a file against a target's own rules, before upload.",
    "checks": "List the checks.",
    "explain": "Say what a check finds, why it matters and how to fix it.",
    "schema": "Print the JSON schema of what the program writes.",
    "config": "Show the settings and where each comes from.",
    "trust": "Let the curator.toml in a folder run checks, load models and read outside it.",
    "cache": "Free what was derived from data; decisions stay.",
    "completion": "Print what makes a shell complete commands and options.",
    "sample": "Write the sample data into a folder, to try things on.",
    "info": "Show versions, paths and what this machine offers.",
}

_FOLDERS = {
    "inspect": ["audit", "show", "duplicates", "similar", "select", "explain", "checks", "leaks", "validate"],
    "curate": ["review", "score", "decide", "undo", "label", "decisions", "split", "export"],
    "train": ["train", "compare", "runs", "ablate"],
    "setup": ["config", "completion", "info", "sample", "schema", "trust", "cache"],
}
"""Where the module of each command lies."""


def _folder_of(command: str) -> str:
    return next(folder for folder, commands in _FOLDERS.items() if command in commands)


class LazyGroup(click.Group):
    """A group that knows its commands' names and help without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """In the order of the loop, not of the alphabet."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import the module of that name; its command is called `command`."""
        if cmd_name not in COMMANDS:
            return None
        command = import_module(f"curator.cli.{_folder_of(cmd_name)}.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Names and lines from the table alone."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, but name the nearest command when there is none."""
        from curator.errors import did_you_mean

        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            hint = did_you_mean(name, COMMANDS)
            if not hint and Path(name).exists():
                hint = " It is a file: a command goes before it, such as `curator audit`."
            raise click.UsageError(f"There is no command '{name}'.{hint} `curator --help` lists them.", ctx)
        return super().resolve_command(ctx, args)


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="curator")
@click.pass_context
def curator(context: click.Context) -> int:
    """See what is wrong with fine-tuning data, decide, split without leaks, export, train.

    Without a command: the terminal app.

    Exit codes: 0 clean, 1 problems found, 2 usage or unreadable input, 3 something is missing on this machine, 4 the
    work failed midway and can be resumed, 70 internal error, 130 interrupted.
    """
    if context.invoked_subcommand is None:
        from curator.cli.curate.review import start_app

        return start_app(None)
    return 0
