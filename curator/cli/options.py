"""Options that commands share, each where it means something; `--help` lists them after the command's own."""

from collections.abc import Callable
from dataclasses import fields
from typing import Any, Literal

import click

from curator.cli.values import checks, files, formats, named, policies_of, targets, tokenizers
from curator.settings.request import DataRequest

Group = Literal["checks", "meaning", "filter", "annotator"]

QUIET = click.option("-q", "--quiet", is_flag=True, help="No narration and no progress.")
COLOUR = click.option("--no-colour", "--no-color", is_flag=True, help="No colours; NO_COLOR does the same.")
POLICY = click.option(
    "--policy", metavar="NAME", shell_complete=named(policies_of), help="safe, recommended, or one of curator.toml."
)

OWN_CHECKS = click.option(
    "--checks",
    multiple=True,
    metavar="FILE",
    shell_complete=files,
    help="File of checks of your own; may be repeated.",
)

_READING = (
    click.option("--project", metavar="DIR", shell_complete=files, help="Project folder; default: beside the data."),
    click.option(
        "--format",
        "format_name",
        metavar="NAME",
        shell_complete=named(formats),
        help="Form of the examples; default: recognised.",
    ),
    click.option("--columns", metavar="KEYS", help="Column mapping: prompt=KEY,answer=KEY[,system=KEY]."),
    click.option(
        "--config", metavar="FILE", shell_complete=files, help="Settings file; default: curator.toml beside the data."
    ),
)
_GROUPS: dict[Group, tuple[Callable[..., Any], ...]] = {
    "filter": (click.option("--where", metavar="FILTER", help="Only examples that this filter finds."),),
    "checks": (
        click.option("--select", metavar="CHECK,...", shell_complete=named(checks), help="Run only these checks."),
        click.option("--ignore", metavar="CHECK,...", shell_complete=named(checks), help="Do not run these checks."),
        OWN_CHECKS,
        click.option(
            "--against",
            multiple=True,
            metavar="FILE",
            shell_complete=files,
            help="Evaluation set that must not be in DATA; may be repeated.",
        ),
        click.option(
            "--target",
            metavar="NAME",
            shell_complete=named(targets),
            help="Provider or trainer whose limits apply.",
        ),
        click.option(
            "--tokenizer",
            metavar="NAME",
            shell_complete=named(tokenizers),
            help="Vocabulary to count with, or a local model folder.",
        ),
        click.option("--max-tokens", type=click.IntRange(min=1), metavar="N", help="Limit of one example, in tokens."),
    ),
    "meaning": (
        click.option(
            "--embedder", metavar="NAME", help="What sees meaning: default, none, or a model's name or folder."
        ),
        click.option("--no-meaning", "embedder", flag_value="none", help="Short for --embedder none."),
        click.option("--map", type=click.Choice(["pca", "umap"]), help="How the map of meaning is laid out."),
        click.option("--allow-download", is_flag=True, help="Fetch a model that is not on this machine."),
    ),
    "annotator": (
        click.option("--annotator", metavar="NAME", help="Whose decisions these are; default: the user's name."),
    ),
}
_DATA = click.argument("data", nargs=-1, required=True, metavar="DATA...", shell_complete=files)


class DataCommand(click.Command):
    """A command on data, whose help lists its own options first and the shared ones after them."""

    shared: frozenset[str] = frozenset()

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Two sections."""
        own: list[tuple[str, str]] = []
        shared: list[tuple[str, str]] = []
        for parameter in self.get_params(ctx):
            if isinstance(parameter, click.Option) and (record := parameter.get_help_record(ctx)) is not None:
                (shared if parameter.name in self.shared else own).append(record)
        with formatter.section("Options"):
            formatter.write_dl(own)
        with formatter.section("Shared options"):
            formatter.write_dl(shared)


def data_command(name: str, *groups: Group) -> Callable[[Callable[..., Any]], DataCommand]:
    """A command on data with the shared options that mean something to it; see `data_options`."""

    def made(function: Callable[..., Any]) -> DataCommand:
        command = click.command(name, cls=DataCommand)(data_options(*groups)(function))
        options = (*_READING, *(option for group in groups for option in _GROUPS[group]), QUIET, COLOUR)
        probe = click.command("shared")(_with(lambda: None, options))
        command.shared = frozenset(parameter.name for parameter in probe.params if parameter.name)
        return command

    return made


def data_options(*groups: Group) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a function the data and the shared options of these groups, as one `DataRequest`, its first argument."""
    from functools import wraps

    def decorated(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def with_options(**given: Any) -> Any:
            request = {field.name: given.pop(field.name) for field in fields(DataRequest) if field.name in given}
            request["columns"] = _mapping(request["columns"])
            for name in {"select", "ignore"} & request.keys():
                request[name] = _names(request[name])
            return function(DataRequest(**request), **given)

        options = (*_READING, *(option for group in groups for option in _GROUPS[group]), QUIET, COLOUR)
        return _with(with_options, (_DATA, *options))

    return decorated


def _with(function: Callable[..., Any], options: tuple[Callable[..., Any], ...]) -> Callable[..., Any]:
    for option in reversed(options):
        function = option(function)
    return function


def limit_option(default: int, noun: str = "Examples") -> Callable[..., Any]:
    """`-n`, `--limit`: how many are printed at most; 0 is all."""
    shown = f"{noun} printed at most; 0: all."
    return click.option("-n", "--limit", type=click.IntRange(min=0), default=default, show_default=True, help=shown)


def json_option(what: str = "The same content as one JSON object.") -> Callable[..., Any]:
    """`--json`: the same content as JSON on stdout; the command receives `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help=what)


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
