"""`curator compare`."""

import json
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pathlib import Path

    from trainer.contract import Comparison, Measured


@click.command("compare")
@click.argument("run", type=click.Path(exists=True, file_okay=False))
@click.argument("other", type=click.Path(exists=True, file_okay=False), required=False)
@click.option("--answers", type=click.IntRange(min=1), default=200, show_default=True, help="Questions asked, at most.")
@click.option("--failures", type=click.IntRange(min=0), default=3, show_default=True, help="Worst examples shown.")
@click.option("--json", "as_json", is_flag=True, help="The figures as one JSON object.")
@click.option("--allow-download", is_flag=True, help="Fetch the model where it is not here.")
def command(run: str, other: str | None, answers: int, failures: int, as_json: bool, allow_download: bool) -> None:
    """Did tuning beat a good prompt? Ask the tuned and the untuned model of RUN on held-out examples.

    With OTHER, an earlier run: is RUN better than OTHER, on the examples that both held out?
    """
    from pathlib import Path

    from curator.workflow.evaluating import against, comparison_of, evaluate_run

    folder = Path(run)
    if other is not None:
        found = against(Path(other), folder)
        click.echo(json.dumps(found, indent=1) if as_json else found["sentence"])
        return
    compared = comparison_of(folder)
    if compared is None or compared.sentence is None or compared.answered < min(answers, compared.examples):
        click.echo("Asking both models.", err=True)
        compared = evaluate_run(folder, answers, allow_download=allow_download)
    if as_json:
        click.echo(compared.model_dump_json(indent=1))
        return
    for line in [*_figures(compared, folder), *_failures(folder, failures)]:
        click.echo(line)


def _figures(compared: "Comparison", folder: "Path") -> list[str]:
    from curator.workflow.evaluating import meaning_similarity

    lines = [compared.sentence or "No answers were asked for, so there is no verdict."]
    if compared.caution:
        lines.append(compared.caution)
    lines += ["", f"{'':18}{'untuned':>9}{'tuned':>9}  difference, 95 % interval"]
    for name, figure in compared.measures.items():
        mark = "*" if name == compared.primary else " "
        lines.append(f"{mark} {name:16}{figure.baseline.value:9.3f}{figure.tuned.value:9.3f}  {_difference(figure)}")
    if (meaning := meaning_similarity(folder)) is not None:
        lines.append(f"  {'meaning':16}{meaning[0]:9.3f}{meaning[1]:9.3f}")
    for name, loss in (("answer loss", compared.answer_loss), ("general loss", compared.general_loss)):
        if loss is not None:
            lines.append(f"  {name:16}{loss.baseline.value:9.3f}{loss.tuned.value:9.3f}  {_difference(loss)}")
    if compared.general_loss is not None and compared.general_loss.difference.low > 0:
        lines += ["", "Something was forgotten: the loss on general questions rose. Fewer epochs or a lower rank help."]
    if compared.shots is not None:
        lines += ["", f"The untuned model was shown {compared.shots:.1f} training examples per question."]
    return lines


def _difference(figure: "Measured") -> str:
    return f"{figure.difference.value:+.3f} ({figure.difference.low:+.3f} to {figure.difference.high:+.3f})"


def _failures(folder: "Path", count: int) -> list[str]:
    from curator.examples.safe_text import visible
    from curator.workflow.missing import failures_of, question, weak_regions

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
    from curator.examples.safe_text import visible

    shown = visible(text, one_line=True)
    return shown if len(shown) <= 160 else shown[:159] + "…"
