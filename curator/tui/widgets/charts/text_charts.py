"""Pictures made of characters: a histogram and bars.

Meaning never hangs on colour: what is marked has a sign and a word as well.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from textual.content import Content

_EIGHTHS = " ▁▂▃▄▅▆▇█"
_PARTS = " ▏▎▍▌▋▊▉█"


def thousands(number: float) -> str:
    """A number in few characters: 950, 12k, 1.5M."""
    for size, letter in ((1e6, "M"), (1e3, "k")):
        if number >= 10 * size or (number >= size and number % size == 0):
            return f"{number / size:.0f}{letter}"
        if number >= size:
            return f"{number / size:.1f}{letter}"
    return f"{number:.0f}"


@dataclass(frozen=True)
class HistogramBars:
    """How often which size is.

    Attributes:
        counts: int64 [bins].
        highest: the size at which the last bin ends; the first begins at 0.
        beyond: how many are larger still.
        limit: a size worth marking; None: none.
        over_limit: how many are larger than it.
    """

    counts: npt.NDArray[np.int64]
    highest: float
    beyond: int
    limit: int | None
    over_limit: int

    @classmethod
    def of(cls, sizes: npt.NDArray[np.integer], bins: int, limit: int | None = None) -> "HistogramBars":
        """Of `sizes`; so wide that all but the largest half percent are in it, and the limit if anything comes near."""
        if not len(sizes):
            return cls(np.zeros(bins, dtype=np.int64), 1, 0, limit, 0)
        highest = float(np.quantile(sizes, 0.995))
        if limit is not None and sizes.max() > limit / 2:
            highest = max(highest, limit * 1.05)
        highest = max(highest, 1.0)
        counts, _ = np.histogram(sizes, bins=bins, range=(0, highest))
        over = 0 if limit is None else int((sizes > limit).sum())
        return cls(counts, highest, int((sizes > highest).sum()), limit, over)

    def lines(self, height: int) -> list[Content]:
        """`height` lines of bars, then the axis, then what is marked."""
        mark = None if self.limit is None or self.limit > self.highest else self._column(self.limit)
        lines = [self._line(level, height, mark) for level in reversed(range(height))]
        return [*lines, self._axis(mark), *self._words()]

    def _column(self, size: float) -> int:
        return min(int(size / self.highest * len(self.counts)), len(self.counts) - 1)

    def _line(self, level: int, height: int, mark: int | None) -> Content:
        heights = self.counts / max(int(self.counts.max()), 1) * height * 8
        heights[(self.counts > 0) & (heights < 1)] = 1  # what is rare is seen too
        fill = np.clip(np.round(heights) - level * 8, 0, 8).astype(int)
        characters = [_EIGHTHS[eighths] for eighths in fill]
        if mark is None:
            return Content("".join(characters)).stylize("$primary")
        if characters[mark] == " ":
            characters[mark] = "┊"
        text = "".join(characters)
        return Content.assemble((text[:mark], "$primary"), (text[mark], "bold $error"), (text[mark + 1 :], "$error"))

    def _axis(self, mark: int | None) -> Content:
        width = len(self.counts)
        axis = ["─"] * width
        if mark is not None:
            axis[mark] = "┴"
        ends = f"0{thousands(self.highest):>{max(width - 1, 1)}}"
        if mark is not None and 2 < mark < width - 12:
            ends = ends[:mark] + "▲limit" + ends[mark + 6 :]
        return Content("".join(axis) + "\n" + ends)

    def _words(self) -> list[Content]:
        words = []
        if self.limit is not None:
            words.append(f"▲ limit {self.limit:,}: {self.over_limit:,} are longer")
        if self.beyond:
            words.append(f"{self.beyond:,} beyond the right edge")
        return [Content(" · ".join(words))] if words else []


def bar(number: int, most: int, width: int) -> str:
    """A bar of up to `width` cells, which `most` fills; whatever is not nothing is seen."""
    eighths = max(round(number / max(most, 1) * width * 8), 1 if number else 0)
    return ("█" * (eighths // 8) + _PARTS[eighths % 8].strip()).ljust(width)
