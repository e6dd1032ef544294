"""The geometry of the pictures in the HTML report, in percent of their width, so that they fit any screen."""

from collections.abc import Sequence
from typing import NamedTuple

from curator.reporting.bars import fitted
from curator.reporting.model import TokenSummary
from curator.reporting.wording import count, short_count

_MOST_BARS = 32
_LABELLED_EVERY = 6
_LEAST_HEIGHT = 1.0  # percent; so that a single example still shows beside many thousands
_SHOWN_BLOCKS = 14
_ROLES = {"s": "system", "d": "developer", "u": "user", "a": "assistant", "t": "tool"}


class Bar(NamedTuple):
    """One bar: its left edge and width, its height (all in percent), and what it says when pointed at."""

    left: float
    width: float
    height: float
    label: str
    over: bool  # everything in it is beyond the limit
    wide: bool  # covers more tokens than the other bars


class Tick(NamedTuple):
    """A label under the axis; a minor one is not drawn where there is little room."""

    at: float
    label: str
    minor: bool


class Histogram(NamedTuple):
    """Examples by tokens."""

    bars: list[Bar]
    ticks: list[Tick]
    highest: int  # examples of the highest bar
    limit: float | None  # where the limit is, in percent; None: no limit, or beyond the last bar
    note: str  # what the picture cannot show


class MessageBlock(NamedTuple):
    """A message in the picture of a shape."""

    letter: str
    role: str


def histogram(tokens: TokenSummary) -> Histogram | None:
    """The picture of a token histogram; None when no example was counted."""
    bins = fitted(tokens.histogram, _MOST_BARS)
    if not bins:
        return None
    step = 100 / len(bins)
    highest = max(one.examples for one in bins)
    usual = bins[0].high - bins[0].low
    bars = [
        Bar(
            left=number * step,
            width=step,
            height=max(_LEAST_HEIGHT, 100 * one.examples / highest) if one.examples else 0.0,
            label=f"{count(one.low)} to {count(one.high - 1)} tokens: {count(one.examples, 'example')}",
            over=tokens.limit is not None and one.low > tokens.limit,
            wide=one.high - one.low > usual,
        )
        for number, one in enumerate(bins)
    ]
    every = max(1, -(-len(bins) // _LABELLED_EVERY))
    ticks = [
        Tick(number * step, short_count(one.low), minor=bool(number // every % 2))
        for number, one in enumerate(bins)
        if number % every == 0
    ]
    limit = None
    for number, one in enumerate(bins):
        if tokens.limit is not None and one.low <= tokens.limit < one.high:
            limit = (number + (tokens.limit - one.low) / (one.high - one.low)) * step
    last = bins[-1]
    notes = []
    if bars[-1].wide:
        notes.append(f"The last bar is wider than it looks: it holds everything from {count(last.low)} tokens on.")
    if tokens.limit is not None and limit is None:
        notes.append(f"The limit of {count(tokens.limit)} tokens lies outside this picture.")
    return Histogram(bars, ticks, highest, limit, " ".join(notes))


def shape_blocks(shape: str) -> list[MessageBlock]:
    """The messages of a shape, as many as are drawn."""
    return [MessageBlock(letter.upper(), _ROLES.get(letter, "other")) for letter in shape[:_SHOWN_BLOCKS]]


def hidden_blocks(shape: str) -> int:
    """How many messages of a shape are not drawn."""
    return max(0, len(shape) - _SHOWN_BLOCKS)


def portions(parts: Sequence[int]) -> list[float]:
    """Each part in percent of the largest, for bars beside a table."""
    largest = max(parts, default=0)
    return [100 * part / largest if largest else 0.0 for part in parts]
