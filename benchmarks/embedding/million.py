"""One million examples with the default encoder: neighbours through the index, outliers and topics; time and memory.

python -m benchmarks.embedding.million OUT.jsonl     (made by `python -m benchmarks.audit.million`)
"""

import resource
import sys
import tempfile
import time
from pathlib import Path

from curator.workflow.opening import open_data
from curator.workflow.request import DataRequest


def main() -> None:
    began = time.perf_counter()
    with (
        tempfile.TemporaryDirectory(dir=Path(sys.argv[1]).parent) as folder,
        open_data(DataRequest((sys.argv[1],), project=folder)) as opened,
    ):
        audit = opened.audited(lambda *_: None)
    assert audit.meaning is not None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"{len(audit.loaded.facts):,} examples in {time.perf_counter() - began:.0f} s: {audit.seconds}")
    print(f"peak memory of the main process {peak:.2f} GiB (with mapped files); {audit.meaning.note}")


if __name__ == "__main__":
    main()
