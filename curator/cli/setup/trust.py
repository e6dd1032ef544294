"""`curator trust`."""

import click

from curator.cli.options import json_option


@click.command("trust")
@click.argument("folder", metavar="DIR", required=False)
@click.option("--list", "listing", is_flag=True, help="Show which folders are trusted.")
@click.option("--remove", is_flag=True, help="Trust DIR no longer.")
@json_option()
def command(folder: str | None, listing: bool, remove: bool, as_json: bool) -> None:
    """Let the curator.toml in DIR run checks, load models and read files outside DIR.

    A curator.toml beside data may have come with it. Until you trust its folder, nothing in it makes anything run,
    sends anything, or reads outside the folder; a setting that would is refused, and the command ends with 2. Trust
    holds for the file as it is now: once it changes, it is asked for again, unless `curator config set` or the app
    changed it.
    """
    from pathlib import Path

    from curator.cli.streams import print_json
    from curator.data.safe_text import visible
    from curator.settings.trust import all_trusted, distrust, trust

    if listing:
        if as_json:
            print_json({"trusted": [{"folder": one.folder, "changed": not one.holds()} for one in all_trusted()]})
            return
        for one in all_trusted():
            changed = "" if one.holds() else "  (changed since: asked for again)"
            click.echo(visible(one.folder, one_line=True) + changed)
        return
    if folder is None:
        raise click.UsageError("Name the folder that holds the curator.toml, or say --list.")
    if remove:
        distrust(Path(folder))
        if as_json:
            print_json({"folder": folder, "trusted": False})
        else:
            click.echo(f"{visible(folder)} is no longer trusted.")
        return
    needing = trust(Path(folder))
    if as_json:
        settings = [{"name": one.name, "value": one.value, "origin": one.origin, "does": does} for one, does in needing]
        print_json({"folder": folder, "trusted": True, "settings": settings})
        return
    for setting, does in needing:
        click.echo(visible(f"{setting.origin}: {setting.name} = {setting.value!r} {does}.", one_line=True))
    click.echo(f"{folder} is trusted." if needing else f"{folder} is trusted, though nothing in it needs that yet.")
