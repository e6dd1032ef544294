"""Which answer a person liked better without knowing whose it was; kept in the run's folder."""

from collections import Counter
from pathlib import Path
from typing import Literal

import xxhash

from curator.errors import require
from curator.training.runs.appended import append_line, appended_lines
from trainer.contract.statistics import exact_share

PREFERENCES_FILE = "preferences.jsonl"
Liked = Literal["tuned", "untuned", "tie"]
LEVEL = 0.95


def is_tuned_first(example: str, run: str) -> bool:
    """Whether the tuned answer is shown first: shuffled, the same for the same example of the same run."""
    return bool(xxhash.xxh3_64_intdigest(f"{run}\n{example}".encode()) & 1)


def preferences(folder: Path) -> dict[str, Liked]:
    """The latest preference for each example."""
    return {line["example"]: line["liked"] for line in appended_lines(folder / PREFERENCES_FILE)}


def prefer(folder: Path, example: str, liked: Liked, annotator: str) -> None:
    """Keep a preference; on return it is on disk."""
    append_line(folder / PREFERENCES_FILE, {"example": example, "liked": liked, "annotator": annotator})


def tally(liked: dict[str, Liked]) -> str:
    """The count, and the share of the tuned model among those with a preference, with its 95 % interval."""
    counts = Counter(liked.values())
    line = f"tuned {counts['tuned']}, untuned {counts['untuned']}, ties {counts['tie']}"
    share = share_of_tuned(counts["tuned"], counts["untuned"])
    if share is None:
        return line
    value, low, high = share
    return f"{line} · tuned preferred {value:.0%} ({low:.0%} to {high:.0%})"


def share_of_tuned(tuned: int, untuned: int) -> tuple[float, float, float] | None:
    """The share of the tuned model among those with a preference, and its 95 % interval; None without any.

    The interval is the exact one (Clopper and Pearson): it excludes one half only where the sign test would too.
    """
    reported = tuned + untuned
    if not reported:
        return None
    require("scipy", "The interval of a share")
    share = exact_share(tuned, reported)
    return share.value, share.low, share.high
