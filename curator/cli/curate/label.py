"""`curator label`."""

from typing import TYPE_CHECKING, Any

import click

from curator.cli.options import data_command, json_option
from curator.settings.request import DataRequest

if TYPE_CHECKING:
    from curator.review.labelling.labels import Labels


@data_command("label", "checks", "meaning", "filter", "annotator")
@click.option("--set", "answer", metavar="NAME=VALUE", help="Answer a question about what --where finds.")
@click.option("--remove", metavar="NAME", help="Take your answers to a question away from what --where finds.")
@click.option("--disagreements", metavar="NAME", help="Print the ids of examples that annotators answer differently.")
@json_option()
def command(
    options: DataRequest, answer: str | None, remove: str | None, disagreements: str | None, as_json: bool
) -> None:
    """Label DATA without the app; without --set and --remove, say what was answered and how far annotators agree.

    Several choices are separated by commas. What is labelled at once is undone at once: `curator undo DATA`.
    """
    from curator.audit.open_data import open_data
    from curator.cli.screen import narrate, progress_bar
    from curator.cli.streams import print_json, telling
    from curator.review.decide import found_by
    from curator.review.labelling.labels import Labels, checked_value, label, question_named

    if answer and remove:
        raise click.UsageError("Give either --set or --remove.")
    if (answer or remove) and not options.where:
        raise click.UsageError("--set and --remove need --where FILTER, so that it is clear what they are about.")
    with open_data(options) as opened:
        labels = Labels(opened)
        if answer or remove:
            name, equals, text = (answer or f"{remove}=").partition("=")
            if answer and not equals:
                raise click.UsageError("--set takes NAME=VALUE.")
            question_named(name, labels.questions)
            value = checked_value(name, text, labels.questions) if answer else None
            with progress_bar(options) as progress:
                audit = opened.audited(progress)
            made = label(opened, found_by(opened, audit, options.where or "").ids, name, value)
            with telling("The labels were set" if answer else "The labels were taken away"):
                if as_json:
                    print_json({"question": name, "value": value, "examples": len(made)})
                else:
                    click.echo(f"{name}: {len(made):,} examples {'labelled' if answer else 'no longer labelled'}")
            narrate(options, "`curator undo` with the same data takes it back." if made else "Nothing was found.")
            return
        if disagreements:
            question_named(disagreements, labels.questions)
            ids = labels.agreement(disagreements).disagreements
            if as_json:
                print_json({"question": disagreements, "disagreements": ids})
            else:
                for id_ in ids:
                    click.echo(id_)
            return
        if as_json:
            print_json(
                {"annotator": opened.annotator, "questions": [_figures(labels, name) for name in labels.questions]}
            )
        else:
            _print(labels, opened.annotator)


def _figures(labels: "Labels", name: str) -> dict[str, Any]:
    known = vars(labels.agreement(name))
    return {"question": name, "answers": len(labels.own(name)), **known, "disagreements": len(known["disagreements"])}


def _print(labels: "Labels", annotator: str) -> None:
    from curator.review.labelling.agreement import in_words
    from curator.review.labelling.labels import NO_QUESTIONS

    for figures in (_figures(labels, name) for name in labels.questions):
        click.echo(f"{figures['question']}: {figures['answers']:,} answers by {annotator}")
        if len(figures["annotators"]) > 1:
            click.echo(
                f"  {', '.join(figures['annotators'])}: {figures['examples']:,} examples in common, "
                f"{figures['disagreements']:,} disagreements"
            )
            for what, key in (("Cohen's kappa", "kappa"), ("Krippendorff's alpha", "alpha")):
                if (figure := figures[key]) is not None:
                    click.echo(f"  {what} {figure:.3f}: {in_words(figure)}")
    if not labels.questions:
        click.echo(NO_QUESTIONS)
