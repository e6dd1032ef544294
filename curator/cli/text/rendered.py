"""Examples as a model sees them, for a terminal."""

from dataclasses import replace
from typing import TYPE_CHECKING

from rich.text import Text

from curator.data.safe_text import visible
from curator.training.as_model import AsModel, as_model

if TYPE_CHECKING:
    from curator.cli.text.examples import FoundExamples

OPENS, CLOSES = "⟦", "⟧"
"""Around what is trained, where there is no colour."""


def as_shown_by(found: "FoundExamples", model: str) -> "FoundExamples":
    """The same examples with what the model sees of each.

    Raises:
        UsageError, MissingDependency, WorkFailed: what the trainer says.
    """
    rendered = as_model([example.original.content for example in found.examples], model)
    examples = [replace(example, rendered=one) for example, one in zip(found.examples, rendered, strict=True)]
    return replace(found, examples=examples)


def rendered_text(rendered: AsModel) -> Text:
    """The text with its trained tokens marked, how many tokens there are, and what is lost."""
    text = Text()
    for stretch in rendered.stretches:
        if stretch.weight > 0:
            text.append(f"{OPENS}{visible(stretch.text)}{CLOSES}", style="green")
        else:
            text.append(visible(stretch.text), style="dim")
    if rendered.stretches:
        text.append(f"\n  {len(rendered.ids):,} tokens\n", style="bold")
    for sentence in rendered.sentences():
        text.append(f"  {visible(sentence, one_line=True)}\n", style="yellow")
    return text
