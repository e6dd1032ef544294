"""`curator train`."""

import json
from typing import TYPE_CHECKING

import click

from curator.cli.options import data_command, json_option, secrets_options
from curator.settings.request import DataRequest

if TYPE_CHECKING:
    from curator.audit.secrets import Policy


LOSSES = ("system", "user", "tools", "tool-calls", "tool-results", "reasoning")
"""As `trainer.contract.settings` has them for `[training] allow_lost`, which a test compares; pydantic loads slowly."""


@data_command("train", "checks", "meaning")
@click.option(
    "--model", metavar="NAME_OR_PATH", help="A folder, a model in the local cache, or as the service names it."
)
@click.option(
    "--via", type=click.Choice(["openai", "together", "fireworks"]), help="The service that trains. Default: here."
)
@click.option(
    "--set", "settings", metavar="NAME=VALUE", multiple=True, help="Here: training.epochs=2. A service: n_epochs=2."
)
@click.option(
    "--run", metavar="NAME", help="Follow a run that was begun, or resume one that stopped; `last` is the newest."
)
@click.option("--again", is_flag=True, help="Here: model and settings of the last run.")
@click.option("--cancel", is_flag=True, help="Stop the run after its current step, or cancel the service's job.")
@click.option("--trust-remote-code", is_flag=True, help="Here: run code that comes with the model.")
@click.option("--detach", is_flag=True, help="Do not wait for the end.")
@click.option("--dry-run", is_flag=True, help="Show what would be done; do nothing.")
@click.option(
    "--prepare", is_flag=True, help="Here: make the run's folder, print it with its plan as JSON, start nothing."
)
@click.option("--skip-invalid", is_flag=True, help="Skip what cannot be trained on, or the service rejects.")
@click.option("--skip-untrainable", is_flag=True, help="Here: skip examples that the chat template cannot train.")
@click.option("--allow-leaks", is_flag=True, help="Here: train although held-out examples resemble training examples.")
@click.option(
    "--allow-lost",
    type=click.Choice(LOSSES),
    multiple=True,
    help="Here: train although the chat template does not render this kind of content; may be repeated.",
)
@click.option("--use", type=click.Choice(["chosen"]), help="Here: train on the preferred answers of preference data.")
@click.option(
    "--objective",
    type=click.Choice(["sft", "dpo", "kto", "orpo"]),
    help="Here: what is learnt. Default: sft; of pairs dpo, of rated answers kto.",
)
@click.option("--worth", type=click.IntRange(min=1), metavar="N", help="Here: first ask the untuned model N questions.")
@click.option(
    "--attempt", metavar="N", type=click.IntRange(min=1), default=1, help="A service: 2 asks for the same again."
)
@click.option("--yes", is_flag=True, help="A service: upload without asking.")
@click.option("--only-reviewed", is_flag=True, help="Only examples that a person decided to keep.")
@json_option("JSON Lines: what is handed over (of a service with --dry-run: its requests), then each event of the run.")
@secrets_options
def command(
    options: DataRequest,
    model: str | None,
    via: str | None,
    settings: tuple[str, ...],
    again: bool,
    run: str | None,
    cancel: bool,
    trust_remote_code: bool,
    detach: bool,
    dry_run: bool,
    prepare: bool,
    skip_invalid: bool,
    skip_untrainable: bool,
    allow_leaks: bool,
    allow_lost: tuple[str, ...],
    use: str | None,
    objective: str | None,
    worth: int | None,
    attempt: int,
    yes: bool,
    only_reviewed: bool,
    as_json: bool,
    secrets: "Policy",
) -> int:
    """Train on what was kept of DATA: QLoRA on this machine, or at a service with --via.

    Here, a run's folder with the exact examples is made, the plan is shown, and a process of its own trains; Ctrl-C
    stops it after the current step, and `--run NAME` resumes it. At a service, the same command follows the same job,
    whatever happened in between, and never starts a second one. Its key comes from OPENAI_API_KEY, TOGETHER_API_KEY
    or FIREWORKS_API_KEY, or from the system's keyring. Ends with 4 when the work stopped and can be resumed.
    """
    from curator.cli.train.train_at_service import train_at_service
    from curator.cli.train.train_here import train_here
    from curator.exporting.export import Exclusions

    if run is not None:
        how = {"cancel": cancel, "detach": detach, "as_json": as_json}
        return _go_on(options, run, trust_remote_code=trust_remote_code, **how)
    if again:
        model, settings = _last(options, settings)
    if model is None:
        raise click.UsageError("Name the model: --model NAME_OR_PATH. `curator info` lists the models on this machine.")
    if skip_untrainable and via is None:
        settings = (*settings, "training.skip_untrainable=true")
    if objective is not None:
        settings = (*settings, f"training.objective={objective}")
    if allow_lost:
        settings = (*settings, f"training.allow_lost={json.dumps(allow_lost)}")
    exclusions = Exclusions(invalid=skip_invalid, unreviewed=only_reviewed, secrets=secrets)
    if via is not None:
        return train_at_service(
            options,
            via,
            model,
            settings,
            attempt=attempt,
            cancel=cancel,
            detach=detach,
            yes=yes,
            dry_run=dry_run,
            as_json=as_json,
            exclusions=exclusions,
        )
    return train_here(
        options,
        model,
        settings,
        use=use,
        allow_download=options.allow_download,
        trust_remote_code=trust_remote_code,
        allow_leaks=allow_leaks,
        exclusions=exclusions,
        worth=worth,
        prepare=prepare,
        dry_run=dry_run,
        detach=detach,
        as_json=as_json,
    )


def _last(options: DataRequest, settings: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """Model and settings of the last run; what is named now counts more."""
    from curator.audit.open_data import open_data
    from curator.training.hand_off import last_settings

    with open_data(options, readonly=True) as opened:
        model, before = last_settings(opened)
    return model, (*before, *settings)


def _go_on(options: DataRequest, name: str, *, trust_remote_code: bool, **how: bool) -> int:
    """A run here has a snapshot; any other was begun at a service."""
    from curator.audit.open_data import open_data
    from curator.cli.train.train_at_service import follow_service
    from curator.cli.train.train_here import go_on
    from curator.training.runs.snapshot import SNAPSHOT_FILE
    from curator.training.service.launching import run_folder

    with open_data(options, readonly=True) as opened:
        runs = opened.project.folder.runs
        is_here = name == "last" or any((path / SNAPSHOT_FILE).is_file() for path in runs.glob(f"{name}*"))
        folder = None if is_here else run_folder(opened, name)
    if folder is None:
        allowed = {"allow_download": options.allow_download, "trust_remote_code": trust_remote_code}
        return go_on(options, name, **how, **allowed)
    return follow_service(folder, options, **how)
