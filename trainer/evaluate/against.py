"""One finished run against another, on the examples that both held out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from trainer import contract
from trainer.contract.errors import DataError, MissingError
from trainer.contract.results import Result
from trainer.evaluate.verdict import verdict


def against(first: Path, second: Path) -> dict[str, Any]:
    """Is the second run better than the first? Only by examples that both held out and neither trained on.

    Returns:
        `examples`, `measure`, `outcome` of the second, `difference` (second less first, an interval), `sentence`.

    Raises:
        MissingError: a run is not finished, or no answers were asked for.
        DataError: the runs share no held-out example, or their answers are of different kinds.
    """
    measures = {_primary(folder) for folder in (first, second)}
    if len(measures) > 1:
        raise DataError(f"The runs are measured by {' and '.join(sorted(measures))}: the runs cannot be compared.")
    (measure,) = measures
    trained = {
        line["id"] for folder in (first, second) for line in _lines(folder / contract.TRAIN_FILE) if "id" in line
    }
    scores = [_scores(folder, measure) for folder in (first, second)]
    shared = sorted((scores[0].keys() & scores[1].keys()) - trained)
    if not shared:
        raise DataError("The two runs held out no example in common: they cannot be compared.")
    before, after = (np.array([found[name] for name in shared]) for found in scores)
    paired = verdict(measure, before, after, seed=0)
    words = {"better": "is better than", "worse": "is worse than", "cannot tell": "cannot be told from"}
    figures = (
        f"{measure} {paired.difference.value:+.3f} ({paired.difference.low:+.3f} to {paired.difference.high:+.3f})"
    )
    return {
        "examples": len(shared),
        "measure": measure,
        "outcome": paired.outcome,
        "difference": paired.difference.model_dump(),
        "sentence": f"{second.name} {words[paired.outcome]} {first.name}: {figures}, on {len(shared)} examples that "
        "both held out.",
    }


def _primary(folder: Path) -> str:
    path = folder / contract.RESULT_FILE
    if not path.is_file():
        raise MissingError(f"{folder} contains no finished run. Train first: `trainer run {folder}`.")
    compared = Result.model_validate_json(path.read_bytes()).evaluation
    if compared is None or compared.primary is None:
        raise MissingError(f"{folder} was not evaluated with answers. `trainer evaluate {folder}` does that.")
    return compared.primary


def _scores(folder: Path, measure: str) -> dict[str, float]:
    lines = _lines(folder / contract.EVALUATION_FILE)
    return {line["example"]: float(line["measures"][measure]) for line in lines if "measures" in line}


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
