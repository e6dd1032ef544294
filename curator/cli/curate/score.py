"""`curator score`."""

import sys
from typing import TYPE_CHECKING, Any

import click

from curator.cli.options import data_command, json_option
from curator.cli.values import files
from curator.settings.request import DataRequest

if TYPE_CHECKING:
    from curator.audit.engine import Audit
    from curator.audit.open_data import Opened
    from curator.review.scoring.score_session import Planned, ScoreSession


@data_command("score", "checks", "meaning", "filter")
@click.option(
    "--rubric", metavar="NAME", shell_complete=files, help="A rubric that comes with curator, or a TOML file."
)
@click.option("--judge", metavar="URL", help="An OpenAI-compatible endpoint, such as https://host/v1; or local:FOLDER.")
@click.option("--judge-model", metavar="NAME", help="The judge's name at that address.")
@click.option("--sample", type=click.IntRange(min=1), metavar="N", help="Score N examples of all topics and lengths.")
@click.option("--calibrate", is_flag=True, help="Compare the judge with people's ratings.")
@click.option(
    "--precision",
    type=click.FloatRange(0.5, 0.99),
    default=0.8,
    show_default=True,
    help="Wanted of low-score findings, for --calibrate.",
)
@click.option(
    "--votes", type=click.IntRange(1, 15), default=3, show_default=True, help="Replies without probabilities."
)
@click.option("--concurrency", type=click.IntRange(1, 256), default=8, show_default=True, help="Requests at a time.")
@click.option("--yes", is_flag=True, help="Send the examples without being asked.")
@click.option("--dry-run", is_flag=True, help="Say what would be sent; send nothing.")
@json_option("The outcome as one JSON object.")
def command(options: DataRequest, calibrate: bool, dry_run: bool, **given: Any) -> None:
    """Have a judge, a language model, score the answers of DATA by a rubric.

    Nothing is sent before it is said what goes where. A score is a label of an annotator named after judge, model and
    rubric: `score:NAME<3` finds low ones. Interrupted or failed, the same command resumes: nothing is asked twice.
    Secrets are never sent. The key comes from JUDGE_API_KEY.

    With --calibrate, people's ratings of the same examples say how far the judge can be trusted, and from which
    threshold its scores become findings.
    """
    from curator.audit.open_data import open_data

    with open_data(options, trial=dry_run) as opened:
        session = _session(options, opened, given, full=calibrate or given["sample"] is not None)
        if calibrate:
            _calibrate(options, session, given, dry_run=dry_run)
        else:
            _score(options, session, given, dry_run=dry_run)


def _session(options: DataRequest, opened: "Opened", given: dict[str, Any], *, full: bool) -> "ScoreSession":
    from curator.review.filter.language import keys_asked
    from curator.review.scoring.score_session import ScoreSession
    from curator.scoring.rubric import rubric_named
    from curator.settings.resolve import require_trust

    settings = opened.settings.scoring
    rubric, judge = given["rubric"] or settings.rubric, given["judge"] or settings.judge
    if rubric is None or judge is None:
        require_trust(options, opened.paths)
        missing = "--rubric NAME" if rubric is None else "--judge URL and --judge-model NAME"
        raise click.UsageError(f"Scoring needs {missing}, or [scoring] in curator.toml.")
    model = given["judge_model"] or (settings.model if given["judge"] is None else None)
    named = rubric_named(rubric)
    asks_findings = bool(keys_asked(options.where) & {"check", "severity", "is", "topic", "tokens", "answer-tokens"})
    return ScoreSession(opened, _audit(options, opened, full=full or asks_findings), named, judge, model)


def _audit(options: DataRequest, opened: "Opened", *, full: bool) -> "Audit":
    from curator.cli.screen import progress_bar

    with progress_bar(options) as progress:
        return opened.audited(progress) if full else opened.examples(progress)


def _score(options: DataRequest, session: "ScoreSession", given: dict[str, Any], *, dry_run: bool) -> None:
    from curator.cli.text.score_report import as_fields, scored_lines

    positions = session.eligible(options.where)
    if given["sample"] is not None:
        positions = session.sampled(positions, given["sample"])
    planned = session.planned(positions)
    _confirm(session, [planned], yes=given["yes"] or dry_run)
    if dry_run:
        return
    with _Count(options, planned.examples + planned.kept) as count:
        scored = session.scored(positions, given["votes"], given["concurrency"], count)
    if given["as_json"]:
        click.echo(as_fields(session, scored))
    else:
        for line in scored_lines(session, scored):
            click.echo(line)
    _require_all_read(scored.kinds)


def _calibrate(options: DataRequest, session: "ScoreSession", given: dict[str, Any], *, dry_run: bool) -> None:
    from curator.cli.text.score_report import calibration_fields, calibration_lines
    from curator.review.scoring.calibrate_scores import FORMS, calibrated, ratings_of

    ratings = ratings_of(session.opened, session.rubric)
    positions = session.positions_of(ratings.ids)
    planned = [session.planned(positions, form) for form in FORMS]
    _confirm(session, planned, yes=given["yes"] or dry_run)
    if dry_run:
        return
    with _Count(options, sum(one.examples + one.kept for one in planned)) as count:
        how = given["precision"], given["votes"], given["concurrency"], count
        outcome, scored = calibrated(session, ratings, *how)
    if given["as_json"]:
        click.echo(calibration_fields(session, outcome))
    else:
        for line in calibration_lines(session, outcome):
            click.echo(line)
    _require_all_read(scored.kinds)


def _require_all_read(kinds: dict[str, int]) -> None:
    """See that every reply could be read.

    Raises:
        WorkFailed: some could not; the same command asks only about these again.
    """
    from curator.errors import WorkFailed

    if lost := kinds.get("unreadable", 0) + kinds.get("off-scale", 0):
        raise WorkFailed(
            f"{lost:,} of {sum(kinds.values()):,} examples got no score, because the judge's replies could not be read "
            "or were off the scale. The others are kept; the same command asks only about these again."
        )


def _confirm(session: "ScoreSession", planned: "list[Planned]", *, yes: bool) -> None:
    """Say what would be sent where; continue only when told to, unless nothing leaves this machine."""
    from curator.data.safe_text import visible

    if not any(one.examples for one in planned):
        return
    for sentence in session.summary(planned):
        click.echo(visible(sentence, one_line=True), err=True)
    if yes or session.place is None or not session.place.leaves_this_machine():
        return
    if not sys.stdin.isatty():
        raise click.UsageError("Nothing was sent to the judge. Say --yes to send without being asked.")
    click.confirm(f"Send this to {visible(session.place.address, one_line=True)}?", abort=True, err=True)


class _Count:
    """How many are scored, on stderr where that is a terminal."""

    def __init__(self, options: DataRequest, total: int) -> None:
        self._total, self._shown = total, not options.quiet and sys.stderr.isatty()

    def __enter__(self) -> "_Count":
        return self

    def __exit__(self, *_: object) -> None:
        if self._shown:
            click.echo(err=True)

    def __call__(self, done: int) -> None:
        if self._shown:
            click.echo(f"\rscored {done:,} of {self._total:,}", err=True, nl=False)
