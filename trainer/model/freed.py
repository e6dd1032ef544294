"""Give memory back to the system while a model is quantised."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager

TRIM_THRESHOLD, MMAP_THRESHOLD = -1, -3
"""Names of glibc's `mallopt` parameters (malloc.h)."""
MOST_ON_THE_HEAP = 1 << 20
USUAL_MMAP_THRESHOLD, USUAL_TRIM_THRESHOLD = 32 << 20, 64 << 20
"""Where glibc's own adjusting ends for programs that free large blocks."""


@contextmanager
def freed_memory_returned() -> Iterator[None]:
    """Blocks above 1 MiB go back to the system as soon as they are freed; without glibc nothing changes.

    A layer's 16-bit weights are freed once its 4-bit ones exist. Left to itself, glibc puts both on one heap, where
    the small 4-bit blocks keep the freed ones from being returned: loading then peaks at twice the 16-bit model.
    """
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None
    if libc is None or not hasattr(libc, "mallopt"):
        yield
        return
    libc.mallopt(MMAP_THRESHOLD, MOST_ON_THE_HEAP)
    try:
        yield
    finally:
        libc.mallopt(MMAP_THRESHOLD, USUAL_MMAP_THRESHOLD)
        libc.mallopt(TRIM_THRESHOLD, USUAL_TRIM_THRESHOLD)
        libc.malloc_trim(0)
