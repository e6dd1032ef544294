"""`curator config show`."""

from typing import TYPE_CHECKING

import click

from curator.cli.options import json_option

if TYPE_CHECKING:
    from curator.settings.fields import Settings


@click.group("config")
def command() -> None:
    """Show the settings and where each comes from, or change one."""


@command.command("show")
@click.argument("data", nargs=-1)
@click.option("--config", metavar="FILE", help="Settings file; default: curator.toml beside the data.")
@click.option("--skeleton", is_flag=True, help="Print a curator.toml with every setting explained.")
@json_option("One JSON object a line, one for each setting.")
def show(data: tuple[str, ...], config: str | None, skeleton: bool, as_json: bool) -> None:
    """Show every setting with its value and its origin."""
    from pathlib import Path

    from curator.cli.streams import print_json
    from curator.settings.request import DataRequest
    from curator.settings.resolve import explained
    from curator.settings.skeleton import skeleton as skeleton_text

    if skeleton:
        click.echo(skeleton_text())
        return
    settings = explained(DataRequest(data=data, config=config), [Path(name) for name in data])
    if as_json:
        print_json(*(shown._asdict() for shown in settings), one_line=True)
        return
    for shown in settings:
        click.echo(f"{shown.name} = {shown.value}  ({shown.origin})")


@command.command("set")
@click.argument("name")
@click.argument("value")
@click.argument("data", nargs=-1)
@click.option("--config", metavar="FILE", help="Settings file; default: curator.toml beside the data.")
def set_(name: str, value: str, data: tuple[str, ...], config: str | None) -> None:
    """Set NAME (such as review.theme) to VALUE in curator.toml, comments kept; an empty VALUE takes it out."""
    from pathlib import Path

    from curator.cli.streams import telling
    from curator.settings.request import DataRequest
    from curator.settings.writing import changed

    accepts = _keys_of if name.startswith("keys.") else lambda _: None
    path, _ = changed(DataRequest(data=data, config=config), [Path(one) for one in data], name, value, accepts)
    with telling(f"{name} was set"):
        click.echo(f"{path}: {name} = {value}" if value.strip() else f"{path}: {name} has its default again")


def _keys_of(settings: "Settings") -> object:
    """The app's keys with these settings.

    Raises:
        UsageError: an action or a key does not exist, or two actions of a screen have one key.
    """
    from curator.tui.actions.keymap import keymap

    return keymap(settings.keys)
