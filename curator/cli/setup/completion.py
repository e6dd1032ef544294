"""`curator completion`."""

import click

SHELLS = ("bash", "zsh", "fish")


@click.command("completion")
@click.argument("shell", type=click.Choice(SHELLS))
def command(shell: str) -> None:
    """Print what makes SHELL complete commands, options and their values.

    For bash: `curator completion bash >> ~/.bashrc`; for zsh the same with ~/.zshrc; for fish
    `curator completion fish > ~/.config/fish/completions/curator.fish`.
    """
    from click.shell_completion import get_completion_class

    from curator.cli.commands import curator

    completion = get_completion_class(shell)
    assert completion is not None, "click knows these shells"
    click.echo(_script(completion(curator, {}, "curator", "_CURATOR_COMPLETE")))


def _script(completion: "click.shell_completion.ShellComplete") -> str:
    """The script itself: which bash runs it is asked when it runs, not here."""
    return completion.source_template % completion.source_vars()
