"""A real pair for the explanation of a check that compares examples: two texts, their similarity, what differs."""

from textwrap import fill
from typing import TYPE_CHECKING, Any

import click
import polars as pl
from rich.text import Text

from curator.audit.findings import Locations
from curator.audit.loading.load import Progress
from curator.audit.loading.reread import originals_at
from curator.audit.open_data import Opened
from curator.cli.screen import stdout_console
from curator.cli.text.pair_difference import difference_text
from curator.errors import UsageError
from curator.review.pair_parts import Parts, parts_of

if TYPE_CHECKING:
    from curator.checks.check import Check

Pair = tuple[Parts, Parts]
"""The example that a check reports, and the one that it is compared with."""

_QUESTION = (
    "My order has not arrived although the tracking page says that it was delivered two days ago. What can I do?"
)
_ANSWER = (
    "I am sorry about that. Please look with your neighbours and in your post room first, because carriers often leave "
    "parcels there. If it is not there, answer this message: we will open a search with the carrier today and send the "
    "order again, at no cost, if it is not found within three working days."
)
_COPY = Parts(_QUESTION.replace("do?", "do now?"), _ANSWER.replace("working days", "days"))
_OTHER_ANSWER = Parts(_QUESTION, "Once the carrier says that a parcel was delivered, we can no longer help you.")

BUILT_IN: dict[str, Pair] = {
    "exact-duplicate": (Parts(_QUESTION, _ANSWER), Parts(f"{_QUESTION}\n", _ANSWER)),
    "near-duplicate": (_COPY, Parts(_QUESTION, _ANSWER)),
    "conflicting-answers": (_OTHER_ANSWER, Parts(_QUESTION, _ANSWER)),
}
"""For each such check the example that it reports, and the one that it is compared with."""


def print_explanation(check: "Check", pair: Pair | None, *, no_colour: bool) -> None:
    """Print what a check finds, and why it matters, with a pair where it compares two examples."""
    click.echo(f"{check.name}: {check.title}")
    click.echo(f"family {check.family}, severity {check.severity}, suggestion {check.suggestion}")
    for paragraph in filter(None, [*check.explanation.split("\n\n"), check.precision]):
        click.echo("\n" + fill(paragraph, width=88, break_long_words=False, break_on_hyphens=False))
    if pair is not None:
        click.echo()
        stdout_console(no_colour=no_colour).print(_shown(*pair), soft_wrap=True)


def explained(check: "Check", pair: Pair | None) -> dict[str, Any]:
    """The same for programs."""
    fields = ("name", "title", "family", "severity", "suggestion", "explanation", "precision")
    shown = None if pair is None else {"left": vars(pair[0]), "right": vars(pair[1]), "similarity": _similarity(*pair)}
    return {field: getattr(check, field) for field in fields} | {"pair": shown}


def pair_of(opened: Opened, check: str, progress: Progress) -> Pair:
    """A pair that the check reports in this data: of all its findings the one in the middle by similarity.

    Raises:
        UsageError: the check does not compare two examples, or reports nothing here.
    """
    if check not in BUILT_IN:
        raise UsageError(
            f"{check} does not compare two examples. `curator show DATA --where check:{check}` shows some."
        )
    audit = opened.audited(progress)
    found = audit.findings.filter((pl.col("check") == check) & pl.col("row").is_not_null()).sort("score", "row")
    if not len(found):
        raise UsageError(f"{check} reports nothing in this data.")
    row = found.row(len(found) // 2, named=True)
    other = row["related"][0] if row["keeper"] is None else row["keeper"]
    locations = Locations(audit.loaded)
    parts = {}
    for original in originals_at(audit.loaded, [row["row"], other]):
        place = locations.at(original.position)
        parts[original.position] = parts_of(original.content, f"{place.file}:{place.line}")
    return parts[row["row"]], parts[other]


def _shown(left: Parts, right: Parts) -> Text:
    from curator.data.safe_text import visible

    heading = " and ".join(visible(place, one_line=True) for place in (left.place, right.place) if place)
    similar = ", ".join(f"{name}s {int(value * 100)} % similar" for name, value in _similarity(left, right).items())
    text = Text(f"{heading or 'For example'}: {similar}\n", style="bold")
    return text + difference_text(left, right)


def _similarity(left: Parts, right: Parts) -> dict[str, float]:
    """How similar the engine finds two examples that stand alone, part by part."""
    import numpy as np

    from curator.data.text import VIEWS
    from curator.duplicates.block_features import block_features
    from curator.duplicates.corpus import assemble
    from curator.duplicates.verify.named_pairs import compare_named

    rows = [(parts.prompt, parts.answer, 0, 0, number, not parts.prompt) for number, parts in enumerate((left, right))]
    corpus = assemble([block_features(pl.DataFrame(rows, schema=VIEWS, orient="row"))])
    ends = np.array([0]), np.array([1])
    pair = compare_named(corpus, np.empty(0, dtype=np.uint64), *ends, 0.7).row(0, named=True)
    return {name: pair[name] for name in ("prompt", "answer") if getattr(left, name) or getattr(right, name)}
