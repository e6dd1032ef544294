"""`curator compare`."""

from typing import TYPE_CHECKING, Any

import click

from curator.cli.options import json_option
from curator.cli.values import files

if TYPE_CHECKING:
    from pathlib import Path

    from trainer.contract.results import Comparison, Measured


@click.command("compare")
@click.argument("run", shell_complete=files)
@click.argument("other", required=False, shell_complete=files)
@click.option("--answers", type=click.IntRange(min=1), default=200, show_default=True, help="Questions asked, at most.")
@click.option("--failures", type=click.IntRange(min=0), default=3, show_default=True, help="Worst examples shown.")
@click.option(
    "--judge", metavar="URL", help="Also ask a model at an OpenAI-compatible endpoint, such as https://host/v1."
)
@click.option("--judge-model", metavar="NAME", help="The judge's name there.")
@click.option("--yes", is_flag=True, help="Send the answers to the judge without being asked.")
@json_option()
@click.option("--allow-download", is_flag=True, help="Fetch the model where it is not here.")
@click.option("--trust-remote-code", is_flag=True, help="Run code that comes with the model.")
def command(
    run: str,
    other: str | None,
    answers: int,
    failures: int,
    judge: str | None,
    judge_model: str | None,
    yes: bool,
    as_json: bool,
    allow_download: bool,
    trust_remote_code: bool,
) -> None:
    """Did tuning beat a good prompt? Ask the tuned and the untuned model of RUN on held-out examples.

    A run is named by its folder, its name, or `last`, of the data in this folder. With OTHER, an earlier run: is RUN
    better than OTHER, on the examples that both held out?

    A judge gets each question, its reference and both answers, in both orders; nothing is sent unless --judge is
    given. Its key comes from JUDGE_API_KEY. Interrupted or failed, the same command resumes it: nothing is asked twice.
    """
    from pathlib import Path

    from curator.cli.streams import print_json
    from curator.cli.train.judge import as_fields, ask, reported
    from curator.scoring.address import judge_at
    from curator.training.evaluation import against, comparison_of, evaluate_run
    from curator.training.judge.asking import open_judge_session
    from curator.training.runs.find import run_folder

    folder = run_folder(run, Path())
    if (judge is None) != (judge_model is None) or (judge is not None and other is not None):
        raise click.UsageError(
            "A judge needs --judge URL and --judge-model NAME, and compares the two models of one RUN."
        )
    if other is not None:
        found = against(run_folder(other, Path()), folder)
        if as_json:
            print_json(found)
        else:
            click.echo(found["sentence"])
        return
    place = None if judge is None or judge_model is None else judge_at(judge, judge_model)
    compared = comparison_of(folder)
    if compared is None or compared.sentence is None or compared.answered < min(answers, compared.examples):
        click.echo("Asking both models.", err=True)
        compared = evaluate_run(folder, answers, allow_download=allow_download, trust_remote_code=trust_remote_code)
    judge_session = None if place is None else open_judge_session(folder, place)
    try:
        if judge_session is not None:
            ask(judge_session, yes=yes)
    finally:  # whatever the judge did, the comparison is there
        if as_json:
            extra = {} if judge_session is None else {"judge": as_fields(judge_session)}
            print_json({**compared.model_dump(mode="json"), **_more(folder, failures), **extra})
        else:
            compared_lines = [] if judge_session is None else reported(judge_session)
            for line in [*_figures(compared, folder), *compared_lines, *_failures(folder, failures)]:
                click.echo(line)


def _figures(compared: "Comparison", folder: "Path") -> list[str]:
    from curator.training.evaluation import meaning_similarity

    lines = [compared.sentence or "No answers were asked for, so there is no verdict."]
    if compared.caution:
        lines.append(compared.caution)
    lines += ["", f"{'':18}{'untuned':>9}{'tuned':>9}  difference, 95 % interval"]
    lines += [
        _row("*" if name == compared.primary else " ", name, figure) for name, figure in compared.measures.items()
    ]
    others = {
        "meaning": meaning_similarity(folder),
        "answer loss": compared.answer_loss,
        "general loss": compared.general_loss,
    }
    lines += [_row(" ", name, figure) for name, figure in others.items() if figure is not None]
    if compared.general_loss is not None and compared.general_loss.difference.low > 0:
        lines += ["", "Something was forgotten: the loss on general questions rose. Fewer epochs or a lower rank help."]
    if compared.shots is not None:
        lines += [
            "",
            f"* The verdict rests on {compared.primary}. The untuned model was shown {compared.shots:.1f} training "
            "examples per question, at most four that fit.",
        ]
    if (cut := compared.cut) is not None and (cut.baseline or cut.tuned):
        lines.append(
            f"{cut.baseline} untuned and {cut.tuned} tuned answers of {compared.answered} were cut at {cut.tokens} "
            "tokens and measured as far as they go. Train with --set evaluation.max_new_tokens=N to allow more."
        )
    return lines


def _row(mark: str, name: str, figure: "Measured") -> str:
    difference = f"{figure.difference.value:+.3f} ({figure.difference.low:+.3f} to {figure.difference.high:+.3f})"
    return f"{mark} {name:16}{figure.baseline.value:9.3f}{figure.tuned.value:9.3f}  {difference}"


def _more(folder: "Path", count: int) -> dict[str, Any]:
    """What is found out here about a comparison: similarity in meaning, the worst examples, what is missing."""
    from curator.training.coverage import failures_of, weak_regions
    from curator.training.evaluation import meaning_similarity

    failures, meaning = failures_of(folder), meaning_similarity(folder)
    return {
        "meaning": None if meaning is None else meaning.model_dump(mode="json"),
        "failures": [vars(failure) for failure in failures[:count]],
        "missing": [vars(region) for region in weak_regions(failures, folder)],
    }


def _failures(folder: "Path", count: int) -> list[str]:
    from curator.data.safe_text import visible
    from curator.training.coverage import failures_of, question, weak_regions

    failures = failures_of(folder)
    lines = [""]
    for failure in failures[:count]:
        line = failure.line
        lines += [
            f"── {_short(line['example'])}  loss {line['baseline_loss']:.2f} → {line['tuned_loss']:.2f}",
            f"  asked      {_short(question(line['prompt']))}",
            f"  reference  {_short(line['reference'])}",
            f"  untuned    {_short(line['baseline_answer'])}",
            f"  tuned      {_short(line['answer'])}",
        ]
        near, cosine = failure.nearest[0], failure.similarities[0]
        lines.append(f"  nearest training question ({cosine:.2f}): {_short(question(near['messages']))}")
    regions = weak_regions(failures, folder)
    lines += ["", *(f"Missing: {visible(region.sentence(), one_line=True)}" for region in regions)]
    return lines


def _short(text: str) -> str:
    from curator.data.safe_text import visible

    shown = visible(text, one_line=True)
    return shown if len(shown) <= 160 else shown[:159] + "…"
