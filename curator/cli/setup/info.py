"""`curator info`."""

import click


@click.command("info")
def command() -> None:
    """Show versions, paths and what this machine offers."""
    import platform
    import sys
    from importlib.metadata import PackageNotFoundError, version

    import platformdirs
    import psutil

    from curator import __version__
    from curator.audit.runners.local import cores
    from curator.project.app_log import log_file

    gibibyte = 2**30
    click.echo(f"curator                {__version__}")
    click.echo(f"python                 {platform.python_version()} ({sys.executable})")
    for package in (
        "polars",
        "pydantic",
        "datasketch",
        "tiktoken",
        "sentence-transformers",
        "torch",
        "transformers",
        "peft",
    ):
        try:
            click.echo(f"{package:<22} {version(package)}")
        except PackageNotFoundError:
            click.echo(f"{package:<22} not installed")
    click.echo(f"cores                  {cores()}")
    click.echo(f"memory                 {psutil.virtual_memory().total / gibibyte:.1f} GiB")
    click.echo(f"settings               {platformdirs.user_config_path('curator') / 'curator.toml'}")
    click.echo(f"state                  {platformdirs.user_state_path('curator')}")
    click.echo(f"log of the app         {log_file()}")
    click.echo("network                never used, unless a command is told to: --allow-download, --via")
