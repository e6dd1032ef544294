"""Run a command and measure what it took: seconds, and the peak memory of its whole process tree."""

import resource
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

SAMPLE_SECONDS = 0.05


@dataclass(frozen=True)
class Measured:
    """What a command took.

    Attributes:
        seconds: wall time.
        memory: peak over the run of the bytes of all its processes together that no file stands behind; the pages of
            mapped files, which the system may drop, are not counted.
        exit_code: of the command.
        stdout: what it printed.
        processor_seconds: of it and all its processes together; on a busy machine this says more than the wall time.
    """

    seconds: float
    memory: int
    exit_code: int
    stdout: str
    processor_seconds: float

    @property
    def mebibytes(self) -> float:
        return self.memory / 2**20


def _private_bytes(process: psutil.Process) -> int:
    total = 0
    for member in [process, *process.children(recursive=True)]:
        try:
            pages = Path(f"/proc/{member.pid}/smaps_rollup").read_text(encoding="ascii")
        except OSError:  # it ended meanwhile
            continue
        total += sum(int(line.split()[1]) << 10 for line in pages.splitlines() if line.startswith("Anonymous:"))
    return total


def measured(command: list[str]) -> Measured:
    """Run `command` to its end."""
    start, before = time.perf_counter(), _children_seconds()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    process, peak, done = psutil.Process(child.pid), 0, threading.Event()

    def watch() -> None:
        nonlocal peak
        while not done.wait(SAMPLE_SECONDS):
            try:
                peak = max(peak, _private_bytes(process))
            except psutil.NoSuchProcess:
                return

    watcher = threading.Thread(target=watch)
    watcher.start()
    stdout, _ = child.communicate()
    seconds = time.perf_counter() - start
    done.set()
    watcher.join()
    return Measured(seconds, peak, child.returncode, stdout, _children_seconds() - before)


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def machine() -> str:
    """One line that says what the figures were taken on."""
    with open("/proc/cpuinfo", encoding="utf-8") as file:  # noqa: PTH123 - not a file of ours
        model = next(
            (line.split(":")[1].strip() for line in file if line.startswith("model name")), "unknown processor"
        )
    return f"{psutil.cpu_count()} cores, {model}, {psutil.virtual_memory().total / 2**30:.0f} GiB"
