"""Which answer a person liked better without knowing whose it was; kept in the run's folder."""

import json
import os
from collections import Counter
from pathlib import Path
from typing import Literal

import xxhash

from curator.runs.listed import lines_of

PREFERENCES_FILE = "preferences.jsonl"
Liked = Literal["tuned", "untuned", "tie"]
LEVEL = 0.95


def is_tuned_first(example: str, run: str) -> bool:
    """Whether the tuned answer is shown first: shuffled, the same for the same example of the same run."""
    return bool(xxhash.xxh3_64_intdigest(f"{run}\n{example}".encode()) & 1)


def preferences(folder: Path) -> dict[str, Liked]:
    """The latest preference for each example."""
    return {line["example"]: line["liked"] for line in lines_of(folder / PREFERENCES_FILE)}


def prefer(folder: Path, example: str, liked: Liked, annotator: str) -> None:
    """Keep a preference; on return it is on disk."""
    with (folder / PREFERENCES_FILE).open("a", encoding="utf-8") as file:
        line = {"example": example, "liked": liked, "annotator": annotator}
        file.write(json.dumps(line, ensure_ascii=False) + "\n")
        file.flush()
        os.fsync(file.fileno())


def tally(liked: dict[str, Liked]) -> str:
    """The count, and the share of the tuned model among those with a preference, with its 95 % Wilson interval."""
    counts = Counter(liked.values())
    told = counts["tuned"] + counts["untuned"]
    line = f"tuned {counts['tuned']}, untuned {counts['untuned']}, ties {counts['tie']}"
    if not told:
        return line
    from scipy.stats import binomtest

    interval = binomtest(counts["tuned"], told).proportion_ci(LEVEL, method="wilson")
    return f"{line} · tuned preferred {counts['tuned'] / told:.0%} ({interval.low:.0%} to {interval.high:.0%})"
