"""`curator ablate`."""

from typing import TYPE_CHECKING

import click

from curator.cli.options import data_command, json_option, secrets_options
from curator.settings.request import DataRequest

if TYPE_CHECKING:
    from curator.audit.secrets import Policy


@data_command("ablate", "checks", "meaning")
@click.option("--model", metavar="NAME_OR_PATH", help="The model to train.")
@click.option("--set", "settings", metavar="SECTION.NAME=VALUE", multiple=True, help="A setting of the trainer.")
@click.option("--seeds", type=click.IntRange(1, 20), default=3, show_default=True, help="Trainings of each version.")
@click.option("--run", metavar="NAME", help="Resume an ablation that was interrupted.")
@json_option()
@secrets_options
def command(
    options: DataRequest,
    model: str | None,
    settings: tuple[str, ...],
    seeds: int,
    run: str | None,
    as_json: bool,
    secrets: "Policy",
) -> None:
    """Did the cleaning help? Train the same recipe on DATA before and after your decisions, and compare.

    Both versions are scored on the same held-out examples. Interrupted, `--run NAME` resumes it.
    """
    from curator.audit.open_data import open_data
    from curator.cli.screen import narrate, progress_bar
    from curator.cli.streams import print_json
    from curator.training.ablation import ablation_named, ablation_outcome, prepare_ablation, train_versions

    with open_data(options) as opened:
        if run is not None:
            folder = ablation_named(opened, run)
        elif model is None:
            raise click.UsageError("Name the model with --model NAME_OR_PATH.")
        else:
            with progress_bar(options) as progress:
                audit = opened.audited(progress, compare=True)
            folder = prepare_ablation(opened, audit, model, settings, seeds, secrets)
    narrate(options, f"Interrupted, `--run {folder.name}` resumes it.")
    for sentence in train_versions(folder, allow_download=options.allow_download):
        narrate(options, sentence)
    found = ablation_outcome(folder)
    if as_json:
        print_json(found)
    else:
        click.echo(found["sentence"])
