"""The failures of the last training as findings of the data it was trained on."""

from pathlib import Path

import polars as pl

from curator.audit.ids import ids_of
from curator.audit.loading.load import Loaded
from curator.errors import is_installed


def last_finished(runs: Path) -> Path | None:
    """The newest run that finished; None where there is none."""
    from trainer.contract import RESULT_FILE

    finished = sorted(path.parent for path in runs.glob(f"[!.]*/{RESULT_FILE}")) if runs.is_dir() else []
    return finished[-1] if finished else None


def failures_found(run: Path, loaded: Loaded) -> pl.DataFrame:
    """`FOUND` of the checks after training; an example that is no longer in the set is skipped."""
    from curator.audit.last_training.failures import failure_findings
    from curator.audit.last_training.hard_to_learn import hard_findings

    rows = {id_: position for position, id_ in enumerate(ids_of(loaded).to_list())}
    found = [failure_findings(run, rows)]
    if not without_regression():
        found.append(hard_findings(run, rows))
    return pl.concat(found)


def without_regression() -> str:
    """Why `hard-to-learn` cannot run on this machine; "" where it can."""
    if is_installed("sklearn"):
        return ""
    return "it needs scikit-learn, which is not installed: pip install 'curator-tune[labels]'"
