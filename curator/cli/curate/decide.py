"""`curator decide`."""

from typing import TYPE_CHECKING, Any

import click

from curator.cli.options import POLICY, data_command, json_option
from curator.settings.request import DataRequest

if TYPE_CHECKING:
    from curator.project.decisions.policies import Proposal


@data_command("decide", "checks", "meaning", "filter", "annotator")
@POLICY
@click.option("--keep", "action", flag_value="keep", help="Keep what --where finds.")
@click.option("--drop", "action", flag_value="drop", help="Drop what --where finds.")
@click.option("--flag", "action", flag_value="flag", help="Flag what --where finds for another look.")
@click.option("--clear", "action", flag_value="clear", help="Take back the keep, drop or flag on what --where finds.")
@click.option("--reason", metavar="TEXT", help="Why; kept with every decision.")
@click.option("--dry-run", is_flag=True, help="Show the counts; decide nothing.")
@json_option()
def command(
    options: DataRequest, policy: str | None, action: str | None, reason: str | None, dry_run: bool, as_json: bool
) -> None:
    """Decide about DATA: apply a policy, or keep, drop or flag what a filter finds.

    What is decided at once is undone at once: `curator undo DATA`.
    """
    from contextlib import nullcontext
    from typing import cast

    from curator.audit.decided.proposals import proposal_of
    from curator.audit.open_data import open_data
    from curator.cli.screen import narrate, progress_bar
    from curator.cli.streams import print_json, telling
    from curator.project.decisions.decision import Action
    from curator.review import decide as deciding

    if (policy is None) == (action is None):
        raise click.UsageError("Give either --policy NAME, or one of --keep, --drop, --flag and --clear with --where.")
    if action is not None and not options.where:
        raise click.UsageError(f"--{action} needs --where FILTER, so that it is clear what it is about.")
    with open_data(options, trial=dry_run) as opened:
        with progress_bar(options) as progress:
            audit = opened.audited(progress)
        if policy is not None:
            proposal = proposal_of(opened, audit, policy)
            report, figures = described(proposal), _figures(proposal)
            made = 0 if dry_run else len(deciding.apply_policy(opened, proposal))
        else:
            found = deciding.found_by(opened, audit, options.where or "")
            report = f"{action}: {found.spoken()} found by {options.where}"
            figures = {"action": action, "where": options.where, "examples": len(found.ids), "lines": found.lines}
            made = 0 if dry_run else len(deciding.decide(opened, audit, found, cast(Action, action), reason))
    with telling(_done(made)) if made else nullcontext():
        if as_json:
            print_json({**figures, "dry_run": dry_run, "decisions": made})
        else:
            click.echo(report)
    if dry_run:
        narrate(options, "Nothing was decided: this was a dry run.")
    elif made:
        narrate(
            options, f"{_done(made)}. `curator undo` with the same data takes {'it' if made == 1 else 'them'} back."
        )
    else:
        narrate(options, "There was nothing to decide.")


def _done(made: int) -> str:
    return "1 decision was made" if made == 1 else f"{made:,} decisions were made as one"


def _figures(proposal: "Proposal") -> dict[str, Any]:
    left = {"decided_by_person": proposal.decided_by_person, "without_keeper": proposal.without_keeper}
    return {"policy": proposal.policy, "counts": proposal.counts.to_dicts(), **left}


def described(proposal: "Proposal") -> str:
    """The counts of a proposal, a line for each action and rule."""
    lines = [f"Policy {proposal.policy}:"]
    for action, rule, examples in proposal.counts.iter_rows():
        lines.append(f"  {action:<5} {examples:>8,}  {rule}")
    if not len(proposal.counts):
        lines.append("  nothing to decide")
    if proposal.decided_by_person:
        lines.append(f"  left alone: {proposal.decided_by_person:,} that a person has decided about")
    if proposal.without_keeper:
        lines.append(f"  left pending: {proposal.without_keeper:,} copies whose keeper is dropped")
    return "\n".join(lines)
