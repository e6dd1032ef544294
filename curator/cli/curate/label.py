"""`curator label`."""

import click

from curator.cli.options import data_command
from curator.settings.request import DataRequest


@data_command("label", "checks", "meaning", "filter", "annotator")
@click.option("--set", "answer", metavar="NAME=VALUE", help="Answer a question about what --where finds.")
@click.option("--remove", metavar="NAME", help="Take your answers to a question away from what --where finds.")
@click.option("--disagreements", metavar="NAME", help="Print the ids of examples that annotators answer differently.")
def command(options: DataRequest, answer: str | None, remove: str | None, disagreements: str | None) -> None:
    """Label DATA without the app; without --set and --remove, say what was answered and how far annotators agree.

    Several choices are separated by commas. What is labelled at once is undone at once: `curator undo DATA`.
    """
    from curator.audit.open_data import open_data
    from curator.cli.screen import narrate, progress_bar
    from curator.cli.streams import telling
    from curator.review.decide import found_by
    from curator.review.labelling.agreement import in_words
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
                click.echo(f"{name}: {len(made):,} examples {'labelled' if answer else 'no longer labelled'}")
            narrate(options, "`curator undo` with the same data takes it back." if made else "Nothing was found.")
            return
        if disagreements:
            question_named(disagreements, labels.questions)
            for id_ in labels.agreement(disagreements).disagreements:
                click.echo(id_)
            return
        for name in labels.questions:
            known = labels.agreement(name)
            click.echo(f"{name}: {len(labels.own(name)):,} answers by {opened.annotator}")
            if len(known.annotators) > 1:
                click.echo(
                    f"  {', '.join(known.annotators)}: {known.examples:,} examples in common, "
                    f"{len(known.disagreements):,} disagreements"
                )
                for what, figure in (("Cohen's kappa", known.kappa), ("Krippendorff's alpha", known.alpha)):
                    if figure is not None:
                        click.echo(f"  {what} {figure:.3f}: {in_words(figure)}")
        if not labels.questions:
            from curator.review.labelling.labels import NO_QUESTIONS

            click.echo(NO_QUESTIONS)
