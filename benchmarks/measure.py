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
        largest: peak of the bytes of its largest process, the pages of mapped files counted.
        exit_code: of the command.
        stdout: what it printed.
        processor_seconds: of it and all its processes together; on a busy machine this says more than the wall time.
    """

    seconds: float
    memory: int
    largest: int
    exit_code: int
    stdout: str
    processor_seconds: float

    @property
    def mebibytes(self) -> float:
        return self.memory / 2**20


def _bytes(process: psutil.Process) -> tuple[int, int]:
    """Without mapped files, of all processes together; with them, of the largest."""
    total = largest = 0
    for member in [process, *process.children(recursive=True)]:
        try:
            pages = Path(f"/proc/{member.pid}/smaps_rollup").read_text(encoding="ascii")
        except OSError:  # it ended meanwhile
            continue
        kibibytes = {line.split()[0]: int(line.split()[1]) for line in pages.splitlines()[1:]}
        total += kibibytes["Anonymous:"] << 10
        largest = max(largest, kibibytes["Rss:"] << 10)
    return total, largest


def measured(command: list[str]) -> Measured:
    """Run `command` to its end."""
    start, before = time.perf_counter(), _children_seconds()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    process, peaks, done = psutil.Process(child.pid), (0, 0), threading.Event()

    def watch() -> None:
        nonlocal peaks
        while not done.wait(SAMPLE_SECONDS):
            try:
                total, largest = _bytes(process)
            except psutil.NoSuchProcess:
                return
            peaks = max(peaks[0], total), max(peaks[1], largest)

    watcher = threading.Thread(target=watch)
    watcher.start()
    stdout, _ = child.communicate()
    seconds = time.perf_counter() - start
    done.set()
    watcher.join()
    return Measured(seconds, *peaks, child.returncode, stdout, _children_seconds() - before)


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
