"""Options that every data command understands."""

from collections.abc import Callable
from dataclasses import fields
from typing import Any

import click

from curator.settings.request import DataRequest

_OPTIONS = (
    click.argument("data", nargs=-1, required=True, metavar="DATA..."),
    click.option("--project", metavar="DIR", help="Project folder; default: beside the data."),
    click.option("--format", "format_name", metavar="NAME", help="Form of the examples; default: recognised."),
    click.option("--columns", metavar="KEYS", help="Column mapping: prompt=KEY,answer=KEY[,system=KEY]."),
    click.option("--select", metavar="CHECK,...", help="Run only these checks."),
    click.option("--ignore", metavar="CHECK,...", help="Do not run these checks."),
    click.option("--where", metavar="FILTER", help="Only examples that this filter finds."),
    click.option(
        "--against", multiple=True, metavar="FILE", help="Evaluation set that must not be in DATA; may be repeated."
    ),
    click.option("--target", metavar="NAME", help="Provider or trainer whose limits apply."),
    click.option("--tokenizer", metavar="NAME", help="Vocabulary to count with, or a local model folder."),
    click.option("--max-tokens", type=click.IntRange(min=1), metavar="N", help="Limit of one example, in tokens."),
    click.option("--embedder", metavar="NAME", help="What sees meaning: default, none, or a model's name or folder."),
    click.option("--no-meaning", "embedder", flag_value="none", help="Short for --embedder none."),
    click.option("--map", type=click.Choice(["pca", "umap"]), help="How the map of meaning is laid out."),
    click.option("--allow-download", is_flag=True, help="Fetch a model that is not on this machine."),
    click.option("--config", metavar="FILE", help="Settings file; default: curator.toml beside the data."),
    click.option("--annotator", metavar="NAME", help="Whose decisions these are; default: the user's name."),
    click.option("--quiet", is_flag=True, help="No narration and no progress."),
    click.option("--no-colour", is_flag=True, help="No colours; NO_COLOR does the same."),
)


def data_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the data options; it receives them as one `DataRequest`, its first argument."""
    from functools import wraps

    @wraps(command)
    def with_options(**given: Any) -> Any:
        named = {field.name: given.pop(field.name) for field in fields(DataRequest)}
        named["columns"] = _mapping(named["columns"])
        named["select"] = _names(named["select"])
        named["ignore"] = _names(named["ignore"])
        return command(DataRequest(**named), **given)

    wrapped: Callable[..., Any] = with_options
    for option in reversed(_OPTIONS):
        wrapped = option(wrapped)
    return wrapped


def secrets_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command --mask-secrets and --allow-secrets; it receives `secrets`, a `curator.audit.secrets.Policy`."""
    from functools import wraps

    @wraps(command)
    def with_options(*args: Any, mask_secrets: bool, allow_secrets: bool, **given: Any) -> Any:
        if mask_secrets and allow_secrets:
            raise click.UsageError("--mask-secrets and --allow-secrets exclude each other.")
        secrets = "mask" if mask_secrets else "allow" if allow_secrets else "stop"
        return command(*args, secrets=secrets, **given)

    masking = click.option("--mask-secrets", is_flag=True, help="Write [SECRET] in the place of keys and passwords.")
    allowing = click.option("--allow-secrets", is_flag=True, help="Let keys and passwords through as they are.")
    return masking(allowing(with_options))


def _names(text: str | None) -> tuple[str, ...] | None:
    return None if text is None else tuple(name.strip() for name in text.split(",") if name.strip())


def _mapping(text: str | None) -> dict[str, str] | None:
    if text is None:
        return None
    pairs = [part.partition("=") for part in text.split(",")]
    if not all(key and value for key, _, value in pairs):
        raise click.UsageError("--columns takes prompt=KEY,answer=KEY and, where there is one, system=KEY.")
    return {key.strip(): value.strip() for key, _, value in pairs}
