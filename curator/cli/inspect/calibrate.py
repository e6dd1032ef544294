"""The questions of `curator duplicates --calibrate`."""

import sys
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console

from curator.cli.screen import narrate
from curator.cli.streams import print_json
from curator.cli.text.duplicate_report import calibration_report
from curator.cli.text.pair_difference import difference_text
from curator.duplicates.calibration import PER_BAND
from curator.reporting.writing import write_lines
from curator.review.calibration import Answers, Calibration, answer_lines, question_lines, read_answers
from curator.review.duplicate_listing import DuplicateListing
from curator.settings.request import DataRequest


def calibrate_by(
    listing: DuplicateListing,
    path: str | None,
    per_band: int | None,
    console: Console,
    options: DataRequest,
    allowed: int,
    *,
    as_json: bool,
) -> None:
    """Ask, or read the answers of a file, and print what they say.

    With a file that is not there yet and nobody to ask, the questions are written to it, with at most the permissions
    `allowed`.
    """
    calibration = Calibration(listing, per_band or PER_BAND, seed=0)
    answers: Answers = read_answers(path) if path and Path(path).exists() else {}
    if path and not Path(path).exists() and not sys.stdin.isatty():
        write_lines(question_lines(calibration.questions({})), path, allowed=allowed)
        narrate(options, f"{path}: {len(calibration)} pairs. Set copy to true or false in each, and run this again.")
        return
    if not path or sys.stdin.isatty():
        try:
            _ask(calibration, answers, console)
        finally:
            if path and answers:
                write_lines(answer_lines(answers), path, allowed=allowed)
    result = calibration.result(answers)
    if as_json:
        print_json(asdict(result))
    else:
        console.print(calibration_report(result))


def _ask(calibration: Calibration, answers: Answers, console: Console) -> None:
    """Ask until all pairs are judged, or the person stops."""
    questions = list(calibration.questions(answers))
    for number, question in enumerate(questions, 1):
        console.print(f"── {number} of {len(questions)}: {question.left.place}  {question.right.place}", style="bold")
        console.print(difference_text(question.left, question.right))
        try:
            answer = click.prompt(
                "Is one of them enough, so that the other can be dropped? [y/n/s(kip)/q(uit)]",
                type=click.Choice(["y", "n", "s", "q"]),
                show_choices=False,
                err=True,
            )
        except click.Abort:  # the end of the input
            return
        if answer == "q":
            return
        if answer != "s":
            answers[question.ids] = answer == "y"
