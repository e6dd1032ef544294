"""Time the decision log. `python -m benchmarks.studies.decisions [EXAMPLES]`; default: a million."""

import os
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from benchmarks.measure import machine
from curator.project.decisions.decision import Proposed
from curator.project.decisions.journal import import_journal, journal_lines, write_journal
from curator.project.opening import Project, open_project

POLICY = 20_000
KEYS = 300


class Taken(NamedTuple):
    """Seconds on the clock, and of the processor, which other programs' load changes little."""

    clock: float
    processor: float

    def __str__(self) -> str:
        if self.clock < 1:
            return f"{self.clock * 1e3:.0f} ms ({self.processor * 1e3:.0f} ms CPU)"
        return f"{self.clock:.1f} s ({self.processor:.1f} s CPU)"


def timed(work: Callable[[], object]) -> Taken:
    clock, processor = time.perf_counter(), time.process_time()
    work()
    return Taken(time.perf_counter() - clock, time.process_time() - processor)


def repeated(work: Callable[[], object]) -> str:
    clock = statistics.quantiles([timed(work).clock * 1e3 for _ in range(KEYS)], n=100)
    return f"median {clock[49]:.1f} ms, p95 {clock[94]:.1f} ms"


def bare_commit(project: Project) -> None:
    """The least a decision can take on this disk."""
    with project.database.transaction() as connection:
        connection.execute("INSERT OR REPLACE INTO session VALUES ('place', '1')")


def filled(project: Project, examples: list[str]) -> Taken:
    """The mean of deciding about all examples, a policy at a time."""
    units = []
    for start in range(0, len(examples), POLICY):
        unit = [Proposed(one, "drop", None, "near-duplicate: a plain copy") for one in examples[start : start + POLICY]]
        units.append(timed(lambda unit=unit: project.log.append(unit, "anna", policy="recommended")))
    return Taken(*(statistics.fmean(column) for column in zip(*units, strict=True)))


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    chance = random.Random(0)
    examples = [f"{number:016x}" for number in chance.sample(range(1 << 60), count)]
    rows: list[tuple[str, object]] = []
    with tempfile.TemporaryDirectory() as name:
        data, file = Path(name) / "chats.jsonl", Path(name) / "decisions.jsonl"
        data.touch()
        with open_project([data]) as project:
            log, states = project.log, project.states
            rows += [
                (f"a policy of {POLICY:,} decisions as one unit, mean while the log fills", filled(project, examples)),
                ("a bare commit on this disk", repeated(lambda: bare_commit(project))),
                ("one decision", repeated(lambda: log.append([Proposed(chance.choice(examples), "keep")], "bert"))),
                ("one undo", repeated(lambda: log.undo("bert"))),
                ("the state of one example", repeated(lambda: states.of([chance.choice(examples)]))),
                ("undo of a policy", timed(lambda: log.undo("anna"))),
                ("the state of all, from the whole log", timed(states.replayed)),
                ("the same, and a snapshot written", timed(states.present)),
            ]
            size = sum(part.stat().st_size for part in project.folder.path.glob("project.db*"))
            rows.append(("the database", f"{size / count:.0f} bytes a decision"))
        with open_project([data]) as project:
            rows.append(("the state of all after reopening, from the snapshot", timed(project.states.present)))
            project.log.append([Proposed(examples[0], "keep")], "bert")
            rows.append(("the state of all after one more decision", timed(project.states.present)))
            rows.append(("export of the journal", timed(lambda: write_journal(journal_lines(project.log), file))))
        with open_project([], Path(name) / "other") as project, file.open("rb") as lines:
            rows.append(("import of the journal", timed(lambda: import_journal(project.log, lines, file.name))))
    rows.append(("peak memory of all of it", f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10:,.0f} MiB"))
    print(f"{count:,} examples decided about. {machine()}; load {os.getloadavg()[0]:.1f}.\n")
    print("| what | figure |\n| --- | --- |")
    for what, figure in rows:
        print(f"| {what} | {figure} |")


if __name__ == "__main__":
    main()
