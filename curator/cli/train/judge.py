"""`curator compare --judge`: say what would be sent where, ask, and tell what the judge said."""

import sys
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from curator.training.judge.asking import JudgeSession


def ask(judge_session: "JudgeSession", *, yes: bool) -> None:
    """Ask what is open, once a person agreed to it.

    Raises:
        WorkFailed: the judge stopped midway; what it said is kept.
    """
    from curator.data.safe_text import visible
    from curator.training.judge.asking import ask_judge

    if not judge_session.judgements.open():
        return
    for sentence in judge_session.summary():
        click.echo(visible(sentence, one_line=True), err=True)
    if judge_session.judge.leaves_this_machine() and not yes:
        _agree(judge_session.judge.address)
    for done, wanted in ask_judge(judge_session):
        if sys.stderr.isatty():
            click.echo(f"\rjudged {done:,} of {wanted:,}", err=True, nl=done == wanted)


def reported(judge_session: "JudgeSession") -> list[str]:
    """What the judge said, for people."""
    from curator.data.safe_text import visible

    outcome = judge_session.judgements.outcome()
    sentences = [f"  {sentence}" for sentence in outcome.sentences()]
    return ["", f"The judge {visible(judge_session.judge.model, one_line=True)}:", *sentences]


def as_fields(judge_session: "JudgeSession") -> dict[str, Any]:
    """The same for programs."""
    outcome = judge_session.judgements.outcome()
    return {
        "model": judge_session.judge.model,
        "address": judge_session.judge.address,
        **vars(outcome),
        "consistency": outcome.consistency,
    }


def _agree(address: str) -> None:
    from curator.data.safe_text import visible

    if not sys.stdin.isatty():
        raise click.UsageError("Nothing was sent to the judge. Say --yes to send without being asked.")
    click.confirm(f"Send this to {visible(address, one_line=True)}?", abort=True, err=True)
