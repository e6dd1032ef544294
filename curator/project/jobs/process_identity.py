"""Which process it was: a number alone is used again by the system, a number with its start is not."""

import os
from pathlib import Path

import psutil

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_ENDED = ("Z", "X")


def start_mark(process: int) -> str | None:
    """When the process of that number started, as text to compare; None when none runs (a dead, unreaped one neither).

    On Linux the clock ticks since boot with the boot's own id, which no correction of the clock moves; elsewhere the
    time that the system holds.
    """
    if _BOOT.exists():
        try:
            stat = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return None
        fields = stat.rpartition(")")[2].split()  # the name before it may hold spaces and brackets
        return None if fields[0] in _ENDED else f"{_BOOT.read_text().strip()}:{fields[19]}"
    try:
        known = psutil.Process(process)
        return None if known.status() == psutil.STATUS_ZOMBIE else str(known.create_time())
    except psutil.NoSuchProcess:
        return None


def is_running(process: int, mark: str) -> bool:
    """Whether the process of that number still is the one that started then."""
    return start_mark(process) == mark


def own() -> tuple[int, str]:
    """Number and start of this process."""
    mark = start_mark(os.getpid())
    assert mark is not None, "this process runs"
    return os.getpid(), mark
