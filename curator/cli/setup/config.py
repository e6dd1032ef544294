"""`curator config show`."""

import click


@click.group("config")
def command() -> None:
    """Show the settings and where each comes from, or change one."""


@command.command("show")
@click.argument("data", nargs=-1)
@click.option("--config", metavar="FILE", help="Settings file; default: curator.toml beside the data.")
@click.option("--skeleton", is_flag=True, help="Print a curator.toml with every setting explained.")
def show(data: tuple[str, ...], config: str | None, skeleton: bool) -> None:
    """Show every setting with its value and its origin."""
    from pathlib import Path

    from curator.settings.request import DataRequest
    from curator.settings.resolve import explained
    from curator.settings.skeleton import skeleton as skeleton_text

    if skeleton:
        click.echo(skeleton_text())
        return
    for shown in explained(DataRequest(data=data, config=config), [Path(name) for name in data]):
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

    path, _ = changed(DataRequest(data=data, config=config), [Path(one) for one in data], name, value)
    with telling(f"{name} was set"):
        click.echo(f"{path}: {name} = {value}" if value.strip() else f"{path}: {name} has its default again")
