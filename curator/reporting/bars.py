"""Bars and histograms as plain numbers and text: joined to fit, and never longer than what they show."""

from collections.abc import Sequence
from typing import NamedTuple

_EIGHTHS = " ▏▎▍▌▋▊▉█"


class Bin(NamedTuple):
    """A bar of a histogram: examples from `low` (included) to `high` (excluded)."""

    low: int
    high: int
    examples: int


def fitted(histogram: Sequence[tuple[int, int, int]], most: int) -> list[Bin]:
    """The histogram in at most `most` bins: neighbours are joined, and only empty ends are cut."""
    bins = [Bin(*given) for given in histogram]
    while bins and bins[0].examples == 0:
        bins.pop(0)
    while bins and bins[-1].examples == 0:
        bins.pop()
    together = max(1, -(-len(bins) // most))
    groups = [bins[start : start + together] for start in range(0, len(bins), together)]
    return [Bin(group[0].low, group[-1].high, sum(one.examples for one in group)) for group in groups]


def bar(part: int, complete: int, width: int, *, ascii_only: bool = False) -> str:
    """A bar of `part / whole * width` cells, in eighths of a cell; anything above zero shows."""
    if part <= 0 or complete <= 0:
        return ""
    if ascii_only:
        return "#" * max(1, round(part / complete * width))
    eighths = max(1, round(part / complete * width * 8))
    return _EIGHTHS[8] * (eighths // 8) + (_EIGHTHS[eighths % 8] if eighths % 8 else "")
