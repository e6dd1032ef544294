"""What looking for secrets and listing open findings costs an export: paired runs on one file, in one process.

    python -m benchmarks.targets.secrets FILE [PAIRS]

The audit is taken from the cache. The other run of each pair lets everything pass unseen.
"""

import itertools
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from unittest import mock

from curator.audit.engine import Audit
from curator.audit.open_data import Opened, open_data
from curator.exporting import export as exporting
from curator.settings.request import DataRequest


def seconds(opened: Opened, audit: Audit, *, looking: bool) -> float:
    """Processor time of one export."""
    with tempfile.TemporaryDirectory() as folder:
        begun = time.process_time()
        exclusions = exporting.Exclusions(invalid=True, secrets="mask")
        if looking:
            exporting.export(opened, audit, "huggingface", Path(folder) / "out", exclusions=exclusions, replace=False)
        else:
            unseen = mock.patch.object(exporting, "passing", lambda items, *_: ((item, False) for item in items))
            nothing = itertools.repeat((), len(audit.loaded.facts))
            unlisted = mock.patch.object(exporting, "open_findings", lambda _: nothing)
            with unseen, unlisted:
                exporting.export(
                    opened, audit, "huggingface", Path(folder) / "out", exclusions=exclusions, replace=False
                )
        return time.process_time() - begun


def main(file: str, pairs: int = 9) -> None:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(shutil.copy(file, folder))
        with open_data(DataRequest(data=(str(data),), embedder="none")) as opened:
            audit = opened.audited(lambda *_: None, compare=True)
            seconds(opened, audit, looking=True)
            rows = [(seconds(opened, audit, looking=False), seconds(opened, audit, looking=True)) for _ in range(pairs)]
    ratios = [after / before for before, after in rows]
    print(f"without {statistics.median(before for before, _ in rows):.2f} s, with ", end="")
    print(f"{statistics.median(after for _, after in rows):.2f} s, ratio {statistics.median(ratios):.3f} ", end="")
    print(f"({min(ratios):.2f} to {max(ratios):.2f}) in {pairs} pairs")


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
