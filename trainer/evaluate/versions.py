"""Two versions of the data, each trained with several seeds: did the change of the data help?"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from trainer import contract
from trainer.contract.errors import DataError, MissingError
from trainer.contract.results import Interval
from trainer.contract.statistics import draws, expanded_quantiles

Floats = npt.NDArray[np.float64]


def compare_versions(before: Sequence[Path], after: Sequence[Path]) -> dict[str, Any]:
    """Held-out loss of the runs after against the runs before, on the examples that all of them held out.

    The interval covers both sources of luck: examples and seeds are resampled together.

    Returns:
        `examples`, `seeds`, `before` and `after` (mean loss), `difference` (after less before, an interval),
        `outcome` (helped, hurt, cannot tell) and `sentence`.

    Raises:
        MissingError: a run was not evaluated.
        DataError: the runs share no held-out example.
    """
    losses = [[_losses(folder) for folder in version] for version in (before, after)]
    if not before or not after:
        raise DataError("Name at least one run of each version: --before DIR --after DIR.")
    shared = sorted(set.intersection(*(set(found) for version in losses for found in version)))
    if not shared:
        raise DataError("The runs held out no example in common: they cannot be compared.")
    first, second = (
        np.array([[found[name] for name in shared] for found in version], dtype=np.float64) for version in losses
    )
    difference = _interval(first, second)
    outcome = "helped" if difference.high < 0 else "hurt" if difference.low > 0 else "cannot tell"
    each = f"{len(before)} run{'s' * (len(before) > 1)} of each"
    both = each if len(before) == len(after) else f"{len(before)} and {len(after)} runs"
    runs = f"{both}, {len(shared)} held-out examples"
    figures = f"held-out loss {difference.value:+.4f} ({difference.low:+.4f} to {difference.high:+.4f})"
    luck = " One run of each leaves the luck of the seed out of it." if 1 in (len(before), len(after)) else ""
    words = {
        "helped": f"The change of the data helped: {figures}, with {runs}.",
        "hurt": f"The change of the data hurt: {figures}, with {runs}.",
        "cannot tell": f"Cannot tell with {runs}: {figures}. More seeds or more held-out examples would narrow it.",
    }
    return {
        "examples": len(shared),
        "seeds": [len(before), len(after)],
        "before": float(first.mean()),
        "after": float(second.mean()),
        "difference": difference.model_dump(),
        "outcome": outcome,
        "sentence": words[outcome] + luck,
    }


def _interval(before: Floats, after: Floats) -> Interval:
    """Of the difference of means; arrays [runs, examples]."""
    count = before.shape[1]
    value = float(after.mean() - before.mean())
    if count < 2:
        return Interval(value=value, low=value, high=value)
    rng = np.random.default_rng([0, count])
    chosen = draws(count, 0)
    drawn = np.empty(len(chosen))
    for row, examples in enumerate(chosen):
        runs_before = rng.integers(0, len(before), len(before))
        runs_after = rng.integers(0, len(after), len(after))
        drawn[row] = after[np.ix_(runs_after, examples)].mean() - before[np.ix_(runs_before, examples)].mean()
    low, high = expanded_quantiles(drawn, count)
    return Interval(value=value, low=low, high=high)


def _losses(folder: Path) -> dict[str, float]:
    path = folder / contract.EVALUATION_FILE
    if not path.is_file():
        raise MissingError(f"{folder} was not evaluated. `trainer evaluate {folder}` does that.")
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return {line["example"]: float(line["tuned_loss"]) for line in lines}
